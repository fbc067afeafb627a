-- news_letter.sql — official letters and their printed files.

-- name: letter_insert :exec
-- in:   id int64, key text, kind int32, division int32, number int32, year int32, mark text,
--       title text, person_id int64, organisation_id int64, case_id int64, made_day int32,
--       made_ms int64, account_id int64, actor text, content blob, content_digest blob
INSERT INTO letter (id, key, kind, division, number, year, mark, title, person_id,
                    organisation_id, case_id, made_day, made_ms, account_id, actor, content,
                    content_digest, file_digest)
VALUES (:id, :key, :kind, :division, :number, :year, :mark, :title, :person_id, :organisation_id,
        :case_id, :made_day, :made_ms, :account_id, :actor, :content, :content_digest, NULL);

-- name: letter_id_by_key :many
-- in:   key text
-- out:  id int64
SELECT id FROM letter WHERE key = :key;

-- name: letter_by_id :one
-- in:   id int64
-- out:  id int64, key text, kind int32, division int32, number int32, year int32, mark text,
--       title text, person_id int64, organisation_id int64, case_id int64, made_day int32,
--       made_ms int64, actor text, file_digest blob?
SELECT id, key, kind, division, number, year, mark, title, person_id, organisation_id, case_id,
       made_day, made_ms, actor, file_digest
  FROM letter
 WHERE id = :id;

-- name: letter_content :one
-- in:   id int64
-- out:  content blob, content_digest blob
SELECT content, content_digest FROM letter WHERE id = :id;

-- name: letter_ids_of_division :many
-- in:   division_min int32, division_max int32, before_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM letter
 WHERE division BETWEEN :division_min AND :division_max AND id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: letter_ids_of_person :many
-- in:   owner_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM letter WHERE person_id = :owner_id AND person_id <> 0
 ORDER BY id DESC LIMIT :row_count_max;

-- name: letter_ids_of_organisation :many
-- in:   owner_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM letter WHERE organisation_id = :owner_id AND organisation_id <> 0
 ORDER BY id DESC LIMIT :row_count_max;

-- name: letter_ids_of_case :many
-- in:   case_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM letter WHERE case_id = :case_id AND case_id <> 0
 ORDER BY id DESC LIMIT :row_count_max;

-- name: letter_ids_unprinted :many
-- in:   row_count_max int32
-- out:  id int64
SELECT id FROM letter WHERE file_digest IS NULL ORDER BY id LIMIT :row_count_max;

-- name: letter_file_set :exec
-- in:   id int64, file_digest blob
UPDATE letter SET file_digest = :file_digest WHERE id = :id AND file_digest IS NULL;

-- name: letter_piece_insert :exec
-- in:   letter_id int64, position int32, piece blob
INSERT INTO letter_piece (letter_id, position, piece) VALUES (:letter_id, :position, :piece);

-- name: letter_piece_list :many
-- in:   letter_id int64
-- out:  piece blob
SELECT piece FROM letter_piece WHERE letter_id = :letter_id ORDER BY position;
