-- case_batch.sql — many cases at once, and clocks. 7 is the desk NOBODY, 10 the state PAID.

-- name: case_batch_insert :exec
-- in:   id int64, act int32, filter text, account_id int64, account_name text, reason text,
--       share_bp int32, basis text, started_ms int64, match_count int64
INSERT INTO case_batch (id, act, filter, account_id, account_name, reason, share_bp, basis,
                        started_ms, finished_ms, match_count, moved_count, sample_count,
                        left_count, amount_fen)
VALUES (:id, :act, :filter, :account_id, :account_name, :reason, :share_bp, :basis, :started_ms,
        0, :match_count, 0, 0, 0, 0);

-- name: case_batch_add :exec
-- in:   id int64, finished_ms int64, moved_count int64, sample_count int64, left_count int64,
--       amount_fen int64
UPDATE case_batch
   SET finished_ms = :finished_ms, moved_count = moved_count + :moved_count,
       sample_count = sample_count + :sample_count, left_count = left_count + :left_count,
       amount_fen = amount_fen + :amount_fen
 WHERE id = :id;

-- name: case_batch_by_id :one
-- in:   id int64
-- out:  id int64, act int32, filter text, account_id int64, account_name text, reason text,
--       share_bp int32, basis text, started_ms int64, finished_ms int64, match_count int64,
--       moved_count int64, sample_count int64, left_count int64, amount_fen int64
SELECT id, act, filter, account_id, account_name, reason, share_bp, basis, started_ms,
       finished_ms, match_count, moved_count, sample_count, left_count, amount_fen
  FROM case_batch
 WHERE id = :id;

-- name: case_batches_of :many
-- in:   account_id int64, row_count_max int32
-- out:  id int64, act int32, filter text, account_id int64, account_name text, reason text,
--       share_bp int32, basis text, started_ms int64, finished_ms int64, match_count int64,
--       moved_count int64, sample_count int64, left_count int64, amount_fen int64
SELECT id, act, filter, account_id, account_name, reason, share_bp, basis, started_ms,
       finished_ms, match_count, moved_count, sample_count, left_count, amount_fen
  FROM case_batch
 WHERE account_id = :account_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- Clocks that end by a day and were not told yet.
-- name: case_clock_due :many
-- in:   kind int32, day int32, row_count_max int32
-- out:  holder_id int64, id int64, holder_record int32, version int32, due_day int32,
--       state int32
SELECT c.holder_id, c.id, c.holder_record, c.version, c.due_day, c.state
  FROM incentive_case c
 WHERE c.desk <> 7 AND c.due_day <= :day
   AND NOT EXISTS (SELECT 1 FROM case_clock k
                    WHERE k.holder_id = c.holder_id AND k.case_id = c.id
                      AND k.version = c.version AND k.kind = :kind)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- name: case_clock_insert :bulk
-- in:   holder_id int64, case_id int64, version int32, kind int32, due_day int32, at_ms int64
INSERT INTO case_clock (holder_id, case_id, version, kind, due_day, at_ms)
VALUES (:holder_id, :case_id, :version, :kind, :due_day, :at_ms);
