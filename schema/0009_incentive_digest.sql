-- Incentive: one number for the current entitlements of a rule, so that a sweep which finds the same
-- does not read them. A row that is not there is not known; whoever changes an entitlement of the
-- rule takes it away in the same transaction.
CREATE TABLE entitlement_digest (
    rule_id     BIGINT NOT NULL, -- policy_rule
    period_min  INT NOT NULL,    -- first period that it is of
    period_max  INT NOT NULL,    -- last period that it is of
    claim_count BIGINT NOT NULL, -- current entitlements in these periods
    claim_sum   BIGINT NOT NULL, -- sum of their digests, modulo 2^64
    PRIMARY KEY (rule_id)
);
