# Every command explains itself and answers a wrong command line with a way out.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work

step "the version in words and as JSON"
run 0 version
out_has '^baigong [0-9]+\.[0-9]+\.[0-9]+$'
run 0 --version
run 0 version --json
out_has '^\{"name":"baigong","version":"'

step "help lists every command"
run 0 help --names
keep_out names
run 0 --help
while read -r command; do
    out_has "^  $command( |\$)"
done <"$work/kept-names"
run 0 --help --lang en
out_has '^commands:$'
run 0 --help --lang zh
out_has '^命令：$'

step "no command, an unknown command and a mistyped one end with 2"
run 2
err_has 'help'
run 2 swep
err_has 'swep'
run 2 versoin --lang en
err_has 'did you mean baigong version\?'

while read -r command; do
    step "$command explains itself and refuses what it does not know"
    # shellcheck disable=SC2086 # a command is one or two words
    run 0 $command --help --lang en
    out_has "^usage: baigong $command"
    out_has '^common options:$'
    # shellcheck disable=SC2086
    run 0 $command --help --lang zh
    out_has "^用法：baigong $command"
    # shellcheck disable=SC2086
    run 2 $command --no-such-option
    out_empty
    err_has 'no-such-option'
    # shellcheck disable=SC2086
    run 2 $command --jsno --lang en
    err_has 'did you mean --json\?'
    # shellcheck disable=SC2086
    run 2 $command --db
    err_has 'db'
    # shellcheck disable=SC2086
    run 2 $command --lang fr
    err_has 'zh\|en'
done <"$work/kept-names"

step "a settings file is read, and a mistake in it is named with file and line"
printf 'lang = en\n' >"$work/baigong.conf"
run 2 versoin --db x
run 0 version
printf '# city\nlagn = en\n' >"$work/baigong.conf"
run 2 version
err_has 'baigong.conf:2: .*lagn'
rm "$work/baigong.conf"

step "a full disk is reported, not passed over"
if [ -e /dev/full ]; then
    status=0
    "$BAIGONG_PROGRAM" help >/dev/full 2>"$work/err" || status=$?
    [ "$status" -eq 3 ] || fail_step "exit status 3 expected"
fi
