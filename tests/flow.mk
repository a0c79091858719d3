# tests of flow
EXTRA_DIST += tests/flow/lib.sh tests/flow/setup tests/flow/package.json tests/flow/package-lock.json tests/flow/load.py tests/flow/dry-run.test tests/flow/web-identity.test tests/flow/audit.test tests/flow/chain.test tests/flow/assume_role.py tests/flow/issuer.test tests/flow/kill.test tests/flow/operator.test tests/flow/flood.py tests/flow/idp.test tests/flow/fetch.test tests/flow/keys.test tests/flow/memory.py tests/flow/install.test tests/flow/proxy.test tests/flow/restore.test tests/flow/stand.test
EXTRA_DIST += tests/flow/outbound.test tests/flow/outbound.mjs
