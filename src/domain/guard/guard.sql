-- name: account_insert :exec
-- in:   id int64, login text, name text, password text, role text, division int32,
--       organisation_id int64, person_id int64, active int32, must_change int32, known_ms int64
INSERT INTO account (id, login, name, password, role, division, organisation_id, person_id, active,
                     must_change, known_ms, failure_count, locked_until_ms)
VALUES (:id, :login, :name, :password, :role, :division, :organisation_id, :person_id, :active,
        :must_change, :known_ms, 0, 0);

-- name: account_by_id :one
-- in:   id int64
-- out:  id int64, login text, name text, role text, division int32, organisation_id int64,
--       person_id int64, active int32, must_change int32, known_ms int64, has_code int32
SELECT id, login, name, role, division, organisation_id, person_id, active, must_change, known_ms,
       has_code
  FROM account WHERE id = :id;

-- name: account_by_login :one
-- in:   login text
-- out:  id int64, login text, name text, role text, division int32, organisation_id int64,
--       person_id int64, active int32, must_change int32, known_ms int64, has_code int32
SELECT id, login, name, role, division, organisation_id, person_id, active, must_change, known_ms,
       has_code
  FROM account WHERE login = :login;

-- name: account_page :many
-- in:   after_login text, row_count_max int32
-- out:  id int64, login text, name text, role text, division int32, organisation_id int64,
--       person_id int64, active int32, must_change int32, known_ms int64, has_code int32
SELECT id, login, name, role, division, organisation_id, person_id, active, must_change, known_ms,
       has_code
  FROM account WHERE login > :after_login ORDER BY login LIMIT :row_count_max;

-- name: account_page_of_role :many
-- in:   role text, after_login text, row_count_max int32
-- out:  id int64, login text, name text, role text, division int32, organisation_id int64,
--       person_id int64, active int32, must_change int32, known_ms int64, has_code int32
SELECT id, login, name, role, division, organisation_id, person_id, active, must_change, known_ms,
       has_code
  FROM account WHERE role = :role AND login > :after_login ORDER BY login LIMIT :row_count_max;

-- name: account_secret :one
-- in:   login text
-- out:  id int64, password text, active int32, failure_count int32, locked_until_ms int64,
--       has_code int32
SELECT id, password, active, failure_count, locked_until_ms, has_code
  FROM account WHERE login = :login;

-- name: account_failures :one
-- in:   id int64
-- out:  active int32, failure_count int32, locked_until_ms int64
SELECT active, failure_count, locked_until_ms FROM account WHERE id = :id;

-- name: account_failed :exec
-- in:   id int64, locked_until_ms int64, failure_count int32
UPDATE account SET failure_count = :failure_count, locked_until_ms = :locked_until_ms
 WHERE id = :id;

-- name: account_set_active :exec
-- in:   id int64, active int32
UPDATE account SET active = :active WHERE id = :id;

-- name: account_set_password :exec
-- in:   id int64, password text, must_change int32
UPDATE account SET password = :password, must_change = :must_change, failure_count = 0,
       locked_until_ms = 0
 WHERE id = :id;

-- name: account_has_code :exec
-- in:   id int64, has_code int32
UPDATE account SET has_code = :has_code WHERE id = :id;

-- name: account_code_put :exec
-- in:   account_id int64, secret blob
INSERT INTO account_code (account_id, secret, used_step, confirmed_ms)
VALUES (:account_id, :secret, 0, 0)
    ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, used_step = 0,
       confirmed_ms = 0;

-- name: account_code_read :one
-- in:   account_id int64
-- out:  secret blob, used_step int64, confirmed_ms int64
SELECT secret, used_step, confirmed_ms FROM account_code WHERE account_id = :account_id;

-- name: account_code_use :exec
-- in:   account_id int64, used_step int64, confirmed_ms int64
UPDATE account_code SET used_step = :used_step, confirmed_ms = :confirmed_ms
 WHERE account_id = :account_id;

-- name: account_code_delete :exec
-- in:   account_id int64
DELETE FROM account_code WHERE account_id = :account_id;

-- name: account_recovery_insert :exec
-- in:   account_id int64, digest blob
INSERT INTO account_recovery (account_id, digest, used_ms) VALUES (:account_id, :digest, 0);

-- name: account_recovery_use :exec
-- in:   account_id int64, digest blob, used_ms int64
UPDATE account_recovery SET used_ms = :used_ms
 WHERE account_id = :account_id AND digest = :digest AND used_ms = 0;

-- name: account_recovery_delete :exec
-- in:   account_id int64
DELETE FROM account_recovery WHERE account_id = :account_id;

-- name: session_insert :exec
-- in:   id int64, token_digest blob, account_id int64, created_ms int64, ends_ms int64,
--       client text, agent text
INSERT INTO session (id, token_digest, account_id, created_ms, seen_ms, ends_ms, client, agent)
VALUES (:id, :token_digest, :account_id, :created_ms, :created_ms, :ends_ms, :client, :agent);

-- name: session_by_token :one
-- in:   token_digest blob, now_ms int64, seen_ms_min int64
-- out:  id int64, created_ms int64, seen_ms int64, ends_ms int64, client text, agent text,
--       account_id int64, login text, name text, role text, division int32,
--       organisation_id int64, person_id int64, must_change int32, has_code int32
SELECT s.id, s.created_ms, s.seen_ms, s.ends_ms, s.client, s.agent, a.id, a.login, a.name, a.role,
       a.division, a.organisation_id, a.person_id, a.must_change, a.has_code
  FROM session s JOIN account a ON a.id = s.account_id
 WHERE s.token_digest = :token_digest AND s.ends_ms > :now_ms AND s.seen_ms > :seen_ms_min
   AND a.active = 1;

-- name: session_of_account :many
-- in:   account_id int64, now_ms int64, seen_ms_min int64
-- out:  id int64, created_ms int64, seen_ms int64, ends_ms int64, client text, agent text
SELECT id, created_ms, seen_ms, ends_ms, client, agent
  FROM session
 WHERE account_id = :account_id AND ends_ms > :now_ms AND seen_ms > :seen_ms_min
 ORDER BY seen_ms DESC LIMIT 100;

-- name: session_touch :exec
-- in:   id int64, seen_ms int64
UPDATE session SET seen_ms = :seen_ms WHERE id = :id AND seen_ms < :seen_ms;

-- name: session_end :exec
-- in:   id int64, ends_ms int64
UPDATE session SET ends_ms = :ends_ms WHERE id = :id AND ends_ms > :ends_ms;

-- name: session_end_all :exec
-- in:   account_id int64, but_id int64, ends_ms int64
UPDATE session SET ends_ms = :ends_ms
 WHERE account_id = :account_id AND id <> :but_id AND ends_ms > :ends_ms;

-- name: audit_insert :exec
-- in:   id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text, digest blob
INSERT INTO audit (id, at_ms, account_id, account_name, action, record, subject_id, client, detail,
                   digest)
VALUES (:id, :at_ms, :account_id, :account_name, :action, :record, :subject_id, :client, :detail,
        :digest);

-- name: audit_seal_last :one
-- out:  number int64, last_id int64, digest blob
SELECT number, last_id, digest FROM audit_seal ORDER BY number DESC LIMIT 1;

-- name: audit_seal_insert :exec
-- in:   number int64, last_id int64, row_count int64, digest blob, sealed_ms int64
INSERT INTO audit_seal (number, last_id, row_count, digest, sealed_ms)
VALUES (:number, :last_id, :row_count, :digest, :sealed_ms) ON CONFLICT DO NOTHING;

-- name: audit_seals :many
-- out:  number int64, last_id int64, row_count int64, digest blob
SELECT number, last_id, row_count, digest FROM audit_seal ORDER BY number;

-- name: audit_between :many
-- in:   after_id int64, last_id int64
-- out:  id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text, digest blob
SELECT id, at_ms, account_id, account_name, action, record, subject_id, client, detail, digest
  FROM audit
 WHERE id > :after_id AND id <= :last_id
 ORDER BY id;

-- name: audit_page :many
-- in:   after_id int64, before_id int64, row_count_max int32
-- out:  id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text
SELECT id, at_ms, account_id, account_name, action, record, subject_id, client, detail
  FROM audit
 WHERE id > :after_id AND id < :before_id
 ORDER BY id DESC LIMIT :row_count_max;

-- name: audit_page_of_account :many
-- in:   account_id int64, after_id int64, before_id int64, row_count_max int32
-- out:  id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text
SELECT id, at_ms, account_id, account_name, action, record, subject_id, client, detail
  FROM audit
 WHERE account_id = :account_id AND id > :after_id AND id < :before_id
 ORDER BY id DESC LIMIT :row_count_max;

-- name: audit_page_of_subject :many
-- in:   subject_id int64, after_id int64, before_id int64, row_count_max int32
-- out:  id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text
SELECT id, at_ms, account_id, account_name, action, record, subject_id, client, detail
  FROM audit
 WHERE subject_id = :subject_id AND id > :after_id AND id < :before_id
 ORDER BY id DESC LIMIT :row_count_max;

-- name: audit_page_of_name :many
-- in:   account_name text, after_id int64, before_id int64, row_count_max int32
-- out:  id int64, at_ms int64, account_id int64, account_name text, action text, record text,
--       subject_id int64, client text, detail text
SELECT id, at_ms, account_id, account_name, action, record, subject_id, client, detail
  FROM audit
 WHERE account_name = :account_name AND id > :after_id AND id < :before_id
 ORDER BY id DESC LIMIT :row_count_max;
