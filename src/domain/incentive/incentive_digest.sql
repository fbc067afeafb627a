-- Digests of the current entitlements of rules: see incentive_digest.h.

-- name: claim_digest_read :one
-- in:   rule_id int64
-- out:  period_min int32, period_max int32, claim_count int64, claim_sum int64
SELECT period_min, period_max, claim_count, claim_sum
  FROM entitlement_digest
 WHERE rule_id = :rule_id;

-- name: claim_digest_put :exec
-- in:   rule_id int64, period_min int32, period_max int32, claim_count int64, claim_sum int64
INSERT INTO entitlement_digest (rule_id, period_min, period_max, claim_count, claim_sum)
VALUES (:rule_id, :period_min, :period_max, :claim_count, :claim_sum)
    ON CONFLICT (rule_id) DO UPDATE
   SET period_min = excluded.period_min, period_max = excluded.period_max,
       claim_count = excluded.claim_count, claim_sum = excluded.claim_sum;

-- name: claim_digest_forget :exec
-- in:   rule_id int64
DELETE FROM entitlement_digest
 WHERE rule_id = :rule_id;
