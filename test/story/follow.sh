# Facts come in and days pass: what following leaves stored is what a sweep would leave.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

step "the first round looks at everybody"
run 0 demo --city jining --people 1500 --seed 7
run 0 follow --once --as-of 2023-10-31 --json
out_has '"swept_because":"first"'
run 0 sweep --as-of 2023-10-31 --json
out_has '"new_count":0,"changed_count":0,"ended_count":0'

step "a round without news does nothing"
run 0 follow --once --as-of 2023-10-31 --json
out_has '"touched_count":0,"due_count":0,"new_count":0'

step "days that pass are followed for those who are due"
run 0 follow --once --as-of 2023-11-30 --json
out_has '"swept_because":null'
out_has '"due_count":[1-9]'
run 0 sweep --as-of 2023-11-30 --json
out_has '"new_count":0,"changed_count":0,"ended_count":0'

step "an earlier day is refused"
run 1 follow --once --as-of 2023-11-01
err_has '更早'

step "certificates that are revoked are followed for those whose they were"
run 0 export certificate "$work/certificates.csv" --clear 核对
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i ~ /证书状态/) state = i; print }
    NR > 1 && NR % 25 == 0 { $state = "撤销"; print }' \
    "$work/certificates.csv" >"$work/revoked.csv"
run 0 import certificate "$work/revoked.csv"
run 0 follow --once --as-of 2023-11-30 --json
out_has '"event_count":[1-9]'
out_has '"touched_count":[1-9]'
out_has '"swept_because":null'
run 0 sweep --as-of 2023-11-30 --json
out_has '"new_count":0,"changed_count":0,"ended_count":0'

step "what stood at an instant is netted against what holds now"
rule=$(query "SELECT name FROM policy_rule r WHERE EXISTS (SELECT 1 FROM entitlement_difference d
    WHERE d.rule_id = r.id) ORDER BY name LIMIT 1")
run 0 found --rule "$rule" --differences --json
out_has '"kind":"(recovery|top_up|no_money)"'
run 0 found --rule "$rule" --differences --known-at 2020-01-01 --json
out_has '^\[\]$'

step "facts that rules read and nobody delivers are told"
query "DELETE FROM award"
run 0 policy facts --no-snapshot --json
out_has '"record":"award","record_count":0,"told_count":0,"rule_count":[1-9]'
out_lacks '"record":"certificate","field":"level"'
run 0 policy facts --no-snapshot --all --json
out_has '"record":"certificate","field":"level","record_count":[1-9]'
