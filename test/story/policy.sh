# A policy draft is priced, approved by another person, in force in every process, and explained.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

serve() {
    "$BAIGONG_PROGRAM" serve --port 0 --today 2023-12-31 >"$work/served$1" 2>"$work/log$1" &
    servers="${servers:-} $!"
    waited=0
    until grep -q 'http://' "$work/served$1"; do
        waited=$((waited + 1))
        [ "$waited" -lt 200 ] || fail_step "a server did not start"
        sleep 0.1
    done
}

stop() {
    for server in $servers; do
        kill -TERM "$server"
        wait "$server" || fail_step "a server ended with an error"
    done
}

step "two servers share a city"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 1500 --seed 7
run 0 sweep --as-of 2023-12-31
run 0 account demo
cp "$work/out" "$work/accounts"
run 0 found --rule 首席技师津贴 --json
out_has '1000\.00'
serve 1
serve 2
base=$(grep -o 'http://[0-9.:]*' "$work/served1")
other=$(grep -o 'http://[0-9.:]*' "$work/served2")

step "a draft is written, priced, approved by another, in force and explained"
if ! node "$root/test/web/policy.mjs" "$base" "$other" "$work/accounts" \
    ${BAIGONG_SHOTS:+"$BAIGONG_SHOTS"} >"$work/walk" 2>&1; then
    cat "$work/walk"
    kill $servers
    fail_step "the way of a draft failed"
fi
tail -n 1 "$work/walk"

step "commands use what is in force, and the record of what was done is whole"
run 0 found --rule 首席技师津贴 --json
out_has '1500\.00'
out_lacks '1000\.00'
run 0 sweep --as-of 2023-12-31 --json
out_has '"changed_count":0|"changed":0'
stop
run 0 account verify
