-- Guard: accounts, sessions, and the record of who saw or changed what.

-- Someone who may sign in. The role decides what (guard.def), the other columns whose rows.
CREATE TABLE account (
    id              BIGINT NOT NULL, -- application-made
    login           TEXT NOT NULL,   -- name at the sign-in
    name            TEXT NOT NULL,   -- as shown to others
    password        TEXT NOT NULL,   -- Argon2id with its parameters; empty: signs in elsewhere
    role            TEXT NOT NULL,   -- ROLE of guard.def
    division        INT NOT NULL,    -- sees this division and those below; 0: all
    organisation_id BIGINT NOT NULL, -- organisation it acts for; 0: none
    person_id       BIGINT NOT NULL, -- the person it is; 0: none
    active          INT NOT NULL,    -- 1, or 0 when it may not sign in any more
    must_change     INT NOT NULL,    -- 1: a new password is asked for first
    known_ms        BIGINT NOT NULL, -- when it was made, UTC
    failure_count   INT NOT NULL,    -- wrong passwords since the last right one
    locked_until_ms BIGINT NOT NULL, -- 0, or no sign-in before this instant
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX account_login ON account (login);

-- A browser that is signed in. The token itself is only in the browser.
CREATE TABLE session (
    id           BIGINT NOT NULL, -- application-made
    token_digest BLOB NOT NULL,   -- SM3 of the token
    account_id   BIGINT NOT NULL, -- account
    created_ms   BIGINT NOT NULL, -- UTC
    seen_ms      BIGINT NOT NULL, -- last request, to some minutes
    ends_ms      BIGINT NOT NULL, -- not valid from this instant on
    client       TEXT NOT NULL,   -- address at the sign-in
    agent        TEXT NOT NULL,   -- browser, shortened
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX session_token ON session (token_digest);
CREATE INDEX session_account ON session (account_id, seen_ms);

-- Who saw or changed what. Rows are added, never changed.
CREATE TABLE audit (
    id           BIGINT NOT NULL, -- application-made, ascends in time
    at_ms        BIGINT NOT NULL, -- UTC
    account_id   BIGINT NOT NULL, -- 0: the system
    account_name TEXT NOT NULL,   -- as it was then
    action       TEXT NOT NULL,   -- person.clear_read, account.locked, ...
    record       TEXT NOT NULL,   -- kind of the subject; may be empty
    subject_id   BIGINT NOT NULL, -- 0: none
    client       TEXT NOT NULL,   -- network address; empty: no browser
    detail       TEXT NOT NULL,   -- reason, before and after; JSON or words
    digest       BLOB NOT NULL,   -- keyed digest of this row
    PRIMARY KEY (id)
);
CREATE INDEX audit_account ON audit (account_id, id);
CREATE INDEX audit_subject ON audit (subject_id, id);

-- Covers the rows after the seal before, up to last_id.
CREATE TABLE audit_seal (
    number    BIGINT NOT NULL, -- 1, 2, 3, ...
    last_id   BIGINT NOT NULL, -- audit
    row_count BIGINT NOT NULL, -- rows it covers
    digest    BLOB NOT NULL,   -- SM3 over the digest before and the rows' digests
    sealed_ms BIGINT NOT NULL, -- UTC
    PRIMARY KEY (number)
);
