-- Picks among the first rows only: no table is read as a whole.

-- name: sample_worker :one
-- in:   scanned_count_max int32
-- out:  person_id int64
SELECT a.person_id
  FROM (SELECT person_id FROM award WHERE gone_ms = 9223372036854775807
         ORDER BY person_id LIMIT :scanned_count_max) a
 WHERE EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = a.person_id AND c.gone_ms = 9223372036854775807)
   AND EXISTS (SELECT 1 FROM training t
                WHERE t.person_id = a.person_id AND t.gone_ms = 9223372036854775807)
   AND EXISTS (SELECT 1 FROM employment e
                WHERE e.person_id = a.person_id AND e.gone_ms = 9223372036854775807)
 ORDER BY (SELECT COUNT(*) FROM certificate c WHERE c.person_id = a.person_id) DESC, a.person_id
 LIMIT 1;

-- name: sample_employer :one
-- in:   scanned_count_max int32
-- out:  organisation_id int64
SELECT organisation_id
  FROM (SELECT employer AS organisation_id FROM employment WHERE gone_ms = 9223372036854775807
         ORDER BY person_id LIMIT :scanned_count_max) first_rows
 GROUP BY organisation_id
 ORDER BY COUNT(*) DESC, organisation_id LIMIT 1;

-- name: sample_training_body :one
-- in:   scanned_count_max int32
-- out:  organisation_id int64
SELECT organisation_id
  FROM (SELECT provider AS organisation_id FROM training WHERE gone_ms = 9223372036854775807
         ORDER BY person_id LIMIT :scanned_count_max) first_rows
 WHERE organisation_id IS NOT NULL
 GROUP BY organisation_id
 ORDER BY COUNT(*) DESC, organisation_id LIMIT 1;

-- name: sample_assessment_body :one
-- in:   scanned_count_max int32
-- out:  organisation_id int64
SELECT organisation_id
  FROM (SELECT issuer AS organisation_id FROM certificate WHERE gone_ms = 9223372036854775807
         ORDER BY person_id LIMIT :scanned_count_max) first_rows
 WHERE organisation_id IS NOT NULL
 GROUP BY organisation_id
 ORDER BY COUNT(*) DESC, organisation_id LIMIT 1;

-- name: sample_division :one
-- in:   scanned_count_max int32
-- out:  division int32
SELECT division
  FROM (SELECT division FROM person WHERE gone_ms = 9223372036854775807
         ORDER BY id LIMIT :scanned_count_max) first_rows
 GROUP BY division
 ORDER BY COUNT(*) DESC, division LIMIT 1;
