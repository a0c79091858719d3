# tests of idp
