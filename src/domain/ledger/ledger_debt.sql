-- Ledger: what is owed to a fund, and forecasts.

-- name: ledger_debt_insert :exec
-- in:   id int64, key text, line_id int64, case_id int64, article text, payee_record int32,
--       payee_id int64, amount_fen int64, reason text, created_ms int64
INSERT INTO ledger_debt (id, key, line_id, case_id, article, payee_record, payee_id, amount_fen,
                         recovered_fen, lost_fen, state, asker_id, asker_name, reason, created_ms,
                         changed_ms)
VALUES (:id, :key, :line_id, :case_id, :article, :payee_record, :payee_id, :amount_fen, 0, 0, 1, 0,
        '', :reason, :created_ms, :created_ms);

-- name: ledger_debt_by_key :one
-- in:   key text
-- out:  id int64, line_id int64, case_id int64, article text, payee_record int32, payee_id int64,
--       amount_fen int64, recovered_fen int64, lost_fen int64, state int32, asker_id int64,
--       reason text
SELECT id, line_id, case_id, article, payee_record, payee_id, amount_fen, recovered_fen, lost_fen,
       state, asker_id, reason
  FROM ledger_debt
 WHERE key = :key;

-- Nothing is changed when another changed the debt meanwhile.
-- name: ledger_debt_change :exec
-- in:   id int64, from_state int32, from_recovered_fen int64, state int32, recovered_fen int64,
--       lost_fen int64, asker_id int64, asker_name text, reason text, changed_ms int64
UPDATE ledger_debt
   SET state = :state, recovered_fen = :recovered_fen, lost_fen = :lost_fen, asker_id = :asker_id,
       asker_name = :asker_name, reason = :reason, changed_ms = :changed_ms
 WHERE id = :id AND state = :from_state AND recovered_fen = :from_recovered_fen;

-- name: ledger_instalment_insert :exec
-- in:   debt_id int64, position int32, due_day int32, amount_fen int64
INSERT INTO ledger_instalment (debt_id, position, due_day, amount_fen)
VALUES (:debt_id, :position, :due_day, :amount_fen);

-- name: ledger_instalment_list :many
-- in:   debt_id int64, row_count_max int32
-- out:  position int32, due_day int32, amount_fen int64
SELECT position, due_day, amount_fen
  FROM ledger_instalment
 WHERE debt_id = :debt_id
 ORDER BY position
 LIMIT :row_count_max;

-- What an account of a line took in, day by day and article by article.
-- name: ledger_flow_of_line :many
-- in:   line_id int64, account int32, from_day int32, to_day int32
-- out:  day int32, article text, amount_fen int64, entry_count int64
SELECT day, article, amount_fen, entry_count
  FROM ledger_day
 WHERE line_id = :line_id AND day BETWEEN :from_day AND :to_day AND account = :account
 ORDER BY day, article;
