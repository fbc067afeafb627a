-- incentive_draft.sql — drafts of policy documents, and what was enacted.

-- name: draft_insert :exec
-- in:   id int64, kind int32, number text, title text, path text, from_day int32, reason text,
--       author_id int64, author_name text, changed_ms int64
INSERT INTO policy_draft (id, kind, state, number, title, path, version, from_day, reason, author_id,
                          author_name, changed_ms, submitted_ms, decider_id, decider_name,
                          decided_ms, decision)
VALUES (:id, :kind, 1, :number, :title, :path, 1, :from_day, :reason, :author_id, :author_name,
        :changed_ms, 0, 0, '', 0, '');

-- name: draft_text_insert :exec
-- in:   draft_id int64, version int32, body text, account_id int64, account_name text,
--       known_ms int64
INSERT INTO policy_draft_text (draft_id, version, body, account_id, account_name, known_ms)
VALUES (:draft_id, :version, :body, :account_id, :account_name, :known_ms);

-- name: draft_by_id :one
-- in:   id int64
-- out:  id int64, kind int32, state int32, number text, title text, path text, version int32,
--       from_day int32, reason text, author_id int64, author_name text, changed_ms int64,
--       submitted_ms int64, decider_name text, decided_ms int64, decision text
SELECT id, kind, state, number, title, path, version, from_day, reason, author_id, author_name,
       changed_ms, submitted_ms, decider_name, decided_ms, decision
  FROM policy_draft
 WHERE id = :id;

-- name: draft_page :many
-- in:   state int32, before_id int64, row_count_max int32
-- out:  id int64, kind int32, state int32, number text, title text, path text, version int32,
--       from_day int32, reason text, author_id int64, author_name text, changed_ms int64,
--       submitted_ms int64, decider_name text, decided_ms int64, decision text
SELECT id, kind, state, number, title, path, version, from_day, reason, author_id, author_name,
       changed_ms, submitted_ms, decider_name, decided_ms, decision
  FROM policy_draft
 WHERE state = :state AND id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: draft_body :one
-- in:   draft_id int64, version int32
-- out:  body text, account_name text, known_ms int64
SELECT body, account_name, known_ms
  FROM policy_draft_text
 WHERE draft_id = :draft_id AND version = :version;

-- name: draft_versions :many
-- in:   draft_id int64, row_count_max int32
-- out:  version int32, account_name text, known_ms int64
SELECT version, account_name, known_ms
  FROM policy_draft_text
 WHERE draft_id = :draft_id
 ORDER BY version DESC
 LIMIT :row_count_max;

-- name: draft_writers :one
-- in:   draft_id int64, account_id int64
-- out:  row_count int64
SELECT COUNT(*) FROM policy_draft_text WHERE draft_id = :draft_id AND account_id = :account_id;

-- name: draft_changed :exec
-- in:   id int64, state int32, title text, version int32, from_day int32, reason text,
--       changed_ms int64
UPDATE policy_draft
   SET state = :state, title = :title, version = :version, from_day = :from_day,
       reason = :reason, changed_ms = :changed_ms
 WHERE id = :id;

-- name: draft_moved :exec
-- in:   id int64, state int32, changed_ms int64, submitted_ms int64, decider_id int64,
--       decider_name text, decided_ms int64, decision text
UPDATE policy_draft
   SET state = :state, changed_ms = :changed_ms, submitted_ms = :submitted_ms,
       decider_id = :decider_id, decider_name = :decider_name, decided_ms = :decided_ms,
       decision = :decision
 WHERE id = :id;

-- name: enactment_insert :exec
-- in:   id int64, number text, title text, path text, kind int32, body text, from_day int32,
--       enacted_ms int64, draft_id int64, author_name text, approver_name text, reason text
INSERT INTO policy_enactment (id, number, title, path, kind, body, from_day, enacted_ms, draft_id,
                              author_name, approver_name, reason)
VALUES (:id, :number, :title, :path, :kind, :body, :from_day, :enacted_ms, :draft_id, :author_name,
        :approver_name, :reason);

-- name: enactment_counted :one
-- in:   day int32
-- out:  row_count int64
SELECT COUNT(*) FROM policy_enactment WHERE from_day <= :day;

-- name: enactment_bodies :many
-- in:   day int32
-- out:  number text, path text, body text
SELECT number, path, body
  FROM policy_enactment
 WHERE from_day <= :day
 ORDER BY from_day, enacted_ms, id;

-- name: enactment_of_number :many
-- in:   number text, row_count_max int32
-- out:  id int64, kind int32, from_day int32, enacted_ms int64, draft_id int64, author_name text,
--       approver_name text, reason text
SELECT id, kind, from_day, enacted_ms, draft_id, author_name, approver_name, reason
  FROM policy_enactment
 WHERE number = :number
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: enactment_body :one
-- in:   id int64
-- out:  number text, body text
SELECT number, body FROM policy_enactment WHERE id = :id;
