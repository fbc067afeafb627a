-- gate.sql — claims, findings and what connects them. Counts stop at a limit: nobody reads further.

-- name: gate_claim_put :exec
-- in:   claim_id int64, rule_name text, document text, holder_record text, holder_id int64,
--       basis_id int64, body_id int64, provider_id int64, course_day int32, occupation int32,
--       level int32, division int32, claimed_day int32, amount_fen int64, is_filled int32,
--       proof blob?, state int32, checked_ms int64
INSERT INTO gate_claim (claim_id, rule_name, document, holder_record, holder_id, basis_id, body_id,
        provider_id, course_day, occupation, level, division, claimed_day, amount_fen, is_filled,
        proof, state, checked_ms)
VALUES (:claim_id, :rule_name, :document, :holder_record, :holder_id, :basis_id, :body_id,
        :provider_id, :course_day, :occupation, :level, :division, :claimed_day, :amount_fen,
        :is_filled, :proof, :state, :checked_ms)
ON CONFLICT (claim_id) DO UPDATE
   SET rule_name = excluded.rule_name, document = excluded.document,
       holder_record = excluded.holder_record, holder_id = excluded.holder_id,
       basis_id = excluded.basis_id, body_id = excluded.body_id,
       provider_id = excluded.provider_id, course_day = excluded.course_day,
       occupation = excluded.occupation, level = excluded.level, division = excluded.division,
       claimed_day = excluded.claimed_day, amount_fen = excluded.amount_fen,
       is_filled = excluded.is_filled, proof = excluded.proof, checked_ms = excluded.checked_ms;

-- name: gate_claim_by_id :one
-- in:   claim_id int64
-- out:  rule_name text, document text, holder_record text, holder_id int64, body_id int64,
--       provider_id int64, occupation int32, level int32, division int32, claimed_day int32,
--       amount_fen int64, state int32, checked_ms int64
SELECT rule_name, document, holder_record, holder_id, body_id, provider_id, occupation, level,
       division, claimed_day, amount_fen, state, checked_ms
  FROM gate_claim
 WHERE claim_id = :claim_id;

-- name: gate_claim_set_state :exec
-- in:   claim_id int64, state int32, checked_ms int64
UPDATE gate_claim SET state = :state, checked_ms = :checked_ms WHERE claim_id = :claim_id;

-- name: gate_claims_held :many
-- in:   division_min int32, division_max int32, before_claim_id int64, row_count_max int32
-- out:  claim_id int64
SELECT claim_id
  FROM gate_claim
 WHERE state = 2 AND claim_id < :before_claim_id
   AND division BETWEEN :division_min AND :division_max
 ORDER BY claim_id DESC
 LIMIT :row_count_max;

-- name: gate_claims_held_count :one
-- in:   division_min int32, division_max int32, row_count_max int32
-- out:  held_count int64
SELECT COUNT(*)
  FROM (SELECT claim_id FROM gate_claim
         WHERE state = 2 AND division BETWEEN :division_min AND :division_max
         LIMIT :row_count_max) AS held;

-- name: gate_account_persons :many
-- in:   bank_account_index blob, row_count_max int32
-- out:  id int64
SELECT id
  FROM person
 WHERE bank_account_index = :bank_account_index AND gone_ms = 9223372036854775807
 ORDER BY id
 LIMIT :row_count_max;

-- name: gate_phone_persons :many
-- in:   phone_index blob, row_count_max int32
-- out:  id int64
SELECT id
  FROM person
 WHERE phone_index = :phone_index AND gone_ms = 9223372036854775807
 ORDER BY id
 LIMIT :row_count_max;

-- name: gate_organisation :one
-- in:   id int64
-- out:  division int32, founded_day int32?, closed_day int32?
SELECT division, founded_day, closed_day
  FROM organisation
 WHERE id = :id AND gone_ms = 9223372036854775807;

-- name: gate_insured_count :one
-- in:   payer int64, from_month int32, row_count_max int32
-- out:  person_count int64
SELECT COUNT(*)
  FROM (SELECT DISTINCT person_id FROM insured_span
         WHERE payer = :payer AND to_month >= :from_month AND gone_ms = 9223372036854775807
         LIMIT :row_count_max) AS insured;

-- name: gate_insured_persons :many
-- in:   payer int64, from_month int32, row_count_max int32
-- out:  person_id int64, to_month int32
SELECT person_id, to_month
  FROM insured_span
 WHERE payer = :payer AND to_month >= :from_month AND gone_ms = 9223372036854775807
 ORDER BY to_month DESC, person_id
 LIMIT :row_count_max;

-- name: gate_body_claim_count :one
-- in:   body_id int64, from_day int32, to_day int32, row_count_max int32
-- out:  claim_count int64
SELECT COUNT(*)
  FROM (SELECT claim_id FROM gate_claim
         WHERE body_id = :body_id AND body_id <> 0 AND state <> 4
           AND claimed_day BETWEEN :from_day AND :to_day
         LIMIT :row_count_max) AS claims;

-- name: gate_body_claims :many
-- in:   body_id int64, from_day int32, to_day int32, row_count_max int32
-- out:  claim_id int64, holder_record text, holder_id int64, claimed_day int32, amount_fen int64
SELECT claim_id, holder_record, holder_id, claimed_day, amount_fen
  FROM gate_claim
 WHERE body_id = :body_id AND body_id <> 0 AND state <> 4
   AND claimed_day BETWEEN :from_day AND :to_day
 ORDER BY claimed_day DESC, claim_id
 LIMIT :row_count_max;

-- name: gate_line_claim_count :one
-- in:   body_id int64, from_day int32, to_day int32, low_fen int64, high_fen int64,
--       row_count_max int32
-- out:  claim_count int64
SELECT COUNT(*)
  FROM (SELECT claim_id FROM gate_claim
         WHERE body_id = :body_id AND body_id <> 0 AND state <> 4
           AND claimed_day BETWEEN :from_day AND :to_day
           AND amount_fen >= :low_fen AND amount_fen < :high_fen AND is_filled = 1
         LIMIT :row_count_max) AS claims;

-- name: gate_line_claims :many
-- in:   body_id int64, from_day int32, to_day int32, low_fen int64, high_fen int64,
--       row_count_max int32
-- out:  claim_id int64, holder_record text, holder_id int64, claimed_day int32, amount_fen int64
SELECT claim_id, holder_record, holder_id, claimed_day, amount_fen
  FROM gate_claim
 WHERE body_id = :body_id AND body_id <> 0 AND state <> 4
   AND claimed_day BETWEEN :from_day AND :to_day
   AND amount_fen >= :low_fen AND amount_fen < :high_fen AND is_filled = 1
 ORDER BY claimed_day DESC, claim_id
 LIMIT :row_count_max;

-- name: gate_course_claim_count :one
-- in:   provider_id int64, course_day int32, occupation int32, row_count_max int32
-- out:  person_count int64
SELECT COUNT(*)
  FROM (SELECT DISTINCT holder_id FROM gate_claim
         WHERE provider_id = :provider_id AND provider_id <> 0 AND state <> 4
           AND course_day = :course_day AND occupation = :occupation
         LIMIT :row_count_max) AS claims;

-- name: gate_course_claims :many
-- in:   provider_id int64, course_day int32, occupation int32, row_count_max int32
-- out:  claim_id int64, holder_record text, holder_id int64, claimed_day int32, amount_fen int64
SELECT claim_id, holder_record, holder_id, claimed_day, amount_fen
  FROM gate_claim
 WHERE provider_id = :provider_id AND provider_id <> 0 AND state <> 4
   AND course_day = :course_day AND occupation = :occupation
 ORDER BY claim_id
 LIMIT :row_count_max;

-- name: gate_proof_claims :many
-- in:   proof blob, row_count_max int32
-- out:  claim_id int64, holder_record text, holder_id int64, claimed_day int32, amount_fen int64
SELECT claim_id, holder_record, holder_id, claimed_day, amount_fen
  FROM gate_claim
 WHERE proof = :proof AND proof IS NOT NULL AND state <> 4
 ORDER BY claim_id
 LIMIT :row_count_max;

-- name: gate_skill_claims :many
-- in:   holder_id int64, occupation int32, level int32, row_count_max int32
-- out:  claim_id int64, rule_name text, basis_id int64, claimed_day int32, amount_fen int64,
--       division int32
SELECT claim_id, rule_name, basis_id, claimed_day, amount_fen, division
  FROM gate_claim
 WHERE holder_id = :holder_id AND occupation = :occupation AND occupation <> 0
   AND level = :level AND state <> 4
 ORDER BY claim_id
 LIMIT :row_count_max;

-- name: gate_finding_insert :exec
-- in:   id int64, claim_id int64, rule_name text, document text, article text, said text,
--       advice text, measure text, done int64, owed int64, found_ms int64
INSERT INTO gate_finding (id, claim_id, rule_name, document, article, said, advice, measure, done,
        owed, state, found_ms)
VALUES (:id, :claim_id, :rule_name, :document, :article, :said, :advice, :measure, :done, :owed,
        1, :found_ms);

-- name: gate_findings_of :many
-- in:   claim_id int64
-- out:  id int64, rule_name text, document text, article text, said text, advice text,
--       measure text, done int64, owed int64, state int32, found_ms int64
SELECT id, rule_name, document, article, said, advice, measure, done, owed, state, found_ms
  FROM gate_finding
 WHERE claim_id = :claim_id
 ORDER BY id;

-- name: gate_finding_claim_of :one
-- in:   id int64
-- out:  claim_id int64, rule_name text, state int32
SELECT claim_id, rule_name, state FROM gate_finding WHERE id = :id;

-- name: gate_finding_set_state :exec
-- in:   id int64, state int32
UPDATE gate_finding SET state = :state WHERE id = :id AND state = 1;

-- name: gate_finding_count :one
-- in:   rule_name text, state int32
-- out:  finding_count int64
SELECT COUNT(*) FROM gate_finding WHERE rule_name = :rule_name AND state = :state;

-- name: gate_evidence_insert :exec
-- in:   finding_id int64, number int32, kind int32, record text, record_id int64,
--       other_claim int64, from_day int32?, to_day int32?, amount_fen int64?, division int32?
INSERT INTO gate_evidence (finding_id, number, kind, record, record_id, other_claim, from_day,
        to_day, amount_fen, division)
VALUES (:finding_id, :number, :kind, :record, :record_id, :other_claim, :from_day, :to_day,
        :amount_fen, :division);

-- name: gate_evidence_of :many
-- in:   finding_id int64
-- out:  kind int32, record text, record_id int64, other_claim int64, from_day int32?,
--       to_day int32?, amount_fen int64?, division int32?
SELECT kind, record, record_id, other_claim, from_day, to_day, amount_fen, division
  FROM gate_evidence
 WHERE finding_id = :finding_id
 ORDER BY number;

-- name: gate_outcome_insert :exec
-- in:   id int64, finding_id int64, rule_name text, outcome int32, reason text, account_id int64,
--       actor text, at_ms int64
INSERT INTO gate_outcome (id, finding_id, rule_name, outcome, reason, account_id, actor, at_ms)
VALUES (:id, :finding_id, :rule_name, :outcome, :reason, :account_id, :actor, :at_ms);

-- name: gate_outcomes_of :many
-- in:   finding_id int64
-- out:  outcome int32, reason text, actor text, at_ms int64
SELECT outcome, reason, actor, at_ms
  FROM gate_outcome
 WHERE finding_id = :finding_id
 ORDER BY id;

-- name: gate_kin_insert :exec
-- in:   staff_id int64, person_id int64, relation text, known_ms int64
INSERT INTO gate_kin (staff_id, person_id, relation, known_ms, gone_ms)
SELECT :staff_id, :person_id, :relation, :known_ms, 9223372036854775807
 WHERE NOT EXISTS (SELECT 1 FROM gate_kin
                    WHERE staff_id = :staff_id AND person_id = :person_id
                      AND gone_ms = 9223372036854775807);

-- name: gate_kin_close :exec
-- in:   staff_id int64, person_id int64, gone_ms int64
UPDATE gate_kin SET gone_ms = :gone_ms
 WHERE staff_id = :staff_id AND person_id = :person_id AND gone_ms = 9223372036854775807;

-- name: gate_kin_between :one
-- in:   staff_id int64, person_id int64
-- out:  kin_count int64
SELECT COUNT(*) FROM gate_kin
 WHERE staff_id = :staff_id AND person_id = :person_id AND gone_ms = 9223372036854775807;

-- name: gate_kin_officers :many
-- in:   after_id int64, row_count_max int32
-- out:  staff_id int64
SELECT DISTINCT staff_id FROM gate_kin
 WHERE staff_id > :after_id AND gone_ms = 9223372036854775807
 ORDER BY staff_id
 LIMIT :row_count_max;

-- name: gate_kin_list :many
-- in:   staff_id int64
-- out:  person_id int64, relation text
SELECT person_id, relation FROM gate_kin
 WHERE staff_id = :staff_id AND gone_ms = 9223372036854775807
 ORDER BY person_id;
