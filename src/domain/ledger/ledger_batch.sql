-- Ledger: payment batches and their payments.

-- name: ledger_batch_insert :exec
-- in:   id int64, fund_id int64, year int32, division_min int32, division_max int32, article text,
--       with_returned int32, pay_day int32, maker_id int64, maker_name text, made_ms int64
INSERT INTO ledger_batch (id, state, fund_id, year, division_min, division_max, article,
                          with_returned, pay_day, cursor_line_id, cursor_id, payment_count,
                          amount_fen, problem_count, settled_count, maker_id, maker_name, made_ms,
                          checked_ms, approver_id, approver_name, approved_ms, filed_ms, words)
VALUES (:id, 1, :fund_id, :year, :division_min, :division_max, :article, :with_returned, :pay_day,
        0, 0, 0, 0, 0, 0, :maker_id, :maker_name, :made_ms, 0, 0, '', 0, 0, '');

-- name: ledger_batch_by_id :one
-- in:   id int64
-- out:  id int64, state int32, fund_id int64, year int32, division_min int32, division_max int32,
--       article text, with_returned int32, pay_day int32, cursor_line_id int64, cursor_id int64,
--       payment_count int64, amount_fen int64, problem_count int64, settled_count int64,
--       maker_id int64, maker_name text, made_ms int64, checked_ms int64, approver_id int64,
--       approver_name text, approved_ms int64, filed_ms int64, csv_digest blob?,
--       xml_digest blob?, words text, fund text
SELECT b.id, b.state, b.fund_id, b.year, b.division_min, b.division_max, b.article,
       b.with_returned, b.pay_day, b.cursor_line_id, b.cursor_id, b.payment_count, b.amount_fen,
       b.problem_count, b.settled_count, b.maker_id, b.maker_name, b.made_ms, b.checked_ms,
       b.approver_id, b.approver_name, b.approved_ms, b.filed_ms, b.csv_digest, b.xml_digest,
       b.words, f.name AS fund
  FROM ledger_batch b
  JOIN ledger_fund f ON f.id = b.fund_id
 WHERE b.id = :id;

-- name: ledger_batch_page :many
-- in:   state int32, before_id int64, row_count_max int32
-- out:  id int64, state int32, fund_id int64, year int32, division_min int32, division_max int32,
--       article text, with_returned int32, pay_day int32, cursor_line_id int64, cursor_id int64,
--       payment_count int64, amount_fen int64, problem_count int64, settled_count int64,
--       maker_id int64, maker_name text, made_ms int64, checked_ms int64, approver_id int64,
--       approver_name text, approved_ms int64, filed_ms int64, csv_digest blob?,
--       xml_digest blob?, words text, fund text
SELECT b.id, b.state, b.fund_id, b.year, b.division_min, b.division_max, b.article,
       b.with_returned, b.pay_day, b.cursor_line_id, b.cursor_id, b.payment_count, b.amount_fen,
       b.problem_count, b.settled_count, b.maker_id, b.maker_name, b.made_ms, b.checked_ms,
       b.approver_id, b.approver_name, b.approved_ms, b.filed_ms, b.csv_digest, b.xml_digest,
       b.words, f.name AS fund
  FROM ledger_batch b
  JOIN ledger_fund f ON f.id = b.fund_id
 WHERE (:state = 0 OR b.state = :state) AND b.id < :before_id
 ORDER BY b.id DESC
 LIMIT :row_count_max;

-- Nothing is changed when another process has worked on it meanwhile.
-- name: ledger_batch_go_on :exec
-- in:   id int64, from_state int32, from_line_id int64, from_id int64, state int32,
--       cursor_line_id int64, cursor_id int64, payment_count int64, amount_fen int64,
--       problem_count int64, checked_ms int64, words text
UPDATE ledger_batch
   SET state = :state, cursor_line_id = :cursor_line_id, cursor_id = :cursor_id,
       payment_count = :payment_count, amount_fen = :amount_fen, problem_count = :problem_count,
       checked_ms = :checked_ms, words = :words
 WHERE id = :id AND state = :from_state AND cursor_line_id = :from_line_id
   AND cursor_id = :from_id;

-- name: ledger_batch_decide :exec
-- in:   id int64, from_state int32, state int32, approver_id int64, approver_name text,
--       approved_ms int64, words text
UPDATE ledger_batch
   SET state = :state, approver_id = :approver_id, approver_name = :approver_name,
       approved_ms = :approved_ms, words = :words, cursor_line_id = 0, cursor_id = 0
 WHERE id = :id AND state = :from_state;

-- name: ledger_batch_filed :exec
-- in:   id int64, from_state int32, state int32, filed_ms int64, csv_digest blob, xml_digest blob
UPDATE ledger_batch
   SET state = :state, filed_ms = :filed_ms, csv_digest = :csv_digest, xml_digest = :xml_digest
 WHERE id = :id AND state = :from_state;

-- name: ledger_batch_settle :exec
-- in:   id int64, settled_count int64
UPDATE ledger_batch
   SET settled_count = settled_count + :settled_count,
       state = CASE WHEN settled_count + :settled_count = payment_count THEN 6 ELSE 5 END
 WHERE id = :id;

-- What a batch may take of a line.
-- name: ledger_claim_to_pay :many
-- in:   line_id int64, state int32, after_id int64, division_min int32, division_max int32,
--       article text, row_count_max int32
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.line_id = :line_id AND c.state = :state AND c.id > :after_id
   AND c.division BETWEEN :division_min AND :division_max
   AND (:article = '' OR c.article = :article)
 ORDER BY c.id
 LIMIT :row_count_max;

-- name: ledger_payment_insert :bulk
-- in:   batch_id int64, position int32, claim_id int64, order_id text, attempt int32,
--       amount_fen int64, state int32, problem int32, name text, bank text, settled_ms int64,
--       reason text
INSERT INTO ledger_payment (batch_id, position, claim_id, order_id, attempt, amount_fen, state,
                            problem, name, bank, settled_ms, reason)
VALUES (:batch_id, :position, :claim_id, :order_id, :attempt, :amount_fen, :state, :problem, :name,
        :bank, :settled_ms, :reason);

-- Payments that are not yet checked, with the account given to the ledger and the one that the
-- money came back from.
-- name: ledger_payment_to_check :many
-- in:   batch_id int64, state int32, after_position int32, row_count_max int32
-- out:  position int32, claim_id int64, amount_fen int64, payee_record int32, payee_id int64,
--       claim_state int32, round int32, attempt int32, given_id int64?, given_name text?,
--       given_bank text?, given_sealed blob?, before_index blob?
SELECT p.position, p.claim_id, p.amount_fen, c.payee_record, c.payee_id, c.state AS claim_state,
       c.round, c.attempt, g.id AS given_id, g.name AS given_name, g.bank AS given_bank,
       g.account_sealed AS given_sealed, b.account_index AS before_index
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
  LEFT JOIN ledger_payee g
    ON g.id = (SELECT MAX(n.id) FROM ledger_payee n
                WHERE n.payee_record = c.payee_record AND n.payee_id = c.payee_id)
  LEFT JOIN ledger_payment b ON b.claim_id = c.id AND b.attempt = c.attempt AND b.state = 4
 WHERE p.batch_id = :batch_id AND p.state = :state AND p.position > :after_position
 ORDER BY p.position
 LIMIT :row_count_max;

-- name: ledger_payment_checked :exec
-- in:   batch_id int64, position int32, state int32, problem int32, name text, bank text,
--       account_sealed blob?, account_index blob?
UPDATE ledger_payment
   SET state = :state, problem = :problem, name = :name, bank = :bank,
       account_sealed = :account_sealed, account_index = :account_index
 WHERE batch_id = :batch_id AND position = :position;

-- name: ledger_payment_move :exec
-- in:   batch_id int64, position int32, from_state int32, state int32, settled_ms int64,
--       reason text
UPDATE ledger_payment
   SET state = :state, settled_ms = :settled_ms, reason = :reason
 WHERE batch_id = :batch_id AND position = :position AND state = :from_state;

-- The claims of a batch's payments in a state.
-- name: ledger_payment_claims :many
-- in:   batch_id int64, state int32, after_position int32, row_count_max int32
-- out:  position int32, id int64, key text, line_id int64, fund_id int64, year int32,
--       division int32, asked_fen int64, amount_fen int64, article text, case_id int64,
--       payee_record int32, payee_id int64, expires_day int32, state int32, round int32,
--       attempt int32, batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT p.position, c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen, c.article,
       c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round, c.attempt,
       c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE p.batch_id = :batch_id AND p.state = :state AND p.position > :after_position
 ORDER BY p.position
 LIMIT :row_count_max;

-- name: ledger_payment_page :many
-- in:   batch_id int64, state int32, after_position int32, row_count_max int32
-- out:  batch_id int64, position int32, claim_id int64, order_id text, attempt int32,
--       amount_fen int64, state int32, problem int32, name text, bank text, account_sealed blob?,
--       account_index blob?, settled_ms int64, reason text, key text
SELECT p.batch_id, p.position, p.claim_id, p.order_id, p.attempt, p.amount_fen, p.state,
       p.problem, p.name, p.bank, p.account_sealed, p.account_index, p.settled_ms, p.reason,
       c.key AS key
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
 WHERE p.batch_id = :batch_id AND p.position > :after_position
   AND (:state = 0 OR p.state = :state)
 ORDER BY p.position
 LIMIT :row_count_max;

-- name: ledger_payment_of_claim :many
-- in:   claim_id int64, row_count_max int32
-- out:  batch_id int64, position int32, claim_id int64, order_id text, attempt int32,
--       amount_fen int64, state int32, problem int32, name text, bank text, account_sealed blob?,
--       account_index blob?, settled_ms int64, reason text, key text
SELECT p.batch_id, p.position, p.claim_id, p.order_id, p.attempt, p.amount_fen, p.state,
       p.problem, p.name, p.bank, p.account_sealed, p.account_index, p.settled_ms, p.reason,
       c.key AS key
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
 WHERE p.claim_id = :claim_id
 ORDER BY p.attempt, p.batch_id
 LIMIT :row_count_max;

-- What goes into the bank's file.
-- name: ledger_payment_orders :many
-- in:   batch_id int64, after_position int32, row_count_max int32
-- out:  position int32, claim_id int64, order_id text, amount_fen int64, name text, bank text,
--       account_sealed blob, article text
SELECT p.position, p.claim_id, p.order_id, p.amount_fen, p.name, p.bank, p.account_sealed,
       c.article
  FROM ledger_payment p
  JOIN ledger_claim c ON c.id = p.claim_id
 WHERE p.batch_id = :batch_id AND p.position > :after_position AND p.state <> 5
 ORDER BY p.position
 LIMIT :row_count_max;

-- name: ledger_payee_insert :exec
-- in:   id int64, payee_record int32, payee_id int64, name text, bank text, account_sealed blob,
--       account_index blob, reason text, known_ms int64, account_id int64, account_name text
INSERT INTO ledger_payee (id, payee_record, payee_id, name, bank, account_sealed, account_index,
                          reason, known_ms, account_id, account_name)
VALUES (:id, :payee_record, :payee_id, :name, :bank, :account_sealed, :account_index, :reason,
        :known_ms, :account_id, :account_name);

-- Batches whose counts and sums are not those of their payments.
-- name: ledger_audit_batches :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(id) AS first_id
  FROM (SELECT b.id AS id
          FROM ledger_batch b
          LEFT JOIN ledger_payment p ON p.batch_id = b.id AND p.state <> 5
         WHERE b.state NOT IN (7, 8)
         GROUP BY b.id, b.payment_count, b.amount_fen, b.settled_count
        HAVING COUNT(p.position) <> b.payment_count
            OR COALESCE(SUM(p.amount_fen), 0) <> b.amount_fen
            OR COALESCE(SUM(CASE WHEN p.state IN (3, 4) THEN 1 ELSE 0 END), 0)
               <> b.settled_count) AS broken;

-- A claim that was paid stands in exactly one payment that is paid, and no claim in two that wait.
-- name: ledger_audit_payments :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(id) AS first_id
  FROM (SELECT c.id AS id
          FROM ledger_claim c
          LEFT JOIN ledger_payment p ON p.claim_id = c.id
         GROUP BY c.id, c.state
        HAVING COALESCE(SUM(CASE WHEN p.state = 3 THEN 1 ELSE 0 END), 0)
               <> (CASE WHEN c.state = 5 THEN 1 ELSE 0 END)
            OR COALESCE(SUM(CASE WHEN p.state = 2 THEN 1 ELSE 0 END), 0)
               <> (CASE WHEN c.state = 4 THEN 1 ELSE 0 END)
            OR COALESCE(SUM(CASE WHEN p.state = 1 THEN 1 ELSE 0 END), 0)
               <> (CASE WHEN c.state IN (3, 8) THEN 1 ELSE 0 END)) AS broken;
