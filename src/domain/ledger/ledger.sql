-- Ledger: claims, postings, lines.

-- name: ledger_line_lock :one
-- in:   id int64
-- out:  id int64, fund_id int64, fund text, year int32, year_state int32, division int32,
--       earmark text, budget_fen int64, available_fen int64, reserved_fen int64,
--       transit_fen int64, paid_fen int64, returned_fen int64, debt_fen int64,
--       recoverable_fen int64, recovered_fen int64, lost_fen int64, posting_count int64,
--       last_ms int64
SELECT l.id, l.fund_id, f.name AS fund, l.year, y.state AS year_state, l.division, l.earmark,
       l.budget_fen, l.available_fen, l.reserved_fen, l.transit_fen, l.paid_fen,
       l.returned_fen, l.debt_fen, l.recoverable_fen, l.recovered_fen, l.lost_fen,
       l.posting_count, l.last_ms
  FROM ledger_line l
  JOIN ledger_fund f ON f.id = l.fund_id
  JOIN ledger_year y ON y.fund_id = l.fund_id AND y.year = l.year
 WHERE l.id = :id;
-- postgres: SQLite has one writer; here the row is held until the end of the transaction
SELECT l.id, l.fund_id, f.name AS fund, l.year, y.state AS year_state, l.division, l.earmark,
       l.budget_fen, l.available_fen, l.reserved_fen, l.transit_fen, l.paid_fen,
       l.returned_fen, l.debt_fen, l.recoverable_fen, l.recovered_fen, l.lost_fen,
       l.posting_count, l.last_ms
  FROM ledger_line l
  JOIN ledger_fund f ON f.id = l.fund_id
  JOIN ledger_year y ON y.fund_id = l.fund_id AND y.year = l.year
 WHERE l.id = :id
   FOR UPDATE OF l;

-- name: ledger_line_by_id :one
-- in:   id int64
-- out:  id int64, fund_id int64, fund text, year int32, year_state int32, division int32,
--       earmark text, budget_fen int64, available_fen int64, reserved_fen int64,
--       transit_fen int64, paid_fen int64, returned_fen int64, debt_fen int64,
--       recoverable_fen int64, recovered_fen int64, lost_fen int64, posting_count int64,
--       last_ms int64
SELECT l.id, l.fund_id, f.name AS fund, l.year, y.state AS year_state, l.division, l.earmark,
       l.budget_fen, l.available_fen, l.reserved_fen, l.transit_fen, l.paid_fen,
       l.returned_fen, l.debt_fen, l.recoverable_fen, l.recovered_fen, l.lost_fen,
       l.posting_count, l.last_ms
  FROM ledger_line l
  JOIN ledger_fund f ON f.id = l.fund_id
  JOIN ledger_year y ON y.fund_id = l.fund_id AND y.year = l.year
 WHERE l.id = :id;

-- name: ledger_line_page :many
-- in:   fund_id int64, year int32, division_min int32, division_max int32, row_count_max int32
-- out:  id int64, fund_id int64, fund text, year int32, year_state int32, division int32,
--       earmark text, budget_fen int64, available_fen int64, reserved_fen int64,
--       transit_fen int64, paid_fen int64, returned_fen int64, debt_fen int64,
--       recoverable_fen int64, recovered_fen int64, lost_fen int64, posting_count int64,
--       last_ms int64
SELECT l.id, l.fund_id, f.name AS fund, l.year, y.state AS year_state, l.division, l.earmark,
       l.budget_fen, l.available_fen, l.reserved_fen, l.transit_fen, l.paid_fen,
       l.returned_fen, l.debt_fen, l.recoverable_fen, l.recovered_fen, l.lost_fen,
       l.posting_count, l.last_ms
  FROM ledger_line l
  JOIN ledger_fund f ON f.id = l.fund_id
  JOIN ledger_year y ON y.fund_id = l.fund_id AND y.year = l.year
 WHERE (:fund_id = 0 OR l.fund_id = :fund_id)
   AND (:year = 0 OR l.year = :year)
   AND (l.division = 0 OR l.division BETWEEN :division_min AND :division_max)
 ORDER BY l.year DESC, f.name, l.division, l.earmark
 LIMIT :row_count_max;

-- The lines that a claim may be paid from.
-- name: ledger_line_of_fund :many
-- in:   fund text, year int32
-- out:  id int64, division int32, earmark text, year_state int32
SELECT l.id, l.division, l.earmark, y.state AS year_state
  FROM ledger_fund f
  JOIN ledger_line l ON l.fund_id = f.id AND l.year = :year
  JOIN ledger_year y ON y.fund_id = f.id AND y.year = :year
 WHERE f.name = :fund
 ORDER BY l.id;

-- name: ledger_line_add :exec
-- in:   id int64, budget_fen int64, available_fen int64, reserved_fen int64, transit_fen int64,
--       paid_fen int64, returned_fen int64, debt_fen int64, recoverable_fen int64,
--       recovered_fen int64, lost_fen int64, posting_count int64, last_ms int64
UPDATE ledger_line
   SET budget_fen = budget_fen + :budget_fen,
       available_fen = available_fen + :available_fen,
       reserved_fen = reserved_fen + :reserved_fen,
       transit_fen = transit_fen + :transit_fen,
       paid_fen = paid_fen + :paid_fen,
       returned_fen = returned_fen + :returned_fen,
       debt_fen = debt_fen + :debt_fen,
       recoverable_fen = recoverable_fen + :recoverable_fen,
       recovered_fen = recovered_fen + :recovered_fen,
       lost_fen = lost_fen + :lost_fen,
       posting_count = posting_count + :posting_count, last_ms = :last_ms
 WHERE id = :id;

-- name: ledger_claim_insert :bulk
-- in:   id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64
INSERT INTO ledger_claim (id, key, line_id, fund_id, year, division, asked_fen, amount_fen,
                          article, case_id, payee_record, payee_id, expires_day, state, round,
                          attempt, batch_id, reason, created_ms, changed_ms)
VALUES (:id, :key, :line_id, :fund_id, :year, :division, :asked_fen, :amount_fen, :article,
        :case_id, :payee_record, :payee_id, :expires_day, :state, :round, :attempt,
        :batch_id, :reason, :created_ms, :changed_ms);

-- name: ledger_claim_by_key :one
-- in:   key text
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.key = :key;

-- keys: a JSON list of texts; asked at once, PostgreSQL would be waited for each time.
-- name: ledger_claim_by_keys :many
-- in:   keys text
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.key IN (SELECT value FROM json_each(:keys));
-- postgres: an array, so that the index on key is used whatever the statistics say
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.key = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:keys AS jsonb))));

-- name: ledger_claim_by_id :one
-- in:   id int64
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.id = :id;

-- name: ledger_claim_of_payee :many
-- in:   payee_record int32, payee_id int64, before_id int64, row_count_max int32
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.payee_record = :payee_record AND c.payee_id = :payee_id AND c.id < :before_id
 ORDER BY c.id DESC
 LIMIT :row_count_max;

-- Those of a line in a state, in the order in which they came.
-- name: ledger_claim_waiting :many
-- in:   line_id int64, state int32, after_id int64, row_count_max int32
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
 ORDER BY c.id
 LIMIT :row_count_max;

-- name: ledger_claim_expired :many
-- in:   state int32, before_day int32, row_count_max int32
-- out:  id int64, key text, line_id int64, fund_id int64, year int32, division int32,
--       asked_fen int64, amount_fen int64, article text, case_id int64, payee_record int32,
--       payee_id int64, expires_day int32, state int32, round int32, attempt int32,
--       batch_id int64, reason text, created_ms int64, changed_ms int64, fund text
SELECT c.id, c.key, c.line_id, c.fund_id, c.year, c.division, c.asked_fen, c.amount_fen,
       c.article, c.case_id, c.payee_record, c.payee_id, c.expires_day, c.state, c.round,
       c.attempt, c.batch_id, c.reason, c.created_ms, c.changed_ms, f.name AS fund
  FROM ledger_claim c
  JOIN ledger_fund f ON f.id = c.fund_id
 WHERE c.state = :state AND c.expires_day < :before_day
 ORDER BY c.expires_day, c.id
 LIMIT :row_count_max;

-- name: ledger_claim_queues :many
-- out:  line_id int64
SELECT l.id AS line_id
  FROM ledger_line l
 WHERE EXISTS (SELECT 1 FROM ledger_claim c WHERE c.line_id = l.id AND c.state = 1)
 ORDER BY l.id;

-- Moves a claim from a state to another; nothing when it is elsewhere.
-- name: ledger_claim_move :exec
-- in:   id int64, from_state int32, to_state int32, round int32, attempt int32, batch_id int64,
--       reason text, changed_ms int64
UPDATE ledger_claim
   SET state = :to_state, round = :round, attempt = :attempt, batch_id = :batch_id,
       reason = :reason, changed_ms = :changed_ms
 WHERE id = :id AND state = :from_state;

-- A voided claim is asked for anew.
-- name: ledger_claim_again :exec
-- in:   id int64, line_id int64, fund_id int64, year int32, division int32, asked_fen int64,
--       amount_fen int64, article text, case_id int64, payee_record int32, payee_id int64,
--       expires_day int32, state int32, round int32, changed_ms int64
UPDATE ledger_claim
   SET line_id = :line_id, fund_id = :fund_id, year = :year, division = :division,
       asked_fen = :asked_fen, amount_fen = :amount_fen, article = :article, case_id = :case_id,
       payee_record = :payee_record, payee_id = :payee_id, expires_day = :expires_day,
       state = :state, round = :round, batch_id = 0, reason = '', changed_ms = :changed_ms
 WHERE id = :id AND state = 7;

-- name: ledger_posting_insert :bulk
-- in:   id int64, key text, kind int32, line_id int64, claim_id int64, case_id int64,
--       batch_id int64, article text, at_ms int64, day int32, account_id int64,
--       account_name text, words text
INSERT INTO ledger_posting (id, key, kind, line_id, claim_id, case_id, batch_id, article, at_ms,
                            day, account_id, account_name, words)
VALUES (:id, :key, :kind, :line_id, :claim_id, :case_id, :batch_id, :article, :at_ms, :day,
        :account_id, :account_name, :words);

-- name: ledger_entry_insert :bulk
-- in:   posting_id int64, position int32, line_id int64, account int32, amount_fen int64
INSERT INTO ledger_entry (posting_id, position, line_id, account, amount_fen)
VALUES (:posting_id, :position, :line_id, :account, :amount_fen);

-- name: ledger_day_add :exec
-- in:   line_id int64, day int32, article text, account int32, amount_fen int64,
--       entry_count int64
INSERT INTO ledger_day (line_id, day, article, account, amount_fen, entry_count)
VALUES (:line_id, :day, :article, :account, :amount_fen, :entry_count)
ON CONFLICT (line_id, day, article, account)
DO UPDATE SET amount_fen = ledger_day.amount_fen + excluded.amount_fen,
              entry_count = ledger_day.entry_count + excluded.entry_count;

-- name: ledger_posting_of_line :many
-- in:   line_id int64, before_ms int64, before_id int64, row_count_max int32
-- out:  id int64, key text, kind int32, line_id int64, claim_id int64, case_id int64,
--       batch_id int64, article text, at_ms int64, day int32, account_name text, words text,
--       amount_fen int64
SELECT p.id, p.key, p.kind, p.line_id, p.claim_id, p.case_id, p.batch_id, p.article, p.at_ms,
       p.day, p.account_name, p.words, e.amount_fen
  FROM ledger_posting p
  JOIN ledger_entry e ON e.posting_id = p.id AND e.position = 2
 WHERE p.line_id = :line_id
   AND (p.at_ms < :before_ms OR (p.at_ms = :before_ms AND p.id < :before_id))
 ORDER BY p.at_ms DESC, p.id DESC
 LIMIT :row_count_max;

-- name: ledger_posting_of_claim :many
-- in:   claim_id int64, row_count_max int32
-- out:  id int64, key text, kind int32, line_id int64, claim_id int64, case_id int64,
--       batch_id int64, article text, at_ms int64, day int32, account_name text, words text,
--       amount_fen int64
SELECT p.id, p.key, p.kind, p.line_id, p.claim_id, p.case_id, p.batch_id, p.article, p.at_ms,
       p.day, p.account_name, p.words, e.amount_fen
  FROM ledger_posting p
  JOIN ledger_entry e ON e.posting_id = p.id AND e.position = 2
 WHERE p.claim_id = :claim_id
 ORDER BY p.id
 LIMIT :row_count_max;

-- What was posted to the accounts of a line after an instant.
-- name: ledger_entry_since :many
-- in:   line_id int64, after_ms int64
-- out:  account int32, amount_fen int64, posting_count int64
SELECT e.account, CAST(SUM(e.amount_fen) AS bigint) AS amount_fen, COUNT(*) AS posting_count
  FROM ledger_posting p
  JOIN ledger_entry e ON e.posting_id = p.id
 WHERE p.line_id = :line_id AND p.at_ms > :after_ms
 GROUP BY e.account;

-- ---- funds

-- name: ledger_fund_insert :exec
-- in:   id int64, name text, source text, kind int32, created_ms int64, account_id int64
INSERT INTO ledger_fund (id, name, source, kind, created_ms, account_id)
VALUES (:id, :name, :source, :kind, :created_ms, :account_id);

-- name: ledger_fund_named :one
-- in:   name text
-- out:  id int64, name text, source text, kind int32
SELECT id, name, source, kind FROM ledger_fund WHERE name = :name;

-- name: ledger_fund_by_id :one
-- in:   id int64
-- out:  id int64, name text, source text, kind int32
SELECT id, name, source, kind FROM ledger_fund WHERE id = :id;

-- name: ledger_fund_page :many
-- in:   row_count_max int32
-- out:  id int64, name text, source text, kind int32
SELECT id, name, source, kind FROM ledger_fund ORDER BY name LIMIT :row_count_max;

-- name: ledger_year_put :exec
-- in:   fund_id int64, year int32, opened_ms int64
INSERT INTO ledger_year (fund_id, year, state, opened_ms, closed_ms, closer_id, closer_name)
VALUES (:fund_id, :year, 1, :opened_ms, 0, 0, '')
ON CONFLICT (fund_id, year) DO NOTHING;

-- name: ledger_year_of :one
-- in:   fund_id int64, year int32
-- out:  state int32, opened_ms int64, closed_ms int64, closer_id int64, closer_name text
SELECT state, opened_ms, closed_ms, closer_id, closer_name
  FROM ledger_year
 WHERE fund_id = :fund_id AND year = :year;

-- name: ledger_year_page :many
-- in:   fund_id int64, row_count_max int32
-- out:  year int32, state int32, opened_ms int64, closed_ms int64, closer_name text
SELECT year, state, opened_ms, closed_ms, closer_name
  FROM ledger_year
 WHERE fund_id = :fund_id
 ORDER BY year DESC
 LIMIT :row_count_max;

-- name: ledger_year_set :exec
-- in:   fund_id int64, year int32, from_state int32, state int32, closed_ms int64,
--       closer_id int64, closer_name text
UPDATE ledger_year
   SET state = :state, closed_ms = :closed_ms, closer_id = :closer_id, closer_name = :closer_name
 WHERE fund_id = :fund_id AND year = :year AND state = :from_state;

-- name: ledger_line_put_row :exec
-- in:   id int64, fund_id int64, year int32, division int32, earmark text, created_ms int64
INSERT INTO ledger_line (id, fund_id, year, division, earmark, budget_fen, available_fen, reserved_fen, transit_fen, paid_fen,
                         returned_fen, debt_fen, recoverable_fen, recovered_fen, lost_fen,
                         posting_count, last_ms, created_ms)
VALUES (:id, :fund_id, :year, :division, :earmark, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, :created_ms)
ON CONFLICT (fund_id, year, division, earmark) DO NOTHING;

-- name: ledger_line_at :one
-- in:   fund_id int64, year int32, division int32, earmark text
-- out:  id int64
SELECT id
  FROM ledger_line
 WHERE fund_id = :fund_id AND year = :year AND division = :division AND earmark = :earmark;

-- name: ledger_virement_insert :exec
-- in:   id int64, from_line_id int64, to_line_id int64, amount_fen int64, document text,
--       reason text, asker_id int64, asker_name text, asked_ms int64
INSERT INTO ledger_virement (id, state, from_line_id, to_line_id, amount_fen, document, reason,
                             asker_id, asker_name, asked_ms, decider_id, decider_name, decided_ms,
                             words)
VALUES (:id, 1, :from_line_id, :to_line_id, :amount_fen, :document, :reason, :asker_id,
        :asker_name, :asked_ms, 0, '', 0, '');

-- name: ledger_virement_decide :exec
-- in:   id int64, state int32, decider_id int64, decider_name text, decided_ms int64, words text
UPDATE ledger_virement
   SET state = :state, decider_id = :decider_id, decider_name = :decider_name,
       decided_ms = :decided_ms, words = :words
 WHERE id = :id AND state = 1;

-- name: ledger_virement_by_id :one
-- in:   id int64
-- out:  id int64, state int32, from_line_id int64, to_line_id int64, amount_fen int64,
--       document text, reason text, asker_id int64, asker_name text, asked_ms int64,
--       decider_name text, decided_ms int64, words text
SELECT id, state, from_line_id, to_line_id, amount_fen, document, reason, asker_id, asker_name,
       asked_ms, decider_name, decided_ms, words
  FROM ledger_virement
 WHERE id = :id;

-- name: ledger_virement_page :many
-- in:   state int32, before_id int64, row_count_max int32
-- out:  id int64, state int32, from_line_id int64, to_line_id int64, amount_fen int64,
--       document text, reason text, asker_id int64, asker_name text, asked_ms int64,
--       decider_name text, decided_ms int64, words text
SELECT id, state, from_line_id, to_line_id, amount_fen, document, reason, asker_id, asker_name,
       asked_ms, decider_name, decided_ms, words
  FROM ledger_virement
 WHERE (:state = 0 OR state = :state) AND id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- ---- audit: every row is read

-- name: ledger_audit_counts :one
-- out:  posting_count int64, entry_count int64, claim_count int64, line_count int64
SELECT (SELECT COUNT(*) FROM ledger_posting) AS posting_count,
       (SELECT COUNT(*) FROM ledger_entry) AS entry_count,
       (SELECT COUNT(*) FROM ledger_claim) AS claim_count,
       (SELECT COUNT(*) FROM ledger_line) AS line_count;

-- name: ledger_audit_postings :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(id) AS first_id
  FROM (SELECT p.id AS id
          FROM ledger_posting p
          LEFT JOIN ledger_entry e ON e.posting_id = p.id
         GROUP BY p.id, p.line_id
        HAVING COUNT(e.position) < 2 OR COALESCE(SUM(e.amount_fen), 0) <> 0
            OR MIN(e.line_id) <> p.line_id OR MAX(e.line_id) <> p.line_id) AS broken;

-- name: ledger_audit_entries :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(e.posting_id) AS first_id
  FROM ledger_entry e
 WHERE NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.id = e.posting_id);

-- name: ledger_audit_below_zero :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(id) AS first_id
  FROM ledger_line
 WHERE available_fen < 0 OR reserved_fen < 0 OR transit_fen < 0 OR paid_fen < 0
    OR returned_fen < 0 OR recoverable_fen < 0 OR recovered_fen < 0 OR lost_fen < 0
    OR reserved_fen + transit_fen + paid_fen + returned_fen > -budget_fen;

-- name: ledger_audit_keys :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(id) AS first_id
  FROM (SELECT MIN(id) AS id FROM ledger_posting GROUP BY key HAVING COUNT(*) > 1) AS broken;

-- name: ledger_audit_line_sums :many
-- out:  line_id int64, account int32, amount_fen int64
SELECT line_id, account, CAST(SUM(amount_fen) AS bigint) AS amount_fen
  FROM ledger_entry
 GROUP BY line_id, account
 ORDER BY line_id, account;

-- name: ledger_audit_days :one
-- out:  broken_count int64, first_id int64?
SELECT COUNT(*) AS broken_count, MIN(line_id) AS first_id
  FROM (SELECT line_id, day, article, account
          FROM (SELECT p.line_id AS line_id, p.day AS day, p.article AS article,
                       e.account AS account, e.amount_fen AS amount_fen, 1 AS entry_count
                  FROM ledger_posting p
                  JOIN ledger_entry e ON e.posting_id = p.id
                UNION ALL
                SELECT line_id, day, article, account, -amount_fen, -entry_count
                  FROM ledger_day) AS every
         GROUP BY line_id, day, article, account
        HAVING SUM(amount_fen) <> 0 OR SUM(entry_count) <> 0) AS broken;

-- name: ledger_audit_claims :many
-- out:  line_id int64, state int32, amount_fen int64
SELECT line_id, state, CAST(SUM(amount_fen) AS bigint) AS amount_fen
  FROM ledger_claim
 GROUP BY line_id, state
 ORDER BY line_id, state;
