#!/bin/sh
# mustache.sh VIEW_CORPUS - exit status 77 (skipped) without node and its packages.
set -eu
command -v node >/dev/null 2>&1 && [ -d test/web/node_modules/mustache ] || exit 77
exec node test/web/mustache.mjs "$1" test/corpus/mustache
