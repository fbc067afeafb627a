#!/bin/sh
# glossary.sh - every record and code list of the registry stands in doc/glossary.md under its two names.
set -eu
cd "$(dirname "$0")/.."
status=0
sed -nE 's/^(RECORD|ENUM)_BEGIN\(([a-z_]+), "([^"]+)".*/\2 \3/p' src/domain/*/*.def |
    while read -r name label; do
        grep -qF "| $label | \`$name\` |" doc/glossary.md ||
            printf 'doc/glossary.md lacks: | %s | `%s` |\n' "$label" "$name"
    done | grep . && status=1
exit $status
