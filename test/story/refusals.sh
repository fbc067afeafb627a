# Each command says what is wrong with what it was given, and what to do about it.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $engine

# refused STATUS MESSAGE COMMAND...: that exit status, the message, nothing on standard output
refused() {
    wanted_message=$2
    wanted_status=$1
    shift 2
    run "$wanted_status" "$@"
    err_has "$wanted_message"
    out_empty
}

run 0 demo --city jining --people 600 --seed 3
run 0 sweep --as-of 2023-12-31
keep_database

step "a wrong command line ends with 2 and shows the way to the help"
refused 2 '缺少 KIND' import
refused 2 '缺少 FILE' import person
refused 2 '没有“persn”这种记录' import persn "$work/x.csv"
refused 2 '缺少 FILE' export person
refused 2 '没有“persn”这种记录' export persn "$work/x.csv"
refused 2 '用法：baigong duplicates' duplicates --join 1
refused 2 '缺少 CATALOGUE' catalogue find
refused 2 'CATALOGUE 的值“nix”不对' catalogue find nix x
refused 2 '缺少 --city' demo
refused 2 '\-\-people 的值“-4”不对' demo --city jining --people -4
refused 2 '\-\-as-of 的值“2023-02-30”不对' sweep --as-of 2023-02-30
refused 2 '\-\-threads 的值“many”不对' sweep --threads many
refused 2 '\-\-threads 至多 256' sweep --threads 99999999999 --as-of 2023-12-31
refused 2 '缺少 --rule' found
refused 2 '\-\-lane 的值“all”不对' found --rule 首席技师津贴 --lane all
refused 2 'ID 的值“abc”不对' explain abc
refused 2 '要么给出权益编号' explain
refused 2 '要么给出权益编号' explain --rule 首席技师津贴
refused 2 '缺少 QUESTION' ask
refused 2 '\-\-as-of 的值“soon”不对' targets --as-of soon
refused 2 '\-\-known-at 的值“soon”不对' duties --known-at soon
refused 2 'policy' policy
refused 2 'chek' policy chek
for words in import export demo sweep found explain ask targets duties 'catalogue find' 'policy check'; do
    # shellcheck disable=SC2086 # a command is one or two words
    run 2 $words --nonsense
    # shellcheck disable=SC2086
    err_has "baigong $words --help"
done

step "names and numbers that nothing has"
refused 1 '首席' found --rule 首席
refused 1 '123' explain 123
refused 1 '无此' explain --rule 无此 --subject 1
refused 1 '没有这个人员' explain --rule 首席技师津贴 --subject 1
refused 1 'atlantis' demo --city atlantis --db "$work/other.db"
refused 1 '没有这条人员记录' duplicates --join 1 2
refused 1 'error|错误' ask '高技能人才总量 按'
refused 1 '/nowhere' sweep --policy /nowhere
refused 1 '全市已经核对到 2023-12-31' sweep --as-of 2022-12-31
refused 1 '/nowhere' policy check /nowhere
refused 3 '没有这个文件或目录' import person /nowhere/x.csv
refused 3 '没有这个文件或目录' export person /nowhere/x.csv

step "a database that is not there, is none, or may not be opened"
refused 1 '没有数据库 /nowhere/city.db' sweep --db /nowhere/city.db
printf 'this is no database, and it is longer than the head of one: %0200d' 1 >"$work/text.db"
refused 3 'check the path given by --db' sweep --db "$work/text.db"
refused 3 'Check that the folder' sweep --db "$work"
[ ! -e "$work/text.db.key" ] || fail_step "a key was made for a file that is no database"
if [ "$engine" = postgres ]; then
    refused 3 'nowhere' sweep --db 'postgresql:///nowhere?host=/nowhere'
else
    refused 2 'BAIGONG_KEY_FILE' sweep --db 'postgresql:///nowhere?host=/nowhere'
fi
if [ "$(id -u)" -ne 0 ] && [ "$engine" = sqlite ]; then
    chmod 400 "$work/story.db"
    refused 3 'readonly|read-only|permission' sweep --as-of 2024-12-31
    chmod 600 "$work/story.db"
fi

step "a database of a newer version is not touched"
query "INSERT INTO schema_step (number, name, digest, applied_ms)
       VALUES (9999, '9999_future', $([ "$engine" = sqlite ] && echo "x'00'" || echo "'\\x00'"), 1)"
newest=$(query "SELECT max(number) FROM schema_step WHERE number < 9999")
query "UPDATE schema_step SET number = $((newest + 1)) WHERE number = 9999"
refused 3 'this program knows' sweep --as-of 2024-12-31
err_has 'use the newer program'
refused 3 'this program knows' import person "$work/x.csv"
restore_database
run 0 sweep --as-of 2023-12-31 --json
out_has '"new_count":0,"changed_count":0,"ended_count":0'

step "a key file that is lost or another's"
key=$work/story.key
[ "$engine" = postgres ] || key=$work/story.db.key
mv "$key" "$work/key_kept"
refused 3 '找不到密钥文件' export person "$work/x.csv"
[ ! -e "$key" ] || fail_step "another key was made beside a database with data"
run 0 demo --city jining --people 600 --db "$work/other.db"
cp "${BAIGONG_KEY_FILE:-$work/other.db.key}" "$key" 2>/dev/null || true
status=0
"$BAIGONG_PROGRAM" export person "$work/x.csv" --clear story >"$work/out" 2>"$work/err" || status=$?
[ "$status" -ne 0 ] || fail_step "identity numbers were read with another's key"
[ ! -e "$work/x.csv" ] || fail_step "a file was left behind"
cp "$work/key_kept" "$key"
run 0 export person "$work/x.csv" --clear story
