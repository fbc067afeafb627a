-- Statements of the store itself: steps of the schema, the event log and its followers.

-- name: schema_step_list :many
-- out:  number int32, name text, digest blob
SELECT number, name, digest
  FROM schema_step
 ORDER BY number;

-- name: schema_step_insert :exec
-- in:   number int32, name text, digest blob, applied_ms int64
INSERT INTO schema_step (number, name, digest, applied_ms)
VALUES (:number, :name, :digest, :applied_ms);

-- One row when the database has been set up, none when it is fresh.
-- name: schema_exists :many
-- out:  found int32
SELECT 1 AS found
  FROM sqlite_schema
 WHERE type = 'table' AND name = 'schema_step';
-- postgres: has another catalogue
SELECT 1 AS found
  FROM pg_catalog.pg_tables
 WHERE tablename = 'schema_step' AND schemaname = current_schema();

-- Also serves streams of many events (stmt_bulk_begin).
-- name: event_insert :bulk
-- in:   id int64, at_ms int64, kind text, person_id int64, subject_id int64, account_id int64,
--       actor text, detail text?
INSERT INTO event (id, at_ms, kind, person_id, subject_id, account_id, actor, detail)
VALUES (:id, :at_ms, :kind, :person_id, :subject_id, :account_id, :actor, :detail);

-- name: event_list_after :many
-- in:   after_id int64, event_count_max int32
-- out:  id int64, at_ms int64, kind text, person_id int64, subject_id int64, detail text?
SELECT id, at_ms, kind, person_id, subject_id, detail
  FROM event
 WHERE id > :after_id
 ORDER BY id
 LIMIT :event_count_max;

-- The event of a change to a row: it stands close behind the instant of the change.
-- name: event_near :one
-- in:   first_id int64, subject_id int64, at_ms_min int64, at_ms_max int64, event_count_max int32
-- out:  account_id int64, actor text
SELECT account_id, actor
  FROM (SELECT id, subject_id, at_ms, account_id, actor FROM event
         WHERE id >= :first_id ORDER BY id LIMIT :event_count_max) AS near
 WHERE subject_id = :subject_id AND at_ms BETWEEN :at_ms_min AND :at_ms_max
 ORDER BY id
 LIMIT 1;

-- name: event_newest :one
-- out:  id int64
SELECT id
  FROM event
 ORDER BY id DESC
 LIMIT 1;

-- name: event_exists :one
-- in:   id int64
-- out:  id int64
SELECT id
  FROM event
 WHERE id = :id;

-- Entitlements follow from facts: a sweep writes as many of their events as there are people. Money
-- moved is no fact of the registry either.
-- name: event_facts_after :many
-- in:   after_id int64
-- out:  kind text, person_id int64, subject_id int64, detail text?
SELECT kind, person_id, subject_id, detail
  FROM event
 WHERE id > :after_id AND kind NOT LIKE 'entitlement.%' AND kind NOT LIKE 'ledger.%'
 ORDER BY id;

-- name: event_follower_position :one
-- in:   name text
-- out:  event_id int64
SELECT event_id
  FROM event_follower
 WHERE name = :name;

-- name: event_follower_move :exec
-- in:   name text, event_id int64, changed_ms int64
INSERT INTO event_follower (name, event_id, changed_ms)
VALUES (:name, :event_id, :changed_ms)
    ON CONFLICT (name) DO UPDATE
   SET event_id = excluded.event_id, changed_ms = excluded.changed_ms;

-- name: setting_value :one
-- in:   name text
-- out:  value text
SELECT value
  FROM setting
 WHERE name = :name;

-- name: setting_put :exec
-- in:   name text, value text, changed_ms int64
INSERT INTO setting (name, value, changed_ms)
VALUES (:name, :value, :changed_ms)
    ON CONFLICT (name) DO UPDATE
   SET value = excluded.value, changed_ms = excluded.changed_ms;

-- name: setting_add :exec
-- in:   name text, value text, changed_ms int64
INSERT INTO setting (name, value, changed_ms)
VALUES (:name, :value, :changed_ms)
    ON CONFLICT (name) DO NOTHING;

-- name: setting_remove :exec
-- in:   name text
DELETE FROM setting
 WHERE name = :name;

-- Indexes that serve reading only: unique ones stay, because inserts ask them.
-- name: load_index_gather :exec
INSERT INTO load_index (name, definition)
SELECT name, sql
  FROM sqlite_schema
 WHERE type = 'index' AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%';
-- postgres: has another catalogue
INSERT INTO load_index (name, definition)
SELECT c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = current_schema() AND NOT i.indisunique;

-- name: load_index_list :many
-- out:  name text, definition text
SELECT name, definition
  FROM load_index
 ORDER BY name;

-- name: load_index_clear :exec
DELETE FROM load_index;

-- name: event_first :many
-- out:  id int64
SELECT id
  FROM event
 ORDER BY id
 LIMIT 1;

-- When the oldest running transaction of this program began; absent where there is one writer.
-- name: event_oldest_writer :one
-- out:  started_ms int64?
SELECT CAST(NULL AS bigint) AS started_ms;
-- postgres: SQLite has one writer
SELECT CAST(extract(epoch FROM least(min(xact_start), clock_timestamp())) * 1000 AS bigint)
  FROM pg_catalog.pg_stat_activity
 WHERE datname = current_database() AND application_name = 'baigong'
   AND pid <> pg_backend_pid() AND xact_start IS NOT NULL;
