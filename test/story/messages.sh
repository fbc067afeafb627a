# Messages: queued, sent through a gateway that fails on purpose, given up, sent again by hand.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 || exit 77

wait_for() { # COMMAND: until it holds, two minutes at most
    waited=0
    until eval "$1"; do
        waited=$((waited + 1))
        [ "$waited" -lt 240 ] || fail_step "waited in vain for: $1"
        sleep 0.5
    done
}

step "a city is served with a gateway that fails on purpose"
city_with_accounts 500
printf 'a secret of the gateway\n' >"$work/secret"
: >"$work/taken"
node "$root/test/web/gateway.mjs" 'a secret of the gateway' "$work/taken" >"$work/port" &
gateway=$!
wait_for "[ -s '$work/port' ]"
begin_server --message-sms-url "http://127.0.0.1:$(cat "$work/port")/sms" \
    --message-secret-file "$work/secret" --message-quiet 00:00-00:00

step "a message is tried again until the gateway takes it, once"
run 0 message write --person 1 --to 13812345678 --text '窗口改在二楼' --key note-1
run 0 message write --person 1 --to 13812345678 --text '窗口改在二楼' --key note-1
run 0 message write --person 1 --to 13900000000 --text '空号' --key note-2
wait_for "grep -q '窗口改在二楼' '$work/taken'"
[ "$(wc -l <"$work/taken")" = 1 ] || fail_step "the gateway took it more than once"
grep -q '"to":"13812345678"' "$work/taken" || fail_step "the number is not the person's"

step "what the gateway refuses for good is given up, and may be sent again by hand"
run 0 message list --state dead
out_has '空号'
id=$(awk '/^[0-9]/ { print $1; exit }' "$work/out")
run 0 message again "$id"
wait_for '"$BAIGONG_PROGRAM" message list --state dead | grep -q "$id"'

step "the server ends when it is asked to, and its record is whole"
kill "$gateway"
end_server
run 0 account verify
