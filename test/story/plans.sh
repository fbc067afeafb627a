# No named statement reads a whole big table, unless a reason stands for it.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 || exit 77

step "both engines find what they look for by an index"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 500 --seed 7
node "$root/test/plans.mjs" "$root" "$engine" "$BAIGONG_DB" >"$work/out" 2>&1 ||
    fail_step "a statement reads a whole table"
cat "$work/out"
