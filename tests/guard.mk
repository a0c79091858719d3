# tests of guard
