# Two processes on one PostgreSQL behind nginx; they are killed in turns while people work.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 || exit 77
PATH=$PATH:/usr/sbin command -v nginx >/dev/null 2>&1 || exit 77

begin() { # NUMBER PORT: the process's number and port in $pid and $port
    : >"$work/served.$1"
    "$BAIGONG_PROGRAM" serve --port "$2" --today 2023-12-31 --sign-in-rate 0 --public-rate 0 \
        --behind-proxy >"$work/served.$1" 2>>"$work/log.$1" &
    pid=$!
    waited=0
    until grep -q '://' "$work/served.$1"; do
        waited=$((waited + 1))
        [ "$waited" -lt 150 ] || {
            cp "$work/log.$1" "$work/err"
            fail_step "process $1 did not start"
        }
        sleep 0.1
    done
    port=$(sed -n 's#.*://[0-9.]*:##p' "$work/served.$1")
}

stop_all() {
    kill "$one" "$other" 2>/dev/null
    "$root/script/nginx_test_server" stop "$work/nginx"
}

step "two processes on one database, nginx before them as in packaging/nginx.conf"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 500 --seed 7
run 0 account demo
cp "$work/out" "$work/accounts"
begin 1 0
one=$pid one_port=$port
begin 2 0
other=$pid other_port=$port
{
    sed -n '/^upstream/,/^}/p' "$root/packaging/nginx.conf" |
        sed "s/127.0.0.1:8080/127.0.0.1:$one_port/; s/#server 127.0.0.1:8081/server 127.0.0.1:$other_port/"
    printf 'server {\n    listen 127.0.0.1:PORT;\n'
    sed -n '/^    location/,/^    }/p' "$root/packaging/nginx.conf"
    printf '}\n'
} >"$work/conf"
chmod 711 "$work"
port=$("$root/script/nginx_test_server" start "$work/nginx" "$work/conf") || {
    kill "$one" "$other"
    fail_step "nginx did not start"
}
base=http://127.0.0.1:$port

step "both answer, and a session opened at one holds at the other"
password=$(awk '$2 == "approver" { print $3 }' "$work/accounts")
token=$(curl -s --data "login=approver&password=$password" "http://127.0.0.1:$one_port/api/v1/sign-in" |
    sed 's/.*"token":"\([^"]*\)".*/\1/')
for at in "$one_port" "$other_port" "$port"; do
    status=$(curl -s -o "$work/out" -w '%{http_code}' -H "Authorization: Bearer $token" \
        "http://127.0.0.1:$at/api/v1/persons")
    [ "$status" = 200 ] || {
        stop_all
        fail_step "port $at answers $status"
    }
done

step "the address behind nginx is the client's"
curl -s -o /dev/null -H 'X-Forwarded-For: 192.0.2.9' -H "Authorization: Bearer $token" "$base/api/v1/account"
curl -s --data "login=approver&password=$password" "$base/api/v1/sign-in" >"$work/out"
[ "$(query "SELECT count(*) FROM session WHERE client = '127.0.0.1'")" -ge 1 ] || {
    stop_all
    fail_step "the address of the session is another"
}

step "one is killed, comes back, then the other: reads never fail, writes at most ask again"
node "$root/test/web/crowd.mjs" "$base" "$work/accounts" 12 >"$work/crowd" 2>&1 &
crowd=$!
sleep 3
kill -KILL "$one"
wait "$one" 2>/dev/null
sleep 2
begin 1 "$one_port"
one=$pid
sleep 3
kill -KILL "$other"
wait "$other" 2>/dev/null
sleep 1
begin 2 "$other_port"
other=$pid
if ! wait "$crowd"; then
    cp "$work/crowd" "$work/out"
    stop_all
    fail_step "somebody noticed"
fi
cat "$work/crowd"

step "both stop gracefully, and the record of what was read is whole"
kill -TERM "$one" "$other"
wait "$one" || fail_step "the first ended with an error"
wait "$other" || fail_step "the second ended with an error"
"$root/script/nginx_test_server" stop "$work/nginx"
run 0 account verify
[ "$(query "SELECT count(*) FROM audit WHERE action = 'person.clear_read'")" -ge 4 ] ||
    fail_step "reads of protected values are missing in the record"
