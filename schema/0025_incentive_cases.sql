-- Cases: what becomes of an entitlement from the day it was found until its money is in the account.
--
-- The states and the moves between them are the table src/domain/incentive/case.def. A case is kept
-- in its newest state; every move is a step that is never changed.

-- One case for each rule, subject, basis and period: the key of the entitlement it was opened for.
CREATE TABLE incentive_case (
    holder_id      BIGINT NOT NULL, -- person or organisation that it concerns
    id             BIGINT NOT NULL, -- number of the entitlement that it was opened for
    holder_record  INT NOT NULL,    -- 1 person, 2 organisation
    rule_id        BIGINT NOT NULL, -- policy_rule
    subject_id     BIGINT NOT NULL, -- of the entitlement
    basis_id       BIGINT NOT NULL, -- of the entitlement
    period         INT NOT NULL,    -- of the entitlement
    entitlement_id BIGINT NOT NULL, -- entitlement that stands for it now; 0: none was found (applied for)
    kind           INT NOT NULL,    -- 1 money, 2 a title without money
    way            INT NOT NULL,    -- 1 found, 2 applied for
    division       INT NOT NULL,    -- of the holder when it was opened: whose desk it comes to
    payee_id       BIGINT NOT NULL, -- organisation paid instead of the holder; 0: the holder
    state          INT NOT NULL,    -- case.def
    desk           INT NOT NULL,    -- whose turn it is: case.h
    version        INT NOT NULL,    -- grows by one with every step
    amount_fen     BIGINT,          -- all that the holder is to have; absent while it is open
    is_filled      INT NOT NULL,    -- 1: the amount was left open and filled in by its owner
    paid_fen       BIGINT NOT NULL, -- what the bank has confirmed, less what came back
    payment_ms     BIGINT NOT NULL, -- part of the ledger's key; 0: the first payment
    held_count     INT NOT NULL,    -- findings of the gate that hold it
    notice_id      BIGINT NOT NULL, -- public notice that it stood in last; 0: none
    decided_id     BIGINT NOT NULL, -- account that decided last; 0: nobody
    due_day        INT NOT NULL,    -- last day for the next move; 2932896: no clock runs
    opened_ms      BIGINT NOT NULL, -- UTC
    changed_ms     BIGINT NOT NULL, -- of the last step, UTC
    PRIMARY KEY (holder_id, id)
);
CREATE UNIQUE INDEX incentive_case_id ON incentive_case (id);
CREATE UNIQUE INDEX incentive_case_key ON incentive_case (rule_id, subject_id, basis_id, period);
CREATE INDEX incentive_case_desk ON incentive_case (desk, due_day, id);
CREATE INDEX incentive_case_division ON incentive_case (desk, division, due_day, id);
CREATE INDEX incentive_case_state ON incentive_case (state, due_day, id);
CREATE INDEX incentive_case_rule ON incentive_case (rule_id, state, due_day, id);
CREATE INDEX incentive_case_payee ON incentive_case (payee_id, due_day, id) WHERE payee_id <> 0;
CREATE INDEX incentive_case_due ON incentive_case (due_day, id) WHERE desk <> 7;
CREATE INDEX incentive_case_changed ON incentive_case (changed_ms, id) WHERE desk = 7;
CREATE INDEX incentive_case_entitlement ON incentive_case (entitlement_id);

-- What was done with a case, by whom and why. Rows are added, never changed.
CREATE TABLE case_step (
    holder_id    BIGINT NOT NULL, -- of the case
    case_id      BIGINT NOT NULL, -- incentive_case
    version      INT NOT NULL,    -- of the case behind the step, from 1
    act          INT NOT NULL,    -- case.def; 0 opened, -1 taken back, -2 the amount filled in
    from_state   INT NOT NULL,    -- 0: opened
    to_state     INT NOT NULL,    -- case.def
    at_ms        BIGINT NOT NULL, -- UTC
    account_id   BIGINT NOT NULL, -- who; 0: the program
    account_name TEXT NOT NULL,   -- as it was called then
    stands_for   TEXT NOT NULL,   -- name of who was absent; empty: acted for itself
    amount_fen   BIGINT,          -- of the case behind the step
    due_day      INT NOT NULL,    -- clock that ran before the step
    decided_id   BIGINT NOT NULL, -- who had decided before the step
    batch_id     BIGINT NOT NULL, -- case_batch; 0: alone
    reason       TEXT NOT NULL,   -- may be empty where case.def asks for none
    PRIMARY KEY (holder_id, case_id, version)
);
CREATE INDEX case_step_batch ON case_step (batch_id, case_id) WHERE batch_id <> 0;
CREATE INDEX case_step_account ON case_step (account_id, at_ms) WHERE account_id <> 0;

-- What is said about a case.
CREATE TABLE case_note (
    holder_id    BIGINT NOT NULL, -- of the case
    case_id      BIGINT NOT NULL, -- incentive_case
    id           BIGINT NOT NULL, -- application-made
    at_ms        BIGINT NOT NULL, -- UTC
    account_id   BIGINT NOT NULL, -- who
    account_name TEXT NOT NULL,   -- as it was called then
    audience     INT NOT NULL,    -- 1 the office, 2 the holder reads it too
    words        TEXT NOT NULL,   -- what was said
    PRIMARY KEY (holder_id, case_id, id)
);

-- Clocks that were told: each once for a state of a case.
CREATE TABLE case_clock (
    holder_id BIGINT NOT NULL, -- of the case
    case_id   BIGINT NOT NULL, -- incentive_case
    version   INT NOT NULL,    -- of the case
    kind      INT NOT NULL,    -- 1 reminded before the day, 2 told a superior after it
    due_day   INT NOT NULL,    -- the last day then
    at_ms     BIGINT NOT NULL, -- UTC
    PRIMARY KEY (holder_id, case_id, version, kind)
);
CREATE INDEX case_clock_at ON case_clock (kind, at_ms, case_id);

-- Cases by rule, division and state: derived, and moved on with every step.
CREATE TABLE case_figure (
    rule_id    BIGINT NOT NULL, -- policy_rule
    division   INT NOT NULL,    -- of the case
    state      INT NOT NULL,    -- case.def
    case_count BIGINT NOT NULL, -- cases in it
    amount_fen BIGINT NOT NULL, -- sum of their amounts; open ones count as 0
    PRIMARY KEY (rule_id, division, state)
);

-- Many cases decided at once: all that matched a filter.
CREATE TABLE case_batch (
    id           BIGINT NOT NULL, -- application-made
    act          INT NOT NULL,    -- case.def
    filter       TEXT NOT NULL,   -- as the list had it, as JSON
    account_id   BIGINT NOT NULL, -- who asked for it
    account_name TEXT NOT NULL,   -- as it was called then
    reason       TEXT NOT NULL,   -- may be empty
    share_bp     INT NOT NULL,    -- of a sample to be looked at one by one, in 1/10000
    basis        TEXT NOT NULL,   -- where that share stands
    started_ms   BIGINT NOT NULL, -- UTC
    finished_ms  BIGINT NOT NULL, -- UTC; 0: at work
    match_count  BIGINT NOT NULL, -- cases that matched when it began
    moved_count  BIGINT NOT NULL, -- that were moved
    sample_count BIGINT NOT NULL, -- that were drawn into the sample instead
    left_count   BIGINT NOT NULL, -- that could not be moved: changed meanwhile, held, own
    amount_fen   BIGINT NOT NULL, -- of those moved
    PRIMARY KEY (id)
);
CREATE INDEX case_batch_account ON case_batch (account_id, id);

-- Who acts for whom while somebody is absent.
CREATE TABLE case_stand_in (
    id          BIGINT NOT NULL, -- application-made
    absent_id   BIGINT NOT NULL, -- account that is away
    absent_name TEXT NOT NULL,   -- as it was called then
    stand_in_id BIGINT NOT NULL, -- account that acts for it
    role        INT NOT NULL,    -- of the absent one: guard.def
    division    INT NOT NULL,    -- of the absent one; 0: the whole city
    from_day    INT NOT NULL,    -- first day
    to_day      INT NOT NULL,    -- last day
    reason      TEXT NOT NULL,   -- why
    made_ms     BIGINT NOT NULL, -- UTC
    ended_ms    BIGINT NOT NULL, -- taken back, UTC; 0: it stands
    PRIMARY KEY (id)
);
CREATE INDEX case_stand_in_by ON case_stand_in (stand_in_id, to_day);
CREATE INDEX case_stand_in_absent ON case_stand_in (absent_id, to_day);
