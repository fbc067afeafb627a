# Found without applying to bank return: opened, passed, approved by another with the money reserved,
# published, paid in one batch; one payment comes back, another is corrected late and recovered.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $root, $work, $engine

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

# With several writers a follower stays two seconds behind the log (store/outbox.h).
follow() {
    [ "$engine" = sqlite ] || sleep 3
    run 0 case open --as-of "$later"
}

year=$(date +%Y)
later=$(date -d '+25 days' +%Y-%m-%d)

step "a city with accounts, and officers of the whole city"
city_with_accounts 3000
run 0 account add quan --role reviewer --division 370800
run 0 account add shenpi --role approver --division 370800

step "each fund has a budget, asked for by one and approved by another"
{
    sed -n 's/^```资金 //p' "$root"/policy/jining/*.md "$root"/policy/national/*.md
    sed -n 's/^,,fund,\([^,]*\),.*/\1/p' "$root/catalogue/case_practice.csv"
} | sort -u >"$work/funds"
while read -r fund; do
    run 0 fund ask "$fund" --year "$year" --amount 3000万元 --source 市财政 --document 济财1号 \
        --reason 年初下达 --as finance --json
    run 0 fund approve "$(grep -o '[0-9]\{15,\}' "$work/out" | head -n 1)" --as director
done <"$work/funds"

step "nobody applies: what was found is opened and passed, and approved by another"
run 0 case open
run 0 case batch --state checked --act pass --as quan --json
out_has '"moved_count":[1-9]'
run 0 case batch --state approval --act approve --as shenpi --json
out_has '"moved_count":[1-9]'
run 0 case list --state noticed --json
out_has '"state":"noticed"'

step "the notices are published by another than who made them"
begin_server
in_browser case_bank.mjs
end_server

step "when their days have passed, the cases wait for their money"
run 0 case clocks --as-of "$later"
follow
run 0 case list --state finance --ids --limit 100
[ -s "$work/out" ] || fail_step "no case waits for its money"

step "payments are made by one, approved by another and filed"
while read -r fund; do
    "$BAIGONG_PROGRAM" pay make "$fund" --year "$year" --on "$later" --folder "$work/bank" --as finance \
        >"$work/made" 2>/dev/null || continue
    ! grep -q ' 0笔 ' "$work/made" || continue # their accounts are not known
    batch=$(grep -o '[0-9]\{15,\}' "$work/made" | head -n 1)
    run 0 pay approve "$batch" --folder "$work/bank" --as director
done <"$work/funds"
ls "$work"/bank/BG*.csv >/dev/null || fail_step "no file for the bank"
follow
run 0 case list --state paying --ids --limit 100
[ -s "$work/out" ] || fail_step "no case is being paid"

step "the bank pays, but for the first of each file, which comes back"
for file in "$work"/bank/BG*.csv; do
    awk -F, -v day="$(date +%Y-%m-%d)" 'BEGIN { OFS = ","; paid = back = 0 }
        { sub(/\r$/, "") }
        $1 == "H" { print "H,1,RET" $3, $4 "\r" }
        $1 == "D" && count == 0 { printf "R,%s,r%s,%s,%s,账号已销户\r\n", $2, $2, $3, day; back += $3 }
        $1 == "D" && count > 0 { printf "P,%s,r%s,%s,%s\r\n", $2, $2, $3, day; paid += $3 }
        $1 == "D" { count++ }
        END { printf "T,%d,%.2f,%.2f\r\n", count, paid, back }' "$file" >"$work/return.csv"
    run 0 pay import "$work/return.csv" --as finance
done
follow
run 0 case list --state returned --ids
[ -s "$work/out" ] || fail_step "no payment came back"
run 0 case list --state paid --ids --limit 100
[ -s "$work/out" ] || fail_step "nobody was paid"
paid=$(head -n 1 "$work/out")

step "a late correction lowers what one of them is due, and the difference is to be given back"
query "UPDATE entitlement SET amount_fen = amount_fen - 10000 WHERE id = $paid"
query "INSERT INTO event (id, at_ms, kind, person_id, subject_id, account_id, actor) SELECT MAX(id) + 1, 0,
       'entitlement.changed', 0, $paid, 0, 'story' FROM event"
follow
run 0 case show "$paid" --json
out_has '"state":"recovering"'

step "the ledger balances, and the record is whole"
run 0 ledger audit
run 0 account verify
