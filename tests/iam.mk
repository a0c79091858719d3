# tests of iam
