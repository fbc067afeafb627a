-- incentive_night.sql — the last sweep. Ids are made in the order of time: one step at the end of
-- the primary key.
-- name: night_last :one
-- out:  as_of_day int32, finished_ms int64, new_count int64, changed_count int64,
--       ended_count int64, unchanged_count int64
SELECT as_of_day, finished_ms, new_count, changed_count, ended_count, unchanged_count
  FROM sweep_run
 ORDER BY id DESC
 LIMIT 1;
