-- rival.sql — the rules of policy/jining/2022-skilled-jining.md once more, as a careful analyst would
-- write them in SQL over the registry's tables. sweep_sql.c runs them on SQLite and on PostgreSQL,
-- and bench_sweep.c compares counts and totals with the engine's, rule by rule.
--
-- bench_code holds the catalogue codes that the document names (one set a word), bench_register the
-- dated shortage catalogue. Enumeration codes are those of src/domain/registry/registry.def.
-- The document concerns the people and bodies of its own division, 370800.
-- Every statement gives the number of grants and the money (in fen) of one rule. What is unknown
-- does not grant: NULL in a condition is not true, and under NOT EXISTS it counts as true.

-- name: rival_code_table :exec
CREATE TABLE bench_code (set_name TEXT NOT NULL, code INT NOT NULL);

-- name: rival_register_table :exec
CREATE TABLE bench_register (code INT NOT NULL, from_day INT NOT NULL, to_day INT NOT NULL);

-- name: rival_code_add :exec
-- in:   set_name text, code int32
INSERT INTO bench_code (set_name, code) VALUES (:set_name, :code);

-- name: rival_register_add :exec
-- in:   code int32, from_day int32, to_day int32
INSERT INTO bench_register (code, from_day, to_day) VALUES (:code, :from_day, :to_day);

-- name: rival_analyze :exec
ANALYZE;

-- name: rival_group_help :one
-- in:   as_of int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM person_group g
                WHERE g.person_id = p.id AND g.gone_ms = 9223372036854775807
                  AND g.from_day <= :as_of AND (g.to_day IS NULL OR g.to_day >= :as_of));

-- name: rival_shortage_training :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM training t JOIN person p ON p.id = t.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE t.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND t.form = 3 AND t.target_level IN (4, 5, 6) AND t.passed = 1
   AND t.end_day >= :year_start AND t.end_day <= :as_of
   AND EXISTS (SELECT 1 FROM bench_register r
                WHERE r.code = t.occupation AND r.from_day <= t.end_day AND r.to_day >= t.end_day);

-- name: rival_apprentice_firms :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM organisation o
 WHERE o.gone_ms = 9223372036854775807 AND o.division BETWEEN 370800 AND 370899
   AND o.kind = 1
   AND (o.closed_day IS NULL OR o.closed_day > :as_of)
   AND EXISTS (SELECT 1 FROM organisation_role r
                WHERE r.organisation_id = o.id AND r.gone_ms = 9223372036854775807 AND r.role = 4
                  AND r.from_day <= :as_of AND (r.to_day IS NULL OR r.to_day >= :year_start));

-- name: rival_order_training :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM training t JOIN person p ON p.id = t.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE t.gone_ms = 9223372036854775807
   AND t.project IN (SELECT code FROM bench_code WHERE set_name = 'order_training')
   AND t.end_day <= :as_of AND t.passed = 1
   AND EXISTS (SELECT 1 FROM employment e
                WHERE e.person_id = t.person_id AND e.gone_ms = 9223372036854775807
                  AND e.employer = t.sponsor AND e.full_time = 1 AND e.from_day >= t.end_day
                  AND e.from_day >= :year_start AND e.from_day <= :as_of);

-- name: rival_school_training :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM organisation o
 WHERE o.gone_ms = 9223372036854775807 AND o.division BETWEEN 370800 AND 370899
   AND o.kind IN (3, 4, 5)
   AND o.id IN (SELECT t.provider FROM training t
                 WHERE t.gone_ms = 9223372036854775807 AND t.form = 3
                   AND t.end_day >= :year_start AND t.end_day <= :as_of);

-- name: rival_part_time_teaching :one
-- in:   as_of int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM employment e
  JOIN organisation s ON s.id = e.employer AND s.gone_ms = 9223372036854775807
  JOIN person p ON p.id = e.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE e.gone_ms = 9223372036854775807 AND e.post = 5 AND s.kind IN (3, 4, 5)
   AND e.from_day <= :as_of AND (e.to_day IS NULL OR e.to_day >= :as_of)
   AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 4 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of))
   AND EXISTS (SELECT 1 FROM employment m
                 JOIN organisation f ON f.id = m.employer AND f.gone_ms = 9223372036854775807
                WHERE m.person_id = p.id AND m.gone_ms = 9223372036854775807 AND f.kind = 1
                  AND m.post <> 5 AND m.from_day <= :as_of
                  AND (m.to_day IS NULL OR m.to_day >= :as_of));

-- name: rival_school_hiring :one
-- in:   as_of int32, education_below int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND (:education_below = 0 OR p.education < :education_below)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 4 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of))
   AND (EXISTS (SELECT 1 FROM honour h
                 WHERE h.person_id = p.id AND h.gone_ms = 9223372036854775807
                   AND h.granted_day <= :as_of
                   AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of)
                   AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'hiring_honour'))
     OR EXISTS (SELECT 1 FROM award a
                 WHERE a.person_id = p.id AND a.gone_ms = 9223372036854775807
                   AND a.award_day <= :as_of
                   AND (COALESCE(a.squad, 0) = 1
                     OR (a.contest_tier = 10 AND a.place <= 20)
                     OR (a.contest_tier = 9 AND a.place <= 15)
                     OR (a.contest_tier = 8 AND a.prize IN (4, 5))
                     OR (a.contest_tier = 7 AND a.place <= 5)
                     OR (a.contest_tier = 6 AND a.place <= 3)
                     OR (a.contest_tier = 5 AND a.prize = 4))));

-- name: rival_school_programme :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM programme g
  JOIN organisation o ON o.id = g.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE g.gone_ms = 9223372036854775807 AND g.kind IN (5, 6) AND g.tier = 4
   AND g.approved_day >= :in_force AND g.approved_day <= :as_of;

-- name: rival_carrier_building :one
-- in:   as_of int32, in_force int32, last_day int32, each_fen int64
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(COUNT(*) * :each_fen AS bigint)
  FROM carrier c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2) AND c.tier = 3
   AND c.approved_day >= :in_force AND c.approved_day <= :as_of AND c.approved_day <= :last_day
   AND (c.closed_day IS NULL OR c.closed_day > :as_of);

-- name: rival_carrier_upper :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM carrier c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807
   AND ((c.kind = 2 AND c.tier = 5) OR (c.kind = 3 AND c.tier = 4))
   AND c.approved_day >= :in_force AND c.approved_day <= :as_of
   AND (c.closed_day IS NULL OR c.closed_day > :as_of);

-- name: rival_innovation_studio :one
-- in:   as_of int32, in_force int32, each_fen int64
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(COUNT(*) * :each_fen AS bigint)
  FROM carrier c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807 AND c.kind = 4
   AND c.approved_day >= :in_force AND c.approved_day <= :as_of
   AND (c.closed_day IS NULL OR c.closed_day > :as_of)
   AND EXISTS (SELECT 1 FROM honour h
                WHERE h.person_id = c.master AND h.gone_ms = 9223372036854775807
                  AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'city_craftsman')
                  AND h.granted_day <= :as_of
                  AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of));

-- name: rival_worldskills :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM award a JOIN person p ON p.id = a.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE a.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND a.contest_tier = 11 AND a.prize IN (1, 2, 3)
   AND ((a.award_day >= :in_force AND a.award_day <= :as_of)
     OR (a.brought_in_day >= :in_force AND a.brought_in_day <= :as_of));

-- name: rival_national_honour :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM honour h JOIN person p ON p.id = h.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE h.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'national_honour')
   AND h.route IN (1, 2) AND h.granted_day >= :in_force AND h.granted_day <= :as_of
   AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 4 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of));

-- name: rival_grand_award :one
-- in:   as_of int32, quota int64
-- out:  granted_count int64, amount_fen int64
SELECT CASE WHEN COUNT(*) < :quota THEN COUNT(*) ELSE :quota END, CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 4 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of))
   AND EXISTS (SELECT 1 FROM honour h
                WHERE h.person_id = p.id AND h.gone_ms = 9223372036854775807
                  AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'city_honour')
                  AND h.granted_day <= :as_of
                  AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of));

-- name: rival_chief_selection :one
-- in:   as_of int32, term_months_ago int32, period_start int32, quota int64
-- out:  granted_count int64, amount_fen int64
SELECT CASE WHEN COUNT(*) < :quota THEN COUNT(*) ELSE :quota END, CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 6 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of))
   AND EXISTS (SELECT 1 FROM employment e
                 JOIN organisation o ON o.id = e.employer AND o.gone_ms = 9223372036854775807
                WHERE e.person_id = p.id AND e.gone_ms = 9223372036854775807 AND o.kind = 1
                  AND e.front_line = 1 AND e.from_day <= :as_of
                  AND (e.to_day IS NULL OR e.to_day >= :as_of))
   AND NOT EXISTS (SELECT 1 FROM honour h
                    WHERE h.person_id = p.id AND h.gone_ms = 9223372036854775807
                      AND h.title IN (SELECT code FROM bench_code
                                       WHERE set_name = 'chief_technician')
                      AND h.granted_day <= :as_of
                      AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of)
                      AND (h.term_end_day IS NULL OR h.term_end_day >= :period_start)
                      AND h.granted_day > :term_months_ago);

-- name: rival_chief_allowance_month :one
-- in:   as_of int32, month_start int32, term_months_ago int32, each_fen int64
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(COUNT(*) * :each_fen AS bigint)
  FROM honour h JOIN person p ON p.id = h.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE h.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'chief_technician')
   AND h.granted_day <= :as_of AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of)
   AND (h.term_end_day IS NULL OR h.term_end_day >= :month_start)
   AND h.granted_day > :term_months_ago;

-- name: rival_expert_award :one
-- in:   as_of int32, in_force int32, each_fen int64
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(COUNT(*) * :each_fen AS bigint)
  FROM honour h JOIN person p ON p.id = h.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE h.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'city_expert')
   AND h.granted_day >= :in_force AND h.granted_day <= :as_of
   AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of);

-- name: rival_master_selection :one
-- in:   as_of int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM professional_title t
                WHERE t.person_id = p.id AND t.gone_ms = 9223372036854775807 AND t.level >= 3
                  AND t.granted_day <= :as_of)
   AND EXISTS (SELECT 1 FROM certificate c
                WHERE c.person_id = p.id AND c.gone_ms = 9223372036854775807 AND c.kind IN (1, 2)
                  AND c.state = 1 AND c.level >= 6 AND c.issued_day <= :as_of
                  AND (c.expires_day IS NULL OR c.expires_day >= :as_of))
   AND EXISTS (SELECT 1 FROM employment e
                 JOIN organisation o ON o.id = e.employer AND o.gone_ms = 9223372036854775807
                WHERE e.person_id = p.id AND e.gone_ms = 9223372036854775807
                  AND e.post IN (4, 1, 6) AND o.kind IN (10, 3, 4, 5, 6, 1)
                  AND e.from_day <= :as_of AND (e.to_day IS NULL OR e.to_day >= :as_of));

-- name: rival_master_award :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM honour h JOIN person p ON p.id = h.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE h.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND h.title IN (SELECT code FROM bench_code WHERE set_name = 'city_master')
   AND h.granted_day >= :in_force AND h.granted_day <= :as_of
   AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of);

-- name: rival_honour_right :one
-- in:   as_of int32, set_name text
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM honour h
                WHERE h.person_id = p.id AND h.gone_ms = 9223372036854775807
                  AND h.title IN (SELECT code FROM bench_code WHERE set_name = :set_name)
                  AND h.granted_day <= :as_of
                  AND (h.withdrawn_day IS NULL OR h.withdrawn_day > :as_of));

-- name: rival_expert_application :one
-- in:   as_of int32, year_start int32, quota int64
-- out:  granted_count int64, amount_fen int64
SELECT CASE WHEN COUNT(*) < :quota THEN COUNT(*) ELSE :quota END, CAST(0 AS bigint)
  FROM person p
 WHERE p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND EXISTS (SELECT 1 FROM award a
                WHERE a.person_id = p.id AND a.gone_ms = 9223372036854775807
                  AND a.award_day >= :year_start AND a.award_day <= :as_of
                  AND ((a.contest_tier = 4 AND a.place <= 3)
                    OR (a.contest_tier = 3 AND a.place <= 1)));

-- name: rival_contest_promotion :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM award a JOIN person p ON p.id = a.person_id AND p.gone_ms = 9223372036854775807
   AND p.division BETWEEN 370800 AND 370899
 WHERE a.gone_ms = 9223372036854775807 AND (p.died_day IS NULL OR p.died_day > :as_of)
   AND a.award_day >= :year_start AND a.award_day <= :as_of
   AND ((a.contest_tier = 4 AND a.place <= 3) OR (a.contest_tier = 3 AND a.place <= 1))
   AND NOT EXISTS (SELECT 1 FROM certificate c
                    WHERE c.person_id = a.person_id AND c.gone_ms = 9223372036854775807
                      AND c.kind IN (1, 2) AND COALESCE(c.state = 1, TRUE)
                      AND c.issued_day <= :as_of
                      AND (c.expires_day IS NULL OR c.expires_day >= :as_of)
                      AND COALESCE(c.occupation = a.occupation, TRUE)
                      AND COALESCE(c.level >= 4, TRUE));

-- name: rival_contest_host :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM contest c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807 AND c.tier BETWEEN 5 AND 10
   AND c.held_day >= :year_start AND c.held_day <= :as_of;

-- name: rival_contest_support :one
-- in:   as_of int32, year_start int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM contest c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807 AND c.tier BETWEEN 3 AND 4
   AND c.held_day >= :year_start AND c.held_day <= :as_of;

-- name: rival_worldskills_base :one
-- in:   as_of int32, in_force int32
-- out:  granted_count int64, amount_fen int64
SELECT COUNT(*), CAST(0 AS bigint)
  FROM carrier c
  JOIN organisation o ON o.id = c.organisation_id AND o.gone_ms = 9223372036854775807
   AND o.division BETWEEN 370800 AND 370899
 WHERE c.gone_ms = 9223372036854775807 AND c.kind IN (6, 7) AND c.tier = 4
   AND c.approved_day >= :in_force AND c.approved_day <= :as_of
   AND (c.closed_day IS NULL OR c.closed_day > :as_of);
