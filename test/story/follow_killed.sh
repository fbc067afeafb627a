# kill -9 at any moment of following: it resumes where it stood, and leaves what a sweep would leave.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

rounds=${BAIGONG_KILL_ROUNDS:-15}
day=2023-11-30

step "certificates that are revoked wait to be followed"
run 0 demo --city jining --people 1500 --seed 7
run 0 follow --once --as-of $day
run 0 export certificate "$work/certificates.csv" --clear 核对
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /证书状态/) state = i; print }
    NR > 1 && NR % 6 == 0 { $state = "撤销"; print }' \
    "$work/certificates.csv" >"$work/revoked.csv"
run 0 import certificate "$work/revoked.csv"
keep_database

step "followed undisturbed"
before=$(date +%s%N)
run 0 follow --once --as-of $day --json
whole_ms=$((($(date +%s%N) - before) / 1000000 + 1))
out_has '"swept_because":null'
out_has '"ended_count":[1-9]'
entitlements >"$work/undisturbed"

before_kill() {
    restore_database
}

after_kill() {
    run 0 follow --once --as-of $day --json
    entitlements >"$work/after"
    diff "$work/undisturbed" "$work/after" >"$work/diff" || {
        head -n 10 "$work/diff"
        fail_step "killed after $moment_ms ms: what is stored differs"
    }
    run 0 sweep --as-of $day --json
    out_has '"new_count":0,"changed_count":0,"ended_count":0'
}

step "killed at $rounds random moments (seed ${BAIGONG_KILL_SEED:-$$}), resumed, held against a sweep"
kill_at_random "$rounds" "$whole_ms" follow --once --as-of $day --json
