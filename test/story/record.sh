# The registry in a browser: facts given and confirmed, two editors at once, undo, import, lists.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

step "a city with accounts is served"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 1500 --seed 7
run 0 sweep --as-of 2023-12-31
run 0 account demo
cp "$work/out" "$work/accounts"
"$BAIGONG_PROGRAM" serve --port 0 --today 2023-12-31 >"$work/served" 2>"$work/log" &
server=$!
waited=0
until grep -q 'http://' "$work/served"; do
    waited=$((waited + 1))
    [ "$waited" -lt 100 ] || fail_step "the server did not start"
    sleep 0.1
done
base=$(grep -o 'http://[0-9.:]*' "$work/served")

step "facts are given, confirmed, edited, undone, imported and listed"
if ! node "$root/test/web/record.mjs" "$base" "$work/accounts" \
    ${BAIGONG_SHOTS:+"$BAIGONG_SHOTS"} >"$work/walk" 2>&1; then
    cat "$work/walk"
    kill "$server"
    fail_step "the registry's day failed"
fi
tail -n 1 "$work/walk"

step "the server ends when it is asked to, and its record is whole"
kill -TERM "$server"
wait "$server" || fail_step "the server ended with an error"
run 0 account verify
