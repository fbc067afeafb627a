-- policy_rules.sql — the eight rules and the settlement of policy_workload.md once more, as a careful
-- analyst would write them in SQL that SQLite, PostgreSQL and DuckDB all take.
--
-- policy_sql.c puts the numbers of the document in the place of :names and fills its tables into
-- occ, level_amount, class_amount, promoted and prize, and puts gross, everyone or granted, and settled
-- together to one statement. Money is in fen, days are civil day numbers,
-- codes are those of policy_town.def. A block ends at the next "-- name:".

-- name: gross
CREATE TABLE result AS
WITH technician AS (
    SELECT c.person_id, MAX(l.technician_fen) AS fen
      FROM cert c
      JOIN occ o ON o.code = c.occupation AND o.is_short = 1
      JOIN level_amount l ON l.level = c.level
      JOIN person p ON p.id = c.person_id
     WHERE c.kind <= 2 AND c.issued_day <= :as_of_day AND c.level >= 5
       AND p.job IN (2, 4) AND p.employer >= 1
     GROUP BY c.person_id),
upgrade AS (
    SELECT person_id, SUM(fen) AS fen
      FROM (SELECT person_id, fen,
                   ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY fen DESC) AS place
              FROM (SELECT DISTINCT c.person_id, c.occupation, c.level, l.upgrade_fen AS fen
                      FROM cert c
                      JOIN level_amount l ON l.level = c.level
                      JOIN person p ON p.id = c.person_id
                     WHERE c.kind <= 2 AND c.level BETWEEN 2 AND 4
                       AND c.issued_day BETWEEN :year_start_day AND :as_of_day
                       AND p.job IN (2, 3) AND p.insured_months >= :insured_least
                       AND NOT EXISTS (SELECT 1 FROM paid d
                                        WHERE d.person_id = c.person_id
                                          AND d.occupation = c.occupation
                                          AND d.level >= c.level)) AS eligible) AS ranked
     WHERE place <= :upgrade_best
     GROUP BY person_id),
apprentice AS (
    SELECT t.person_id, MAX(l.apprentice_fen) AS fen
      FROM train t
      JOIN level_amount l ON l.level = t.target
      JOIN person p ON p.id = t.person_id
     WHERE t.form = 2 AND t.passed = 1 AND t.end_day BETWEEN :year_start_day AND :as_of_day
       AND t.hours >= :apprentice_hours_least
       AND p.employer >= 1
       AND p.birth_day <= :birth_last_adult AND p.birth_day > :birth_last_old
     GROUP BY t.person_id),
won AS (
    SELECT a.person_id, MAX(z.fen) AS fen
      FROM award a
      JOIN prize z ON z.tier = a.tier AND z.place = a.place
     WHERE a.award_day BETWEEN :year_start_day AND :as_of_day AND z.fen > 0
     GROUP BY a.person_id),
title AS (
    SELECT person_id, :title_fen AS fen
      FROM (SELECT a.person_id, a.tier, a.place, a.award_day,
                   ROW_NUMBER() OVER (PARTITION BY a.person_id
                                      ORDER BY a.tier DESC, a.place, a.award_day) AS turn
              FROM award a
              JOIN person p ON p.id = a.person_id AND p.titled = 0
             WHERE a.award_day BETWEEN :year_start_day AND :as_of_day
               AND ((a.tier = 2 AND a.place <= 3) OR (a.tier = 1 AND a.place = 1))) AS contender
     WHERE turn = 1
     ORDER BY tier DESC, place, award_day, person_id
     LIMIT :title_quota),
promotion AS (
    SELECT a.person_id, MAX(l.promotion_fen) AS fen
      FROM award a
      JOIN promoted g ON g.tier = a.tier
      JOIN level_amount l ON l.level = g.level
     WHERE a.award_day BETWEEN :year_start_day AND :as_of_day AND a.tier >= 3 AND a.place <= 3
       AND NOT EXISTS (SELECT 1 FROM cert c
                        WHERE c.person_id = a.person_id AND c.occupation = a.occupation
                          AND c.kind <= 2 AND c.issued_day <= :as_of_day AND c.level >= g.level)
     GROUP BY a.person_id),
talent AS (
    SELECT best.person_id, x.fen
      FROM (SELECT k.person_id, MAX(k.class) AS class
              FROM (SELECT person_id,
                           CASE WHEN tier = 7 AND place = 1 THEN 5
                                WHEN tier = 7 AND place <= 3 THEN 4
                                WHEN tier = 6 AND place <= 3 THEN 3
                                WHEN tier >= 5 AND place <= 10 THEN 2
                                WHEN tier = 4 AND place = 1 THEN 2
                                WHEN tier = 4 AND place <= 5 THEN 1
                                WHEN tier = 3 AND place <= 3 THEN 1
                                ELSE 0 END AS class
                      FROM award
                     WHERE award_day <= :as_of_day AND tier >= 3
                    UNION ALL
                    SELECT c.person_id,
                           CASE WHEN c.level = 8 THEN 4
                                WHEN c.level = 7 THEN 3
                                WHEN c.level = 6 AND p.insured_months >= :insured_long THEN 2
                                WHEN c.level = 6 THEN 1
                                WHEN o.is_short = 1 AND p.birth_day > :birth_last_senior THEN 1
                                ELSE 0 END AS class
                      FROM cert c
                      JOIN occ o ON o.code = c.occupation
                      JOIN person p ON p.id = c.person_id
                     WHERE c.kind <= 2 AND c.issued_day <= :as_of_day AND c.level >= 5) AS k
             GROUP BY k.person_id) AS best
      JOIN class_amount x ON x.class = best.class
      JOIN person p ON p.id = best.person_id
     WHERE p.employer >= 1 AND p.birth_day > :birth_last_old),
training AS (
    SELECT person_id, SUM(fen) AS fen
      FROM (SELECT person_id, fen,
                   ROW_NUMBER() OVER (PARTITION BY person_id ORDER BY fen DESC) AS place
              FROM (SELECT t.person_id, t.occupation,
                           MAX(CASE WHEN t.hours * o.hour_fen < :training_fen_max
                                    THEN t.hours * o.hour_fen
                                    ELSE :training_fen_max END) AS fen
                      FROM train t
                      JOIN occ o ON o.code = t.occupation
                      JOIN person p ON p.id = t.person_id
                     WHERE t.form = 1 AND t.passed = 1
                       AND t.end_day BETWEEN :year_start_day AND :as_of_day
                       AND t.hours >= :training_hours_least
                       AND p.job IN (1, 2, 3, 5, 8)
                       AND p.birth_day <= :birth_last_adult AND p.birth_day > :birth_last_old
                     GROUP BY t.person_id, t.occupation) AS eligible) AS ranked
     WHERE place <= :training_best
     GROUP BY person_id),
gross AS (
    SELECT person_id,
           MAX(CASE WHEN rule = 0 THEN fen ELSE 0 END) AS technician,
           MAX(CASE WHEN rule = 1 THEN fen ELSE 0 END) AS upgrade,
           MAX(CASE WHEN rule = 2 THEN fen ELSE 0 END) AS apprentice,
           MAX(CASE WHEN rule = 3 THEN fen ELSE 0 END) AS prize,
           MAX(CASE WHEN rule = 4 THEN fen ELSE 0 END) AS title,
           MAX(CASE WHEN rule = 5 THEN fen ELSE 0 END) AS promotion,
           MAX(CASE WHEN rule = 6 THEN fen ELSE 0 END) AS talent,
           MAX(CASE WHEN rule = 7 THEN fen ELSE 0 END) AS training
      FROM (SELECT person_id, 0 AS rule, fen FROM technician
            UNION ALL SELECT person_id, 1, fen FROM upgrade
            UNION ALL SELECT person_id, 2, fen FROM apprentice
            UNION ALL SELECT person_id, 3, fen FROM won
            UNION ALL SELECT person_id, 4, fen FROM title
            UNION ALL SELECT person_id, 5, fen FROM promotion
            UNION ALL SELECT person_id, 6, fen FROM talent
            UNION ALL SELECT person_id, 7, fen FROM training) AS each_rule
     GROUP BY person_id),

-- name: everyone
amount AS (
    SELECT p.id AS person_id, COALESCE(g.technician, 0) AS technician,
           COALESCE(g.upgrade, 0) AS upgrade, COALESCE(g.apprentice, 0) AS apprentice,
           COALESCE(g.prize, 0) AS prize, COALESCE(g.title, 0) AS title,
           COALESCE(g.promotion, 0) AS promotion, COALESCE(g.talent, 0) AS talent,
           COALESCE(g.training, 0) AS training
      FROM person p LEFT JOIN gross g ON g.person_id = p.id)

-- name: granted
amount AS (SELECT * FROM gross)

-- name: settled
SELECT person_id,
       CASE WHEN talent >= technician THEN 0 ELSE technician END AS technician,
       CASE WHEN upgrade < :together_fen_max THEN upgrade ELSE :together_fen_max END AS upgrade,
       CASE WHEN upgrade >= :together_fen_max THEN 0
            WHEN upgrade + apprentice < :together_fen_max THEN apprentice
            ELSE :together_fen_max - upgrade END AS apprentice,
       prize, title, promotion,
       CASE WHEN talent >= technician THEN talent ELSE 0 END AS talent,
       CASE WHEN upgrade + apprentice >= :together_fen_max THEN 0
            WHEN upgrade + apprentice + training < :together_fen_max THEN training
            ELSE :together_fen_max - upgrade - apprentice END AS training
  FROM amount

-- name: rules
SELECT SUM(CASE WHEN technician > 0 THEN 1 ELSE 0 END), SUM(technician),
       SUM(CASE WHEN upgrade > 0 THEN 1 ELSE 0 END), SUM(upgrade),
       SUM(CASE WHEN apprentice > 0 THEN 1 ELSE 0 END), SUM(apprentice),
       SUM(CASE WHEN prize > 0 THEN 1 ELSE 0 END), SUM(prize),
       SUM(CASE WHEN title > 0 THEN 1 ELSE 0 END), SUM(title),
       SUM(CASE WHEN promotion > 0 THEN 1 ELSE 0 END), SUM(promotion),
       SUM(CASE WHEN talent > 0 THEN 1 ELSE 0 END), SUM(talent),
       SUM(CASE WHEN training > 0 THEN 1 ELSE 0 END), SUM(training)
  FROM result

-- name: regions
SELECT p.region, SUM(r.technician + r.title + r.talent), SUM(r.upgrade),
       SUM(r.apprentice + r.promotion + r.training), SUM(r.prize)
  FROM result r JOIN person p ON p.id = r.person_id
 GROUP BY p.region

-- name: checksum
SELECT SUM(technician * (person_id * 8 * 7919 % 1000003)
         + upgrade * ((person_id * 8 + 1) * 7919 % 1000003)
         + apprentice * ((person_id * 8 + 2) * 7919 % 1000003)
         + prize * ((person_id * 8 + 3) * 7919 % 1000003)
         + title * ((person_id * 8 + 4) * 7919 % 1000003)
         + promotion * ((person_id * 8 + 5) * 7919 % 1000003)
         + talent * ((person_id * 8 + 6) * 7919 % 1000003)
         + training * ((person_id * 8 + 7) * 7919 % 1000003))
  FROM result

-- name: drop
DROP TABLE IF EXISTS result
