-- News: public notices with their lines and history, objections, letters, messages to people.
CREATE TABLE notice (
    id            INTEGER NOT NULL PRIMARY KEY, -- application-made
    state         INT NOT NULL,     -- 1 draft, 2 offered for checking, 3 published, 4 ended, 5 withdrawn
    division      INT NOT NULL,     -- whose notice it is: the county or the city
    title         TEXT NOT NULL,    -- heading
    body          TEXT NOT NULL,    -- paragraphs, one a line
    document      TEXT NOT NULL,    -- policy document that it carries out; empty: none
    rule          TEXT NOT NULL,    -- name of its statement; empty: none
    article       TEXT NOT NULL,    -- article quoted, in words; empty: none
    issuer        TEXT NOT NULL,    -- issuing body (发布机构)
    issuer_code   TEXT NOT NULL,    -- its credit code, the first part of the index number
    subject       TEXT NOT NULL,    -- subject class (主题分类)
    openness      TEXT NOT NULL,    -- way of opening (公开方式)
    contact       TEXT NOT NULL,    -- who answers questions: a section, not a person
    phone         TEXT NOT NULL,    -- of that section
    index_number  TEXT NOT NULL,    -- 索引号, given at publication; empty before
    made_day      INT NOT NULL,     -- civil day on which the text was made (成文日期)
    working_days  INT NOT NULL,     -- span of the notice, as its document says
    published_day INT,              -- first civil day; NULL before publication
    last_day      INT,              -- last civil day for objections; NULL before publication
    ended_day     INT,              -- civil day on which it ended or was withdrawn; NULL before
    line_count    INT NOT NULL,     -- rows of notice_line
    total_fen     INTEGER NOT NULL, -- sum of their amounts
    maker_id      INTEGER NOT NULL, -- account that made it; 0: the system
    maker         TEXT NOT NULL,    -- its name
    made_ms       INTEGER NOT NULL, -- UTC, when it was made
    changed_ms    INTEGER NOT NULL, -- UTC, version: when text or state changed last
    checker       TEXT NOT NULL,    -- who checked and published it; empty before
    reason        TEXT NOT NULL     -- why it was withdrawn or returned; empty
) STRICT;
CREATE INDEX notice_state_division ON notice (state, division, id);
CREATE INDEX notice_published ON notice (published_day, id) WHERE published_day IS NOT NULL;
CREATE INDEX notice_ending ON notice (last_day, id) WHERE state = 3;

-- Whom a notice names, a line each.
CREATE TABLE notice_line (
    notice_id  INTEGER NOT NULL,  -- its notice
    position   INT NOT NULL,      -- from 1 on, as printed
    record     INT NOT NULL,      -- table of the holder: person, organisation, carrier
    owner_id   INTEGER NOT NULL,  -- whose record the holder is; its own id for a root
    holder_id  INTEGER NOT NULL,  -- who it is for; never shown
    name       TEXT NOT NULL,     -- as shown, masked at publication; empty before
    unit       TEXT NOT NULL,     -- employer or payer shown beside the name; may be empty
    item       TEXT NOT NULL,     -- what for, in words
    amount_fen INTEGER NOT NULL,  -- 0: nothing is paid
    case_id    INTEGER NOT NULL,  -- the case it comes from; 0: none
    PRIMARY KEY (notice_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_line_case ON notice_line (case_id, notice_id) WHERE case_id <> 0;

-- What was done with a notice, step by step; only added to.
CREATE TABLE notice_move (
    id         INTEGER NOT NULL PRIMARY KEY, -- application-made, ascends in time
    notice_id  INTEGER NOT NULL, -- its notice
    at_ms      INTEGER NOT NULL, -- UTC
    move       TEXT NOT NULL,    -- made, changed, offered, returned, masked, kept, published, ended, withdrawn
    account_id INTEGER NOT NULL, -- who; 0: the system
    actor      TEXT NOT NULL,    -- name
    reason     TEXT NOT NULL     -- in words; may be empty
) STRICT;
CREATE INDEX notice_move_notice ON notice_move (notice_id, id);

-- Personal values that a second person decided may stay in the text.
CREATE TABLE notice_keep (
    notice_id   INTEGER NOT NULL, -- its notice
    found_index BLOB NOT NULL,    -- keyed digest of the personal value that may stay in the text
    account_id  INTEGER NOT NULL, -- who decided
    actor       TEXT NOT NULL,    -- name
    at_ms       INTEGER NOT NULL, -- UTC
    reason      TEXT NOT NULL,    -- why it may stay
    PRIMARY KEY (notice_id, found_index)
) STRICT, WITHOUT ROWID;

-- The number given last in each series.
CREATE TABLE news_serial (
    series TEXT NOT NULL PRIMARY KEY, -- what is numbered: kind, office and year
    last   INTEGER NOT NULL           -- number given last; a number is given in the transaction that uses it
) STRICT, WITHOUT ROWID;

-- What somebody holds against a notice or one of its lines.
CREATE TABLE objection (
    id          INTEGER NOT NULL PRIMARY KEY, -- application-made
    notice_id   INTEGER NOT NULL, -- against which notice
    position    INT NOT NULL,     -- against which line; 0: the notice as a whole
    division    INT NOT NULL,     -- of the notice: whose desk it comes to
    case_id     INTEGER NOT NULL, -- of the line; 0: none
    code_index  BLOB NOT NULL,    -- keyed digest of the receipt code; the code itself is not kept
    given       BLOB NOT NULL,    -- sealed JSON: name, contact, text
    state       INT NOT NULL,     -- 1 open, 2 upheld, 3 rejected
    received_ms INTEGER NOT NULL, -- UTC
    due_day     INT NOT NULL,     -- last civil day for the answer
    decided_ms  INTEGER NOT NULL, -- UTC; 0 while it is open
    decider_id  INTEGER NOT NULL, -- account that decided; 0 while it is open
    decided_by  TEXT NOT NULL,    -- name; empty while it is open
    answer      TEXT NOT NULL     -- reasons, told to who objected; empty while it is open
) STRICT;
CREATE UNIQUE INDEX objection_code ON objection (code_index);
CREATE INDEX objection_notice ON objection (notice_id, id);
CREATE INDEX objection_open ON objection (division, due_day, id) WHERE state = 1;
CREATE INDEX objection_case ON objection (case_id, id) WHERE case_id <> 0;

-- Letters made, with all that is printed in them.
CREATE TABLE letter (
    id              INTEGER NOT NULL PRIMARY KEY, -- application-made
    key             TEXT NOT NULL,    -- chosen by the caller: one letter a key
    kind            INT NOT NULL,     -- 1 grant, 2 question, 3 refusal, 4 recovery, 5 public list
    division        INT NOT NULL,     -- of the office that writes
    number          INT NOT NULL,     -- without gaps in its kind, office and year
    year            INT NOT NULL,     -- of the number
    mark            TEXT NOT NULL,    -- 文号: 济人社技补字〔2026〕12号
    title           TEXT NOT NULL,    -- heading, without personal data
    person_id       INTEGER NOT NULL, -- to whom; 0: not to a person
    organisation_id INTEGER NOT NULL, -- to whom; 0: not to an organisation
    case_id         INTEGER NOT NULL, -- the case it belongs to; 0: none
    made_day        INT NOT NULL,     -- civil day that it bears
    made_ms         INTEGER NOT NULL, -- UTC
    account_id      INTEGER NOT NULL, -- who made it; 0: the system
    actor           TEXT NOT NULL,    -- name
    content         BLOB NOT NULL,    -- sealed JSON: everything that is printed
    content_digest  BLOB NOT NULL,    -- SM3 of it
    file_digest     BLOB              -- SM3 of the printed file; NULL until it is printed first
) STRICT;
CREATE UNIQUE INDEX letter_key ON letter (key);
CREATE UNIQUE INDEX letter_mark ON letter (mark);
CREATE INDEX letter_person ON letter (person_id, id) WHERE person_id <> 0;
CREATE INDEX letter_organisation ON letter (organisation_id, id) WHERE organisation_id <> 0;
CREATE INDEX letter_case ON letter (case_id, id) WHERE case_id <> 0;
CREATE INDEX letter_division ON letter (division, id);
CREATE INDEX letter_unprinted ON letter (id) WHERE file_digest IS NULL;

-- Kept files of letters, in pieces that a row can hold.
CREATE TABLE letter_piece (
    letter_id INTEGER NOT NULL, -- its letter
    position  INT NOT NULL,     -- from 0 on
    piece     BLOB NOT NULL,    -- sealed bytes of the printed file
    PRIMARY KEY (letter_id, position)
) STRICT, WITHOUT ROWID;

-- Messages to people and bodies, until a gateway took them.
CREATE TABLE message (
    id              INTEGER NOT NULL PRIMARY KEY, -- application-made
    key             TEXT NOT NULL,    -- chosen by the caller: one message a key
    channel         INT NOT NULL,     -- 1 short message, 2 e-mail
    kind            TEXT NOT NULL,    -- row of catalogue/message.csv
    person_id       INTEGER NOT NULL, -- to whom; 0: not to a person
    organisation_id INTEGER NOT NULL, -- to whom; 0: not to an organisation
    case_id         INTEGER NOT NULL, -- what it is about; 0: no case
    content         BLOB NOT NULL,    -- sealed JSON: address, subject, text
    state           INT NOT NULL,     -- 1 waits, 2 sent, 3 dead: given up, 4 no address is known
    attempt_count   INT NOT NULL,     -- tries since it was queued or sent again
    next_ms         INTEGER NOT NULL, -- UTC, not tried before; while a sender holds it, when it is given back
    queued_ms       INTEGER NOT NULL, -- UTC
    ended_ms        INTEGER NOT NULL, -- UTC when it was sent or given up; 0 before
    outcome         TEXT NOT NULL     -- of the last try: number at the gateway, or what went wrong
) STRICT;
CREATE UNIQUE INDEX message_key ON message (key);
CREATE INDEX message_waiting ON message (next_ms, id) WHERE state = 1;
CREATE INDEX message_state ON message (state, id);
CREATE INDEX message_person ON message (person_id, id) WHERE person_id <> 0;
CREATE INDEX message_organisation ON message (organisation_id, id) WHERE organisation_id <> 0;

-- Each try to hand a message to a gateway, and what it answered.
CREATE TABLE message_attempt (
    id          INTEGER NOT NULL PRIMARY KEY, -- application-made, ascends in time
    message_id  INTEGER NOT NULL, -- its message
    at_ms       INTEGER NOT NULL, -- UTC
    status      INT NOT NULL,     -- of the gateway's answer; 0: there was none
    duration_ms INT NOT NULL,     -- how long it took
    outcome     TEXT NOT NULL,    -- number at the gateway, or what went wrong
    actor       TEXT NOT NULL     -- who sent it again by hand; empty: the sender
) STRICT;
CREATE INDEX message_attempt_message ON message_attempt (message_id, id);
