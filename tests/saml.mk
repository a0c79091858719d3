# tests of saml
