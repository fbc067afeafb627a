-- news_objection.sql — objections to public notices.

-- name: objection_insert :exec
-- in:   id int64, notice_id int64, position int32, division int32, case_id int64,
--       code_index blob, given blob, received_ms int64, due_day int32
INSERT INTO objection (id, notice_id, position, division, case_id, code_index, given, state,
                       received_ms, due_day, decided_ms, decider_id, decided_by, answer)
VALUES (:id, :notice_id, :position, :division, :case_id, :code_index, :given, 1, :received_ms,
        :due_day, 0, 0, '', '');

-- name: objection_by_id :one
-- in:   id int64
-- out:  id int64, notice_id int64, position int32, division int32, case_id int64, given blob,
--       state int32, received_ms int64, due_day int32, decided_ms int64, decided_by text,
--       answer text
SELECT id, notice_id, position, division, case_id, given, state, received_ms, due_day, decided_ms,
       decided_by, answer
  FROM objection
 WHERE id = :id;

-- name: objection_id_by_code :one
-- in:   code_index blob
-- out:  id int64
SELECT id FROM objection WHERE code_index = :code_index;

-- name: objection_ids_waiting :many
-- in:   division_min int32, division_max int32, after_due_day int32, after_id int64,
--       row_count_max int32
-- out:  id int64
SELECT id FROM objection
 WHERE state = 1 AND division BETWEEN :division_min AND :division_max
   AND (due_day > :after_due_day OR (due_day = :after_due_day AND id > :after_id))
 ORDER BY due_day, id
 LIMIT :row_count_max;

-- name: objection_waiting_count :one
-- in:   division_min int32, division_max int32, row_count_max int32
-- out:  waiting_count int64, due_day int32?
SELECT COUNT(*), MIN(due_day)
  FROM (SELECT due_day FROM objection
         WHERE state = 1 AND division BETWEEN :division_min AND :division_max
         LIMIT :row_count_max) AS waiting;

-- name: objection_ids_of_notice :many
-- in:   notice_id int64, after_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM objection
 WHERE notice_id = :notice_id AND id > :after_id
 ORDER BY id
 LIMIT :row_count_max;

-- name: objection_open_count :one
-- in:   notice_id int64, row_count_max int32
-- out:  open_count int64
SELECT COUNT(*)
  FROM (SELECT id FROM objection WHERE notice_id = :notice_id AND state = 1
         LIMIT :row_count_max) AS waiting;

-- name: objection_decide :exec
-- in:   id int64, state int32, decided_ms int64, decider_id int64, decided_by text, answer text
UPDATE objection
   SET state = :state, decided_ms = :decided_ms, decider_id = :decider_id,
       decided_by = :decided_by, answer = :answer
 WHERE id = :id AND state = 1;
