# The description of the interface is sound, and what the server answers is what it describes.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

linter=$root/test/web/node_modules/.bin/redocly
command -v node >/dev/null 2>&1 && [ -x "$linter" ] || exit 77

step "a city with accounts is served"
city_with_accounts 500
begin_server --today 2023-12-31 --public-rate 0 --sign-in-rate 0

step "every answer to every role is as described, under strict ajv"
if ! node "$root/test/web/openapi.mjs" "$base" "$work/accounts" "$work/openapi.json" >"$work/out" 2>&1; then
    fail_step "answers differ from their description"
fi
cat "$work/out"
end_server

step "the linter finds nothing in the description"
status=0
REDOCLY_TELEMETRY=off "$linter" lint --max-problems 50 "$work/openapi.json" >"$work/out" 2>&1 ||
    status=$?
[ "$status" -eq 0 ] || fail_step "redocly found something"
! grep -Eq '[1-9][0-9]* warning' "$work/out" || fail_step "redocly warns"
