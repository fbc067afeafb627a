-- Incentive: which policy editions were run, and what they found for whom.
--
-- Entitlements are derived (they follow from facts, documents and a day), but what was once found is
-- kept: a change closes the version and adds the next, so that any earlier answer can be shown.

-- The set of documents that was in use: one row for each content ever run.
CREATE TABLE policy_edition (
    id        BIGINT NOT NULL, -- application-made
    hash      BLOB NOT NULL,   -- SM3 over the documents in path order
    loaded_ms BIGINT NOT NULL, -- when it was first run, UTC
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX policy_edition_hash ON policy_edition (hash);

-- The documents of an edition, whole, so that a decision can be explained years later.
CREATE TABLE policy_document (
    edition_id BIGINT NOT NULL, -- policy_edition
    path       TEXT NOT NULL,   -- file name as it was read
    body       TEXT NOT NULL,   -- the document's text
    PRIMARY KEY (edition_id, path)
);

-- A rule keeps its identity over editions by the number of its document and its name.
CREATE TABLE policy_rule (
    id              BIGINT NOT NULL, -- application-made
    document_number TEXT NOT NULL,   -- 文号
    name            TEXT NOT NULL,   -- name of the statement
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX policy_rule_name ON policy_rule (document_number, name);

-- One finished sweep of the population.
CREATE TABLE sweep_run (
    id              BIGINT NOT NULL,  -- application-made
    as_of_day       INT NOT NULL, -- day asked for
    known_at_ms     BIGINT NOT NULL,  -- facts known until then, UTC
    edition_id      BIGINT NOT NULL,  -- policy_edition
    finished_ms     BIGINT NOT NULL,  -- UTC
    new_count       BIGINT NOT NULL,  -- entitlements found for the first time
    changed_count   BIGINT NOT NULL,  -- lane, amount or payee changed
    ended_count     BIGINT NOT NULL,  -- no longer found
    unchanged_count BIGINT NOT NULL,  -- as before
    PRIMARY KEY (id)
);

-- What was found: one version of one entitlement. The key is rule, subject, basis and period.
CREATE TABLE entitlement (
    holder_id      BIGINT NOT NULL,  -- person, or organisation, to whom the subject belongs
    id             BIGINT NOT NULL,  -- the same for all versions
    known_ms       BIGINT NOT NULL,  -- when this version was found, UTC
    gone_ms        BIGINT NOT NULL,  -- when it was replaced or ended, UTC; the largest number while it holds
    rule_id        BIGINT NOT NULL,  -- policy_rule
    subject_record TEXT NOT NULL,    -- record of the subject: person, organisation, carrier
    subject_id     BIGINT NOT NULL,  -- its id
    basis_record   TEXT NOT NULL,    -- record of the basis: honour, training, ...; the subject's own when none
    basis_id       BIGINT NOT NULL,  -- its id
    period         INT NOT NULL, -- month number, first year, or 0 for once
    lane           INT NOT NULL, -- 1 ask, 2 granted
    amount_fen     BIGINT,           -- after settlement; absent while it waits for its owner
    gross_fen      BIGINT,           -- before settlement
    payee_id       BIGINT,           -- organisation paid instead of the subject
    edition_id     BIGINT NOT NULL,  -- policy_edition it was decided under
    as_of_day      INT NOT NULL, -- day of the sweep that found this version
    PRIMARY KEY (holder_id, id, known_ms)
);
CREATE UNIQUE INDEX entitlement_key ON entitlement (rule_id, subject_id, basis_id, period)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX entitlement_id ON entitlement (id);
