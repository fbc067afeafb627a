# Objection upheld: a notice drafted, checked by another, published, objected to, decided, withdrawn.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77

step "a city with accounts is served"
city_with_accounts 1500
begin_server --today 2023-12-31

step "an objection is made without an account, followed by its code, and upheld"
in_browser notice.mjs

step "the server ends when it is asked to, and its record is whole"
end_server
run 0 account verify
