-- follow.sql — facts that the bench of following changes, found by their keys.
-- 9223372036854775807 is REGISTRY_NEVER_MS.

-- A row at or after an id drawn at random: rows are found by the index of their owner.
-- name: follow_certificate :one
-- in:   after_id int64
-- out:  owner_id int64, id int64
SELECT person_id, id FROM certificate
 WHERE person_id >= :after_id AND gone_ms = 9223372036854775807
 ORDER BY person_id LIMIT 1;

-- name: follow_employment :one
-- in:   after_id int64
-- out:  owner_id int64, id int64
SELECT person_id, id FROM employment
 WHERE person_id >= :after_id AND gone_ms = 9223372036854775807
 ORDER BY person_id LIMIT 1;

-- name: follow_insured_span :one
-- in:   after_id int64
-- out:  owner_id int64, id int64
SELECT person_id, id FROM insured_span
 WHERE person_id >= :after_id AND gone_ms = 9223372036854775807
 ORDER BY person_id LIMIT 1;

-- name: follow_award :one
-- in:   after_id int64
-- out:  owner_id int64, id int64
SELECT person_id, id FROM award
 WHERE person_id >= :after_id AND gone_ms = 9223372036854775807
 ORDER BY person_id LIMIT 1;

-- name: follow_organisation :one
-- in:   after_id int64
-- out:  owner_id int64, id int64
SELECT id, id FROM organisation
 WHERE id >= :after_id AND gone_ms = 9223372036854775807
 ORDER BY id LIMIT 1;

-- name: follow_person_ends :one
-- out:  first_id int64?, last_id int64?
SELECT (SELECT id FROM person ORDER BY id LIMIT 1),
       (SELECT id FROM person ORDER BY id DESC LIMIT 1);

-- name: follow_organisation_ends :one
-- out:  first_id int64?, last_id int64?
SELECT (SELECT id FROM organisation ORDER BY id LIMIT 1),
       (SELECT id FROM organisation ORDER BY id DESC LIMIT 1);
