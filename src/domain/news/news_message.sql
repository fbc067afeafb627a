-- news_message.sql — messages that wait, were sent or given up, and the tries.

-- name: message_insert :exec
-- in:   id int64, key text, channel int32, kind text, person_id int64, organisation_id int64,
--       case_id int64, content blob, state int32, next_ms int64, queued_ms int64, ended_ms int64,
--       outcome text
INSERT INTO message (id, key, channel, kind, person_id, organisation_id, case_id, content, state,
                     attempt_count, next_ms, queued_ms, ended_ms, outcome)
VALUES (:id, :key, :channel, :kind, :person_id, :organisation_id, :case_id, :content, :state, 0,
        :next_ms, :queued_ms, :ended_ms, :outcome);

-- name: message_id_by_key :many
-- in:   key text
-- out:  id int64
SELECT id FROM message WHERE key = :key;

-- name: message_by_id :one
-- in:   id int64
-- out:  id int64, key text, channel int32, kind text, person_id int64, organisation_id int64,
--       case_id int64, state int32, attempt_count int32, next_ms int64, queued_ms int64,
--       ended_ms int64, outcome text
SELECT id, key, channel, kind, person_id, organisation_id, case_id, state, attempt_count, next_ms,
       queued_ms, ended_ms, outcome
  FROM message
 WHERE id = :id;

-- name: message_content :one
-- in:   id int64
-- out:  content blob
SELECT content FROM message WHERE id = :id;

-- name: message_due :many
-- in:   now_ms int64, row_count_max int32
-- out:  id int64, kind text, next_ms int64
SELECT id, kind, next_ms
  FROM message
 WHERE state = 1 AND next_ms <= :now_ms
 ORDER BY next_ms, id
 LIMIT :row_count_max;

-- name: message_hold :exec
-- in:   id int64, seen_ms int64, next_ms int64
UPDATE message SET next_ms = :next_ms WHERE id = :id AND state = 1 AND next_ms = :seen_ms;

-- name: message_note :exec
-- in:   id int64, state int32, next_ms int64, ended_ms int64, outcome text
UPDATE message
   SET state = :state, attempt_count = attempt_count + 1, next_ms = :next_ms,
       ended_ms = :ended_ms, outcome = :outcome
 WHERE id = :id AND state = 1;

-- name: message_again :exec
-- in:   id int64, content blob, next_ms int64
UPDATE message
   SET state = 1, attempt_count = 0, content = :content, next_ms = :next_ms, ended_ms = 0
 WHERE id = :id AND state IN (3, 4);

-- name: message_ids_of_state :many
-- in:   state int32, before_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM message
 WHERE state = :state AND id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: message_count_of_state :one
-- in:   state int32, row_count_max int32
-- out:  message_count int64
SELECT COUNT(*)
  FROM (SELECT id FROM message WHERE state = :state LIMIT :row_count_max) AS counted;

-- name: message_attempt_insert :exec
-- in:   id int64, message_id int64, at_ms int64, status int32, duration_ms int32, outcome text,
--       actor text
INSERT INTO message_attempt (id, message_id, at_ms, status, duration_ms, outcome, actor)
VALUES (:id, :message_id, :at_ms, :status, :duration_ms, :outcome, :actor);

-- name: message_attempt_list :many
-- in:   message_id int64, row_count_max int32
-- out:  at_ms int64, status int32, duration_ms int32, outcome text, actor text
SELECT at_ms, status, duration_ms, outcome, actor
  FROM message_attempt
 WHERE message_id = :message_id
 ORDER BY id
 LIMIT :row_count_max;
