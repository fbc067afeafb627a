# kill -9 at any moment of a payment run, then go on: nothing lost, nothing paid twice, no half file.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

rounds=${BAIGONG_KILL_ROUNDS:-50}
export BAIGONG_HOME="$root"
bank=$work/bank

# asked SQL: query, again while a process that was killed a moment ago still holds the database
asked() {
    until answer=$(query "$1" 2>/dev/null) && [ -n "$answer" ]; do
        sleep 0.05
    done
    printf '%s\n' "$answer"
}

newest_batch() {
    asked "SELECT COALESCE(MAX(id), 0) FROM ledger_batch"
}

batch_state() {
    asked "SELECT state FROM ledger_batch WHERE id = $1"
}

# orders: what the bank's file asks to be paid, without the batch's number
orders() {
    sed -nE 's/^D,[0-9]+-/D,/p' "$bank"/BG*.csv
}

whole_files() {
    for file in "$bank"/BG*.csv "$bank"/BG*.xml; do
        [ -e "$file" ] || continue
        tail -n 1 "$file" | grep -Eq '^(T,|</Document>)' || fail_step "$file is half-written"
    done
}

# paid_once: the ledger is whole and everything is at the bank exactly once
paid_once() {
    whole_files
    run 0 ledger audit
    [ "$(asked "SELECT COUNT(*) FROM ledger_claim WHERE state = 4")" = "$claim_count" ] ||
        fail_step "not every claim is at the bank"
    [ "$(asked "SELECT COUNT(*) FROM ledger_posting WHERE kind = 6")" = "$claim_count" ] ||
        fail_step "a claim was filed more than once"
    orders >"$work/orders"
    cmp -s "$work/orders" "$work/undisturbed" || fail_step "the bank's file differs"
}

step "a fund, a budget that another approves, and claims"
run 0 demo --city jining --people 1500 --seed 7
for who in zhao:finance qian:director; do
    run 0 account add "${who%:*}" --role "${who#*:}"
done
run 0 fund ask 专项 --year 2026 --amount 5000万元 --reason 年初下达 --as zhao
request=$(cat "$work/out")
run 1 fund approve "$request" --as zhao
run 0 fund approve "$request" --as qian
query "SELECT id FROM person WHERE bank_account_sealed IS NOT NULL ORDER BY id" |
    awk 'BEGIN { print "key,fund,year,division,yuan,article,record,payee_id,expires" }
         { printf "e%d,专项,2026,370811,%d.00,第三条,person,%s,2099-12-31\n", NR, 100 + NR, $1 }' \
        >"$work/claims.csv"
claim_count=$(($(wc -l <"$work/claims.csv") - 1))
run 0 fund reserve "$work/claims.csv" --as zhao
run 0 fund reserve "$work/claims.csv" --as zhao
out_has '^0 '
run 0 ledger audit
keep_database

step "an undisturbed run"
pay_day=2099-12-30
run 0 pay make 专项 --year 2026 --on $pay_day --folder "$bank" --as zhao
run 0 pay approve "$(newest_batch)" --folder "$bank" --as qian
orders >"$work/undisturbed"
paid_once

step "making killed at $rounds random moments (seed ${BAIGONG_KILL_SEED:-$$})"
before_kill() {
    restore_database
    rm -rf "$bank"
}
after_kill() {
    if [ "$(newest_batch)" = 0 ]; then
        run 0 pay make 专项 --year 2026 --on $pay_day --folder "$bank" --as zhao
    else
        run 0 pay run "$(newest_batch)" --folder "$bank"
    fi
    run 0 ledger audit
    run 0 pay approve "$(newest_batch)" --folder "$bank" --as qian
    paid_once
}
kill_at_random "$rounds" 200 pay make 专项 --year 2026 --on $pay_day --folder "$bank" --as zhao

step "filing killed at $rounds random moments"
restore_database
run 0 pay make 专项 --year 2026 --on $pay_day --folder "$bank" --as zhao
batch=$(newest_batch)
keep_database
after_kill() {
    whole_files
    run 0 ledger audit
    if [ "$(batch_state "$batch")" = 3 ]; then
        run 0 pay approve "$batch" --folder "$bank" --as qian
    else
        run 0 pay run "$batch" --folder "$bank"
    fi
    paid_once
}
kill_at_random "$rounds" 200 pay approve "$batch" --folder "$bank" --as qian

step "eight processes at once"
restore_database
rm -rf "$bank"
"$BAIGONG_PROGRAM" pay approve "$batch" --folder "$bank" --as qian >/dev/null 2>&1 &
for process in 2 3 4 5 6 7 8; do
    "$BAIGONG_PROGRAM" pay run "$batch" --folder "$bank" >/dev/null 2>&1 &
done
wait
run 0 pay run "$batch" --folder "$bank"
paid_once

step "what the bank says is taken once and whole, also when the import is killed"
awk -F, -v n=0 '/^D,/ { split($2, part, "-"); n++; sum += $3
        printf "P,%s,B%d,%s,2026-01-05\n", $2, n, $3 }
    END { printf "T,%d,%.2f,0\n", n, sum }' "$bank"/BG*.csv >"$work/lines"
{
    printf 'H,1,R1,2026-01-05T18:00:00+08:00\n'
    cat "$work/lines"
} >"$work/statement.csv"
keep_database
before_kill() { restore_database; }
after_kill() {
    if [ "$(asked "SELECT COUNT(*) FROM ledger_statement")" = 0 ]; then
        run 0 pay import "$work/statement.csv" --as zhao
    fi
    run 1 pay import "$work/statement.csv" --as zhao
    run 0 ledger audit
    run 0 pay reconcile
    out_has '已对平'
}
kill_at_random 6 150 pay import "$work/statement.csv" --as zhao
