# tests of proc
