-- 0013_incentive_found.sql — what was found, counted: pages show it without reading entitlements.

-- Current entitlements by rule, lane and the division of the holder, as they were last counted.
CREATE TABLE found_figure (
    rule_id      BIGINT NOT NULL, -- policy_rule
    lane         INT NOT NULL,    -- 1 ask, 2 granted
    division     INT NOT NULL,    -- of the holder; 0 when it is not known
    row_count    BIGINT NOT NULL, -- entitlements
    holder_count BIGINT NOT NULL, -- persons or organisations
    open_count   BIGINT NOT NULL, -- entitlements whose amount waits for its owner
    amount_fen   BIGINT NOT NULL, -- sum of the known amounts
    PRIMARY KEY (rule_id, lane, division)
);

-- When that was counted, and behind which sweep and event.
CREATE TABLE found_count (
    id         INT NOT NULL,    -- 1, the only row
    counted_ms BIGINT NOT NULL, -- UTC
    sweep_id   BIGINT NOT NULL, -- newest sweep_run then, 0 when there was none
    event_id   BIGINT NOT NULL, -- newest event then, 0 when there was none
    PRIMARY KEY (id)
);

-- Lists of one rule in one lane, page by page.
CREATE INDEX entitlement_lane ON entitlement (rule_id, lane, id)
    WHERE gone_ms = 9223372036854775807;
