-- Pages: who works on something says so every few seconds, so that the job of a process that was
-- killed is told from one that takes long.
ALTER TABLE page_job ADD COLUMN beat_ms BIGINT NOT NULL DEFAULT 0; -- UTC; when it was last at work
