# Both engines give the same: totals to the fen, every entitlement, every figure.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

# answers FILE: what a freshly made city says
answers() {
    run 0 demo --city jining --people 1500 --seed "$seed"
    for as_of in 2023-06-30 2023-12-31; do
        for command in sweep targets duties; do
            run 0 $command --as-of $as_of --json
            cat "$work/out"
        done
    done >"$1"
    {
        run 0 ask '高技能人才总量 按 居住地区划' --as-of 2023-12-31 --json
        cat "$work/out"
        entitlements
        events
    } >>"$1"
}

for seed in 1 2 3; do
    step "seed $seed"
    fresh_database
    answers "$work/on_postgres"
    postgres_url=$BAIGONG_DB
    BAIGONG_DB=$work/story.db
    engine=sqlite
    answers "$work/on_sqlite"
    engine=postgres
    BAIGONG_DB=$postgres_url
    grep -q '"amount_yuan":"[1-9]' "$work/on_sqlite" || fail_step "nothing was granted"
    diff "$work/on_postgres" "$work/on_sqlite" >"$work/diff" || {
        head -n 10 "$work/diff"
        fail_step "the engines differ"
    }
done
