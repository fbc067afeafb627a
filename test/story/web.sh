# Every role walks through the web face in a browser.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

step "a city with accounts is served"
city_with_accounts 1500
begin_server --today 2023-12-31

step "every page of every role answers, fits and can be read by everyone"
in_browser desk.mjs

step "the server ends when it is asked to, and its record is whole"
end_server
run 0 account verify
