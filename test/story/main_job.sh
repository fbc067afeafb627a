# The main job: a city, a sweep, the same again, explanations, questions, a correction, and exactly
# the touched entitlements change.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

as_of=2023-12-31

# first_member NAME: its first value in the JSON of standard output
first_member() {
    grep -o "\"$1\":\"[^\"]*" "$work/out" | head -n 1 | sed 's/.*"//'
}

step "everybody is looked at, and what is found is stored"
run 0 demo --city jining --people 2000 --seed 7
run 0 sweep --as-of $as_of --json
out_has '"as_of":"2023-12-31","person_count":2000,"amount_yuan":"[1-9]'
out_has '"new_count":[1-9][0-9]*,"changed_count":0,"ended_count":0,"unchanged_count":0,"rules"'
entitlements >"$work/first"
[ -s "$work/first" ] || fail_step "nothing is stored"

step "a second sweep changes nothing, nor does one that only looks"
run 0 sweep --as-of $as_of --json
out_has '"new_count":0,"changed_count":0,"ended_count":0,"unchanged_count":[1-9][0-9]*,"rules"'
run 0 sweep --as-of 2024-12-31 --dry-run --json
out_has '"new_count":[1-9]'
entitlements >"$work/second"
cmp -s "$work/first" "$work/second" || fail_step "what is stored differs"

step "a sweep of an earlier day is refused, with the way out"
run 1 sweep --as-of 2022-12-31
err_has 'dry-run'

step "one that is granted is explained with its amount, article and facts"
run 0 found --rule 技术能手奖励 --limit 1 --ids
granted_id=$(cat "$work/out")
run 0 explain "$granted_id"
out_has '^技术能手奖励：.*：符合$'
out_has '依据 第十七条'
out_has '原文 「每人一次性奖励1000元」'
out_has '金额 1,000元'
out_has '\[是\] 称号 = 济宁市技术能手'
out_lacks '\[否\]|\[不明\]'
run 0 explain "$granted_id" --lang en
out_has 'granted'
run 0 explain "$granted_id" --json
out_has '"lane":"granted","amount_yuan":"1000.00"'
subject_id=$(first_member subject_id)

step "one that waits is explained with the facts that would settle it"
run 0 found --rule 紧缺高技能人才培训补贴 --lane ask --limit 1 --ids
asked_id=$(cat "$work/out")
run 0 explain "$asked_id"
out_has '：待补充$'
out_has '判定'
out_has '未填'
run 0 explain "$asked_id" --json
out_has '"lane":"ask".*"missing":\[\{'

step "one that is refused is explained with the condition that failed"
run 0 explain --rule 首席技师津贴 --subject "$subject_id" --as-of $as_of
out_has '^首席技师津贴：.*：不符合$'
out_has '\[否\]'
run 0 explain --rule 首席技师津贴 --subject "$subject_id" --as-of $as_of --json
out_has '"lane":"refused"'

step "any figure by any dimension, as a table, CSV and JSON"
run 0 ask '高技能人才总量 按 居住地区划' --as-of $as_of
out_has '^居住地区划 +数值$'
out_has '^山东省济宁市任城区 +[0-9]'
run 0 ask '高技能人才总量 按 居住地区划' --as-of $as_of --csv
out_has '山东省济宁市任城区,"?[0-9]'
run 0 ask '高技能人才总量 按 居住地区划' --as-of $as_of --json
out_has '^\[\{"居住地区划":"山东省济宁市任城区","value":[0-9]'
run 0 ask '计数 人员' --json
out_has '"value":2000'
run 1 ask '高技能人才总量 按 居地区划'
err_has '居住地区划'

step "targets and duties"
run 0 targets --as-of $as_of
out_has '高技能人才总量达标 +至少 +280,000'
run 0 targets --as-of $as_of --json
out_has '"target":"高技能人才总量达标","value":[0-9]+,"planned":280000,'
run 0 duties --as-of $as_of
out_has '足额提取职工教育经费'
run 0 duties --as-of $as_of --json
out_has '"duty":"足额提取职工教育经费","holder_count":[0-9]+,"met_count":[0-9]+'

step "an honour turns out to be revoked: the entitlements of that person change, no others"
run 0 export honour "$work/honours.csv" --clear "story"
revoked_column=$(head -n 1 "$work/honours.csv" | tr ',' '\n' | tr -d '\r' | grep -nx '撤销日期' | cut -d: -f1)
{
    head -n 1 "$work/honours.csv"
    grep ',济宁市技术能手,' "$work/honours.csv" | head -n 1 |
        awk -F, -v OFS=, -v at="$revoked_column" '{ $at = "2023-11-30"; print }'
} | tr -d '\r' >"$work/revoked.csv"
run 0 import honour "$work/revoked.csv" --json
out_has '"rows":1,"added":0,"corrected":1,'
run 0 sweep --as-of $as_of --json
out_lacks '"changed_count":0,"ended_count":0,"unchanged_count":[0-9]+,"rules"'
entitlements >"$work/third"
diff "$work/second" "$work/third" | grep '^[<>]' >"$work/touched"
grep -q '^> 技术能手奖励|.*|gone$' "$work/touched" || fail_step "the reward should have ended"
revoked_id=$(grep '^> 技术能手奖励|' "$work/touched" | cut -d'|' -f3)
[ "$(cut -d'|' -f3 "$work/touched" | sort -u)" = "$revoked_id" ] ||
    fail_step "other people's entitlements changed"

step "the explanation of today names the revocation, that of then shows what was known then"
run 0 explain --rule 技术能手奖励 --subject "$revoked_id" --as-of $as_of
out_has '不符合$'
out_has '撤销日期 2023-11-30'
ended_id=$(query "SELECT e.id FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id
    WHERE r.name = '技术能手奖励' AND e.subject_id = $revoked_id")
run 0 explain "$ended_id"
out_has '：符合$'
out_has '撤销日期 无'

step "a missing fact comes in: the question becomes a decision"
keep_rule='紧缺高技能人才培训补贴'
run 0 found --rule $keep_rule --lane ask --ids
asked_before=$(grep -c . "$work/out")
run 0 export training "$work/trainings.csv" --clear "story"
level=$(head -n 1 "$work/trainings.csv" | tr ',' '\n' | tr -d '\r' | grep -nx '培养等级' | cut -d: -f1)
tr -d '\r' <"$work/trainings.csv" |
    awk -F, -v OFS=, -v at="$level" 'NR > 1 && $at == "" { $at = "高级工" } { print }' \
        >"$work/filled.csv"
run 0 import training "$work/filled.csv" --json
out_has '"added":0,"corrected":[1-9]'
run 0 sweep --as-of $as_of --json
run 0 found --rule $keep_rule --lane ask --ids
[ "$(grep -c . "$work/out")" -lt "$asked_before" ] || fail_step "no question was settled"
run 0 sweep --as-of $as_of --json
out_has '"new_count":0,"changed_count":0,"ended_count":0,'
