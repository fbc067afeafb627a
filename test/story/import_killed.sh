# kill -9 at any moment of an import, then run it again: nothing lost, nothing double.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $engine

# A row takes longer on PostgreSQL.
if [ "$engine" = sqlite ]; then count=2000; else count=400; fi
rounds=${BAIGONG_KILL_ROUNDS:-50}
awk -v count=$count -f test/story/people.awk >"$work/people.csv"
cut -d, -f1 "$work/people.csv" | sed 1d | sort >"$work/names"

step "how long an undisturbed import takes"
before=$(date +%s%N)
run 0 import person "$work/people.csv" --json
whole_ms=$((($(date +%s%N) - before) / 1000000 + 1))
out_has "\"added\":$count,"

before_kill() {
    fresh_database
}

after_kill() {
    run 0 import person "$work/people.csv" --json
    run 0 export person "$work/out.csv"
    cut -d, -f1-3 "$work/out.csv" | grep -oE '王[0-9]{5}' | sort >"$work/came"
    diff "$work/names" "$work/came" >"$work/diff" ||
        fail_step "killed after $moment_ms ms: people differ"
    run 0 import person "$work/people.csv" --json
    out_has "\"added\":0,\"corrected\":0,\"same\":$count,"
}

step "killed at $rounds random moments of $whole_ms ms (seed ${BAIGONG_KILL_SEED:-$$}) and run again"
kill_at_random "$rounds" "$whole_ms" import person "$work/people.csv"
