-- Whom the ledger pays.

-- name: payee_person :one
-- in:   id int64
-- out:  name text, bank_account_sealed blob?
SELECT name, bank_account_sealed
  FROM person
 WHERE id = :id AND gone_ms = 9223372036854775807;

-- name: payee_organisation :one
-- in:   id int64
-- out:  name text
SELECT name
  FROM organisation
 WHERE id = :id AND gone_ms = 9223372036854775807;
