-- Pages: files that somebody sent for import, until they are done with. Contents are sealed: they
-- have personal numbers in clear.
CREATE TABLE page_upload (
    id              BIGINT NOT NULL, -- application-made
    account_id      BIGINT NOT NULL, -- who sent it
    record          TEXT NOT NULL,   -- kind of record its rows are: person, certificate, ...
    file_name       TEXT NOT NULL,   -- as sent, without folders
    file_size       BIGINT NOT NULL, -- bytes
    division        INT NOT NULL,    -- its rows must stand in this division or below; 0: anywhere
    state           INT NOT NULL,    -- 1 being checked, 2 checked, 3 being imported, 4 done, 5 unreadable
    job_id          BIGINT NOT NULL, -- page_job that works on it, or did last
    created_ms      BIGINT NOT NULL, -- UTC
    changed_ms      BIGINT NOT NULL, -- UTC
    row_count       BIGINT NOT NULL, -- rows below the titles
    added_count     BIGINT NOT NULL, -- new, or to be
    corrected_count BIGINT NOT NULL, -- known with other values
    same_count      BIGINT NOT NULL, -- known already
    refused_count   BIGINT NOT NULL, -- with something wrong
    message         TEXT NOT NULL,   -- why it could not be read, in words
    report          TEXT NOT NULL,   -- JSON: first rows and first problems, personal values masked
    PRIMARY KEY (id)
);
CREATE INDEX page_upload_account ON page_upload (account_id, id);
CREATE INDEX page_upload_created ON page_upload (created_ms, id);

-- A file in pieces of at most 1 MiB, each sealed.
CREATE TABLE page_upload_part (
    upload_id BIGINT NOT NULL, -- page_upload
    kind      INT NOT NULL,    -- 1 as sent, 2 the refused rows with their reasons
    number    INT NOT NULL,    -- 0, 1, 2, ...
    content   BLOB NOT NULL,   -- sealed
    PRIMARY KEY (upload_id, kind, number)
);
