# A register comes in once, whole, however often and however broken the import is run.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $engine

awk -v count=1000 -f test/story/people.awk >"$work/people.csv"

step "a dry run changes nothing"
run 0 import person "$work/people.csv" --dry-run --json
out_has '"rows":1000,"added":1000'

step "the file comes in, and a second time changes nothing"
run 0 import person "$work/people.csv" --json
out_has '"rows":1000,"added":1000,"corrected":0,"same":0,"refused":0'
run 0 import person "$work/people.csv" --json
out_has '"rows":1000,"added":0,"corrected":0,"same":1000,"refused":0'

step "one bad row refuses the file, and is written out with its reason"
sed '500s/,370811,/,999999,/' "$work/people.csv" | sed '2,400d' >"$work/bad.csv"
sed -i '2s/王00[0-9]*/改名/' "$work/bad.csv"
run 1 import person "$work/bad.csv" --errors "$work/refused.csv"
file_has "$work/refused.csv" '999999'
run 0 import person "$work/people.csv" --json
out_has '"added":0,"corrected":0,"same":1000'

step "the good rows come in when asked for"
run 0 import person "$work/bad.csv" --keep-good --json
out_has '"corrected":1,.*"refused":1'

step "what went in comes out, with identity numbers masked"
run 0 export person "$work/out.csv"
[ "$(grep -c '王0' "$work/out.csv")" -eq 999 ] || fail_step "999 names expected"
! grep -Eq '37081119[0-9]{9}' "$work/out.csv" || fail_step "an identity number is shown in full"
run 0 export person "$work/out.xlsx"
run 0 import person --template "$work/template.xlsx"
run 0 export person "$work/clear.csv" --clear "story"
grep -Eq '37081119[0-9]{9}' "$work/clear.csv" || fail_step "identity numbers expected"

step "the raw database holds no identity number"
if [ "$engine" = sqlite ]; then
    ! grep -qaE '37081119[0-9]{9}' "$BAIGONG_DB"* || fail_step "a clear number is in the file"
else
    ! pg_dump "$BAIGONG_DB" | grep -qE '37081119[0-9]{9}' || fail_step "a clear number is stored"
fi

step "a missing column, a missing file and an unknown kind are refused"
printf '姓名\n王某\n' >"$work/short.csv"
run 1 import person "$work/short.csv"
err_has '证件号码'
run 3 import person "$work/nowhere.csv"
run 2 import persn "$work/people.csv"
