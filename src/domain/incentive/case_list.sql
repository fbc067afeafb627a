-- case_list.sql — cases as lists, the one whose clock ends first at the top. 7 is the desk NOBODY.

-- Whose turn it is.
-- name: case_list_desk :many
-- in:   desk int32, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.desk = :desk
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- The same for one district.
-- name: case_list_division :many
-- in:   desk int32, division int32, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.desk = :desk AND c.division = :division
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- name: case_list_state :many
-- in:   state int32, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.state = :state
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- One rule's in a state.
-- name: case_list_rule :many
-- in:   one_rule_id int64, state int32, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.rule_id = :one_rule_id AND c.state = :state
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- All that are under way but for one desk's (0: all).
-- name: case_list_open :many
-- in:   but_desk int32, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.desk <> 7 AND c.desk <> :but_desk
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- Of one employer, school or studio that is paid for others.
-- name: case_list_payee :many
-- in:   one_payee_id int64, rule_id int64?, payee_id int64?, division_min int32, division_max int32,
--       due_day_max int32, after_due_day int32, after_id int64, row_count_max int32
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
 WHERE c.payee_id = :one_payee_id AND c.payee_id <> 0
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (:payee_id IS NULL OR c.payee_id = :payee_id)
   AND c.due_day <= :due_day_max
   AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- Decided since an instant, newest first.
-- name: case_list_over :many
-- in:   since_ms int64, before_ms int64, before_id int64, rule_id int64?, division_min int32,
--       division_max int32, row_count_max int32
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
 WHERE c.desk = 7 AND c.changed_ms >= :since_ms
   AND c.division >= :division_min AND c.division <= :division_max
   AND (:rule_id IS NULL OR c.rule_id = :rule_id)
   AND (c.changed_ms, c.id) < (:before_ms, :before_id)
 ORDER BY c.changed_ms DESC, c.id DESC
 LIMIT :row_count_max;


-- Of one person or body, newest first.
-- name: case_list_holder :many
-- in:   holder_id int64, before_id int64, row_count_max int32
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
 WHERE c.holder_id = :holder_id AND c.id < :before_id
 ORDER BY c.id DESC
 LIMIT :row_count_max;


-- name: case_figures_of :many
-- in:   rule_id int64?, division_min int32, division_max int32
-- out:  state int32, case_count int64, amount_fen int64
SELECT state, CAST(SUM(case_count) AS BIGINT), CAST(SUM(amount_fen) AS BIGINT)
  FROM case_figure
 WHERE division >= :division_min AND division <= :division_max
   AND (:rule_id IS NULL OR rule_id = :rule_id)
 GROUP BY state
 ORDER BY state;

-- name: case_figures_by_rule :many
-- in:   division_min int32, division_max int32
-- out:  rule_id int64, document_number text, rule_name text, state int32, case_count int64,
--       amount_fen int64
SELECT f.rule_id, r.document_number, r.name, f.state, CAST(SUM(f.case_count) AS BIGINT),
       CAST(SUM(f.amount_fen) AS BIGINT)
  FROM case_figure f JOIN policy_rule r ON r.id = f.rule_id
 WHERE f.division >= :division_min AND f.division <= :division_max
 GROUP BY f.rule_id, r.document_number, r.name, f.state
 ORDER BY r.document_number, r.name, f.state;

-- name: case_late_count :one
-- in:   today_day int32, division_min int32, division_max int32, row_count_max int32
-- out:  row_count int64
SELECT COUNT(*)
  FROM (SELECT id
          FROM incentive_case
         WHERE desk <> 7 AND due_day < :today_day
           AND division >= :division_min AND division <= :division_max
         LIMIT :row_count_max) late;

-- The earliest day of a desk.
-- name: case_first_due :one
-- in:   desk int32, division_min int32, division_max int32
-- out:  due_day int32?
SELECT MIN(due_day)
  FROM (SELECT due_day
          FROM incentive_case
         WHERE desk = :desk AND division >= :division_min AND division <= :division_max
         ORDER BY due_day, id
         LIMIT 1) first;

-- Groups that are paid through a body, with what is under way for them.
-- name: case_payees :many
-- in:   state int32, division_min int32, division_max int32, row_count_max int32
-- out:  payee_id int64, case_count int64, amount_fen int64
SELECT payee_id, COUNT(*), CAST(COALESCE(SUM(amount_fen), 0) AS BIGINT)
  FROM incentive_case
 WHERE payee_id <> 0 AND state = :state
   AND division >= :division_min AND division <= :division_max
 GROUP BY payee_id
 ORDER BY payee_id
 LIMIT :row_count_max;
