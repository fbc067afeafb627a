-- Gate: claims of money as the gate saw them, what its rules found, and how that was decided.

-- One claim of money; the newest look at it.
CREATE TABLE gate_claim (
    claim_id      BIGINT NOT NULL, -- the case that asks for the money
    rule_name     TEXT NOT NULL,   -- rule that pays
    document      TEXT NOT NULL,   -- number of its document
    holder_record TEXT NOT NULL,   -- person or organisation
    holder_id     BIGINT NOT NULL, -- who is entitled
    basis_id      BIGINT NOT NULL, -- record that the money is for; 0: none
    body_id       BIGINT NOT NULL, -- organisation that handed it in or is paid; 0: none
    provider_id   BIGINT NOT NULL, -- organisation that taught the course; 0: none
    course_day    INT NOT NULL,    -- first day of the course; 0: none
    occupation    INT NOT NULL,    -- code of the catalogue; 0: none
    level         INT NOT NULL,    -- code of skill_level; 0: none
    division      INT NOT NULL,    -- whose desk
    claimed_day   INT NOT NULL,    -- civil day of the claim
    amount_fen    BIGINT NOT NULL, -- 0 while open
    is_filled     INT NOT NULL,    -- 1: a person filled the amount in
    proof         BLOB,            -- digest of the evidence handed in; absent: none
    state         INT NOT NULL,    -- 1 passed, 2 held, 3 stopped, 4 withdrawn
    checked_ms    BIGINT NOT NULL, -- of the newest look, UTC
    PRIMARY KEY (claim_id)
);
CREATE INDEX gate_claim_body ON gate_claim (body_id, claimed_day, amount_fen, claim_id)
    WHERE body_id <> 0 AND state <> 4;
CREATE INDEX gate_claim_course ON gate_claim (provider_id, course_day, occupation, claim_id)
    WHERE provider_id <> 0 AND state <> 4;
CREATE INDEX gate_claim_skill ON gate_claim (holder_id, occupation, level, claim_id)
    WHERE occupation <> 0 AND state <> 4;
CREATE INDEX gate_claim_proof ON gate_claim (proof, claim_id)
    WHERE proof IS NOT NULL AND state <> 4;
CREATE INDEX gate_claim_held ON gate_claim (claim_id, division) WHERE state = 2;

-- One rule that did not let a claim pass.
CREATE TABLE gate_finding (
    id          BIGINT NOT NULL, -- application-made
    claim_id    BIGINT NOT NULL, -- of gate_claim
    rule_name   TEXT NOT NULL,   -- name of the duty in the gate's document
    document    TEXT NOT NULL,   -- number of that document
    article     TEXT NOT NULL,   -- heading of its article
    said        TEXT NOT NULL,   -- what is wrong, in the document's words
    advice      TEXT NOT NULL,   -- what to do about it, in the document's words
    measure     TEXT NOT NULL,   -- what was measured, with its value and the limit
    done        BIGINT NOT NULL, -- the value measured
    owed        BIGINT NOT NULL, -- the limit then
    state       INT NOT NULL,    -- 1 open, 2 cleared, 3 confirmed, 4 lapsed
    found_ms    BIGINT NOT NULL, -- UTC
    PRIMARY KEY (id)
);
CREATE INDEX gate_finding_claim ON gate_finding (claim_id, id);
CREATE INDEX gate_finding_rule ON gate_finding (rule_name, state, id);

-- The facts behind a finding, each one row of a record that the gate connects with the claim.
CREATE TABLE gate_evidence (
    finding_id    BIGINT NOT NULL, -- of gate_finding
    number        INT NOT NULL,    -- from 1
    kind          INT NOT NULL,    -- of gate_link.def
    record        TEXT NOT NULL,   -- person or organisation; empty: none
    record_id     BIGINT NOT NULL, -- of that record
    other_claim   BIGINT NOT NULL, -- claim_id of another claim; 0: none
    from_day      INT,             -- first day of the fact
    to_day        INT,             -- last day; absent: has not come
    amount_fen    BIGINT,          -- money of the fact
    division      INT,             -- where
    PRIMARY KEY (finding_id, number)
);

-- How findings were decided. Rows are added, never changed.
CREATE TABLE gate_outcome (
    id         BIGINT NOT NULL, -- application-made
    finding_id BIGINT NOT NULL, -- of gate_finding
    rule_name  TEXT NOT NULL,   -- of the finding
    outcome    INT NOT NULL,    -- 2 cleared, 3 confirmed
    reason     TEXT NOT NULL,   -- in the words of who decided
    account_id BIGINT NOT NULL, -- who decided; 0 the system
    actor      TEXT NOT NULL,   -- their name
    at_ms      BIGINT NOT NULL, -- UTC
    PRIMARY KEY (id)
);
CREATE INDEX gate_outcome_finding ON gate_outcome (finding_id, id);
CREATE INDEX gate_outcome_rule ON gate_outcome (rule_name, outcome, id);

-- Relatives that officers declare: whose claims they do not handle.
CREATE TABLE gate_kin (
    staff_id  BIGINT NOT NULL, -- the officer, a person
    person_id BIGINT NOT NULL, -- the relative, a person
    relation  TEXT NOT NULL,   -- 配偶, 表弟
    known_ms  BIGINT NOT NULL, -- when it was declared, UTC
    gone_ms   BIGINT NOT NULL, -- when it was taken back, UTC; the largest while it holds
    PRIMARY KEY (staff_id, person_id, known_ms)
);
CREATE INDEX gate_kin_person ON gate_kin (person_id, staff_id);

-- Who shares an account or a phone, and who is insured by a payer.
CREATE INDEX person_bank_account ON person (bank_account_index, id)
    WHERE gone_ms = 9223372036854775807;
CREATE INDEX person_phone ON person (phone_index, id) WHERE gone_ms = 9223372036854775807;
CREATE INDEX insured_span_payer ON insured_span (payer, to_month, person_id)
    WHERE gone_ms = 9223372036854775807;
