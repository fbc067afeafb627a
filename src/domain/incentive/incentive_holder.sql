-- name: entitlement_of_holder :many
-- in:   holder_id int64, row_count_max int32
-- out:  holder_id int64, id int64, known_ms int64, gone_ms int64, document_number text,
--       rule_name text, subject_record text, subject_id int64, basis_record text,
--       basis_id int64, period int32, lane int32, amount_fen int64?, gross_fen int64?,
--       payee_id int64?, edition_id int64, as_of_day int32
SELECT e.holder_id, e.id, e.known_ms, e.gone_ms, r.document_number, r.name, e.subject_record,
       e.subject_id, e.basis_record, e.basis_id, e.period, e.lane, e.amount_fen, e.gross_fen,
       e.payee_id, e.edition_id, e.as_of_day
  FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id
 WHERE e.holder_id = :holder_id AND e.gone_ms = 9223372036854775807
 ORDER BY e.period DESC, e.id
 LIMIT :row_count_max;

-- Among the first holders: somebody with money, sooner one who waits for a fact besides.
-- name: holder_sample :one
-- in:   subject_record text, scanned_count_max int32
-- out:  holder_id int64
SELECT holder_id
  FROM (SELECT holder_id, lane, rule_id, amount_fen
          FROM entitlement
         WHERE subject_record = :subject_record AND gone_ms = 9223372036854775807
         ORDER BY holder_id, id, known_ms
         LIMIT :scanned_count_max) first_rows
 GROUP BY holder_id
HAVING SUM(amount_fen) > 0
 ORDER BY MIN(lane), COUNT(DISTINCT rule_id) DESC, holder_id
 LIMIT 1;
