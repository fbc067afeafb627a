# A disk that is full, or a file that may not grow: told as such, nothing half-written, and the next
# run goes on. A limit on the size of files stands for the disk.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

# run_limited KIB COMMAND...: ends with 3, and says that space is missing
run_limited() {
    limit=$1
    shift
    status=0
    (
        ulimit -f $((limit * 2))
        exec "$BAIGONG_PROGRAM" "$@" >"$work/out" 2>"$work/err"
    ) || status=$?
    [ "$status" -eq 3 ] || fail_step "baigong $*: exit status 3 expected"
    err_has 'database or disk is full'
    err_has 'Free space on the disk; nothing of this step was written.'
}

step "an import stops, stores nobody, and comes in whole later"
awk -v count=3000 -f test/story/people.awk >"$work/people.csv"
for limit in 40 200 400 800; do
    fresh_database
    run_limited "$limit" import person "$work/people.csv"
done
run 0 import person "$work/people.csv" --json
out_has '"rows":3000,"added":3000,'

step "so does one that keeps the good rows, and it goes on where it stopped"
fresh_database
run_limited 500 import person "$work/people.csv" --keep-good
run 0 import person "$work/people.csv" --keep-good --json
run 0 import person "$work/people.csv" --json
out_has '"added":0,"corrected":0,"same":3000,'

step "a sweep stops, stores nothing, and finds the same later"
fresh_database
run 0 demo --city jining --people 2000 --seed 7
for limit in 20 60; do
    run_limited "$limit" sweep --as-of 2023-12-31
    [ -z "$(entitlements)" ] || fail_step "half a sweep is stored"
done
run 0 sweep --as-of 2023-12-31 --json
out_has '"new_count":[1-9][0-9]*,"changed_count":0,"ended_count":0,"unchanged_count":0,"rules"'

step "a city that found no room is refused until it was deleted"
fresh_database
run_limited 2500 demo --city jining --people 10000
run 3 ask '计数 人员'
err_has 'the first filling of this database was interrupted'
fresh_database
run 0 demo --city jining --people 600

step "an exported file appears whole or not at all"
status=0
(
    ulimit -f 8
    exec "$BAIGONG_PROGRAM" export person "$work/out.csv" >"$work/out" 2>"$work/err"
) || status=$?
[ "$status" -eq 3 ] || fail_step "exit status 3 expected"
[ -z "$(ls "$work"/out.csv* 2>/dev/null)" ] || fail_step "half a file was left behind"
