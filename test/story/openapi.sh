# The description of the interface is sound, and what the server answers is what it describes.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

linter=$root/test/web/node_modules/.bin/redocly
command -v node >/dev/null 2>&1 && [ -x "$linter" ] || exit 77

step "a city with accounts is served"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 500 --seed 7
run 0 sweep --as-of 2023-12-31
run 0 account demo
cp "$work/out" "$work/accounts"
"$BAIGONG_PROGRAM" serve --port 0 --today 2023-12-31 --public-rate 0 --sign-in-rate 0 \
    >"$work/served" 2>"$work/log" &
server=$!
waited=0
until grep -q '://' "$work/served"; do
    waited=$((waited + 1))
    [ "$waited" -lt 150 ] || fail_step "the server did not start"
    sleep 0.1
done

step "every answer to every role is as described, under strict ajv"
if ! node "$root/test/web/openapi.mjs" "$(grep -o 'http://[0-9.:]*' "$work/served")" \
    "$work/accounts" "$work/openapi.json" >"$work/out" 2>&1; then
    kill "$server"
    fail_step "answers differ from their description"
fi
cat "$work/out"
kill "$server"
wait "$server" || fail_step "the server ended with an error"

step "the linter finds nothing in the description"
status=0
REDOCLY_TELEMETRY=off "$linter" lint --max-problems 50 "$work/openapi.json" >"$work/out" 2>&1 ||
    status=$?
[ "$status" -eq 0 ] || fail_step "redocly found something"
! grep -Eq '[1-9][0-9]* warning' "$work/out" || fail_step "redocly warns"
