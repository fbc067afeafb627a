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
