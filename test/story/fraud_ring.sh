# Fraud ring stopped: people who share one account are held before money, cleared or stopped by a supervisor.
# shellcheck shell=sh disable=SC2154 # test/story/run sets $root and $work

command -v node >/dev/null 2>&1 && [ -d "$root/test/web/node_modules" ] || exit 77
[ -x "${BAIGONG_CHROMIUM:=/usr/bin/chromium}" ] || exit 77
export BAIGONG_HOME="$root"

step "a city with accounts; honest claims are hardly held, and a rehearsal keeps nothing"
city_with_accounts 1500
run 0 gate rehearse --as-of 2023-12-31 --json
out_has '"claim_count":[1-9]'
[ "$(query 'SELECT COUNT(*) FROM gate_claim')" = 0 ] || fail_step "a rehearsal left claims behind"

step "six people turn out to have registered one account"
claims="FROM entitlement WHERE subject_record = 'person' AND lane = 2 AND payee_id IS NULL
        AND gone_ms = 9223372036854775807"
ring=$(query "SELECT MIN(id) $claims GROUP BY holder_id ORDER BY holder_id LIMIT 6")
[ "$(printf '%s\n' "$ring" | wc -l)" = 6 ] || fail_step "the city is too small for a ring"
query "UPDATE person SET bank_account_index =
    (SELECT bank_account_index FROM person WHERE bank_account_index IS NOT NULL
      ORDER BY id LIMIT 1)
  WHERE id IN (SELECT holder_id FROM entitlement WHERE id IN ($(printf '%s\n' "$ring" | paste -sd, -)))" \
    >"$work/out"

step "all six are held, with the people who share it"
# shellcheck disable=SC2086 # numbers, one a word
run 0 gate check $ring --as-of 2023-12-31
out_has '多人登记同一账号：同账号人数 [67]，应不超过 2'
[ "$(query 'SELECT COUNT(*) FROM gate_claim WHERE state = 2')" = 6 ] ||
    fail_step "not all of the ring are held"
first=$(printf '%s\n' "$ring" | head -n 1)
run 0 gate show "$first"
out_has '登记了同一账号'

step "a supervisor looks at them, and stops or clears each with a reason"
begin_server --today 2023-12-31
in_browser fraud_ring.mjs
end_server
[ "$(query 'SELECT COUNT(*) FROM gate_claim WHERE state = 3')" = 1 ] ||
    fail_step "the claim that was confirmed is not stopped"
run 0 gate rules --as-of 2023-12-31
out_has '一个账号收几个人的补贴.*50%'
run 0 account verify
