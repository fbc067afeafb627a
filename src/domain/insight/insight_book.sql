-- insight_book.sql — books of figures: counted, read, frozen.

-- name: insight_newest_event :one
-- out:  id int64?
SELECT MAX(id) FROM event;

-- name: book_insert :exec
-- in:   id int64, as_of_day int32, known_at_ms int64, counted_ms int64, event_id int64,
--       person_count int64
INSERT INTO insight_book (id, as_of_day, known_at_ms, counted_ms, event_id, person_count, frozen_ms,
                          frozen_by, frozen_name, title, seal, published_ms, published_by)
VALUES (:id, :as_of_day, :known_at_ms, :counted_ms, :event_id, :person_count, 0,
        0, '', '', '', 0, 0);

-- name: book_line_insert :bulk
-- in:   book_id int64, line int32, kind int32, document_number text, article text, name text,
--       measure text, unit text, operator text, planned int64?, period_start_day int32?,
--       period_end_day int32, numerator int64?, denominator int64, is_met int32
INSERT INTO insight_line (book_id, line, kind, document_number, article, name, measure, unit,
                          operator, planned, period_start_day, period_end_day, numerator,
                          denominator, is_met)
VALUES (:book_id, :line, :kind, :document_number, :article, :name, :measure, :unit,
        :operator, :planned, :period_start_day, :period_end_day, :numerator,
        :denominator, :is_met);

-- name: book_place_insert :bulk
-- in:   book_id int64, line int32, division int32, numerator int64, denominator int64
INSERT INTO insight_place (book_id, line, division, numerator, denominator)
VALUES (:book_id, :line, :division, :numerator, :denominator);

-- The newest book: ids are made in the order of time.
-- name: book_newest :one
-- out:  id int64, as_of_day int32, known_at_ms int64, counted_ms int64, event_id int64,
--       person_count int64, frozen_ms int64, frozen_by int64, frozen_name text, title text,
--       seal text, published_ms int64, published_by int64
SELECT id, as_of_day, known_at_ms, counted_ms, event_id, person_count, frozen_ms, frozen_by,
       frozen_name, title, seal, published_ms, published_by
  FROM insight_book
 ORDER BY id DESC
 LIMIT 1;

-- name: book_by_id :one
-- in:   id int64
-- out:  id int64, as_of_day int32, known_at_ms int64, counted_ms int64, event_id int64,
--       person_count int64, frozen_ms int64, frozen_by int64, frozen_name text, title text,
--       seal text, published_ms int64, published_by int64
SELECT id, as_of_day, known_at_ms, counted_ms, event_id, person_count, frozen_ms, frozen_by,
       frozen_name, title, seal, published_ms, published_by
  FROM insight_book
 WHERE id = :id;

-- name: book_newest_published :one
-- out:  id int64
SELECT id
  FROM insight_book
 WHERE published_ms > 0
 ORDER BY published_ms DESC, id DESC
 LIMIT 1;

-- name: book_reports :many
-- in:   frozen_before_ms int64, row_count_max int32
-- out:  id int64, as_of_day int32, counted_ms int64, frozen_ms int64, frozen_by int64,
--       frozen_name text, title text, published_ms int64
SELECT id, as_of_day, counted_ms, frozen_ms, frozen_by, frozen_name, title, published_ms
  FROM insight_book
 WHERE frozen_ms > 0 AND frozen_ms < :frozen_before_ms
 ORDER BY frozen_ms DESC, id DESC
 LIMIT :row_count_max;

-- name: book_lines :many
-- in:   book_id int64
-- out:  line int32, kind int32, document_number text, article text, name text, measure text,
--       unit text, operator text, planned int64?, period_start_day int32?,
--       period_end_day int32, numerator int64?, denominator int64, is_met int32
SELECT line, kind, document_number, article, name, measure, unit, operator, planned,
       period_start_day, period_end_day, numerator, denominator, is_met
  FROM insight_line
 WHERE book_id = :book_id
 ORDER BY line;

-- Of a district: what its own rows add.
-- name: book_line_sums :many
-- in:   book_id int64, division_min int32, division_max int32
-- out:  line int32, numerator int64, denominator int64
SELECT line, CAST(SUM(numerator) AS BIGINT), CAST(SUM(denominator) AS BIGINT)
  FROM insight_place
 WHERE book_id = :book_id AND division >= :division_min AND division <= :division_max
 GROUP BY line
 ORDER BY line;

-- name: book_line_places :many
-- in:   book_id int64, line int32
-- out:  division int32, numerator int64, denominator int64
SELECT division, numerator, denominator
  FROM insight_place
 WHERE book_id = :book_id AND line = :line
 ORDER BY division;

-- What a new book replaces: those of the same month that nobody froze.
-- name: book_replaced :many
-- in:   id int64, as_of_day_min int32, as_of_day_max int32
-- out:  id int64
SELECT id
  FROM insight_book
 WHERE id < :id AND frozen_ms = 0 AND as_of_day >= :as_of_day_min AND as_of_day <= :as_of_day_max
 ORDER BY id;

-- name: book_place_delete :exec
-- in:   book_id int64
DELETE FROM insight_place WHERE book_id = :book_id;

-- name: book_line_delete :exec
-- in:   book_id int64
DELETE FROM insight_line WHERE book_id = :book_id;

-- name: book_delete :exec
-- in:   id int64
DELETE FROM insight_book WHERE id = :id;

-- name: book_freeze :exec
-- in:   id int64, frozen_ms int64, frozen_by int64, frozen_name text, title text, seal text
UPDATE insight_book
   SET frozen_ms = :frozen_ms, frozen_by = :frozen_by, frozen_name = :frozen_name,
       title = :title, seal = :seal
 WHERE id = :id AND frozen_ms = 0;

-- name: book_publish :exec
-- in:   id int64, published_ms int64, published_by int64
UPDATE insight_book
   SET published_ms = :published_ms, published_by = :published_by
 WHERE id = :id AND published_ms = 0;
