-- case.sql — cases, their steps, notes, clocks and figures; the states are those of case.def.

-- name: case_by_id :one
-- in:   id int64
-- out:  holder_id int64, id int64, holder_record int32, rule_id int64, document_number text,
--       rule_name text, subject_id int64, basis_id int64, period int32, entitlement_id int64,
--       kind int32, way int32, division int32, payee_id int64, state int32, version int32,
--       amount_fen int64?, is_filled int32, paid_fen int64, payment_ms int64, held_count int32,
--       notice_id int64, decided_id int64, due_day int32, opened_ms int64, changed_ms int64
SELECT c.holder_id, c.id, c.holder_record, c.rule_id, r.document_number, r.name, c.subject_id,
       c.basis_id, c.period, c.entitlement_id, c.kind, c.way, c.division, c.payee_id, c.state,
       c.version, c.amount_fen, c.is_filled, c.paid_fen, c.payment_ms, c.held_count, c.notice_id,
       c.decided_id, c.due_day, c.opened_ms, c.changed_ms
  FROM incentive_case c JOIN policy_rule r ON r.id = c.rule_id
 WHERE c.id = :id;

-- name: case_write :exec
-- in:   holder_id int64, id int64, version int32, entitlement_id int64, payee_id int64,
--       state int32, desk int32, amount_fen int64?, is_filled int32, paid_fen int64,
--       payment_ms int64, held_count int32, notice_id int64, decided_id int64, due_day int32,
--       changed_ms int64
UPDATE incentive_case
   SET version = version + 1, entitlement_id = :entitlement_id, payee_id = :payee_id,
       state = :state, desk = :desk, amount_fen = :amount_fen, is_filled = :is_filled,
       paid_fen = :paid_fen, payment_ms = :payment_ms, held_count = :held_count,
       notice_id = :notice_id, decided_id = :decided_id, due_day = :due_day,
       changed_ms = :changed_ms
 WHERE holder_id = :holder_id AND id = :id AND version = :version;

-- name: case_step_insert :bulk
-- in:   holder_id int64, case_id int64, version int32, act int32, from_state int32,
--       to_state int32, at_ms int64, account_id int64, account_name text, stands_for text,
--       amount_fen int64?, due_day int32, decided_id int64, batch_id int64, reason text
INSERT INTO case_step (holder_id, case_id, version, act, from_state, to_state, at_ms, account_id,
                       account_name, stands_for, amount_fen, due_day, decided_id, batch_id, reason)
VALUES (:holder_id, :case_id, :version, :act, :from_state, :to_state, :at_ms, :account_id,
        :account_name, :stands_for, :amount_fen, :due_day, :decided_id, :batch_id, :reason);

-- name: case_steps_of :many
-- in:   holder_id int64, case_id int64, row_count_max int32
-- out:  version int32, act int32, from_state int32, to_state int32, at_ms int64,
--       account_id int64, account_name text, stands_for text, amount_fen int64?, due_day int32,
--       decided_id int64, batch_id int64, reason text
SELECT version, act, from_state, to_state, at_ms, account_id, account_name, stands_for,
       amount_fen, due_day, decided_id, batch_id, reason
  FROM case_step
 WHERE holder_id = :holder_id AND case_id = :case_id
 ORDER BY version
 LIMIT :row_count_max;

-- name: case_step_at :one
-- in:   holder_id int64, case_id int64, version int32
-- out:  act int32, from_state int32, at_ms int64, account_id int64, due_day int32,
--       decided_id int64
SELECT act, from_state, at_ms, account_id, due_day, decided_id
  FROM case_step
 WHERE holder_id = :holder_id AND case_id = :case_id AND version = :version;

-- name: case_note_insert :exec
-- in:   holder_id int64, case_id int64, id int64, at_ms int64, account_id int64,
--       account_name text, audience int32, words text
INSERT INTO case_note (holder_id, case_id, id, at_ms, account_id, account_name, audience, words)
VALUES (:holder_id, :case_id, :id, :at_ms, :account_id, :account_name, :audience, :words);

-- name: case_notes_of :many
-- in:   holder_id int64, case_id int64, audience_min int32, row_count_max int32
-- out:  id int64, at_ms int64, account_id int64, account_name text, audience int32, words text
SELECT id, at_ms, account_id, account_name, audience, words
  FROM case_note
 WHERE holder_id = :holder_id AND case_id = :case_id AND audience >= :audience_min
 ORDER BY id
 LIMIT :row_count_max;

-- name: case_figure_add :exec
-- in:   rule_id int64, division int32, state int32, case_count int64, amount_fen int64
INSERT INTO case_figure (rule_id, division, state, case_count, amount_fen)
VALUES (:rule_id, :division, :state, :case_count, :amount_fen)
    ON CONFLICT (rule_id, division, state) DO UPDATE
   SET case_count = case_figure.case_count + excluded.case_count,
       amount_fen = case_figure.amount_fen + excluded.amount_fen;

-- name: stand_in_insert :exec
-- in:   id int64, absent_id int64, absent_name text, stand_in_id int64, role int32,
--       division int32, from_day int32, to_day int32, reason text, made_ms int64
INSERT INTO case_stand_in (id, absent_id, absent_name, stand_in_id, role, division, from_day,
                           to_day, reason, made_ms, ended_ms)
VALUES (:id, :absent_id, :absent_name, :stand_in_id, :role, :division, :from_day, :to_day,
        :reason, :made_ms, 0);

-- name: stand_in_end :exec
-- in:   id int64, absent_id int64, ended_ms int64
UPDATE case_stand_in
   SET ended_ms = :ended_ms
 WHERE id = :id AND absent_id = :absent_id AND ended_ms = 0;

-- name: stand_in_hats :many
-- in:   stand_in_id int64, day int32, row_count_max int32
-- out:  absent_name text, role int32, division int32
SELECT absent_name, role, division
  FROM case_stand_in
 WHERE stand_in_id = :stand_in_id AND to_day >= :day AND from_day <= :day AND ended_ms = 0
 ORDER BY id
 LIMIT :row_count_max;

-- name: stand_in_of :many
-- in:   absent_id int64, day int32, row_count_max int32
-- out:  id int64, stand_in_id int64, absent_name text, from_day int32, to_day int32, reason text
SELECT id, stand_in_id, absent_name, from_day, to_day, reason
  FROM case_stand_in
 WHERE absent_id = :absent_id AND to_day >= :day AND ended_ms = 0
 ORDER BY from_day, id
 LIMIT :row_count_max;
