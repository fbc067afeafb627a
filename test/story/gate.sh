# What no request may look like, beside nginx; slow senders; a stream of odd requests as every role.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 || exit 77
PATH=$PATH:/usr/sbin command -v nginx >/dev/null 2>&1 || exit 77

stop_nginx() {
    "$root/script/nginx_test_server" stop "$work/nginx"
}

step "a city with accounts is served"
city_with_accounts 500
begin_server --today 2023-12-31 --sign-in-rate 0 --public-rate 0 --head 1
port=${base##*:}

step "malformed requests are refused, where nginx refuses them or earlier"
cat >"$work/gate.conf" <<'END'
server {
    listen 127.0.0.1:PORT;
    location = /healthz { return 200 "ok"; }
    location = /sign-in { return 200 "ok"; }
    location / { return 404; }
}
END
chmod 711 "$work"
nginx_port=$("$root/script/nginx_test_server" start "$work/nginx" "$work/gate.conf") || {
    fail_step "nginx did not start"
}
node "$root/test/web/gate.mjs" "$port" "$nginx_port" >"$work/out" 2>&1 || {
    stop_nginx
    fail_step "the gate differs"
}
stop_nginx

step "who sends a head or a body drop by drop is cut off, and others are served meanwhile"
node "$root/test/web/slow.mjs" "$port" >"$work/out" 2>&1 || fail_step "slow senders"

step "odd requests to every page as every role get clear answers"
if ! node "$root/test/web/fuzz.mjs" "$base" "$work/accounts" "${BAIGONG_HTTP_FUZZ_S:-4}" >"$work/out" 2>&1
then
    tail -n 30 "$work/log" | grep request_failed >>"$work/out"
    fail_step "the fuzz found something"
fi
tail -n 1 "$work/out"

step "the server ends as asked, and the record is whole"
end_server
run 0 account verify
