# tests of iam
EXTRA_DIST += tests/flow/iam.test
