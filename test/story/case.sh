# Cases from what was found to the bank and back: opened, reviewed, approved by another, published,
# paid; the desk in a browser.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $root, $work

step "a city with accounts, and a second approver"
city_with_accounts 3000
run 0 account add quan --role reviewer --division 370800
run 0 account add shenpi --role approver --division 370800
sed 's/^shenpi .* /市级审批 shenpi /' "$work/out" >>"$work/accounts"

step "cases are opened for what was found, once"
run 0 case open --as-of 2023-12-31 --json
out_has '"opened_count":[1-9]'
run 0 case open --as-of 2023-12-31 --json
out_has '"opened_count":0,"moved_count":0'

step "four eyes: who reviewed does not approve, and a reason is asked for"
run 0 case list --state checked --ids --limit 2
id=$(head -n 1 "$work/out")
run 1 case move "$id" --act refuse --as quan --as-of 2023-12-31
err_has '要写明理由'
run 1 case move "$id" --act approve --as approver --as-of 2023-12-31
err_has '已核对'
run 0 case move "$id" --act pass --as quan --as-of 2023-12-31
run 1 case move "$id" --act send_back --as quan --as-of 2023-12-31 --reason 看错了
err_has '岗位不能'
run 0 case show "$id" --json
out_has '"act":"pass","to":"approval"'

step "clocks tell each once"
run 0 case clocks --as-of 2024-01-31 --json
out_has '"escalated_count":[1-9]'
run 0 case clocks --as-of 2024-01-31 --json
out_has '"reminded_count":0,"escalated_count":0'

step "the table draws itself"
run 0 case states --format mermaid
out_has 'approval --> noticed'
run 0 case states --format markdown
sed -n '/^```mermaid/,$p' "$root/doc/cases.md" >"$work/drawn"
cmp -s "$work/drawn" "$work/out" || fail_step "run: baigong case states --format markdown, into doc/cases.md"

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

step "the desk in a browser"
begin_server --today 2023-12-31
in_browser case.mjs
end_server
run 0 account verify
