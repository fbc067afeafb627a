-- news_notice.sql — public notices, their lines, their history.

-- name: notice_insert :exec
-- in:   id int64, state int32, division int32, title text, body text, document text, rule text,
--       article text, issuer text, issuer_code text, subject text, openness text, contact text,
--       phone text, made_day int32, working_days int32, line_count int32, total_fen int64,
--       maker_id int64, maker text, made_ms int64
INSERT INTO notice (id, state, division, title, body, document, rule, article, issuer,
                    issuer_code, subject, openness, contact, phone, index_number, made_day,
                    working_days, published_day, last_day, ended_day, line_count, total_fen,
                    maker_id, maker, made_ms, changed_ms, checker, reason)
VALUES (:id, :state, :division, :title, :body, :document, :rule, :article, :issuer, :issuer_code,
        :subject, :openness, :contact, :phone, '', :made_day, :working_days, NULL, NULL, NULL,
        :line_count, :total_fen, :maker_id, :maker, :made_ms, :made_ms, '', '');

-- name: notice_by_id :one
-- in:   id int64
-- out:  id int64, state int32, division int32, title text, body text, document text, rule text,
--       article text, issuer text, issuer_code text, subject text, openness text, contact text,
--       phone text, index_number text, made_day int32, working_days int32, published_day int32?,
--       last_day int32?, ended_day int32?, line_count int32, total_fen int64, maker_id int64,
--       maker text, made_ms int64, changed_ms int64, checker text, reason text
SELECT id, state, division, title, body, document, rule, article, issuer, issuer_code, subject,
       openness, contact, phone, index_number, made_day, working_days, published_day, last_day,
       ended_day, line_count, total_fen, maker_id, maker, made_ms, changed_ms, checker, reason
  FROM notice
 WHERE id = :id;

-- name: notice_ids_of_state :many
-- in:   state int32, division_min int32, division_max int32, before_id int64,
--       row_count_max int32
-- out:  id int64
SELECT id FROM notice
 WHERE state = :state AND division BETWEEN :division_min AND :division_max AND id < :before_id
 ORDER BY id DESC
 LIMIT :row_count_max;

-- name: notice_ids_public :many
-- in:   before_day int32, before_id int64, row_count_max int32
-- out:  id int64
SELECT id FROM notice
 WHERE published_day IS NOT NULL
   AND (published_day < :before_day OR (published_day = :before_day AND id < :before_id))
 ORDER BY published_day DESC, id DESC
 LIMIT :row_count_max;

-- Published ones whose days have passed and that no open objection holds.
-- name: notice_ids_due :many
-- in:   today_day int32, row_count_max int32
-- out:  id int64
SELECT id FROM notice
 WHERE state = 3 AND last_day < :today_day
   AND NOT EXISTS (SELECT 1 FROM objection
                    WHERE objection.notice_id = notice.id AND objection.state = 1)
 ORDER BY last_day, id
 LIMIT :row_count_max;

-- name: notice_of_case :many
-- in:   case_id int64
-- out:  notice_id int64, position int32
SELECT notice_id, position FROM notice_line
 WHERE case_id = :case_id AND case_id <> 0
 ORDER BY notice_id DESC
 LIMIT 1;

-- name: notice_text_set :exec
-- in:   id int64, known_ms int64, changed_ms int64, title text, body text
UPDATE notice SET title = :title, body = :body, changed_ms = :changed_ms
 WHERE id = :id AND changed_ms = :known_ms;

-- name: notice_state_set :exec
-- in:   id int64, known_ms int64, changed_ms int64, state int32, checker text, reason text,
--       ended_day int32?
UPDATE notice
   SET state = :state, checker = :checker, reason = :reason, ended_day = :ended_day,
       changed_ms = :changed_ms
 WHERE id = :id AND changed_ms = :known_ms;

-- name: notice_publish :exec
-- in:   id int64, known_ms int64, changed_ms int64, index_number text, published_day int32,
--       last_day int32, checker text, issuer text, issuer_code text, contact text, phone text
UPDATE notice
   SET state = 3, index_number = :index_number, published_day = :published_day,
       last_day = :last_day, checker = :checker, issuer = :issuer, issuer_code = :issuer_code,
       contact = :contact, phone = :phone, changed_ms = :changed_ms
 WHERE id = :id AND changed_ms = :known_ms;

-- name: notice_line_insert :bulk
-- in:   notice_id int64, position int32, record int32, owner_id int64, holder_id int64, name text,
--       unit text, item text, amount_fen int64, case_id int64
INSERT INTO notice_line (notice_id, position, record, owner_id, holder_id, name, unit, item,
                         amount_fen, case_id)
VALUES (:notice_id, :position, :record, :owner_id, :holder_id, :name, :unit, :item, :amount_fen,
        :case_id);

-- name: notice_line_page :many
-- in:   notice_id int64, after_position int32, row_count_max int32
-- out:  position int32, record int32, owner_id int64, holder_id int64, name text, unit text,
--       item text, amount_fen int64, case_id int64
SELECT position, record, owner_id, holder_id, name, unit, item, amount_fen, case_id
  FROM notice_line
 WHERE notice_id = :notice_id AND position > :after_position
 ORDER BY position
 LIMIT :row_count_max;

-- name: notice_line_name_set :exec
-- in:   notice_id int64, position int32, name text
UPDATE notice_line SET name = :name
 WHERE notice_id = :notice_id AND position = :position;

-- name: notice_move_insert :exec
-- in:   id int64, notice_id int64, at_ms int64, move text, account_id int64, actor text,
--       reason text
INSERT INTO notice_move (id, notice_id, at_ms, move, account_id, actor, reason)
VALUES (:id, :notice_id, :at_ms, :move, :account_id, :actor, :reason);

-- name: notice_move_list :many
-- in:   notice_id int64, row_count_max int32
-- out:  at_ms int64, move text, actor text, reason text
SELECT at_ms, move, actor, reason FROM notice_move
 WHERE notice_id = :notice_id
 ORDER BY id
 LIMIT :row_count_max;

-- name: notice_keep_insert :exec
-- in:   notice_id int64, found_index blob, account_id int64, actor text, at_ms int64, reason text
INSERT INTO notice_keep (notice_id, found_index, account_id, actor, at_ms, reason)
VALUES (:notice_id, :found_index, :account_id, :actor, :at_ms, :reason)
ON CONFLICT (notice_id, found_index) DO NOTHING;

-- name: notice_keep_list :many
-- in:   notice_id int64, row_count_max int32
-- out:  found_index blob, actor text, reason text
SELECT found_index, actor, reason FROM notice_keep
 WHERE notice_id = :notice_id
 ORDER BY found_index
 LIMIT :row_count_max;

-- A full name of the registry as it is written, if anybody bears it.
-- name: redact_name_known :many
-- in:   four text, three text, two text
-- out:  name text
SELECT name FROM person
 WHERE gone_ms = 9223372036854775807
   AND name COLLATE BINARY IN (:four, :three, :two)
 ORDER BY name COLLATE BINARY DESC
 LIMIT 1;

-- name: serial_insert :exec
-- in:   series text
INSERT INTO news_serial (series, last) VALUES (:series, 0) ON CONFLICT (series) DO NOTHING;

-- name: serial_next :exec
-- in:   series text
UPDATE news_serial SET last = last + 1 WHERE series = :series;

-- name: serial_last :one
-- in:   series text
-- out:  last int64
SELECT last FROM news_serial WHERE series = :series;
