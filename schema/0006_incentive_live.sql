-- Incentive, live: what changed after it was decided, and who is to be looked at again when.

-- One change of a stored entitlement: an amount to pay on top, or to be given back. Versions stay as
-- they were decided; this names the two and what lies between them.
CREATE TABLE entitlement_difference (
    holder_id      BIGINT NOT NULL, -- of the entitlement
    entitlement_id BIGINT NOT NULL, -- entitlement
    to_ms          BIGINT NOT NULL, -- known_ms of the later version; gone_ms of the earlier when it ended
    from_ms        BIGINT NOT NULL, -- known_ms of the earlier version
    rule_id        BIGINT NOT NULL, -- policy_rule
    kind           INT NOT NULL,    -- 1 top-up, 2 recovery, 3 no money
    difference_fen BIGINT NOT NULL, -- later amount minus earlier; amounts that are open count as 0
    edition_id     BIGINT NOT NULL, -- policy_edition of the later answer
    as_of_day      INT NOT NULL,    -- day of the later answer
    PRIMARY KEY (holder_id, entitlement_id, to_ms)
);
CREATE INDEX entitlement_difference_rule ON entitlement_difference (rule_id, entitlement_id);

-- The next day on which some answer about a person or organisation can change without a new fact.
CREATE TABLE incentive_due (
    holder_id BIGINT NOT NULL, -- person or organisation
    record    INT NOT NULL,    -- 1 person, 2 organisation
    due_day   INT NOT NULL,    -- never later than the true day of change
    PRIMARY KEY (holder_id)
);
CREATE INDEX incentive_due_day ON incentive_due (due_day, holder_id);

-- Who competes for the places of a quota: these are compared again when one of them changes.
CREATE TABLE incentive_candidate (
    holder_id BIGINT NOT NULL, -- person or organisation
    record    INT NOT NULL,    -- 1 person, 2 organisation
    digest    BIGINT NOT NULL, -- of what its place depends on
    PRIMARY KEY (holder_id)
);

-- How far a follower has brought the entitlements; its place in the event log is in event_follower.
CREATE TABLE incentive_follower (
    name       TEXT NOT NULL,   -- of the follower
    as_of_day  INT NOT NULL,    -- day up to which dates have been followed
    edition_id BIGINT NOT NULL, -- policy_edition followed
    changed_ms BIGINT NOT NULL, -- when, UTC
    PRIMARY KEY (name)
);

-- The owner of a row that an event names.
CREATE INDEX organisation_role_id ON organisation_role (id);
CREATE INDEX contest_id ON contest (id);
CREATE INDEX programme_id ON programme (id);
CREATE INDEX carrier_activity_id ON carrier_activity (id);

-- What once stood, for looking back: an index of the versions that were replaced or ended.
CREATE INDEX entitlement_closed ON entitlement (rule_id, gone_ms)
    WHERE gone_ms < 9223372036854775807;
