-- Insight: who is one fact away from a right, as it was counted, so that a page can show it at once
-- and list the people.

-- One count of one rule.
CREATE TABLE away_run (
    id              BIGINT NOT NULL, -- application-made
    document_number TEXT NOT NULL,   -- 文号
    rule_name       TEXT NOT NULL,   -- name of the statement
    as_of_day       INT NOT NULL, -- day that the city was evaluated as of
    account_id      BIGINT NOT NULL, -- who asked
    asked_ms        BIGINT NOT NULL, -- UTC
    done_ms         BIGINT NOT NULL, -- 0: not yet
    job_id          BIGINT NOT NULL, -- page_job that counts
    subject_record  TEXT NOT NULL,   -- person, organisation, carrier
    granted_count   BIGINT NOT NULL, -- subjects that have it, quotas aside
    has_quota       INT NOT NULL,    -- 1: the rule has a quota, left aside
    looked_at_count INT NOT NULL,    -- conditions of the rule
    PRIMARY KEY (id)
);
CREATE INDEX away_run_rule ON away_run (rule_name, document_number, id);

-- A condition that somebody lacks alone.
CREATE TABLE away_condition (
    run_id        BIGINT NOT NULL, -- away_run
    position      INT NOT NULL,    -- from 1, most people first
    kind          INT NOT NULL,    -- 0 a condition, 1 one of a record, 2 an exclusion
    words         TEXT NOT NULL, -- the condition as the document has it
    within        TEXT NOT NULL,   -- the collection the record is looked for in
    unknown_count BIGINT NOT NULL, -- of them lack a fact rather than the condition
    open_count    BIGINT NOT NULL, -- decisions with an open amount
    PRIMARY KEY (run_id, position)
);

-- The same by division.
CREATE TABLE away_share (
    run_id        BIGINT NOT NULL, -- away_run
    position      INT NOT NULL,    -- away_condition
    division      INT NOT NULL,    -- 0: not given
    subject_count BIGINT NOT NULL, -- who lack this condition alone
    amount_fen    BIGINT NOT NULL, -- what it would cost
    PRIMARY KEY (run_id, position, division)
);

-- The first of them, to be listed.
CREATE TABLE away_subject (
    run_id     BIGINT NOT NULL, -- away_run
    position   INT NOT NULL,    -- away_condition
    subject_id BIGINT NOT NULL, -- id in the run's record
    division   INT NOT NULL,    -- 0: not given
    PRIMARY KEY (run_id, position, subject_id)
);
