#!/bin/sh
# usage: script/bench http [--db PATH] [--people N] [--seconds S] [--rounds R]
#
# The server next to nginx returning a constant body of the same size, in the same run and in turns:
# requests a second (median of R rounds), p99 and CPU time of each per request. Then list pages as HTML,
# and reading while others sign in as fast as they can. --db takes a city that may be changed.
set -eu
db=
people=100000
seconds=3
rounds=3
while [ $# -gt 0 ]; do
    case $1 in
    --db) db=${2:?} ;;
    --people) people=${2:?} ;;
    --seconds) seconds=${2:?} ;;
    --rounds) rounds=${2:?} ;;
    *) echo "script/bench http: there is no option $1" >&2 && exit 2 ;;
    esac
    shift 2
done
command -v wrk >/dev/null || { echo "script/bench http: wrk is not installed" >&2 && exit 1; }
program=$PWD/build-release/baigong
export BAIGONG_HOME="$PWD"
work=$(mktemp -d)
chmod 711 "$work"
server=
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    script/nginx_test_server stop "$work/nginx" || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

if [ -z "$db" ]; then
    db=$work/city.db
    "$program" --db "$db" demo --city jining --people "$people" >&2
    "$program" --db "$db" sweep --as-of 2023-12-31 >/dev/null
fi
"$program" --db "$db" account demo >"$work/accounts" 2>/dev/null ||
    "$program" --db "$db" account reset reviewer >"$work/accounts"
password=$(awk '$2 == "approver" { print $3 }' "$work/accounts")
"$program" --db "$db" serve --port 0 --today 2023-12-31 --sign-in-rate 0 --public-rate 0 \
    --log-level warning >"$work/served" 2>"$work/log" &
server=$!
until grep -q '://' "$work/served"; do sleep 0.1; done
base=$(grep -o 'http://[0-9.:]*' "$work/served")
token=$(curl -s --data "login=approver&password=$password" "$base/api/v1/sign-in" |
    sed 's/.*"token":"\([^"]*\)".*/\1/')
auth="Authorization: Bearer $token"
person=$(curl -s -H "$auth" "$base/api/v1/persons" | grep -o '"id":"[0-9]*"' | head -n 1 | tr -dc 0-9)
record=$(curl -s -H "$auth" "$base/api/v1/persons/$person" |
    grep -o '"id":"[0-9]*","record":"[a-z_]*"' | sed -n 2p | sed 's/"id":"\([0-9]*\)","record":"\(.*\)"/\2\/\1/')
one=/api/v1/persons/$person/$record
size=$(curl -s -H "$auth" "$base$one" | wc -c)
cat >"$work/conf" <<END
server {
    listen 127.0.0.1:PORT reuseport;
    keepalive_requests 100000000;
    default_type application/json;
    location / { return 200 "$(head -c "$size" /dev/zero | tr '\0' x)"; }
}
END
nginx=$(script/nginx_test_server start "$work/nginx" "$work/conf")
nginx_pids=$(pgrep -P "$(cat "$work/nginx/pid")" | tr '\n' ' ')

# CPU ticks of processes
ticks() {
    total=0
    for pid in $1; do
        total=$((total + $(awk '{ print $14 + $15 }' "/proc/$pid/stat")))
    done
    echo "$total"
}

# measure PIDS URL CONNECTIONS: "requests_a_second p99 cpu_us_a_request"
measure() {
    before=$(ticks "$1")
    wrk -t1 -c"$3" -d"${seconds}s" --latency -H "$auth" "$2" >"$work/wrk"
    after=$(ticks "$1")
    awk -v ticks=$((after - before)) '
        /requests in/ { count = $1 }
        /99%/ { p99 = $2 }
        /Requests\/sec/ { rate = $2 }
        /Non-2xx/ { bad = $3 }
        END { if (bad) { print "0 bad 0"; exit } printf "%.0f %s %.1f\n", rate, p99, ticks * 10000 / count }
    ' "$work/wrk"
}

# The middle of the rounds, by requests a second.
middle() {
    sort -n "$1" | awk '{ line[NR] = $0 } END { print line[int((NR + 1) / 2)] }'
}

compare() { # LABEL PATH CONNECTIONS
    : >"$work/ours"
    : >"$work/theirs"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        measure "$nginx_pids" "http://127.0.0.1:$nginx/" "$3" >>"$work/theirs"
        measure "$server" "$base$2" "$3" >>"$work/ours"
    done
    # shellcheck disable=SC2046 # words
    set -- "$1" "$3" $(middle "$work/ours") $(middle "$work/theirs")
    awk -v l="$1" -v c="$2" -v r="$3" -v p="$4" -v u="$5" -v nr="$6" -v np="$7" -v nu="$8" 'BEGIN {
        printf "| %s | %d | %d | %s | %.1f | %d | %s | %.1f | %.2f |\n", l, c, r, p, u, nr, np, nu, r / nr }'
}

echo "| what | connections | requests/s | p99 | CPU µs/request | nginx requests/s | nginx p99 | nginx CPU µs | ratio |"
echo "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
compare "one record, JSON ($size bytes)" "$one" 64
compare "one record, JSON ($size bytes)" "$one" 512
compare "own account, JSON" /api/v1/account 64
compare "one person with timeline, JSON" "/api/v1/persons/$person" 64

echo
echo "| list page as HTML | CPU ms/request | p99 at 4 connections |"
echo "| --- | --- | --- |"
for path in "/persons" "/persons?division=370811" "/persons?after=$person" \
    "/organisations" "/organisations?division=370811" "/found" "/found?division=370811" "/studios" "/imports" \
    "/policy" "/search?q=%E6%9D%8E%E6%98%8E"; do
    # shellcheck disable=SC2046
    set -- $(measure "$server" "$base$path" 4)
    awk -v p="$path" -v q="$2" -v u="$3" 'BEGIN { printf "| %s | %.2f | %s |\n", p, u / 1000, q }'
done

cat >"$work/storm.lua" <<'END'
wrk.method = "POST"
wrk.body = "login=nobody&password=a+wrong+password"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
END
alone=$(measure "$server" "$base$one" 16)
wrk -t1 -c200 -d$((seconds + 2))s --timeout 20s -s "$work/storm.lua" "$base/sign-in" >"$work/storm" &
storm=$!
sleep 1
stormed=$(measure "$server" "$base$one" 16)
wait "$storm"
echo
echo "one record at 16 connections (requests/s, p99, CPU µs): $alone"
echo "the same while 200 connections sign in:                $stormed"
grep -E 'Requests/sec' "$work/storm" | sed 's/^/sign-ins meanwhile: /'
