# What offices send by mistake, and what somebody sends on purpose: told with place and remedy, and
# nothing of it is stored. The files are in test/story/sample.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work
# Each sample has 王甲, who is right, in line 2 and 王乙, who is not, in line 3.

sample=test/story/sample

# refuses FILE MESSAGE: exit status 1, the message, and nobody stored
refuses() {
    run 1 import person "$1"
    err_has "$2"
    run 0 ask '计数 人员' --json
    out_has '^\[\]$|"value":0'
}

# csv TEXT: a file with the right columns
csv() {
    printf '姓名,证件号码,居住地区划,学历\n%b' "$1" >"$work/bad.csv"
}

step "a good workbook, for comparison"
run 0 import person "$sample/good.xlsx" --dry-run --json
out_has '"rows":2,"added":2'

step "cells of a workbook that have no value of their own"
refuses "$sample/formula.xlsx" '^D3：公式没有计算结果。请用 Excel 或 WPS 打开并保存一次'
refuses "$sample/formula_error.xlsx" '^D3：公式结果是错误值。请改正公式'
refuses "$sample/merged.xlsx" '^C3：在合并单元格里，没有自己的值。请取消合并'
refuses "$sample/number.xlsx" '^B3：长号码存成了数字，第 15 位以后已经丢失。请把这一列的格式改为“文本”'

step "a workbook made to harm: entities that multiply, a part that inflates, a file cut off"
refuses "$sample/laughs.xlsx" 'xl/worksheets/sheet1.xml 带有 DOCTYPE 声明，拒绝读取'
refuses "$sample/bomb.xlsx" 'xl/worksheets/sheet1.xml 解压后超过原来的 250 倍，拒绝读取'
refuses "$sample/cut.xlsx" 'XLSX 文件已损坏'
err_lacks 'sanitizer'

step "text that is not text"
csv '\0377\0376\0372,1,2,3\n'
refuses "$work/bad.csv" '第 2 行（第 [0-9]+ 字节，值 0xFF）：文字编码损坏，既不是 UTF-8 也不是 GB18030'
csv '王\0000甲,1,2,3\n'
refuses "$work/bad.csv" '这不是文本文件（出现了零字节）'
: >"$work/bad.csv"
refuses "$work/bad.csv" '文件是空的'

step "columns that are missing or there twice"
printf '姓名,居住地区划\n王甲,370811\n' >"$work/bad.csv"
refuses "$work/bad.csv" '证件号码'
printf '姓名,证件号码,姓名\n' >"$work/bad.csv"
refuses "$work/bad.csv" '“姓名”这一列出现了两次'

step "cells that are too long, and a quotation mark that never closes"
long=$(awk 'BEGIN { for (i = 0; i < 600; i++) printf "x" }')
csv "$long,37081119800101001X,370811,大专\n"
refuses "$work/bad.csv" '^A2：姓名超过500个字。请缩短文字。'
{
    printf '姓名,证件号码,居住地区划,学历\n'
    head -c 200000 /dev/zero | tr '\0' x
    printf ',370811198001010010,370811,大专\n'
} >"$work/bad.csv"
refuses "$work/bad.csv" '第 2 行第 1 列：单元格超过 128 KiB'
csv '"王甲,370811198001010010,370811,大专\n王乙,'
refuses "$work/bad.csv" '第 2 行第 1 列：双引号没有结束'

step "a folder in place of a file, and the good row of a bad file when asked for"
run 3 import person "$sample"
err_has '这是目录，不是文件'
run 0 import person "$sample/merged.xlsx" --keep-good --errors "$work/refused.csv" --json
out_has '"added":1,.*"refused":1'
file_has "$work/refused.csv" '王乙.*C3,在合并单元格里'
