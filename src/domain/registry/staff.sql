-- staff.sql — the people of one employer.

-- piece '': of any name; else of names that have the piece.
-- name: staff_with_level :many
-- in:   employer int64, after_id int64, piece text,
--       today_day int32, row_count_max int32
-- out:  person_id int64, name text, from_day int32, level int32?
SELECT e.person_id, p.name, MIN(e.from_day),
       (SELECT MAX(c.level)
          FROM certificate c
         WHERE c.person_id = e.person_id AND c.gone_ms = 9223372036854775807
           AND c.issued_day <= :today_day AND (c.expires_day IS NULL OR c.expires_day >= :today_day)
           AND (c.state IS NULL OR c.state = 1))
  FROM employment e
  JOIN person p ON p.id = e.person_id AND p.gone_ms = 9223372036854775807
 WHERE e.employer = :employer AND e.gone_ms = 9223372036854775807 AND e.person_id > :after_id
   AND e.from_day <= :today_day AND (e.to_day IS NULL OR e.to_day >= :today_day)
   AND (:piece = '' OR replace(p.name, :piece, '') <> p.name)
 GROUP BY e.person_id, p.name
 ORDER BY e.person_id
 LIMIT :row_count_max;

-- name: staff_total :one
-- in:   employer int64, today_day int32, row_count_max int32
-- out:  row_count int64
SELECT COUNT(*)
  FROM (SELECT DISTINCT person_id
          FROM employment
         WHERE employer = :employer AND gone_ms = 9223372036854775807
           AND from_day <= :today_day AND (to_day IS NULL OR to_day >= :today_day)
         LIMIT :row_count_max) people;
