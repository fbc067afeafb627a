-- rehearsal.sql — what a draft or a change of parameters was found to cost.

-- name: rehearsal_insert :exec
-- in:   id int64, draft_id int64, draft_version int32, other_id int64, other_version int32,
--       settings text, budgets text, as_of_day int32, from_day int32?, account_id int64,
--       account_name text, asked_ms int64
INSERT INTO policy_rehearsal (id, draft_id, draft_version, other_id, other_version, settings,
                              budgets, as_of_day, from_day, account_id, account_name, asked_ms,
                              done_ms, job_id, finding, page, json, csv)
VALUES (:id, :draft_id, :draft_version, :other_id, :other_version, :settings, :budgets, :as_of_day,
        :from_day, :account_id, :account_name, :asked_ms, 0, 0, '', '', '', '');

-- name: rehearsal_started :exec
-- in:   id int64, job_id int64
UPDATE policy_rehearsal SET job_id = :job_id WHERE id = :id;

-- name: rehearsal_done :exec
-- in:   id int64, done_ms int64, finding text, page text, json text, csv text
UPDATE policy_rehearsal
   SET done_ms = :done_ms, finding = :finding, page = :page, json = :json, csv = :csv
 WHERE id = :id;

-- name: rehearsal_by_id :one
-- in:   id int64
-- out:  draft_id int64, draft_version int32, other_id int64, other_version int32, settings text,
--       budgets text, as_of_day int32, from_day int32?, account_id int64, account_name text,
--       asked_ms int64, done_ms int64, job_id int64, finding text, page text, json text, csv text
SELECT draft_id, draft_version, other_id, other_version, settings, budgets, as_of_day, from_day,
       account_id, account_name, asked_ms, done_ms, job_id, finding, page, json, csv
  FROM policy_rehearsal
 WHERE id = :id;

-- name: rehearsal_of_draft :many
-- in:   draft_id int64, row_count_max int32
-- out:  id int64, draft_version int32, settings text, account_name text, done_ms int64,
--       finding text
SELECT id, draft_version, settings, account_name, done_ms, finding
  FROM policy_rehearsal
 WHERE draft_id = :draft_id AND done_ms > 0
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: rehearsal_of_account :many
-- in:   account_id int64, row_count_max int32
-- out:  id int64, draft_id int64, settings text, asked_ms int64, finding text
SELECT id, draft_id, settings, asked_ms, finding
  FROM policy_rehearsal
 WHERE account_id = :account_id AND done_ms > 0
 ORDER BY id DESC
 LIMIT :row_count_max;
