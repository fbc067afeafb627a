# kill -9 at any moment of a sweep, then run it again: nothing lost, nothing double.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

rounds=${BAIGONG_KILL_ROUNDS:-25}

# what_there_is: everything a sweep leaves behind
what_there_is() {
    entitlements
    events | grep '^entitlement'
}

# kill_sweeps DAY: the sweep of that day killed, run again, and compared with an undisturbed one
kill_sweeps() {
    keep_database
    before=$(date +%s%N)
    run 0 sweep --as-of "$1" --json
    whole_ms=$((($(date +%s%N) - before) / 1000000 + 1))
    out_lacks '"new_count":0,"changed_count":0,"ended_count":0,"unchanged_count":[0-9]+,"rules"'
    run 0 sweep --as-of "$1" --json
    keep_out undisturbed
    what_there_is >"$work/undisturbed"

    sweep_day=$1
    kill_at_random "$rounds" "$whole_ms" sweep --as-of "$1" --json
}

before_kill() {
    restore_database
}

after_kill() {
    run 0 sweep --as-of "$sweep_day" --json
    run 0 sweep --as-of "$sweep_day" --json
    same_out_as undisturbed
    what_there_is >"$work/after"
    diff "$work/undisturbed" "$work/after" >"$work/diff" || {
        head -n 10 "$work/diff"
        fail_step "killed after $moment_ms ms: what is stored differs"
    }
}

step "the first sweep of a city, killed at $rounds random moments (seed ${BAIGONG_KILL_SEED:-$$})"
run 0 demo --city jining --people 2000 --seed 7
kill_sweeps 2023-12-31

step "the sweep of a later day, which adds, ends and keeps, killed at $rounds more"
kill_sweeps 2024-12-31
