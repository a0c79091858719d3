# tests of front
