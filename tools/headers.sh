#!/bin/sh
# headers.sh BUILD CC... - every header of src/ and test/ compiles alone.
set -eu
build=$1
shift
cd "$(dirname "$0")/.."
# shellcheck disable=SC2046 # pkg-config's flags are several words
find src test tools bench -name '*.h' -not -path 'test/corpus/*' -print0 2>/dev/null | sort -z |
    xargs -0 "$@" -std=gnu17 -D_GNU_SOURCE -fsyntax-only -Wall -Wextra -Werror -x c -Isrc -Itest \
        -I"$build" -I"$build/src" $(pkg-config --cflags libpq)
