-- Ledger: funds, their budget lines, what is reserved and paid from them, payment batches, what the
-- bank says, debts. Postings and entries are added, never changed. The totals of a line and of its
-- days follow from the entries and can be made again from them.

-- A fund, named as in policy documents.
CREATE TABLE ledger_fund (
    id         BIGINT NOT NULL, -- application-made
    name       TEXT NOT NULL,   -- as policy documents name it
    source     TEXT NOT NULL,   -- where the money comes from
    kind       INT NOT NULL,    -- 1 special fund, 2 insurance fund, 3 subsidy of a higher level, 4 other
    created_ms BIGINT NOT NULL, -- UTC
    account_id BIGINT NOT NULL, -- who set it up; 0: the system
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_fund_name ON ledger_fund (name);

-- A budget year of a fund.
CREATE TABLE ledger_year (
    fund_id     BIGINT NOT NULL, -- ledger_fund
    year        INT NOT NULL,    -- calendar year
    state       INT NOT NULL,    -- 1 open, 2 closed
    opened_ms   BIGINT NOT NULL, -- UTC
    closed_ms   BIGINT NOT NULL, -- UTC; 0: open
    closer_id   BIGINT NOT NULL, -- account that closed it; 0: nobody
    closer_name TEXT NOT NULL,   -- as it was then
    PRIMARY KEY (fund_id, year)
);

-- Money for one year, one division and one purpose; the totals of its accounts.
CREATE TABLE ledger_line (
    id              BIGINT NOT NULL, -- application-made
    fund_id         BIGINT NOT NULL, -- ledger_fund
    year            INT NOT NULL,    -- calendar year
    division        INT NOT NULL,    -- whom it serves; 0: the whole city
    earmark         TEXT NOT NULL,   -- what alone it may pay for; "": anything of the fund
    budget_fen      BIGINT NOT NULL, -- granted, below zero: the other side of what follows
    available_fen   BIGINT NOT NULL CHECK (available_fen >= 0),   -- free
    reserved_fen    BIGINT NOT NULL CHECK (reserved_fen >= 0),    -- promised to claims
    transit_fen     BIGINT NOT NULL CHECK (transit_fen >= 0),     -- at the bank, not yet confirmed
    paid_fen        BIGINT NOT NULL CHECK (paid_fen >= 0),        -- confirmed by the bank
    returned_fen    BIGINT NOT NULL CHECK (returned_fen >= 0),    -- came back, waits to be paid again
    debt_fen        BIGINT NOT NULL, -- claimed back, below zero: the other side of what follows
    recoverable_fen BIGINT NOT NULL CHECK (recoverable_fen >= 0), -- owed to the fund
    recovered_fen   BIGINT NOT NULL CHECK (recovered_fen >= 0),   -- paid back to the fund
    lost_fen        BIGINT NOT NULL CHECK (lost_fen >= 0),        -- written off
    posting_count   BIGINT NOT NULL, -- postings of the line
    last_ms         BIGINT NOT NULL, -- instant of its newest posting; 0: none
    created_ms      BIGINT NOT NULL, -- UTC
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_line_place ON ledger_line (fund_id, year, division, earmark);

-- A change of budget that one asks for and another decides.
CREATE TABLE ledger_virement (
    id           BIGINT NOT NULL, -- application-made
    state        INT NOT NULL,    -- 1 asked, 2 approved, 3 declined
    from_line_id BIGINT NOT NULL, -- ledger_line that gives; 0: a new grant
    to_line_id   BIGINT NOT NULL, -- ledger_line that takes; 0: taken back from the fund
    amount_fen   BIGINT NOT NULL, -- above zero
    document     TEXT NOT NULL,   -- number of the paper that it rests on
    reason       TEXT NOT NULL,   -- in the asker's words
    asker_id     BIGINT NOT NULL, -- account
    asker_name   TEXT NOT NULL,   -- as it was then
    asked_ms     BIGINT NOT NULL, -- UTC
    decider_id   BIGINT NOT NULL, -- account, another than the asker; 0: nobody yet
    decider_name TEXT NOT NULL,   -- as it was then
    decided_ms   BIGINT NOT NULL, -- UTC; 0: not decided
    words        TEXT NOT NULL,   -- of the decision
    PRIMARY KEY (id)
);
CREATE INDEX ledger_virement_state ON ledger_virement (state, id);
CREATE INDEX ledger_virement_from ON ledger_virement (from_line_id, id);
CREATE INDEX ledger_virement_to ON ledger_virement (to_line_id, id);

-- Money that somebody is to get once; its key is the caller's and unique for ever.
CREATE TABLE ledger_claim (
    id           BIGINT NOT NULL, -- application-made
    key          TEXT NOT NULL,   -- chosen by the caller
    line_id      BIGINT NOT NULL, -- ledger_line that pays
    fund_id      BIGINT NOT NULL, -- ledger_fund of the line
    year         INT NOT NULL,    -- of the line
    division     INT NOT NULL,    -- of the claim, may lie below the line's
    asked_fen    BIGINT NOT NULL, -- what was asked for
    amount_fen   BIGINT NOT NULL, -- what is paid: less when money was shared out
    article      TEXT NOT NULL,   -- document and article that it rests on
    case_id      BIGINT NOT NULL, -- case of the caller; 0: none
    payee_record INT NOT NULL,    -- 1 person, 2 organisation
    payee_id     BIGINT NOT NULL, -- id in that record
    expires_day  INT NOT NULL,    -- last day of an unused reservation
    state        INT NOT NULL,    -- ledger.def: 1 queued, 2 reserved, … 7 voided, 8 ordered again
    round        INT NOT NULL,    -- how often it was reserved
    attempt      INT NOT NULL,    -- how often it went to the bank
    batch_id     BIGINT NOT NULL, -- ledger_batch that it is or was last in; 0: none
    reason       TEXT NOT NULL,   -- of the last move, where it has one
    created_ms   BIGINT NOT NULL, -- UTC
    changed_ms   BIGINT NOT NULL, -- UTC
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_claim_key ON ledger_claim (key);
CREATE INDEX ledger_claim_state ON ledger_claim (line_id, state, id);
CREATE INDEX ledger_claim_expiry ON ledger_claim (state, expires_day, id);
CREATE INDEX ledger_claim_case ON ledger_claim (case_id, id);
CREATE INDEX ledger_claim_payee ON ledger_claim (payee_record, payee_id, id);

-- One move of money. Never changed.
CREATE TABLE ledger_posting (
    id           BIGINT NOT NULL, -- application-made
    key          TEXT NOT NULL,   -- move, claim and round: no move is made twice
    kind         INT NOT NULL,    -- ledger_moves in ledger_post.c
    line_id      BIGINT NOT NULL, -- ledger_line
    claim_id     BIGINT NOT NULL, -- ledger_claim or ledger_debt; 0: a change of budget
    case_id      BIGINT NOT NULL, -- 0: none
    batch_id     BIGINT NOT NULL, -- ledger_batch; 0: none
    article      TEXT NOT NULL,   -- document and article that it rests on
    at_ms        BIGINT NOT NULL, -- UTC
    day          INT NOT NULL,    -- civil day of business
    account_id   BIGINT NOT NULL, -- who; 0: the system
    account_name TEXT NOT NULL,   -- as it was then
    words        TEXT NOT NULL,   -- why; may be empty
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_posting_key ON ledger_posting (key);
CREATE INDEX ledger_posting_line ON ledger_posting (line_id, at_ms, id);
CREATE INDEX ledger_posting_claim ON ledger_posting (claim_id, id);
CREATE INDEX ledger_posting_time ON ledger_posting (at_ms, id);

-- What a posting does to one account; those of a posting sum to zero. Never changed.
CREATE TABLE ledger_entry (
    posting_id BIGINT NOT NULL, -- ledger_posting
    position   INT NOT NULL,    -- from 1
    line_id    BIGINT NOT NULL, -- ledger_line
    account    INT NOT NULL,    -- ledger.def
    amount_fen BIGINT NOT NULL, -- above zero: the account grows
    PRIMARY KEY (posting_id, position)
);

-- Entries of a day added up: for flows and forecasts.
CREATE TABLE ledger_day (
    line_id     BIGINT NOT NULL, -- ledger_line
    day         INT NOT NULL,    -- civil day of business
    article     TEXT NOT NULL,   -- document and article
    account     INT NOT NULL,    -- ledger.def
    amount_fen  BIGINT NOT NULL, -- sum of the entries
    entry_count BIGINT NOT NULL, -- how many
    PRIMARY KEY (line_id, day, article, account)
);

-- An account of a payee that was given for payments, newest first in use; else the registry's.
CREATE TABLE ledger_payee (
    id             BIGINT NOT NULL, -- application-made
    payee_record   INT NOT NULL,    -- 1 person, 2 organisation
    payee_id       BIGINT NOT NULL, -- id in that record
    name           TEXT NOT NULL,   -- of the holder of the account
    bank           TEXT NOT NULL,   -- name of the bank; may be empty
    account_sealed BLOB NOT NULL,   -- account number
    account_index  BLOB NOT NULL,   -- blind index of it
    reason         TEXT NOT NULL,   -- why it was given
    known_ms       BIGINT NOT NULL, -- UTC
    account_id     BIGINT NOT NULL, -- who recorded it
    account_name   TEXT NOT NULL,   -- as it was then
    PRIMARY KEY (id)
);
CREATE INDEX ledger_payee_of ON ledger_payee (payee_record, payee_id, id);

-- Payments that go to the bank together.
CREATE TABLE ledger_batch (
    id             BIGINT NOT NULL, -- application-made
    state          INT NOT NULL,    -- ledger_batch.h
    fund_id        BIGINT NOT NULL, -- ledger_fund that pays
    year           INT NOT NULL,    -- calendar year
    division_min   INT NOT NULL,    -- claims of these divisions
    division_max   INT NOT NULL,    -- claims of these divisions
    article        TEXT NOT NULL,   -- claims of this article; "": any
    with_returned  INT NOT NULL,    -- 1: claims whose money came back
    pay_day        INT NOT NULL,    -- the bank is asked to pay on this day
    cursor_line_id BIGINT NOT NULL, -- how far the work of its state has come
    cursor_id      BIGINT NOT NULL, -- how far the work of its state has come
    payment_count  BIGINT NOT NULL, -- payments in it
    amount_fen     BIGINT NOT NULL, -- sum of them
    problem_count  BIGINT NOT NULL, -- that cannot be paid as they are, left out of the file
    settled_count  BIGINT NOT NULL, -- paid or returned, as the bank says
    maker_id       BIGINT NOT NULL, -- account
    maker_name     TEXT NOT NULL,   -- as it was then
    made_ms        BIGINT NOT NULL, -- UTC
    checked_ms     BIGINT NOT NULL, -- UTC; 0: not yet
    approver_id    BIGINT NOT NULL, -- another than the maker; 0: nobody
    approver_name  TEXT NOT NULL,   -- as it was then
    approved_ms    BIGINT NOT NULL, -- UTC; 0: not yet
    filed_ms       BIGINT NOT NULL, -- UTC; 0: not yet
    csv_digest     BLOB,            -- SM3 of the CSV file
    xml_digest     BLOB,            -- SM3 of the pain.001 file
    words          TEXT NOT NULL,   -- of the last decision
    PRIMARY KEY (id)
);
CREATE INDEX ledger_batch_state ON ledger_batch (state, id);

-- One payment of a batch, as it was filed.
CREATE TABLE ledger_payment (
    batch_id       BIGINT NOT NULL, -- ledger_batch
    position       INT NOT NULL,    -- from 1
    claim_id       BIGINT NOT NULL, -- ledger_claim
    order_id       TEXT NOT NULL,   -- end-to-end identification at the bank
    attempt        INT NOT NULL,    -- of the claim
    amount_fen     BIGINT NOT NULL, -- above zero
    state          INT NOT NULL,    -- ledger_batch.h
    problem        INT NOT NULL,    -- why it cannot be filed; 0: it can
    name           TEXT NOT NULL,   -- of the holder of the account; "" before the check
    bank           TEXT NOT NULL,   -- name of the bank; may be empty
    account_sealed BLOB,            -- account number; absent before the check
    account_index  BLOB,            -- blind index of it
    settled_ms     BIGINT NOT NULL, -- paid or returned, as the bank says; 0: not yet
    reason         TEXT NOT NULL,   -- of the bank, when it came back
    PRIMARY KEY (batch_id, position)
);
CREATE UNIQUE INDEX ledger_payment_order ON ledger_payment (order_id);
CREATE INDEX ledger_payment_claim ON ledger_payment (claim_id, attempt);
CREATE INDEX ledger_payment_state ON ledger_payment (batch_id, state, position);

-- A file that the bank sent.
CREATE TABLE ledger_statement (
    id              BIGINT NOT NULL, -- application-made
    digest          BLOB NOT NULL,   -- SM3 of the file
    name            TEXT NOT NULL,   -- of the file, as it was sent
    format          INT NOT NULL,    -- port/bank.h
    message         TEXT NOT NULL,   -- the bank's own number of it
    line_count      BIGINT NOT NULL, -- lines in it
    matched_count   BIGINT NOT NULL, -- that settled a payment
    unmatched_count BIGINT NOT NULL, -- that did not, and wait to be worked off
    paid_fen        BIGINT NOT NULL, -- sum of what it says was paid
    returned_fen    BIGINT NOT NULL, -- sum of what it says came back
    imported_ms     BIGINT NOT NULL, -- UTC
    account_id      BIGINT NOT NULL, -- who brought it
    account_name    TEXT NOT NULL,   -- as it was then
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_statement_digest ON ledger_statement (digest);
CREATE UNIQUE INDEX ledger_statement_message ON ledger_statement (message);

-- One line of it.
CREATE TABLE ledger_bank_line (
    statement_id BIGINT NOT NULL, -- ledger_statement
    position     INT NOT NULL,    -- from 1
    reference    TEXT NOT NULL,   -- the bank's own number of the line
    order_id     TEXT NOT NULL,   -- end-to-end identification, as the bank gives it
    kind         INT NOT NULL,    -- 1 paid, 2 returned
    amount_fen   BIGINT NOT NULL, -- above zero
    booked_day   INT NOT NULL,    -- civil day
    reason       TEXT NOT NULL,   -- why it came back; may be empty
    state        INT NOT NULL,    -- 1 matched, 2 unmatched, 3 worked off
    problem      INT NOT NULL,    -- why it did not match; 0: it did
    words        TEXT NOT NULL,   -- how it was worked off
    decider_name TEXT NOT NULL,   -- who worked it off
    decided_ms   BIGINT NOT NULL, -- UTC; 0: not yet
    PRIMARY KEY (statement_id, position)
);
CREATE UNIQUE INDEX ledger_bank_line_reference ON ledger_bank_line (reference);
CREATE INDEX ledger_bank_line_state ON ledger_bank_line (state, statement_id, position);

-- Money that somebody owes a fund.
CREATE TABLE ledger_debt (
    id              BIGINT NOT NULL, -- application-made
    key             TEXT NOT NULL,   -- chosen by the caller, unique for ever
    line_id         BIGINT NOT NULL, -- ledger_line that it is owed to
    case_id         BIGINT NOT NULL, -- 0: none
    article         TEXT NOT NULL,   -- document and article that it rests on
    payee_record    INT NOT NULL,    -- 1 person, 2 organisation
    payee_id        BIGINT NOT NULL, -- who owes it
    amount_fen      BIGINT NOT NULL, -- owed at the beginning
    recovered_fen   BIGINT NOT NULL, -- paid back so far
    lost_fen        BIGINT NOT NULL, -- written off
    state           INT NOT NULL,    -- 1 open, 2 settled, 3 write-off asked
    asker_id        BIGINT NOT NULL, -- who asked for the write-off; 0: nobody
    asker_name      TEXT NOT NULL,   -- as it was then
    reason          TEXT NOT NULL,   -- of the debt; of the write-off once asked
    created_ms      BIGINT NOT NULL, -- UTC
    changed_ms      BIGINT NOT NULL, -- UTC
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ledger_debt_key ON ledger_debt (key);
CREATE INDEX ledger_debt_state ON ledger_debt (state, id);
CREATE INDEX ledger_debt_case ON ledger_debt (case_id, id);

-- What is to be paid back when, and what was.
CREATE TABLE ledger_instalment (
    debt_id    BIGINT NOT NULL, -- ledger_debt
    position   INT NOT NULL,    -- from 1
    due_day    INT NOT NULL,    -- last day for it
    amount_fen BIGINT NOT NULL, -- to be paid
    PRIMARY KEY (debt_id, position)
);
