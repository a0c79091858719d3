# tests of cred
