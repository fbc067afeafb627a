# A city out of nothing, the same from the same seed.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

step "a city is made, and again the same from the same seed"
run 0 demo --city jining --people 600 --seed 7 --digest --json
keep_out first
run 0 export person "$work/first.csv"
fresh_database
run 0 demo --city jining --people 600 --seed 7 --digest --json
run 0 export person "$work/second.csv"
cmp -s "$work/first.csv" "$work/second.csv" || fail_step "the two cities differ"

step "another seed makes another city"
fresh_database
run 0 demo --city jining --people 600 --seed 8
run 0 export person "$work/third.csv"
! cmp -s "$work/first.csv" "$work/third.csv" || fail_step "the two cities are the same"

step "a city that has people is not made over"
run 1 demo --city jining --people 600 --seed 8
step "an unknown city is refused"
fresh_database
run 1 demo --city atlantis --people 10
err_has 'atlantis'

step "a city that was killed half-made is refused, and is made after it was deleted"
for moment_ms in 150 300 450; do
    fresh_database
    killed "$moment_ms" demo --city jining --people 60000
    [ "$status" -eq 137 ] || continue
    killed_status=0
    "$BAIGONG_PROGRAM" ask '计数 人员' >"$work/out" 2>"$work/err" || killed_status=$?
    # Killed before the filling began, there is no database or an empty one.
    [ "$killed_status" -eq 3 ] || continue
    err_has 'the first filling of this database was interrupted'
    err_has '办法：Delete the database'
    run 3 demo --city jining --people 600
    err_has 'the first filling of this database was interrupted'
done
fresh_database
run 0 demo --city jining --people 600
run 0 ask '计数 人员' --json
out_has '"value":600'
