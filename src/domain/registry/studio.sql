-- studio.sql — studios, stations and bases (carriers) in the order of their organisations.

-- name: studio_page :many
-- in:   after_organisation_id int64, after_id int64, division_min int32, division_max int32,
--       candidate_count_max int32
-- out:  organisation_id int64, id int64, kind int32, is_inside int32
SELECT c.organisation_id, c.id, c.kind,
       CASE WHEN EXISTS (SELECT 1 FROM organisation o
                          WHERE o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
                            AND o.division BETWEEN :division_min AND :division_max)
            THEN 1 ELSE 0 END
  FROM carrier c
 WHERE c.gone_ms = 9223372036854775807
   AND (c.organisation_id, c.id) > (:after_organisation_id, :after_id)
 ORDER BY c.organisation_id, c.id
 LIMIT :candidate_count_max;

-- name: studio_organisation :one
-- in:   id int64
-- out:  organisation_id int64
SELECT organisation_id FROM carrier WHERE id = :id AND gone_ms = 9223372036854775807;
