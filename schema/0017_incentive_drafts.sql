-- Incentive: drafts of policy documents, and the documents that were enacted from them.
--
-- The documents on disk are the base set. An enacted document takes the place of the one that has
-- its number, from its day on; what was enacted is added, never changed.

-- A change of one document that somebody proposes.
CREATE TABLE policy_draft (
    id           BIGINT NOT NULL, -- application-made
    kind         INT NOT NULL,    -- 1 a new text, 2 a repeal
    state        INT NOT NULL,    -- 1 open, 2 submitted, 3 enacted, 4 returned, 5 dropped
    number       TEXT NOT NULL,   -- 文号 of the document
    title        TEXT NOT NULL,   -- of the document, as the draft has it
    path         TEXT NOT NULL,   -- file name of the document
    version      INT NOT NULL,    -- of the text: newest row of policy_draft_text
    from_day     INT NOT NULL,    -- in force from; of a repeal: the first day without the document
    reason       TEXT NOT NULL,   -- why, in the author's words
    author_id    BIGINT NOT NULL, -- account
    author_name  TEXT NOT NULL, -- as it was then
    changed_ms   BIGINT NOT NULL, -- UTC
    submitted_ms BIGINT NOT NULL, -- 0: not submitted
    decider_id   BIGINT NOT NULL, -- who approved or returned it; 0: nobody yet
    decider_name TEXT NOT NULL, -- as it was then; "" for nobody yet
    decided_ms   BIGINT NOT NULL, -- 0: not decided
    decision     TEXT NOT NULL,   -- words with it
    PRIMARY KEY (id)
);
CREATE INDEX policy_draft_state ON policy_draft (state, id);

-- Every text that a draft had.
CREATE TABLE policy_draft_text (
    draft_id     BIGINT NOT NULL, -- policy_draft
    version      INT NOT NULL,    -- from 1
    body         TEXT NOT NULL, -- the whole document
    account_id   BIGINT NOT NULL, -- who wrote it
    account_name TEXT NOT NULL, -- as it was then
    known_ms     BIGINT NOT NULL, -- UTC
    PRIMARY KEY (draft_id, version)
);

-- A document that two people put in force.
CREATE TABLE policy_enactment (
    id            BIGINT NOT NULL, -- application-made
    number        TEXT NOT NULL,   -- 文号
    title         TEXT NOT NULL, -- of the document
    path          TEXT NOT NULL,   -- file name
    kind          INT NOT NULL,    -- 1 a new text, 2 a repeal: the text with its last day
    body          TEXT NOT NULL,   -- the whole document
    from_day      INT NOT NULL,    -- the text counts from this day on
    enacted_ms    BIGINT NOT NULL, -- UTC
    draft_id      BIGINT NOT NULL, -- policy_draft
    author_name   TEXT NOT NULL, -- of the draft
    approver_name TEXT NOT NULL, -- another than the author
    reason        TEXT NOT NULL, -- in the author's words
    PRIMARY KEY (id)
);
CREATE INDEX policy_enactment_day ON policy_enactment (from_day, id);
CREATE INDEX policy_enactment_number ON policy_enactment (number, id);

-- What a draft or a change of parameters was found to cost: the report as it was then.
CREATE TABLE policy_rehearsal (
    id            BIGINT NOT NULL, -- application-made
    draft_id      BIGINT NOT NULL, -- policy_draft; 0: parameters alone
    draft_version INT NOT NULL, -- of its text; 0: parameters alone
    other_id      BIGINT NOT NULL, -- a second draft beside it; 0: none
    other_version INT NOT NULL, -- of its text; 0: none
    settings      TEXT NOT NULL,   -- NAME=VALUE, one a line
    budgets       TEXT NOT NULL,   -- FUND=VALUE, one a line
    as_of_day     INT NOT NULL, -- day that the city was evaluated as of
    from_day      INT,             -- run forward from this day's year
    account_id    BIGINT NOT NULL, -- who asked
    account_name  TEXT NOT NULL, -- as it was then
    asked_ms      BIGINT NOT NULL, -- UTC
    done_ms       BIGINT NOT NULL, -- 0: not yet
    job_id        BIGINT NOT NULL, -- page_job that made it
    finding       TEXT NOT NULL,   -- the report in one sentence
    page          TEXT NOT NULL,   -- the report as a part of a page
    json          TEXT NOT NULL,   -- for programs
    csv           TEXT NOT NULL,   -- every group, long form
    PRIMARY KEY (id)
);
CREATE INDEX policy_rehearsal_draft ON policy_rehearsal (draft_id, id);
CREATE INDEX policy_rehearsal_account ON policy_rehearsal (account_id, id);
