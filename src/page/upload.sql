-- upload.sql — files sent for import, and their sealed contents.

-- name: upload_insert :exec
-- in:   id int64, account_id int64, record text, file_name text, file_size int64,
--       division int32, created_ms int64, report text
INSERT INTO page_upload (id, account_id, record, file_name, file_size, division, state, job_id,
                         created_ms, changed_ms, row_count, added_count, corrected_count,
                         same_count, refused_count, message, report)
VALUES (:id, :account_id, :record, :file_name, :file_size, :division, 1, 0, :created_ms,
        :created_ms, 0, 0, 0, 0, 0, '', :report);

-- name: upload_part_insert :exec
-- in:   upload_id int64, kind int32, number int32, content blob
INSERT INTO page_upload_part (upload_id, kind, number, content)
VALUES (:upload_id, :kind, :number, :content);

-- name: upload_part_read :one
-- in:   upload_id int64, kind int32, number int32
-- out:  content blob
SELECT content FROM page_upload_part
 WHERE upload_id = :upload_id AND kind = :kind AND number = :number;

-- name: upload_parts_delete :exec
-- in:   upload_id int64, kind int32
DELETE FROM page_upload_part WHERE upload_id = :upload_id AND kind = :kind;

-- name: upload_by_id :one
-- in:   id int64
-- out:  account_id int64, record text, file_name text, file_size int64, division int32,
--       state int32, job_id int64, created_ms int64, changed_ms int64, row_count int64,
--       added_count int64, corrected_count int64, same_count int64, refused_count int64,
--       message text, report text
SELECT account_id, record, file_name, file_size, division, state, job_id, created_ms, changed_ms,
       row_count, added_count, corrected_count, same_count, refused_count, message, report
  FROM page_upload
 WHERE id = :id;

-- record '': of any.
-- name: upload_of_account :many
-- in:   account_id int64, record text, before_id int64, row_count_max int32
-- out:  id int64, record text, file_name text, state int32, created_ms int64, row_count int64,
--       added_count int64, corrected_count int64, same_count int64, refused_count int64
SELECT id, record, file_name, state, created_ms, row_count, added_count, corrected_count,
       same_count, refused_count
  FROM page_upload
 WHERE account_id = :account_id AND id < :before_id AND (:record = '' OR record = :record)
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: upload_of_account_oldest :many
-- in:   account_id int64, record text, after_id int64, row_count_max int32
-- out:  id int64, record text, file_name text, state int32, created_ms int64, row_count int64,
--       added_count int64, corrected_count int64, same_count int64, refused_count int64
SELECT id, record, file_name, state, created_ms, row_count, added_count, corrected_count,
       same_count, refused_count
  FROM page_upload
 WHERE account_id = :account_id AND id > :after_id AND (:record = '' OR record = :record)
 ORDER BY id
 LIMIT :row_count_max;

-- name: upload_before :many
-- in:   created_ms int64, row_count_max int32
-- out:  id int64
SELECT id FROM page_upload WHERE created_ms < :created_ms ORDER BY created_ms, id
 LIMIT :row_count_max;

-- name: upload_delete :exec
-- in:   id int64
DELETE FROM page_upload WHERE id = :id;

-- name: upload_change_state :exec
-- in:   id int64, from_state int32, to_state int32, changed_ms int64
UPDATE page_upload SET state = :to_state, changed_ms = :changed_ms
 WHERE id = :id AND state = :from_state;

-- name: upload_set_job :exec
-- in:   id int64, job_id int64
UPDATE page_upload SET job_id = :job_id WHERE id = :id;

-- name: upload_set_result :exec
-- in:   id int64, state int32, changed_ms int64, row_count int64, added_count int64,
--       corrected_count int64, same_count int64, refused_count int64, message text, report text
UPDATE page_upload
   SET state = :state, changed_ms = :changed_ms, row_count = :row_count,
       added_count = :added_count, corrected_count = :corrected_count, same_count = :same_count,
       refused_count = :refused_count, message = :message, report = :report
 WHERE id = :id;
