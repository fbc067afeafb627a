# The column snapshot: made by the first question, followed, mended, done without.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

run 0 demo --city jining --people 1500 --seed 7
sleep 3 # what has only just happened is read again every time: on a server, for a minute
export BAIGONG_SNAPSHOT="$work/city.columns"

step "there is none before the first question, and then there is"
run 1 snapshot status
err_has '还没有列快照'
run 0 ask '计数 人员' --csv
keep_out people
run 0 snapshot status
out_has '人员和单位：'
run 0 ask '计数 人员' --csv
same_out_as people

step "sweeps find the same with it and without"
run 0 sweep --as-of 2023-12-31 --dry-run --json --no-snapshot
keep_out found
run 0 sweep --as-of 2023-12-31 --dry-run --json
grep -o '"new_count":[0-9]*' "$work/out" >"$work/with"
grep -o '"new_count":[0-9]*' "$work/kept-found" >"$work/without"
cmp -s "$work/with" "$work/without" || fail_step "the counts differ"

step "a damaged file is told of and made anew"
printf 'xxxxxxxx' | dd of="$work/city.columns" bs=1 seek=12400 conv=notrunc 2>/dev/null
run 0 snapshot build --lang en
err_has 'could not be used and was made anew'
run 0 snapshot build --json
out_has '"usable":true'
run 0 ask '计数 人员' --csv
same_out_as people

step "another city's file is not taken"
cp "$work/city.columns" "$work/other.columns"
fresh_database
run 0 demo --city jining --people 600 --seed 8
BAIGONG_SNAPSHOT="$work/other.columns" run 0 ask '计数 人员' --csv
err_has 'of another database'
out_has '^600'

step "it is deleted, and off means none"
export BAIGONG_SNAPSHOT="$work/other.columns"
run 0 snapshot drop
run 1 snapshot drop
export BAIGONG_SNAPSHOT=off
run 0 ask '计数 人员' --csv
out_has '^600'
run 1 snapshot status
err_has '没有设置列快照的位置'

step "processes that make and read it at once find the same, and leave one whole file"
export BAIGONG_SNAPSHOT="$work/shared.columns"
run 0 sweep --as-of 2023-12-31 --dry-run --json --no-snapshot
grep -o '"new_count":[0-9]*' "$work/out" >"$work/alone"
at_work=
for process in 1 2 3 4 5 6; do
    case $process in
    1 | 3) set -- snapshot build ;;
    *) set -- sweep --as-of 2023-12-31 --dry-run --json ;;
    esac
    "$BAIGONG_PROGRAM" "$@" >"$work/at_once_$process" 2>&1 </dev/null &
    at_work="$at_work $!"
done
for process in $at_work; do
    wait "$process" || fail_step "one of those at once failed: $(cat "$work"/at_once_*)"
done
for process in 2 4 5 6; do
    grep -o '"new_count":[0-9]*' "$work/at_once_$process" | cmp -s - "$work/alone" ||
        fail_step "one of those at once found something else"
done
run 0 snapshot status --json
out_has '"usable":true'
[ -z "$(find "$work" -name 'shared.columns*' ! -name '*.columns' ! -name '*.lock')" ] ||
    fail_step "half a file is left: $(ls "$work")"
