-- Incentive, live: the places of quotas in their order.

-- Who stands for the places of a quota. The first rows of a window have them.
CREATE TABLE incentive_place (
    rule_id    BIGINT NOT NULL, -- policy_rule with the quota
    window_key INT NOT NULL,    -- of the quota: first year, 0 without years
    place_rank BLOB NOT NULL,  -- compares as the order of the quota does
    holder_id  BIGINT NOT NULL, -- person or organisation
    record     INT NOT NULL,    -- 1 person, 2 organisation
    period     INT NOT NULL,    -- of the decision
    is_taken   INT NOT NULL,    -- 1: has a place
    PRIMARY KEY (rule_id, window_key, place_rank)
);
CREATE INDEX incentive_place_holder ON incentive_place (holder_id);
CREATE INDEX incentive_place_taken ON incentive_place (rule_id, window_key, place_rank)
    WHERE is_taken = 1;

DROP TABLE incentive_candidate;

-- Followers begin with a sweep, which fills the places.
DELETE FROM incentive_follower;
