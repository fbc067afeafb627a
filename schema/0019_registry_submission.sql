-- Registry: what people and bodies say of themselves, until an officer confirms or declines it.
CREATE TABLE submission (
    id              BIGINT NOT NULL, -- application-made
    person_id       BIGINT NOT NULL, -- whose record it is; 0: of an organisation
    organisation_id BIGINT NOT NULL, -- whose record it is; 0: of a person
    division        INT NOT NULL,    -- of that person or organisation then: whose desk it comes to
    record          TEXT NOT NULL,   -- kind of record: employment, certificate, ...
    record_id       BIGINT NOT NULL, -- the record that it completes; 0: a new one
    entitlement_id  BIGINT NOT NULL, -- what asked for it; 0: nothing did
    given           BLOB NOT NULL,   -- sealed JSON, field: text as typed
    note            TEXT NOT NULL,   -- how it can be checked, in their words
    account_id      BIGINT NOT NULL, -- who gave it
    created_ms      BIGINT NOT NULL, -- UTC
    due_day         INT NOT NULL,    -- last day for the answer
    state           INT NOT NULL,    -- 1 waits, 2 confirmed, 3 declined, 4 taken back
    decided_ms      BIGINT NOT NULL, -- UTC; 0 while it waits
    decided_by      TEXT NOT NULL,   -- name of the officer
    reason          TEXT NOT NULL,   -- why it was declined, or what was checked
    PRIMARY KEY (id)
);
CREATE INDEX submission_waiting ON submission (division, due_day, id) WHERE state = 1;
CREATE INDEX submission_person ON submission (person_id, id) WHERE person_id <> 0;
CREATE INDEX submission_organisation ON submission (organisation_id, id)
    WHERE organisation_id <> 0;
