# The server takes its settings, reads them anew while it serves, and stops without dropping anyone.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v curl >/dev/null 2>&1 && command -v openssl >/dev/null 2>&1 || exit 77

certificate() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
        -addext "subjectAltName=IP:127.0.0.1" -keyout "$work/key.new" -out "$work/cert.new" \
        2>/dev/null
    mv "$work/key.new" "$work/key.pem"
    mv "$work/cert.new" "$work/cert.pem"
}

reload() {
    lines=$(grep -c '"event":"reloaded"\|"event":"reload_failed"' "$work/log")
    kill -HUP "$server"
    waited=0
    while [ "$(grep -c '"event":"reloaded"\|"event":"reload_failed"' "$work/log")" -eq "$lines" ]; do
        waited=$((waited + 1))
        [ "$waited" -lt 100 ] || fail_step "the reload did not end"
        sleep 0.1
    done
}

ask() { # PATH [CURL OPTION...]: the status
    path=$1
    shift
    curl -sk -o "$work/out" -D "$work/err" -w '%{http_code}' --max-time 10 "$@" "$base$path"
}

expect() { # STATUS GOT
    [ "$1" = "$2" ] || fail_step "status $1 expected, got $2"
}

step "a city with accounts"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 500 --seed 7
run 0 account demo

step "wrong settings are refused with the place where they stand"
printf 'port = 0\nworkers = 99\n' >"$work/serve.conf"
run 2 serve --settings "$work/serve.conf" --lang en
err_has 'serve.conf:2: workers .*99'
err_has '1 … 32'
printf 'port = 0\nworker = 9\n' >"$work/serve.conf"
run 2 serve --settings "$work/serve.conf"
err_has 'serve.conf:2: .*worker'
err_has 'workers'
printf 'trusted_proxies = localhost\n' >"$work/serve.conf"
run 1 serve --settings "$work/serve.conf"
err_has 'localhost'
run 2 serve --port 70000
err_has '--port'
BAIGONG_SIGN_IN_RATE=often run 2 serve
err_has 'BAIGONG_SIGN_IN_RATE'
run 2 serve --tls-key "$work/serve.conf"
err_has 'tls_certificate'
run 3 serve --settings "$work/nothing.conf"

step "an option goes before a variable, a variable before the file"
printf 'address = 192.0.2.1\nlog_level = warning\nsign_in_rate = 3\n' >"$work/serve.conf"
BAIGONG_ADDRESS=192.0.2.2 begin_server --settings "$work/serve.conf" --address 127.0.0.1
expect 200 "$(ask /healthz)"
! grep -q '"event":"request"' "$work/log" || fail_step "log_level of the file is not used"

step "too many sign-ins are refused for a while, with the time to wait"
for _ in 1 2 3; do
    expect 401 "$(ask /api/v1/sign-in --data 'login=chen&password=wrong')"
done
expect 429 "$(ask /api/v1/sign-in --data 'login=chen&password=wrong')"
grep -qi '^retry-after: [0-9]' "$work/err" || fail_step "Retry-After is missing"
grep -qi '^content-type: application/problem+json' "$work/err" || fail_step "no problem document"
out_has '"status":429'
expect 429 "$(ask /sign-in --data 'login=li&password=wrong')"

step "a forwarded address is believed only from a trusted proxy"
expect 429 "$(ask /api/v1/sign-in -H 'X-Forwarded-For: 192.0.2.7' --data 'login=a&password=b')"
printf 'address = 192.0.2.1\nsign_in_rate = 3\nbehind_proxy = yes\n' >"$work/serve.conf"
reload
expect 401 "$(ask /api/v1/sign-in -H 'X-Forwarded-For: 192.0.2.7' --data 'login=a&password=b')"
expect 401 "$(ask /api/v1/sign-in -H 'X-Forwarded-For: 192.0.2.8, 127.0.0.1' \
    --data 'login=b&password=b')"
expect 429 "$(ask /api/v1/sign-in --data 'login=c&password=b')"

step "a limit for those without a session is taken by a reload"
printf 'public_rate = 2\nsign_in_rate = 0\nlog_level = debug\n' >"$work/serve.conf"
reload
expect 200 "$(ask /healthz)"
expect 200 "$(ask /healthz)"
expect 429 "$(ask /healthz)"

step "a wrong file is named and changes nothing"
printf 'public_rate = 2\npublic_rat = 9\n' >"$work/serve.conf"
reload
grep -q 'serve.conf:2' "$work/log" || fail_step "the reload does not name the line"
expect 429 "$(ask /healthz)"

step "what only a new process takes is told"
printf 'workers = 9\npublic_rate = 0\n' >"$work/serve.conf"
reload
grep -q '"event":"reload_needs_restart","setting":"workers"' "$work/log" ||
    fail_step "nothing tells that workers needs a restart"
end_server

step "a policy that changed is read anew; one with errors is not taken"
cp -r "$root/policy/jining" "$work/policy"
begin_server --policy "$work/policy"
expect 200 "$(ask /api/v1/policy)"
cp "$work/out" "$work/before"
printf -- '---\n坏\n' >"$work/policy/bad.md"
reload
grep -q '"event":"reload_failed","error":"POLICY"' "$work/log" ||
    fail_step "a policy with errors was taken"
expect 200 "$(ask /api/v1/policy)"
cmp -s "$work/out" "$work/before" || fail_step "the policies differ"
rm "$work/policy/bad.md"
sed 's/^标题[:：].*/标题: 改过的标题/; s/^title:.*/title: 改过的标题/' "$root/policy/jining/2022-skilled-jining.md" \
    >"$work/policy/2022-skilled-jining.md"
reload
expect 200 "$(ask /api/v1/policy)"
cmp -s "$root/policy/jining/2022-skilled-jining.md" "$work/policy/2022-skilled-jining.md" ||
    ! cmp -s "$work/out" "$work/before" || fail_step "the new policy is not shown"

step "reloads and many requests at once: none is dropped"
for _ in 1 2 3 4 5 6; do
    kill -HUP "$server"
    sleep 0.2
done &
hups=$!
i=0
while [ $i -lt 8 ]; do
    i=$((i + 1))
    curl -s -o /dev/null -w '%{http_code}\n' "$base/healthz?[1-60]" >"$work/many.$i" &
    eval "many$i=\$!"
done
wait $hups
for i in 1 2 3 4 5 6 7 8; do
    eval "wait \$many$i" || fail_step "a request was dropped"
    [ "$(grep -c '^200$' "$work/many.$i")" -eq 60 ] || fail_step "a request failed"
done

step "a stop lets what is at work finish"
i=0
while [ $i -lt 6 ]; do
    i=$((i + 1))
    curl -s -o /dev/null -w '%{http_code}' --data 'login=nobody&password=x' "$base/sign-in" \
        >"$work/slow.$i" &
    eval "slow$i=\$!"
done
sleep 0.15
end_server
for i in 1 2 3 4 5 6; do
    eval "wait \$slow$i" || fail_step "a request at work was cut off"
    [ "$(cat "$work/slow.$i")" = 401 ] || fail_step "a request at work failed"
done

step "TLS: the certificate is shown, and a new one after a reload, while a connection stays"
certificate one
begin_server --tls-certificate "$work/cert.pem" --tls-key "$work/key.pem"
port=${base##*:}
subject() {
    echo | openssl s_client -connect "127.0.0.1:$port" 2>/dev/null | openssl x509 -noout -subject
}
case $(subject) in *one) ;; *) fail_step "the certificate is another" ;; esac
[ "$(curl -s --cacert "$work/cert.pem" "$base/api/v1/healthz")" = '{"status":"ok"}' ] ||
    fail_step "no answer over TLS"
curl -sk -D "$work/err" -o "$work/out" "$base/sign-in"
grep -qi '^strict-transport-security' "$work/err" || fail_step "HSTS is missing"
! echo | openssl s_client -connect "127.0.0.1:$port" -tls1_1 >/dev/null 2>&1 ||
    fail_step "TLS 1.1 is taken"
(sleep 1.5; printf 'GET /healthz HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'; sleep 1) |
    openssl s_client -quiet -connect "127.0.0.1:$port" >"$work/kept" 2>/dev/null &
kept=$!
sleep 0.5
certificate two
reload
case $(subject) in *two) ;; *) fail_step "the certificate is still the old one" ;; esac
wait $kept
grep -q '"status":"ok"' "$work/kept" || fail_step "the connection did not outlive the reload"
echo broken >"$work/key.pem"
reload
case $(subject) in *two) ;; *) fail_step "a broken key was taken" ;; esac
end_server
