# Several processes follow one city at once, one of them is killed in between: every decision is
# stored once, none is lost.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

followers=
start_follower() {
    "$BAIGONG_PROGRAM" follow --as-of 2023-11-30 >>"$work/followers" 2>&1 </dev/null &
    followers="$followers $!"
}

# Ends them by SIGTERM; one that was killed or failed tells by its status.
stop_followers() {
    for follower in $followers; do
        kill "$follower" 2>/dev/null || true
        status=0
        wait "$follower" || status=$?
        [ "$status" -eq 0 ] || fail_step "a follower ended with $status: $(cat "$work/followers")"
    done
}

step "a city whose facts were followed up to a day"
run 0 demo --city jining --people 1500 --seed 11
run 0 follow --once --as-of 2023-10-31 --json
run 0 export certificate "$work/certificates.csv" --clear 核对

step "three follow at once while days pass and facts come in; one is killed halfway, one joins"
start_follower
start_follower
"$BAIGONG_PROGRAM" follow --as-of 2023-11-30 >/dev/null 2>&1 </dev/null &
doomed=$!
for part in 0 1 2 3 4 5; do
    awk -F, -v OFS=, -v part=$part '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /证书状态/) state = i; print }
        NR > 1 && NR % 30 == part { $state = "撤销"; print }' \
        "$work/certificates.csv" >"$work/part.csv"
    run 0 import certificate "$work/part.csv"
    [ $part -ne 2 ] || kill -KILL "$doomed"
    [ $part -ne 4 ] || start_follower
done
wait "$doomed" || true
run 0 follow --once --as-of 2023-11-30 --json
stop_followers

step "what is stored is what a sweep finds"
run 0 sweep --as-of 2023-11-30 --json
out_has '"new_count":0,"changed_count":0,"ended_count":0'

step "no decision holds twice, none overlaps another of its own, each has its one event"
never=9223372036854775807
[ "$(query "SELECT COUNT(*) FROM (SELECT 1 FROM entitlement WHERE gone_ms = $never
    GROUP BY rule_id, subject_id, basis_id, period HAVING COUNT(*) > 1) twice")" = 0 ] ||
    fail_step "a decision holds twice"
[ "$(query "SELECT COUNT(*) FROM entitlement a JOIN entitlement b
    ON b.holder_id = a.holder_id AND b.id = a.id AND b.known_ms > a.known_ms
    AND b.known_ms < a.gone_ms")" = 0 ] || fail_step "versions of a decision overlap"
query "SELECT kind, COUNT(*) FROM event WHERE kind IN ('entitlement.found', 'entitlement.changed')
    GROUP BY kind" >"$work/told"
query "SELECT CASE WHEN first_ms = known_ms THEN 'entitlement.found' ELSE 'entitlement.changed' END
    AS kind, COUNT(*) FROM entitlement e JOIN (SELECT id AS first_id, MIN(known_ms) AS first_ms
    FROM entitlement GROUP BY id) f ON f.first_id = e.id
    GROUP BY CASE WHEN first_ms = known_ms THEN 'entitlement.found' ELSE 'entitlement.changed' END" \
    >"$work/stored"
sort "$work/told" >"$work/told.sorted"
sort "$work/stored" | diff "$work/told.sorted" - || fail_step "events and versions differ in number"
