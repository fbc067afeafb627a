-- incentive_found.sql — what was found, counted and listed for pages.

-- The whole city, once after a sweep: not for a page.
-- name: found_count_groups :many
-- out:  rule_id int64, lane int32, division int32, row_count int64, holder_count int64,
--       open_count int64, amount_fen int64
SELECT e.rule_id, e.lane, COALESCE(p.division, o.division, 0), COUNT(*),
       COUNT(DISTINCT e.holder_id), COUNT(*) - COUNT(e.amount_fen),
       CAST(COALESCE(SUM(e.amount_fen), 0) AS BIGINT)
  FROM entitlement e
  LEFT JOIN person p ON p.id = e.holder_id AND p.gone_ms = 9223372036854775807
  LEFT JOIN organisation o ON o.id = e.holder_id AND o.gone_ms = 9223372036854775807
 WHERE e.gone_ms = 9223372036854775807
 GROUP BY e.rule_id, e.lane, COALESCE(p.division, o.division, 0);

-- name: found_figure_clear :exec
DELETE FROM found_figure;

-- name: found_figure_insert :bulk
-- in:   rule_id int64, lane int32, division int32, row_count int64, holder_count int64,
--       open_count int64, amount_fen int64
INSERT INTO found_figure (rule_id, lane, division, row_count, holder_count, open_count, amount_fen)
VALUES (:rule_id, :lane, :division, :row_count, :holder_count, :open_count, :amount_fen);

-- name: found_count_put :exec
-- in:   counted_ms int64, sweep_id int64, event_id int64
INSERT INTO found_count (id, counted_ms, sweep_id, event_id)
VALUES (1, :counted_ms, :sweep_id, :event_id)
    ON CONFLICT (id) DO UPDATE
   SET counted_ms = excluded.counted_ms, sweep_id = excluded.sweep_id,
       event_id = excluded.event_id;

-- name: found_count_read :one
-- out:  counted_ms int64, sweep_id int64, event_id int64
SELECT counted_ms, sweep_id, event_id FROM found_count WHERE id = 1;

-- name: found_newest_sweep :one
-- out:  id int64?
SELECT MAX(id) FROM sweep_run;

-- name: found_newest_event :one
-- out:  id int64?
SELECT MAX(id) FROM event;

-- name: found_figures_of :many
-- in:   division_min int32, division_max int32
-- out:  document_number text, rule_name text, lane int32, row_count int64, holder_count int64,
--       open_count int64, amount_fen int64
SELECT r.document_number, r.name, f.lane, CAST(SUM(f.row_count) AS BIGINT),
       CAST(SUM(f.holder_count) AS BIGINT), CAST(SUM(f.open_count) AS BIGINT),
       CAST(SUM(f.amount_fen) AS BIGINT)
  FROM found_figure f JOIN policy_rule r ON r.id = f.rule_id
 WHERE f.division >= :division_min AND f.division <= :division_max
 GROUP BY r.document_number, r.name, f.lane
 ORDER BY r.document_number, r.name, f.lane;

-- name: found_rule_id :one
-- in:   document_number text, name text
-- out:  id int64
SELECT id FROM policy_rule WHERE document_number = :document_number AND name = :name;

-- name: found_lines :many
-- in:   rule_id int64, lane int32, after_id int64, row_count_max int32
-- out:  id int64, holder_id int64, subject_record text, subject_id int64, basis_record text,
--       basis_id int64, period int32, amount_fen int64?, division int32
SELECT e.id, e.holder_id, e.subject_record, e.subject_id, e.basis_record, e.basis_id, e.period,
       e.amount_fen, COALESCE(p.division, o.division, 0)
  FROM entitlement e
  LEFT JOIN person p ON p.id = e.holder_id AND p.gone_ms = 9223372036854775807
  LEFT JOIN organisation o ON o.id = e.holder_id AND o.gone_ms = 9223372036854775807
 WHERE e.rule_id = :rule_id AND e.lane = :lane AND e.id > :after_id
   AND e.gone_ms = 9223372036854775807
 ORDER BY e.id
 LIMIT :row_count_max;

-- name: found_sweeps :many
-- in:   row_count_max int32
-- out:  id int64, as_of_day int32, known_at_ms int64, finished_ms int64, new_count int64,
--       changed_count int64, ended_count int64, unchanged_count int64
SELECT id, as_of_day, known_at_ms, finished_ms, new_count, changed_count, ended_count,
       unchanged_count
  FROM sweep_run
 ORDER BY id DESC
 LIMIT :row_count_max;
