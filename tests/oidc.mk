# tests of oidc
