-- name: one :one
-- out:  a int64
SELECT 1;
