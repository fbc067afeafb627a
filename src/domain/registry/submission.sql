-- submission.sql — what people and bodies say of themselves.

-- name: submission_insert :exec
-- in:   id int64, person_id int64, organisation_id int64, division int32, record text,
--       record_id int64, entitlement_id int64, given blob, note text, account_id int64,
--       created_ms int64, due_day int32
INSERT INTO submission (id, person_id, organisation_id, division, record, record_id,
                        entitlement_id, given, note, account_id, created_ms, due_day, state,
                        decided_ms, decided_by, reason)
VALUES (:id, :person_id, :organisation_id, :division, :record, :record_id, :entitlement_id,
        :given, :note, :account_id, :created_ms, :due_day, 1, 0, '', '');

-- name: submission_by_id :one
-- in:   id int64
-- out:  person_id int64, organisation_id int64, division int32, record text, record_id int64,
--       entitlement_id int64, given blob, note text, account_id int64, created_ms int64,
--       due_day int32, state int32, decided_ms int64, decided_by text, reason text
SELECT person_id, organisation_id, division, record, record_id, entitlement_id, given, note,
       account_id, created_ms, due_day, state, decided_ms, decided_by, reason
  FROM submission
 WHERE id = :id;

-- name: submission_ids_waiting :many
-- in:   division_min int32, division_max int32, after_due_day int32, after_id int64,
--       row_count_max int32
-- out:  id int64
SELECT id
  FROM submission
 WHERE state = 1 AND division BETWEEN :division_min AND :division_max
   AND (due_day > :after_due_day OR (due_day = :after_due_day AND id > :after_id))
 ORDER BY due_day, id
 LIMIT :row_count_max;

-- name: submission_count :one
-- in:   division_min int32, division_max int32, row_count_max int32
-- out:  waiting_count int64, due_day int32?
SELECT COUNT(*), MIN(due_day)
  FROM (SELECT due_day FROM submission
         WHERE state = 1 AND division BETWEEN :division_min AND :division_max
         LIMIT :row_count_max) AS waiting;

-- name: submission_ids_of_person :many
-- in:   owner_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM submission WHERE person_id = :owner_id AND person_id <> 0
 ORDER BY id DESC LIMIT :row_count_max;

-- name: submission_ids_of_organisation :many
-- in:   owner_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM submission WHERE organisation_id = :owner_id AND organisation_id <> 0
 ORDER BY id DESC LIMIT :row_count_max;

-- name: submission_decide :exec
-- in:   id int64, state int32, decided_ms int64, decided_by text, reason text
UPDATE submission
   SET state = :state, decided_ms = :decided_ms, decided_by = :decided_by, reason = :reason
 WHERE id = :id AND state = 1;
