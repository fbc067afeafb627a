-- registry_owner.sql — whose a record is or was last, by its own id. Bodies' records have an index for
-- it; a person's are looked for in the whole table: rules are about persons, not about their records.

-- name: person_group_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM person_group WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: organisation_role_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT organisation_id FROM organisation_role WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: employment_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM employment WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: insured_span_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM insured_span WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: certificate_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM certificate WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: training_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM training WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: award_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM award WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: honour_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM honour WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: professional_title_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM professional_title WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: carrier_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT organisation_id FROM carrier WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: carrier_activity_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT carrier_id FROM carrier_activity WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: contest_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT organisation_id FROM contest WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: programme_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT organisation_id FROM programme WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: assessment_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM assessment WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: payment_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM payment WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: apprentice_agreement_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM apprentice_agreement WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: enrolment_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT person_id FROM enrolment WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: filing_scope_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT organisation_id FROM filing_scope WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: carrier_member_owner :one
-- in:   id int64
-- out:  owner_id int64
SELECT carrier_id FROM carrier_member WHERE id = :id ORDER BY known_ms DESC LIMIT 1;

-- name: person_division :one
-- in:   id int64
-- out:  division int32
SELECT division FROM person WHERE id = :id AND gone_ms = 9223372036854775807;
