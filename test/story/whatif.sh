# A change is priced before it is issued: words, figures, a page, two drafts, a row of values.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

policy=$root/policy/jining/2022-skilled-jining.md
run 0 demo --city jining --people 1500 --seed 7

step "nothing to compare with, wrong names and wrong units are refused with a way out"
run 2 whatif --policy "$policy" --draft
run 2 whatif
err_has '用 --draft 给出拟改的文件'
run 1 whatif --policy "$policy" --set 载体建设补贴=8万元
err_has '没有叫“载体建设补贴”的参数'
err_has '是不是“载体建设补助”'
run 1 whatif --policy "$policy" --set 载体建设补助=8个月 --lang en
err_has "'8个月' is not an amount of money"
err_has 'hint: Write it like'
run 1 whatif --policy "$policy" --budget 没有这项资金=1万元
err_has '没有叫“没有这项资金”的资金'
run 1 whatif --policy "$policy" --sweep 载体建设补助=9万元..3万元/1万元
err_has '末值不能小于初值'
run 2 whatif --policy "$policy" --set 载体建设补助=8万元 --from 2024-01-01 --to 2023-12-31
err_has '把两个日期对调'

step "a parameter is priced in words, with the cases it changes most explained"
run 0 whatif --policy "$policy" --set 载体建设补助=8万元 --as-of 2023-12-31
out_has '载体建设补助：50,000元 → 80,000元'
out_has '^基地工作室建设补助 .*\+[0-9,]+元'
out_has '由 50,000元 变为 80,000元，参数“载体建设补助”由 50,000元 变为 80,000元。'
out_lacks '3708[0-9][0-9]'

step "a draft replaces the document of its number, and says what it changes"
sed 's/^2022-08-22 起  5万元/2022-08-22 起  6万元/' "$policy" >"$work/draft.md"
sed 's/^首席技师.*每人每月/&/' "$policy" >"$work/same.md"
run 0 whatif --policy "$policy" --draft "$work/same.md" --as-of 2023-12-31
out_has '结果都相同'

step "two drafts stand beside each other"
run 0 whatif --policy "$policy" --draft "$work/same.md" --draft "$work/same.md" \
    --set 载体建设补助=8万元 --as-of 2023-12-31
out_has '草案一 .*草案二'
out_has '== 草案二'

step "run forward, a budget runs dry in a month"
run 0 whatif --policy "$policy" --set 首席技师管理期=6个月 --from 2023-01-01 --to 2023-12-31 \
    --budget 技能人才培养专项经费=1元
out_has '^2023-12 '
out_has '预算 1元，2023-0[1-9] 用完，缺 .*排队到下一年'
run 0 whatif --policy "$policy" --set 首席技师管理期=6个月 --from 2023-01-01 --to 2023-12-31 --json
out_has '"months":\[\{"month":"2023-01"'
run 0 whatif --policy "$policy" --set 首席技师管理期=6个月 --as-of 2023-12-31 --csv
out_has '^draft,by,name,in_force_yuan'

step "a parameter runs through a row of values"
run 0 whatif --policy "$policy" --sweep 载体建设补助=3万元..6万元/1万元 --as-of 2023-12-31
out_has '^ *50,000元 .* 0元 '
run 0 whatif --policy "$policy" --sweep 载体建设补助=30000..60000/10000 --as-of 2023-12-31 --json
out_has '"way":"linear"'

step "the report is one page that asks nobody for anything"
run 0 whatif --policy "$policy" --set 首席技师管理期=6个月 --from 2023-01-01 --to 2023-12-31 \
    --budget 技能人才培养专项经费=5万元 --html "$work/report.html"
file_has "$work/report.html" '<h1>2023 年少花'
file_has "$work/report.html" '<polyline class="l1" points="'
file_has "$work/report.html" '<summary>看数据表</summary>'
if grep -Eq '(src|href)="[^#]|url\(|@import|<script' "$work/report.html"; then
    fail_step "the page asks for something else"
fi
run 3 whatif --policy "$policy" --set 载体建设补助=8万元 --html "$work/no/such/folder.html"
err_has '不能写入'

step "one fact away: who lacks one condition alone, which one, at what cost"
run 0 away 首席技师津贴 --policy "$policy" --as-of 2023-12-31
out_has '首席技师津贴（.*）：人员中 [0-9]+ 个已有，[0-9]+ 个只差一项。'
out_has '^1\. 称号 = 济宁首席技师'
out_has '任城区'
run 0 away 首席技师津贴 --policy "$policy" --as-of 2023-12-31 --csv
out_has '^condition,words,division_code,division,subject_count,amount_yuan'
run 0 away 首席技师津贴 --policy "$policy" --as-of 2023-12-31 --ids
out_has '^1 [0-9]+$'
run 0 away 首席技师津贴 --policy "$policy" --as-of 2023-12-31 --json --lang en
out_has '"rule":"首席技师津贴"'
run 1 away 首席技师津 --policy "$policy"
err_has '是不是“首席技师津贴”'
