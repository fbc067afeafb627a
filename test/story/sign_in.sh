# A code of a phone beside the password, and signing in at an OpenID Connect provider.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $work and $root

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules/oidc-provider" ] || exit 77

free_port() {
    node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

begin() { # PORT [OPTION...]
    port=$1
    shift
    : >"$work/served"
    "$BAIGONG_PROGRAM" serve --port "$port" --today 2023-12-31 --sign-in-rate 0 "$@" \
        >"$work/served" 2>"$work/log" &
    server=$!
    waited=0
    until grep -q '://' "$work/served"; do
        waited=$((waited + 1))
        [ "$waited" -lt 150 ] || {
            cp "$work/log" "$work/err"
            fail_step "the server did not start"
        }
        sleep 0.1
    done
    base=$(grep -o 'http://[0-9.:]*' "$work/served")
}

end() {
    kill -TERM "$server"
    wait "$server" || fail_step "the server ended with an error"
}

step "a city with accounts"
export BAIGONG_HOME="$root"
run 0 demo --city jining --people 500 --seed 7
run 0 account demo
password=$(awk '$2 == "approver" { print $3 }' "$work/out")
[ -n "$password" ] || fail_step "there is no approver"
run 2 serve --code-roles approve
err_has 'approve'
run 2 serve --oidc-issuer http://127.0.0.1:1
err_has 'public-url'

step "the role sets up a code with its phone, and each code is good once"
begin 0 --code-roles approver,finance
node "$root/test/web/sign_in.mjs" code "$base" approver "$password" >"$work/out" 2>&1 || {
    kill "$server"
    fail_step "codes"
}
end
run 0 account verify

for algorithm in RS256 PS256 ES256; do
    step "a provider that signs with $algorithm lets its people in, and nobody else"
    provider_port=$(free_port)
    own_port=$(free_port)
    printf 'a secret of two\n' >"$work/secret"
    begin "$own_port" --public-url "http://127.0.0.1:$own_port" --oidc-client desk \
        --oidc-issuer "http://127.0.0.1:$provider_port" --oidc-secret-file "$work/secret"
    status=$(curl -s -o "$work/out" -w '%{http_code}' "$base/sign-in/oidc")
    [ "$status" = 502 ] || fail_step "a provider that is away is 502, not $status"
    : >"$work/provider"
    (cd "$root/test/web" && exec node provider.mjs "$provider_port" desk 'a secret of two' \
        "$base/sign-in/oidc/back" "$algorithm") >"$work/provider" 2>&1 &
    provider=$!
    waited=0
    until grep -q ready "$work/provider"; do
        waited=$((waited + 1))
        [ "$waited" -lt 100 ] || {
            kill "$server"
            cp "$work/provider" "$work/err"
            fail_step "the provider did not start"
        }
        sleep 0.1
    done
    for login in reviewer stranger; do
        node "$root/test/web/sign_in.mjs" oidc "$base" "http://127.0.0.1:$provider_port" "$login" \
            >"$work/out" 2>&1 || {
            kill "$server" "$provider"
            cp "$work/provider" "$work/err"
            fail_step "signing in elsewhere as $login"
        }
    done
    kill "$provider"
    end
done
