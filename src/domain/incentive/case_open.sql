-- case_open.sql — cases opened from entitlements. 9223372036854775807 is REGISTRY_NEVER_MS, 2932896
-- DAY_MAX, 1 and 2 the lanes ask and granted, 1 the state FOUND of case.def, 1 the desk PROGRAM.

-- name: case_open_bound :one
-- in:   rule_id int64, lane int32, after_id int64, row_count_max int32
-- out:  id int64?
SELECT MAX(id)
  FROM (SELECT id
          FROM entitlement
         WHERE rule_id = :rule_id AND lane = :lane AND id > :after_id
           AND gone_ms = 9223372036854775807
         ORDER BY id
         LIMIT :row_count_max) part;

-- name: case_open_range :exec
-- in:   rule_id int64, lane int32, after_id int64, last_id int64, kind int32, due_day int32,
--       now_ms int64
INSERT INTO incentive_case (holder_id, id, holder_record, rule_id, subject_id, basis_id, period,
                            entitlement_id, kind, way, division, payee_id, state, desk, version,
                            amount_fen, is_filled, paid_fen, payment_ms, held_count, notice_id,
                            decided_id, due_day, opened_ms, changed_ms)
SELECT e.holder_id, e.id, CASE WHEN p.id IS NULL THEN 2 ELSE 1 END, e.rule_id, e.subject_id,
       e.basis_id, e.period, e.id, :kind, 1, COALESCE(p.division, o.division, 0),
       COALESCE(e.payee_id, 0), 1, 1, 1, NULL, 0, 0, 0, 0, 0, 0, :due_day, :now_ms, :now_ms
  FROM entitlement e
  LEFT JOIN person p ON p.id = e.holder_id AND p.gone_ms = 9223372036854775807
  LEFT JOIN organisation o ON o.id = e.holder_id AND o.gone_ms = 9223372036854775807
 WHERE e.rule_id = :rule_id AND e.lane = :lane AND e.id > :after_id AND e.id <= :last_id
   AND e.gone_ms = 9223372036854775807
   AND (e.lane = 1 OR e.amount_fen IS NULL OR e.amount_fen > 0 OR :kind = 2)
    ON CONFLICT DO NOTHING;

-- name: case_open_one :exec
-- in:   id int64, kind int32, way int32, due_day int32, now_ms int64
INSERT INTO incentive_case (holder_id, id, holder_record, rule_id, subject_id, basis_id, period,
                            entitlement_id, kind, way, division, payee_id, state, desk, version,
                            amount_fen, is_filled, paid_fen, payment_ms, held_count, notice_id,
                            decided_id, due_day, opened_ms, changed_ms)
SELECT e.holder_id, e.id, CASE WHEN p.id IS NULL THEN 2 ELSE 1 END, e.rule_id, e.subject_id,
       e.basis_id, e.period, e.id, :kind, :way, COALESCE(p.division, o.division, 0),
       COALESCE(e.payee_id, 0), 1, 1, 1, NULL, 0, 0, 0, 0, 0, 0, :due_day, :now_ms, :now_ms
  FROM entitlement e
  LEFT JOIN person p ON p.id = e.holder_id AND p.gone_ms = 9223372036854775807
  LEFT JOIN organisation o ON o.id = e.holder_id AND o.gone_ms = 9223372036854775807
 WHERE e.id = :id AND e.gone_ms = 9223372036854775807
   AND (e.lane = 1 OR e.amount_fen IS NULL OR e.amount_fen > 0 OR :kind = 2)
    ON CONFLICT DO NOTHING;

-- The first step of those that were opened just now.
-- name: case_open_steps :exec
-- in:   rule_id int64, lane int32, after_id int64, last_id int64, now_ms int64,
--       account_id int64, account_name text
INSERT INTO case_step (holder_id, case_id, version, act, from_state, to_state, at_ms, account_id,
                       account_name, stands_for, amount_fen, due_day, decided_id, batch_id, reason)
SELECT c.holder_id, c.id, 1, 0, 0, 1, :now_ms, :account_id, :account_name, '', NULL, c.due_day, 0,
       0, ''
  FROM entitlement e
  JOIN incentive_case c ON c.holder_id = e.holder_id AND c.id = e.id AND c.opened_ms = :now_ms
 WHERE e.rule_id = :rule_id AND e.lane = :lane AND e.id > :after_id AND e.id <= :last_id
   AND e.gone_ms = 9223372036854775807
    ON CONFLICT DO NOTHING;

-- name: case_open_figures :many
-- in:   rule_id int64, lane int32, after_id int64, last_id int64, now_ms int64
-- out:  division int32, case_count int64
SELECT c.division, COUNT(*)
  FROM entitlement e
  JOIN incentive_case c ON c.holder_id = e.holder_id AND c.id = e.id AND c.opened_ms = :now_ms
   AND c.version = 1
 WHERE e.rule_id = :rule_id AND e.lane = :lane AND e.id > :after_id AND e.id <= :last_id
   AND e.gone_ms = 9223372036854775807
 GROUP BY c.division
 ORDER BY c.division;

-- What stands for the key of a case now, under whatever number.
-- name: case_entitled_now :one
-- in:   rule_id int64, subject_id int64, basis_id int64, period int32
-- out:  id int64, lane int32, amount_fen int64?, payee_id int64?
SELECT id, lane, amount_fen, payee_id
  FROM entitlement
 WHERE rule_id = :rule_id AND subject_id = :subject_id AND basis_id = :basis_id
   AND period = :period AND gone_ms = 9223372036854775807;

-- Cases that wait for the program's first look, with what was found of them.
-- name: case_found_page :many
-- in:   after_due_day int32, after_id int64, row_count_max int32
-- out:  holder_id int64, id int64, holder_record int32, rule_id int64, document_number text,
--       rule_name text, subject_id int64, basis_id int64, period int32, entitlement_id int64,
--       kind int32, way int32, division int32, payee_id int64, state int32, version int32,
--       amount_fen int64?, is_filled int32, paid_fen int64, payment_ms int64, held_count int32,
--       notice_id int64, decided_id int64, due_day int32, opened_ms int64, changed_ms int64,
--       now_id int64?, now_lane int32?, now_fen int64?, now_payee_id int64?
SELECT c.holder_id, c.id, c.holder_record, c.rule_id, r.document_number, r.name, c.subject_id,
       c.basis_id, c.period, c.entitlement_id, c.kind, c.way, c.division, c.payee_id, c.state,
       c.version, c.amount_fen, c.is_filled, c.paid_fen, c.payment_ms, c.held_count, c.notice_id,
       c.decided_id, c.due_day, c.opened_ms, c.changed_ms, e.id, e.lane, e.amount_fen, e.payee_id
  FROM incentive_case c
  JOIN policy_rule r ON r.id = c.rule_id
  LEFT JOIN entitlement e ON e.rule_id = c.rule_id AND e.subject_id = c.subject_id
   AND e.basis_id = c.basis_id AND e.period = c.period AND e.gone_ms = 9223372036854775807
 WHERE c.state = 1 AND (c.due_day, c.id) > (:after_due_day, :after_id)
 ORDER BY c.due_day, c.id
 LIMIT :row_count_max;

-- name: case_of_key :one
-- in:   rule_id int64, subject_id int64, basis_id int64, period int32
-- out:  id int64
SELECT id
  FROM incentive_case
 WHERE rule_id = :rule_id AND subject_id = :subject_id AND basis_id = :basis_id
   AND period = :period;

-- name: case_entitlement_key :one
-- in:   id int64
-- out:  rule_id int64, document_number text, rule_name text, holder_id int64, subject_id int64,
--       basis_id int64, period int32
SELECT e.rule_id, r.document_number, r.name, e.holder_id, e.subject_id, e.basis_id, e.period
  FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id
 WHERE e.id = :id
 ORDER BY e.known_ms DESC
 LIMIT 1;

-- name: case_rule_number :one
-- in:   document_number text, name text
-- out:  id int64
SELECT id FROM policy_rule WHERE document_number = :document_number AND name = :name;

-- What a holder was found under a rule: for who applies.
-- name: case_found_of_holder :many
-- in:   holder_id int64, rule_id int64, row_count_max int32
-- out:  id int64
SELECT id
  FROM entitlement
 WHERE holder_id = :holder_id AND rule_id = :rule_id AND gone_ms = 9223372036854775807
 ORDER BY period DESC, id
 LIMIT :row_count_max;

-- An application that nothing was found for.
-- name: case_open_bare :exec
-- in:   holder_id int64, id int64, holder_record int32, rule_id int64, subject_id int64,
--       period int32, division int32, due_day int32, now_ms int64
INSERT INTO incentive_case (holder_id, id, holder_record, rule_id, subject_id, basis_id, period,
                            entitlement_id, kind, way, division, payee_id, state, desk, version,
                            amount_fen, is_filled, paid_fen, payment_ms, held_count, notice_id,
                            decided_id, due_day, opened_ms, changed_ms)
VALUES (:holder_id, :id, :holder_record, :rule_id, :subject_id, :subject_id, :period, 0, 1, 2,
        :division, 0, 1, 1, 1, NULL, 0, 0, 0, 0, 0, 0, :due_day, :now_ms, :now_ms)
    ON CONFLICT DO NOTHING;

-- The follower begins behind what is in the log now: what stands already is opened as a whole.
-- name: case_log_begin :exec
-- in:   name text, changed_ms int64
INSERT INTO event_follower (name, event_id, changed_ms)
SELECT :name, COALESCE(MAX(id), 1), :changed_ms FROM event
 WHERE id > 0
    ON CONFLICT (name) DO NOTHING;
