-- Named statements of the copied code tables (schema/0003_occupation_catalogue.sql).

-- name: catalogue_load_digest :one
-- in:   catalogue text
-- out:  digest blob
SELECT digest
  FROM catalogue_load
 WHERE catalogue = :catalogue;

-- name: catalogue_load_put :exec
-- in:   catalogue text, digest blob, entry_count int32, loaded_ms int64
INSERT INTO catalogue_load (catalogue, digest, entry_count, loaded_ms)
VALUES (:catalogue, :digest, :entry_count, :loaded_ms)
    ON CONFLICT (catalogue) DO UPDATE
   SET digest = excluded.digest, entry_count = excluded.entry_count,
       loaded_ms = excluded.loaded_ms;

-- name: catalogue_entry_clear :exec
-- in:   catalogue text
DELETE FROM catalogue_entry
 WHERE catalogue = :catalogue;

-- name: catalogue_entry_insert :bulk
-- in:   catalogue text, code int64, from_day int32, to_day int32, name text, label text
INSERT INTO catalogue_entry (catalogue, code, from_day, to_day, name, label)
VALUES (:catalogue, :code, :from_day, :to_day, :name, :label);

-- name: catalogue_entry_on_day :one
-- in:   catalogue text, code int64, day int32
-- out:  name text, label text
SELECT name, label
  FROM catalogue_entry
 WHERE catalogue = :catalogue AND code = :code AND from_day <= :day AND to_day >= :day;

-- name: catalogue_register_row_clear :exec
-- in:   list text
DELETE FROM catalogue_register_row
 WHERE list = :list;

-- name: catalogue_register_row_insert :bulk
-- in:   list text, catalogue text, code int64, from_day int32, to_day int32
INSERT INTO catalogue_register_row (list, catalogue, code, from_day, to_day)
VALUES (:list, :catalogue, :code, :from_day, :to_day);
