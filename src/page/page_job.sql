-- page_job.sql — long work that a page began.

-- name: job_insert :exec
-- in:   id int64, kind text, account_id int64, started_ms int64
INSERT INTO page_job (id, kind, state, account_id, started_ms, finished_ms, message, beat_ms)
VALUES (:id, :kind, 1, :account_id, :started_ms, 0, '', :started_ms);

-- name: job_finish :exec
-- in:   id int64, state int32, finished_ms int64, message text
UPDATE page_job
   SET state = :state, finished_ms = :finished_ms, message = :message
 WHERE id = :id;

-- name: job_beat_write :exec
-- in:   id int64, beat_ms int64
UPDATE page_job SET beat_ms = :beat_ms WHERE id = :id AND state = 1;

-- name: job_read :one
-- in:   id int64
-- out:  kind text, state int32, account_id int64, started_ms int64, finished_ms int64,
--       message text, beat_ms int64
SELECT kind, state, account_id, started_ms, finished_ms, message, beat_ms
  FROM page_job WHERE id = :id;

-- name: job_running :many
-- in:   kind text
-- out:  id int64, beat_ms int64
SELECT id, beat_ms FROM page_job
 WHERE kind = :kind AND state = 1
 ORDER BY id DESC
 LIMIT 20;
