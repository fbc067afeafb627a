# Every list: pages, orders, filters, columns, files.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77

step "a city with accounts is served"
city_with_accounts 2000
run 0 case open --as-of 2023-12-31
run 0 case batch --state checked --act pass --as reviewer --as-of 2023-12-31
begin_server --today 2023-12-31 --public-rate 0 --sign-in-rate 0

step "every list has its pages, orders, filters, columns and files"
if ! node "$root/test/web/lists.mjs" "$base" "$work/accounts" "$root" >"$work/out" 2>&1; then
    fail_step "a list lacks something"
fi
cat "$work/out"
end_server
