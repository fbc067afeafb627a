-- away_kept.sql — who is one fact away, as it was counted.

-- name: away_run_insert :exec
-- in:   id int64, document_number text, rule_name text, as_of_day int32, account_id int64,
--       asked_ms int64
INSERT INTO away_run (id, document_number, rule_name, as_of_day, account_id, asked_ms, done_ms,
                      job_id, subject_record, granted_count, has_quota, looked_at_count)
VALUES (:id, :document_number, :rule_name, :as_of_day, :account_id, :asked_ms, 0, 0, '', 0, 0, 0);

-- name: away_run_started :exec
-- in:   id int64, job_id int64
UPDATE away_run SET job_id = :job_id WHERE id = :id;

-- name: away_run_done :exec
-- in:   id int64, done_ms int64, subject_record text, granted_count int64, has_quota int32,
--       looked_at_count int32
UPDATE away_run
   SET done_ms = :done_ms, subject_record = :subject_record, granted_count = :granted_count,
       has_quota = :has_quota, looked_at_count = :looked_at_count
 WHERE id = :id;

-- name: away_run_by_id :one
-- in:   id int64
-- out:  document_number text, rule_name text, as_of_day int32, asked_ms int64, done_ms int64,
--       job_id int64, subject_record text, granted_count int64, has_quota int32,
--       looked_at_count int32
SELECT document_number, rule_name, as_of_day, asked_ms, done_ms, job_id, subject_record,
       granted_count, has_quota, looked_at_count
  FROM away_run
 WHERE id = :id;

-- name: away_run_latest :one
-- in:   rule_name text, document_number text
-- out:  id int64?
SELECT MAX(id) FROM away_run WHERE rule_name = :rule_name AND document_number = :document_number;

-- name: away_condition_insert :bulk
-- in:   run_id int64, position int32, kind int32, words text, within text, unknown_count int64,
--       open_count int64
INSERT INTO away_condition (run_id, position, kind, words, within, unknown_count, open_count)
VALUES (:run_id, :position, :kind, :words, :within, :unknown_count, :open_count);

-- name: away_share_insert :bulk
-- in:   run_id int64, position int32, division int32, subject_count int64, amount_fen int64
INSERT INTO away_share (run_id, position, division, subject_count, amount_fen)
VALUES (:run_id, :position, :division, :subject_count, :amount_fen);

-- name: away_subject_insert :bulk
-- in:   run_id int64, position int32, subject_id int64, division int32
INSERT INTO away_subject (run_id, position, subject_id, division)
VALUES (:run_id, :position, :subject_id, :division);

-- name: away_conditions :many
-- in:   run_id int64, division_min int32, division_max int32
-- out:  position int32, kind int32, words text, within text, unknown_count int64,
--       open_count int64, all_count int64, subject_count int64, amount_fen int64
SELECT c.position, c.kind, c.words, c.within, c.unknown_count, c.open_count,
       CAST(SUM(s.subject_count) AS BIGINT),
       CAST(SUM(CASE WHEN s.division BETWEEN :division_min AND :division_max
                     THEN s.subject_count ELSE 0 END) AS BIGINT),
       CAST(SUM(CASE WHEN s.division BETWEEN :division_min AND :division_max
                     THEN s.amount_fen ELSE 0 END) AS BIGINT)
  FROM away_condition c
  JOIN away_share s ON s.run_id = c.run_id AND s.position = c.position
 WHERE c.run_id = :run_id
 GROUP BY c.position, c.kind, c.words, c.within, c.unknown_count, c.open_count
 ORDER BY c.position;

-- name: away_subjects :many
-- in:   run_id int64, position int32, after_id int64, division_min int32, division_max int32,
--       row_count_max int32
-- out:  subject_id int64
SELECT subject_id
  FROM away_subject
 WHERE run_id = :run_id AND position = :position AND subject_id > :after_id
   AND division BETWEEN :division_min AND :division_max
 ORDER BY subject_id
 LIMIT :row_count_max;
