-- r.sql

-- name: two :one
-- out:  a int64
SELECT 2;

-- name: one :one
-- out:  a int64
SELECT 1;
