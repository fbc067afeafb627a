-- Pages: long work that a page began and shows (a sweep). A process that is killed leaves its jobs
-- running in this table; what they did was rolled back.
CREATE TABLE page_job (
    id          BIGINT NOT NULL, -- application-made
    kind        TEXT NOT NULL,   -- sweep
    state       INT NOT NULL,    -- 1 running, 2 done, 3 failed
    account_id  BIGINT NOT NULL, -- who began it
    started_ms  BIGINT NOT NULL, -- UTC
    finished_ms BIGINT NOT NULL, -- UTC; 0 while it runs
    message     TEXT NOT NULL,   -- what came of it, in words
    PRIMARY KEY (id)
);
CREATE INDEX page_job_kind ON page_job (kind, state, id);
