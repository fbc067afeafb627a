-- Ledger: what the bank says.

-- name: ledger_statement_insert :exec
-- in:   id int64, digest blob, name text, format int32, message text, line_count int64,
--       matched_count int64, unmatched_count int64, paid_fen int64, returned_fen int64,
--       imported_ms int64, account_id int64, account_name text
INSERT INTO ledger_statement (id, digest, name, format, message, line_count, matched_count,
                              unmatched_count, paid_fen, returned_fen, imported_ms, account_id,
                              account_name)
VALUES (:id, :digest, :name, :format, :message, :line_count, :matched_count, :unmatched_count,
        :paid_fen, :returned_fen, :imported_ms, :account_id, :account_name);

-- name: ledger_statement_known :many
-- in:   digest blob, message text
-- out:  id int64, name text, imported_ms int64
SELECT id, name, imported_ms
  FROM ledger_statement
 WHERE digest = :digest OR message = :message
 LIMIT 1;

-- name: ledger_statement_page :many
-- in:   before_id int64, row_count_max int32
-- out:  id int64, name text, format int32, message text, line_count int64, matched_count int64,
--       unmatched_count int64, paid_fen int64, returned_fen int64, imported_ms int64,
--       account_name text
SELECT id, name, format, message, line_count, matched_count, unmatched_count, paid_fen,
       returned_fen, imported_ms, account_name
  FROM ledger_statement
 WHERE id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: ledger_bank_line_insert :bulk
-- in:   statement_id int64, position int32, reference text, order_id text, kind int32,
--       amount_fen int64, booked_day int32, reason text, state int32, problem int32, words text,
--       decider_name text, decided_ms int64
INSERT INTO ledger_bank_line (statement_id, position, reference, order_id, kind, amount_fen,
                              booked_day, reason, state, problem, words, decider_name, decided_ms)
VALUES (:statement_id, :position, :reference, :order_id, :kind, :amount_fen, :booked_day, :reason,
        :state, :problem, :words, :decider_name, :decided_ms);

-- name: ledger_bank_line_by_reference :one
-- in:   reference text
-- out:  statement_id int64, amount_fen int64, kind int32
SELECT statement_id, amount_fen, kind
  FROM ledger_bank_line
 WHERE reference = :reference;

-- name: ledger_bank_line_at :one
-- in:   statement_id int64, position int32
-- out:  statement_id int64, position int32, reference text, order_id text, kind int32,
--       amount_fen int64, booked_day int32, reason text, state int32, problem int32, words text,
--       decider_name text, decided_ms int64
SELECT statement_id, position, reference, order_id, kind, amount_fen, booked_day, reason, state,
       problem, words, decider_name, decided_ms
  FROM ledger_bank_line
 WHERE statement_id = :statement_id AND position = :position;

-- name: ledger_bank_line_page :many
-- in:   state int32, after_statement_id int64, after_position int32, row_count_max int32
-- out:  statement_id int64, position int32, reference text, order_id text, kind int32,
--       amount_fen int64, booked_day int32, reason text, state int32, problem int32, words text,
--       decider_name text, decided_ms int64
SELECT statement_id, position, reference, order_id, kind, amount_fen, booked_day, reason, state,
       problem, words, decider_name, decided_ms
  FROM ledger_bank_line
 WHERE state = :state
   AND (statement_id > :after_statement_id
        OR (statement_id = :after_statement_id AND position > :after_position))
 ORDER BY state, statement_id, position
 LIMIT :row_count_max;

-- name: ledger_bank_line_work_off :exec
-- in:   statement_id int64, position int32, words text, decider_name text, decided_ms int64
UPDATE ledger_bank_line
   SET state = 3, words = :words, decider_name = :decider_name, decided_ms = :decided_ms
 WHERE statement_id = :statement_id AND position = :position AND state = 2;

-- name: ledger_payment_by_order :one
-- in:   order_id text
-- out:  batch_id int64, position int32, claim_id int64, amount_fen int64, payment_state int32,
--       line_id int64, claim_state int32, round int32, attempt int32, payment_attempt int32,
--       key text, article text, case_id int64, payee_record int32, payee_id int64
SELECT p.batch_id, p.position, p.claim_id, p.amount_fen, p.state AS payment_state, c.line_id,
       c.state AS claim_state, c.round, c.attempt, p.attempt AS payment_attempt, c.key, c.article,
       c.case_id, c.payee_record, c.payee_id
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
 WHERE p.order_id = :order_id;

-- name: ledger_claim_settle :exec
-- in:   id int64, from_state int32, to_state int32, reason text, changed_ms int64
UPDATE ledger_claim
   SET state = :to_state, reason = :reason, changed_ms = :changed_ms
 WHERE id = :id AND state = :from_state;

-- What is not yet at its end, on both sides.
-- name: ledger_reconcile_sums :one
-- out:  unmatched_count int64, unmatched_paid_fen int64, unmatched_returned_fen int64
SELECT COUNT(*) AS unmatched_count,
       COALESCE(CAST(SUM(CASE WHEN kind = 1 THEN amount_fen ELSE 0 END) AS bigint), 0)
         AS unmatched_paid_fen,
       COALESCE(CAST(SUM(CASE WHEN kind = 2 THEN amount_fen ELSE 0 END) AS bigint), 0)
         AS unmatched_returned_fen
  FROM ledger_bank_line
 WHERE state = 2;
