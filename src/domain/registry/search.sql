-- search.sql — names found by a piece, and one line about a person.
--
-- low and high bound the ends of names that begin with the piece. Of people the names that are
-- different are gone through, from one to the next, and of each only those of the divisions are read:
-- a name that ten thousand bear elsewhere costs one step. Of bodies the first candidate_count_max
-- are looked at; where that is not enough, the bodies of the divisions.

-- name: search_person_name :many
-- in:   low text, high text, division_min int32, division_max int32, name_count_max int32,
--       row_count_max int32
-- out:  id int64
WITH RECURSIVE n (name, number) AS (
    SELECT first.name, 1
      FROM (SELECT name AS name FROM person
             WHERE gone_ms = 9223372036854775807
               AND name COLLATE BINARY >= :low AND name COLLATE BINARY < :high
             ORDER BY name COLLATE BINARY LIMIT 1) AS first
    UNION ALL
    SELECT (SELECT name FROM person
             WHERE gone_ms = 9223372036854775807
               AND name COLLATE BINARY > n.name AND name COLLATE BINARY < :high
             ORDER BY name COLLATE BINARY LIMIT 1), n.number + 1
      FROM n
     WHERE n.name IS NOT NULL AND n.number < :name_count_max)
SELECT p.id
  FROM n CROSS JOIN person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.name COLLATE BINARY = n.name
   AND p.division BETWEEN :division_min AND :division_max
 LIMIT :row_count_max;

-- name: search_person_name_second :many
-- in:   low text, high text, division_min int32, division_max int32, name_count_max int32,
--       row_count_max int32
-- out:  id int64
WITH RECURSIVE n (name, number) AS (
    SELECT first.name, 1
      FROM (SELECT substr(name, 2) AS name FROM person
             WHERE gone_ms = 9223372036854775807
               AND substr(name, 2) COLLATE BINARY >= :low AND substr(name, 2) COLLATE BINARY < :high
             ORDER BY substr(name, 2) COLLATE BINARY LIMIT 1) AS first
    UNION ALL
    SELECT (SELECT substr(name, 2) FROM person
             WHERE gone_ms = 9223372036854775807
               AND substr(name, 2) COLLATE BINARY > n.name AND substr(name, 2) COLLATE BINARY < :high
             ORDER BY substr(name, 2) COLLATE BINARY LIMIT 1), n.number + 1
      FROM n
     WHERE n.name IS NOT NULL AND n.number < :name_count_max)
SELECT p.id
  FROM n CROSS JOIN person p
 WHERE p.gone_ms = 9223372036854775807
   AND substr(p.name, 2) COLLATE BINARY = n.name
   AND p.division BETWEEN :division_min AND :division_max
 LIMIT :row_count_max;

-- name: search_person_name_third :many
-- in:   low text, high text, division_min int32, division_max int32, name_count_max int32,
--       row_count_max int32
-- out:  id int64
WITH RECURSIVE n (name, number) AS (
    SELECT first.name, 1
      FROM (SELECT substr(name, 3) AS name FROM person
             WHERE gone_ms = 9223372036854775807 AND length(name) > 3
               AND substr(name, 3) COLLATE BINARY >= :low AND substr(name, 3) COLLATE BINARY < :high
             ORDER BY substr(name, 3) COLLATE BINARY LIMIT 1) AS first
    UNION ALL
    SELECT (SELECT substr(name, 3) FROM person
             WHERE gone_ms = 9223372036854775807 AND length(name) > 3
               AND substr(name, 3) COLLATE BINARY > n.name AND substr(name, 3) COLLATE BINARY < :high
             ORDER BY substr(name, 3) COLLATE BINARY LIMIT 1), n.number + 1
      FROM n
     WHERE n.name IS NOT NULL AND n.number < :name_count_max)
SELECT p.id
  FROM n CROSS JOIN person p
 WHERE p.gone_ms = 9223372036854775807 AND length(p.name) > 3
   AND substr(p.name, 3) COLLATE BINARY = n.name
   AND p.division BETWEEN :division_min AND :division_max
 LIMIT :row_count_max;

-- A piece of more than eight characters is looked up by its first eight and held against the name.
-- name: search_organisation_name :many
-- in:   low text, high text, piece text, division_min int32, division_max int32, candidate_count_max int32, row_count_max int32
-- out:  id int64
SELECT DISTINCT o.id
  FROM (SELECT organisation_id, id
          FROM name_part
         WHERE part COLLATE BINARY >= :low AND part COLLATE BINARY < :high
         ORDER BY part COLLATE BINARY, organisation_id, id
         LIMIT :candidate_count_max) c
  JOIN organisation o ON o.id = c.organisation_id
 WHERE c.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND replace(o.name, :piece, '') <> o.name
   AND o.division BETWEEN :division_min AND :division_max
 LIMIT :row_count_max;

-- How many ends begin with a piece.
-- name: search_part_count :one
-- in:   low text, high text, candidate_count_max int32
-- out:  part_count int64
SELECT COUNT(*)
  FROM (SELECT 1 FROM name_part
         WHERE part COLLATE BINARY >= :low AND part COLLATE BINARY < :high
         LIMIT :candidate_count_max) AS parts;

-- name: search_organisation_among :many
-- in:   piece text, division_min int32, division_max int32, candidate_count_max int32,
--       row_count_max int32
-- out:  id int64
SELECT c.id
  FROM (SELECT id, name FROM organisation
         WHERE gone_ms = 9223372036854775807
           AND division BETWEEN :division_min AND :division_max
         ORDER BY division, id
         LIMIT :candidate_count_max) AS c
 WHERE replace(c.name, :piece, '') <> c.name
 LIMIT :row_count_max;

-- name: search_carrier_among :many
-- in:   piece text, division_min int32, division_max int32, candidate_count_max int32,
--       row_count_max int32
-- out:  organisation_id int64, id int64
SELECT k.organisation_id, k.id
  FROM (SELECT id FROM organisation
         WHERE gone_ms = 9223372036854775807
           AND division BETWEEN :division_min AND :division_max
         ORDER BY division, id
         LIMIT :candidate_count_max) AS c
  JOIN carrier k ON k.organisation_id = c.id
 WHERE k.gone_ms = 9223372036854775807 AND replace(k.name, :piece, '') <> k.name
 LIMIT :row_count_max;

-- name: search_carrier_name :many
-- in:   low text, high text, piece text, division_min int32, division_max int32, candidate_count_max int32, row_count_max int32
-- out:  organisation_id int64, id int64
SELECT DISTINCT k.organisation_id, k.id
  FROM (SELECT organisation_id, id
          FROM name_part
         WHERE part COLLATE BINARY >= :low AND part COLLATE BINARY < :high
         ORDER BY part COLLATE BINARY, organisation_id, id
         LIMIT :candidate_count_max) c
  JOIN carrier k ON k.organisation_id = c.organisation_id AND k.id = c.id
  JOIN organisation o ON o.id = c.organisation_id
 WHERE c.id <> c.organisation_id AND k.gone_ms = 9223372036854775807
   AND o.gone_ms = 9223372036854775807 AND replace(k.name, :piece, '') <> k.name
   AND o.division BETWEEN :division_min AND :division_max
 LIMIT :row_count_max;

-- name: search_certificate :one
-- in:   number text
-- out:  person_id int64
SELECT person_id
  FROM certificate
 WHERE number = :number AND gone_ms = 9223372036854775807;

-- ---- ends of names of bodies

-- name: name_part_clear :exec
-- in:   organisation_id int64, id int64
DELETE FROM name_part
 WHERE organisation_id = :organisation_id AND id = :id;

-- name: name_part_add_organisation :exec
-- in:   organisation_id int64
INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT o.id, o.id, p.position, substr(o.name, p.position, 8)
  FROM organisation o JOIN place p ON p.position <= length(o.name)
 WHERE o.id = :organisation_id AND o.gone_ms = 9223372036854775807;

-- name: name_part_add_carrier :exec
-- in:   organisation_id int64, id int64
INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT c.organisation_id, c.id, p.position, substr(c.name, p.position, 8)
  FROM carrier c JOIN place p ON p.position <= length(c.name)
 WHERE c.organisation_id = :organisation_id AND c.id = :id
   AND c.gone_ms = 9223372036854775807;

-- name: name_part_clear_all :exec
DELETE FROM name_part;

-- name: name_part_add_organisations :exec
INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT o.id, o.id, p.position, substr(o.name, p.position, 8)
  FROM organisation o JOIN place p ON p.position <= length(o.name)
 WHERE o.gone_ms = 9223372036854775807;

-- name: name_part_add_carriers :exec
INSERT INTO name_part (organisation_id, id, position, part)
WITH RECURSIVE place (position) AS (
    SELECT 1 UNION ALL SELECT position + 1 FROM place WHERE position < 60)
SELECT c.organisation_id, c.id, p.position, substr(c.name, p.position, 8)
  FROM carrier c JOIN place p ON p.position <= length(c.name)
 WHERE c.gone_ms = 9223372036854775807;

-- ---- lists

-- name: person_page :many
-- in:   after_division int32, after_id int64, division_max int32, row_count_max int32
-- out:  division int32, id int64
SELECT division, id
  FROM person
 WHERE gone_ms = 9223372036854775807
   AND (division, id) > (:after_division, :after_id) AND division <= :division_max
 ORDER BY division, id
 LIMIT :row_count_max;

-- People of some divisions in the order of their names: candidate_count_max are looked at.
-- name: person_name_page :many
-- in:   after_name text, after_division int32, after_id int64, division_min int32,
--       division_max int32, candidate_count_max int32
-- out:  id int64, is_inside int32
SELECT id,
       CASE WHEN division BETWEEN :division_min AND :division_max THEN 1 ELSE 0 END
  FROM person
 WHERE gone_ms = 9223372036854775807
   AND name COLLATE BINARY >= :after_name
   AND (name COLLATE BINARY > :after_name OR division > :after_division
        OR (division = :after_division AND id > :after_id))
 ORDER BY name COLLATE BINARY, division, id
 LIMIT :candidate_count_max;

-- name: level_page :many
-- in:   level int32, after_id int64, division_min int32, division_max int32,
--       candidate_count_max int32
-- out:  id int64, is_inside int32
SELECT c.person_id,
       CASE WHEN EXISTS (SELECT 1 FROM person p
                          WHERE p.id = c.person_id AND p.gone_ms = 9223372036854775807
                            AND p.division BETWEEN :division_min AND :division_max)
            THEN 1 ELSE 0 END
  FROM certificate c
 WHERE c.gone_ms = 9223372036854775807 AND c.level IS NOT NULL
   AND c.level = :level AND c.person_id > :after_id
 GROUP BY c.person_id
 ORDER BY c.person_id
 LIMIT :candidate_count_max;

-- name: organisation_page :many
-- in:   after_division int32, after_id int64, division_max int32, row_count_max int32
-- out:  division int32, id int64
SELECT division, id
  FROM organisation
 WHERE gone_ms = 9223372036854775807
   AND (division, id) > (:after_division, :after_id) AND division <= :division_max
 ORDER BY division, id
 LIMIT :row_count_max;

-- Bodies of some divisions in the order of their names: candidate_count_max are looked at.
-- name: organisation_name_page :many
-- in:   after_name text, after_division int32, after_id int64, division_min int32,
--       division_max int32, candidate_count_max int32
-- out:  id int64, is_inside int32
SELECT id,
       CASE WHEN division BETWEEN :division_min AND :division_max THEN 1 ELSE 0 END
  FROM organisation
 WHERE gone_ms = 9223372036854775807
   AND name COLLATE BINARY >= :after_name
   AND (name COLLATE BINARY > :after_name OR division > :after_division
        OR (division = :after_division AND id > :after_id))
 ORDER BY name COLLATE BINARY, division, id
 LIMIT :candidate_count_max;

-- name: employer_page :many
-- in:   employer int64, after_id int64, today_day int32, row_count_max int32
-- out:  person_id int64
SELECT DISTINCT person_id
  FROM employment
 WHERE employer = :employer AND gone_ms = 9223372036854775807 AND person_id > :after_id
   AND from_day <= :today_day AND (to_day IS NULL OR to_day >= :today_day)
 ORDER BY person_id
 LIMIT :row_count_max;

-- name: employer_head_count :one
-- in:   employer int64, today_day int32
-- out:  person_count int64
SELECT COUNT(DISTINCT person_id)
  FROM employment
 WHERE employer = :employer AND gone_ms = 9223372036854775807
   AND from_day <= :today_day AND (to_day IS NULL OR to_day >= :today_day);

-- ---- one line about a person

-- name: line_person :one
-- in:   id int64
-- out:  name text, birth_day int32?, sex int32?, division int32
SELECT name, birth_day, sex, division
  FROM person
 WHERE id = :id AND gone_ms = 9223372036854775807;

-- name: line_certificate :one
-- in:   person_id int64, today_day int32
-- out:  level int32, occupation int32
SELECT level, occupation
  FROM certificate
 WHERE person_id = :person_id AND gone_ms = 9223372036854775807 AND level IS NOT NULL
   AND (state IS NULL OR state = 1) AND issued_day <= :today_day
   AND (expires_day IS NULL OR expires_day >= :today_day)
 ORDER BY level DESC, issued_day DESC
 LIMIT 1;

-- name: line_employer :one
-- in:   person_id int64, today_day int32
-- out:  employer int64, name text, division int32
SELECT e.employer, o.name, o.division
  FROM employment e
  JOIN organisation o ON o.id = e.employer AND o.gone_ms = 9223372036854775807
 WHERE e.person_id = :person_id AND e.gone_ms = 9223372036854775807
   AND e.from_day <= :today_day AND (e.to_day IS NULL OR e.to_day >= :today_day)
 ORDER BY e.from_day DESC
 LIMIT 1;

-- name: line_organisation :one
-- in:   id int64
-- out:  name text, credit_code text, kind int32, division int32, industry int32?
SELECT name, credit_code, kind, division, industry
  FROM organisation
 WHERE id = :id AND gone_ms = 9223372036854775807;
