-- registry.sql — named statements of the registry.
--
-- Every record has the same six, called by the record's name:
--   X_insert     a new version
--   X_close      the current version stops holding (a correction or a withdrawal follows)
--   X_current    current rows of one owner (of one id for roots)
--   X_versions   all versions of one owner's rows, oldest first
--   X_rows_at    all rows as known at an instant, whole, in owner order (export)
--   X_facts_at   the same without texts and secrets (columns of the policy engine)
-- Records whose natural key is unique in the city and which come by the hundred thousand have also:
--   X_add        a new version, unless a current one has the key: an import needs no look-up before
-- The order of X_insert and of X_current is that of the columns in schema/0002_registry_records.sql.
-- 9223372036854775807 is REGISTRY_NEVER_MS; it stands literally so that partial indexes serve.

-- ---- person 人员

-- name: person_insert :bulk
-- in:  id int64, known_ms int64, gone_ms int64, name text, identity_kind int32?,
--      identity_sealed blob, identity_index blob, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, phone_sealed blob?, phone_index blob?,
--      bank_account_sealed blob?, bank_account_index blob?, consent_day int32?, died_day int32?,
--      source text
INSERT INTO person (id, known_ms, gone_ms, name, identity_kind, identity_sealed, identity_index,
        birth_day, sex, division, education, household, phone_sealed, phone_index,
        bank_account_sealed, bank_account_index, consent_day, died_day, source)
VALUES (:id, :known_ms, :gone_ms, :name, :identity_kind, :identity_sealed, :identity_index,
        :birth_day, :sex, :division, :education, :household, :phone_sealed, :phone_index,
        :bank_account_sealed, :bank_account_index, :consent_day, :died_day, :source);

-- Adds the row unless somebody has its key already.
-- name: person_add :exec
-- in:  id int64, known_ms int64, gone_ms int64, name text, identity_kind int32?,
--      identity_sealed blob, identity_index blob, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, phone_sealed blob?, phone_index blob?,
--      bank_account_sealed blob?, bank_account_index blob?, consent_day int32?, died_day int32?,
--      source text
INSERT INTO person (id, known_ms, gone_ms, name, identity_kind, identity_sealed, identity_index,
        birth_day, sex, division, education, household, phone_sealed, phone_index,
        bank_account_sealed, bank_account_index, consent_day, died_day, source)
VALUES (:id, :known_ms, :gone_ms, :name, :identity_kind, :identity_sealed, :identity_index,
        :birth_day, :sex, :division, :education, :household, :phone_sealed, :phone_index,
        :bank_account_sealed, :bank_account_index, :consent_day, :died_day, :source)
    ON CONFLICT DO NOTHING;

-- name: person_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE person
   SET gone_ms = :gone_ms
 WHERE id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: person_current :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, identity_kind int32?,
--      identity_sealed blob, identity_index blob, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, phone_sealed blob?, phone_index blob?,
--      bank_account_sealed blob?, bank_account_index blob?, consent_day int32?, died_day int32?,
--      source text
SELECT id, known_ms, gone_ms, name, identity_kind, identity_sealed, identity_index, birth_day,
       sex, division, education, household, phone_sealed, phone_index, bank_account_sealed,
       bank_account_index, consent_day, died_day, source
  FROM person
 WHERE id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: person_versions :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, identity_kind int32?,
--      identity_sealed blob, identity_index blob, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, phone_sealed blob?, phone_index blob?,
--      bank_account_sealed blob?, bank_account_index blob?, consent_day int32?, died_day int32?,
--      source text
SELECT id, known_ms, gone_ms, name, identity_kind, identity_sealed, identity_index, birth_day,
       sex, division, education, household, phone_sealed, phone_index, bank_account_sealed,
       bank_account_index, consent_day, died_day, source
  FROM person
 WHERE id = :key_id
 ORDER BY id, known_ms;

-- name: person_rows_at :many
-- in:   known_at_ms int64
-- out: id int64, known_ms int64, gone_ms int64, name text, identity_kind int32?,
--      identity_sealed blob, identity_index blob, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, phone_sealed blob?, phone_index blob?,
--      bank_account_sealed blob?, bank_account_index blob?, consent_day int32?, died_day int32?,
--      source text
SELECT id, known_ms, gone_ms, name, identity_kind, identity_sealed, identity_index, birth_day,
       sex, division, education, household, phone_sealed, phone_index, bank_account_sealed,
       bank_account_index, consent_day, died_day, source
  FROM person
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- name: person_facts_at :many
-- in:   known_at_ms int64
-- out: id int64, identity_kind int32?, birth_day int32?, sex int32?, division int32,
--      education int32?, household int32?, consent_day int32?, died_day int32?
SELECT id, identity_kind, birth_day, sex, division, education, household, consent_day, died_day
  FROM person
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- ---- person_group 重点群体身份

-- name: person_group_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, group_code int32,
--      from_day int32, to_day int32?, evidence text?, source text
INSERT INTO person_group (person_id, id, known_ms, gone_ms, group_code, from_day, to_day,
        evidence, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :group_code, :from_day, :to_day, :evidence, :source);

-- name: person_group_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE person_group
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: person_group_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, group_code int32,
--      from_day int32, to_day int32?, evidence text?, source text
SELECT person_id, id, known_ms, gone_ms, group_code, from_day, to_day, evidence, source
  FROM person_group
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: person_group_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, group_code int32,
--      from_day int32, to_day int32?, evidence text?, source text
SELECT person_id, id, known_ms, gone_ms, group_code, from_day, to_day, evidence, source
  FROM person_group
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: person_group_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, group_code int32,
--      from_day int32, to_day int32?, evidence text?, source text
SELECT person_id, id, known_ms, gone_ms, group_code, from_day, to_day, evidence, source
  FROM person_group
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: person_group_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, group_code int32, from_day int32, to_day int32?
SELECT person_id, id, group_code, from_day, to_day
  FROM person_group
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- organisation 单位

-- name: organisation_insert :bulk
-- in:  id int64, known_ms int64, gone_ms int64, name text, credit_code text, kind int32,
--      division int32, industry int32?, above_scale int32?, high_risk int32?, parent int64?,
--      post_count int32?, part_time_post_count int32?, education_fund_due_fen int64?,
--      education_fund_set_fen int64?, founded_day int32?, closed_day int32?, source text
INSERT INTO organisation (id, known_ms, gone_ms, name, credit_code, kind, division, industry,
        above_scale, high_risk, parent, post_count, part_time_post_count, education_fund_due_fen,
        education_fund_set_fen, founded_day, closed_day, source)
VALUES (:id, :known_ms, :gone_ms, :name, :credit_code, :kind, :division, :industry, :above_scale,
        :high_risk, :parent, :post_count, :part_time_post_count, :education_fund_due_fen,
        :education_fund_set_fen, :founded_day, :closed_day, :source);

-- name: organisation_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE organisation
   SET gone_ms = :gone_ms
 WHERE id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: organisation_current :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, credit_code text, kind int32,
--      division int32, industry int32?, above_scale int32?, high_risk int32?, parent int64?,
--      post_count int32?, part_time_post_count int32?, education_fund_due_fen int64?,
--      education_fund_set_fen int64?, founded_day int32?, closed_day int32?, source text
SELECT id, known_ms, gone_ms, name, credit_code, kind, division, industry, above_scale, high_risk,
       parent, post_count, part_time_post_count, education_fund_due_fen, education_fund_set_fen,
       founded_day, closed_day, source
  FROM organisation
 WHERE id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: organisation_versions :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, credit_code text, kind int32,
--      division int32, industry int32?, above_scale int32?, high_risk int32?, parent int64?,
--      post_count int32?, part_time_post_count int32?, education_fund_due_fen int64?,
--      education_fund_set_fen int64?, founded_day int32?, closed_day int32?, source text
SELECT id, known_ms, gone_ms, name, credit_code, kind, division, industry, above_scale, high_risk,
       parent, post_count, part_time_post_count, education_fund_due_fen, education_fund_set_fen,
       founded_day, closed_day, source
  FROM organisation
 WHERE id = :key_id
 ORDER BY id, known_ms;

-- name: organisation_rows_at :many
-- in:   known_at_ms int64
-- out: id int64, known_ms int64, gone_ms int64, name text, credit_code text, kind int32,
--      division int32, industry int32?, above_scale int32?, high_risk int32?, parent int64?,
--      post_count int32?, part_time_post_count int32?, education_fund_due_fen int64?,
--      education_fund_set_fen int64?, founded_day int32?, closed_day int32?, source text
SELECT id, known_ms, gone_ms, name, credit_code, kind, division, industry, above_scale, high_risk,
       parent, post_count, part_time_post_count, education_fund_due_fen, education_fund_set_fen,
       founded_day, closed_day, source
  FROM organisation
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- name: organisation_facts_at :many
-- in:   known_at_ms int64
-- out: id int64, kind int32, division int32, industry int32?, above_scale int32?,
--      high_risk int32?, parent int64?, post_count int32?, part_time_post_count int32?,
--      education_fund_due_fen int64?, education_fund_set_fen int64?, founded_day int32?,
--      closed_day int32?
SELECT id, kind, division, industry, above_scale, high_risk, parent, post_count,
       part_time_post_count, education_fund_due_fen, education_fund_set_fen, founded_day,
       closed_day
  FROM organisation
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- ---- organisation_role 单位备案

-- name: organisation_role_insert :bulk
-- in:  organisation_id int64, id int64, known_ms int64, gone_ms int64, role int32, number text?,
--      from_day int32, to_day int32?, source text
INSERT INTO organisation_role (organisation_id, id, known_ms, gone_ms, role, number, from_day,
        to_day, source)
VALUES (:organisation_id, :id, :known_ms, :gone_ms, :role, :number, :from_day, :to_day, :source);

-- name: organisation_role_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE organisation_role
   SET gone_ms = :gone_ms
 WHERE organisation_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: organisation_role_current :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, role int32, number text?,
--      from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, role, number, from_day, to_day, source
  FROM organisation_role
 WHERE organisation_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: organisation_role_versions :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, role int32, number text?,
--      from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, role, number, from_day, to_day, source
  FROM organisation_role
 WHERE organisation_id = :key_id
 ORDER BY id, known_ms;

-- name: organisation_role_rows_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, role int32, number text?,
--      from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, role, number, from_day, to_day, source
  FROM organisation_role
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- name: organisation_role_facts_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, role int32, from_day int32, to_day int32?
SELECT organisation_id, id, role, from_day, to_day
  FROM organisation_role
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- ---- employment 就业经历

-- name: employment_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, employer int64,
--      occupation int32?, post int32?, front_line int32?, full_time int32?, from_day int32,
--      to_day int32?, source text
INSERT INTO employment (person_id, id, known_ms, gone_ms, employer, occupation, post, front_line,
        full_time, from_day, to_day, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :employer, :occupation, :post, :front_line,
        :full_time, :from_day, :to_day, :source);

-- name: employment_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE employment
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: employment_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64,
--      occupation int32?, post int32?, front_line int32?, full_time int32?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, occupation, post, front_line, full_time,
       from_day, to_day, source
  FROM employment
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: employment_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64,
--      occupation int32?, post int32?, front_line int32?, full_time int32?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, occupation, post, front_line, full_time,
       from_day, to_day, source
  FROM employment
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: employment_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64,
--      occupation int32?, post int32?, front_line int32?, full_time int32?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, occupation, post, front_line, full_time,
       from_day, to_day, source
  FROM employment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: employment_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, employer int64, occupation int32?, post int32?,
--      front_line int32?, full_time int32?, from_day int32, to_day int32?
SELECT person_id, id, employer, occupation, post, front_line, full_time, from_day, to_day
  FROM employment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- insured_span 参保记录

-- name: insured_span_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, insurance int32, payer int64?,
--      from_month int32, to_month int32, source text
INSERT INTO insured_span (person_id, id, known_ms, gone_ms, insurance, payer, from_month,
        to_month, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :insurance, :payer, :from_month, :to_month, :source);

-- name: insured_span_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE insured_span
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: insured_span_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, insurance int32, payer int64?,
--      from_month int32, to_month int32, source text
SELECT person_id, id, known_ms, gone_ms, insurance, payer, from_month, to_month, source
  FROM insured_span
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: insured_span_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, insurance int32, payer int64?,
--      from_month int32, to_month int32, source text
SELECT person_id, id, known_ms, gone_ms, insurance, payer, from_month, to_month, source
  FROM insured_span
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: insured_span_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, insurance int32, payer int64?,
--      from_month int32, to_month int32, source text
SELECT person_id, id, known_ms, gone_ms, insurance, payer, from_month, to_month, source
  FROM insured_span
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: insured_span_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, insurance int32, payer int64?, from_month int32, to_month int32
SELECT person_id, id, insurance, payer, from_month, to_month
  FROM insured_span
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- certificate 证书

-- name: certificate_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, number text, kind int32,
--      occupation int32, work_type text?, level int32?, issued_day int32, expires_day int32?,
--      issuer int64?, route int32?, state int32?, source text
INSERT INTO certificate (person_id, id, known_ms, gone_ms, number, kind, occupation, work_type,
        level, issued_day, expires_day, issuer, route, state, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :number, :kind, :occupation, :work_type, :level,
        :issued_day, :expires_day, :issuer, :route, :state, :source);

-- Adds the row unless somebody has its key already.
-- name: certificate_add :exec
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, number text, kind int32,
--      occupation int32, work_type text?, level int32?, issued_day int32, expires_day int32?,
--      issuer int64?, route int32?, state int32?, source text
INSERT INTO certificate (person_id, id, known_ms, gone_ms, number, kind, occupation, work_type,
        level, issued_day, expires_day, issuer, route, state, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :number, :kind, :occupation, :work_type, :level,
        :issued_day, :expires_day, :issuer, :route, :state, :source)
    ON CONFLICT DO NOTHING;

-- name: certificate_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE certificate
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: certificate_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, number text, kind int32,
--      occupation int32, work_type text?, level int32?, issued_day int32, expires_day int32?,
--      issuer int64?, route int32?, state int32?, source text
SELECT person_id, id, known_ms, gone_ms, number, kind, occupation, work_type, level, issued_day,
       expires_day, issuer, route, state, source
  FROM certificate
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: certificate_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, number text, kind int32,
--      occupation int32, work_type text?, level int32?, issued_day int32, expires_day int32?,
--      issuer int64?, route int32?, state int32?, source text
SELECT person_id, id, known_ms, gone_ms, number, kind, occupation, work_type, level, issued_day,
       expires_day, issuer, route, state, source
  FROM certificate
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: certificate_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, number text, kind int32,
--      occupation int32, work_type text?, level int32?, issued_day int32, expires_day int32?,
--      issuer int64?, route int32?, state int32?, source text
SELECT person_id, id, known_ms, gone_ms, number, kind, occupation, work_type, level, issued_day,
       expires_day, issuer, route, state, source
  FROM certificate
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: certificate_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, kind int32, occupation int32, level int32?, issued_day int32,
--      expires_day int32?, issuer int64?, route int32?, state int32?
SELECT person_id, id, kind, occupation, level, issued_day, expires_day, issuer, route, state
  FROM certificate
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- training 培训记录

-- name: training_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, provider int64?, sponsor int64?,
--      form int32, content int32, project int32?, occupation int32?, target_level int32?,
--      start_day int32, end_day int32?, class_hours int32?, passed int32?, source text
INSERT INTO training (person_id, id, known_ms, gone_ms, provider, sponsor, form, content,
        project, occupation, target_level, start_day, end_day, class_hours, passed, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :provider, :sponsor, :form, :content, :project,
        :occupation, :target_level, :start_day, :end_day, :class_hours, :passed, :source);

-- name: training_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE training
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: training_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, provider int64?, sponsor int64?,
--      form int32, content int32, project int32?, occupation int32?, target_level int32?,
--      start_day int32, end_day int32?, class_hours int32?, passed int32?, source text
SELECT person_id, id, known_ms, gone_ms, provider, sponsor, form, content, project, occupation,
       target_level, start_day, end_day, class_hours, passed, source
  FROM training
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: training_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, provider int64?, sponsor int64?,
--      form int32, content int32, project int32?, occupation int32?, target_level int32?,
--      start_day int32, end_day int32?, class_hours int32?, passed int32?, source text
SELECT person_id, id, known_ms, gone_ms, provider, sponsor, form, content, project, occupation,
       target_level, start_day, end_day, class_hours, passed, source
  FROM training
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: training_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, provider int64?, sponsor int64?,
--      form int32, content int32, project int32?, occupation int32?, target_level int32?,
--      start_day int32, end_day int32?, class_hours int32?, passed int32?, source text
SELECT person_id, id, known_ms, gone_ms, provider, sponsor, form, content, project, occupation,
       target_level, start_day, end_day, class_hours, passed, source
  FROM training
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: training_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, provider int64?, sponsor int64?, form int32, content int32,
--      project int32?, occupation int32?, target_level int32?, start_day int32, end_day int32?,
--      class_hours int32?, passed int32?
SELECT person_id, id, provider, sponsor, form, content, project, occupation, target_level,
       start_day, end_day, class_hours, passed
  FROM training
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- award 竞赛成绩

-- name: award_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, contest_name text,
--      contest_tier int32, occupation int32?, place int32?, prize int32?, squad int32?,
--      brought_in_day int32?, award_day int32, contest_kind int32?, source text
INSERT INTO award (person_id, id, known_ms, gone_ms, contest_name, contest_tier, occupation, place,
        prize, squad, brought_in_day, award_day, contest_kind, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :contest_name, :contest_tier, :occupation, :place,
        :prize, :squad, :brought_in_day, :award_day, :contest_kind, :source);

-- name: award_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE award
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: award_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, contest_name text,
--      contest_tier int32, occupation int32?, place int32?, prize int32?, squad int32?,
--      brought_in_day int32?, award_day int32, contest_kind int32?, source text
SELECT person_id, id, known_ms, gone_ms, contest_name, contest_tier, occupation, place, prize,
       squad, brought_in_day, award_day, contest_kind, source
  FROM award
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: award_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, contest_name text,
--      contest_tier int32, occupation int32?, place int32?, prize int32?, squad int32?,
--      brought_in_day int32?, award_day int32, contest_kind int32?, source text
SELECT person_id, id, known_ms, gone_ms, contest_name, contest_tier, occupation, place, prize,
       squad, brought_in_day, award_day, contest_kind, source
  FROM award
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: award_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, contest_name text,
--      contest_tier int32, occupation int32?, place int32?, prize int32?, squad int32?,
--      brought_in_day int32?, award_day int32, contest_kind int32?, source text
SELECT person_id, id, known_ms, gone_ms, contest_name, contest_tier, occupation, place, prize,
       squad, brought_in_day, award_day, contest_kind, source
  FROM award
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: award_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, contest_tier int32, occupation int32?, place int32?,
--      prize int32?, squad int32?, brought_in_day int32?, award_day int32, contest_kind int32?
SELECT person_id, id, contest_tier, occupation, place, prize, squad, brought_in_day, award_day,
       contest_kind
  FROM award
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- honour 荣誉称号

-- name: honour_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, title int32, route int32?,
--      score int32?, granted_day int32, term_end_day int32?, withdrawn_day int32?, source text
INSERT INTO honour (person_id, id, known_ms, gone_ms, title, route, score, granted_day,
        term_end_day, withdrawn_day, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :title, :route, :score, :granted_day,
        :term_end_day, :withdrawn_day, :source);

-- name: honour_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE honour
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: honour_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, title int32, route int32?,
--      score int32?, granted_day int32, term_end_day int32?, withdrawn_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, title, route, score, granted_day, term_end_day,
       withdrawn_day, source
  FROM honour
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: honour_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, title int32, route int32?,
--      score int32?, granted_day int32, term_end_day int32?, withdrawn_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, title, route, score, granted_day, term_end_day,
       withdrawn_day, source
  FROM honour
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: honour_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, title int32, route int32?,
--      score int32?, granted_day int32, term_end_day int32?, withdrawn_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, title, route, score, granted_day, term_end_day,
       withdrawn_day, source
  FROM honour
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: honour_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, title int32, route int32?, score int32?, granted_day int32,
--      term_end_day int32?, withdrawn_day int32?
SELECT person_id, id, title, route, score, granted_day, term_end_day, withdrawn_day
  FROM honour
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- professional_title 职称

-- name: professional_title_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, level int32, series text?,
--      granted_day int32, source text
INSERT INTO professional_title (person_id, id, known_ms, gone_ms, level, series, granted_day,
        source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :level, :series, :granted_day, :source);

-- name: professional_title_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE professional_title
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: professional_title_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, level int32, series text?,
--      granted_day int32, source text
SELECT person_id, id, known_ms, gone_ms, level, series, granted_day, source
  FROM professional_title
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: professional_title_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, level int32, series text?,
--      granted_day int32, source text
SELECT person_id, id, known_ms, gone_ms, level, series, granted_day, source
  FROM professional_title
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: professional_title_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, level int32, series text?,
--      granted_day int32, source text
SELECT person_id, id, known_ms, gone_ms, level, series, granted_day, source
  FROM professional_title
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: professional_title_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, level int32, granted_day int32
SELECT person_id, id, level, granted_day
  FROM professional_title
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- carrier 载体

-- name: carrier_insert :bulk
-- in:  organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, master int64?, industry int32?, heritage int32?, approved_day int32,
--      agreement_number text?, agreement_end_day int32?, closed_day int32?, source text
INSERT INTO carrier (organisation_id, id, known_ms, gone_ms, name, kind, tier, master, industry,
        heritage, approved_day, agreement_number, agreement_end_day, closed_day, source)
VALUES (:organisation_id, :id, :known_ms, :gone_ms, :name, :kind, :tier, :master, :industry,
        :heritage, :approved_day, :agreement_number, :agreement_end_day, :closed_day, :source);

-- name: carrier_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE carrier
   SET gone_ms = :gone_ms
 WHERE organisation_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: carrier_current :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, master int64?, industry int32?, heritage int32?, approved_day int32,
--      agreement_number text?, agreement_end_day int32?, closed_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, master, industry, heritage,
       approved_day, agreement_number, agreement_end_day, closed_day, source
  FROM carrier
 WHERE organisation_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: carrier_versions :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, master int64?, industry int32?, heritage int32?, approved_day int32,
--      agreement_number text?, agreement_end_day int32?, closed_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, master, industry, heritage,
       approved_day, agreement_number, agreement_end_day, closed_day, source
  FROM carrier
 WHERE organisation_id = :key_id
 ORDER BY id, known_ms;

-- name: carrier_rows_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, master int64?, industry int32?, heritage int32?, approved_day int32,
--      agreement_number text?, agreement_end_day int32?, closed_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, master, industry, heritage,
       approved_day, agreement_number, agreement_end_day, closed_day, source
  FROM carrier
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- name: carrier_facts_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, kind int32, tier int32, master int64?, industry int32?,
--      heritage int32?, approved_day int32, agreement_end_day int32?, closed_day int32?
SELECT organisation_id, id, kind, tier, master, industry, heritage, approved_day,
       agreement_end_day, closed_day
  FROM carrier
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- ---- carrier_activity 载体活动

-- name: carrier_activity_insert :bulk
-- in:  carrier_id int64, id int64, known_ms int64, gone_ms int64, kind int32, activity_day int32,
--      class_hours int32?, head_count int32?, speaker int64?, source text
INSERT INTO carrier_activity (carrier_id, id, known_ms, gone_ms, kind, activity_day, class_hours,
        head_count, speaker, source)
VALUES (:carrier_id, :id, :known_ms, :gone_ms, :kind, :activity_day, :class_hours, :head_count,
        :speaker, :source);

-- name: carrier_activity_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE carrier_activity
   SET gone_ms = :gone_ms
 WHERE carrier_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: carrier_activity_current :many
-- in:   key_id int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, kind int32, activity_day int32,
--      class_hours int32?, head_count int32?, speaker int64?, source text
SELECT carrier_id, id, known_ms, gone_ms, kind, activity_day, class_hours, head_count, speaker,
       source
  FROM carrier_activity
 WHERE carrier_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: carrier_activity_versions :many
-- in:   key_id int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, kind int32, activity_day int32,
--      class_hours int32?, head_count int32?, speaker int64?, source text
SELECT carrier_id, id, known_ms, gone_ms, kind, activity_day, class_hours, head_count, speaker,
       source
  FROM carrier_activity
 WHERE carrier_id = :key_id
 ORDER BY id, known_ms;

-- name: carrier_activity_rows_at :many
-- in:   known_at_ms int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, kind int32, activity_day int32,
--      class_hours int32?, head_count int32?, speaker int64?, source text
SELECT carrier_id, id, known_ms, gone_ms, kind, activity_day, class_hours, head_count, speaker,
       source
  FROM carrier_activity
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY carrier_id, id;

-- name: carrier_activity_facts_at :many
-- in:   known_at_ms int64
-- out: carrier_id int64, id int64, kind int32, activity_day int32, class_hours int32?,
--      head_count int32?, speaker int64?
SELECT carrier_id, id, kind, activity_day, class_hours, head_count, speaker
  FROM carrier_activity
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY carrier_id, id;

-- ---- contest 竞赛

-- name: contest_insert :bulk
-- in:  organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, tier int32,
--      kind int32, strategic int32?, entrant_count int32?, held_day int32, occupation int32?,
--      day_count int32?, source text
INSERT INTO contest (organisation_id, id, known_ms, gone_ms, name, tier, kind, strategic,
        entrant_count, held_day, occupation, day_count, source)
VALUES (:organisation_id, :id, :known_ms, :gone_ms, :name, :tier, :kind, :strategic, :entrant_count,
        :held_day, :occupation, :day_count, :source);

-- name: contest_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE contest
   SET gone_ms = :gone_ms
 WHERE organisation_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: contest_current :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, tier int32,
--      kind int32, strategic int32?, entrant_count int32?, held_day int32, occupation int32?,
--      day_count int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, tier, kind, strategic, entrant_count, held_day,
       occupation, day_count, source
  FROM contest
 WHERE organisation_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: contest_versions :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, tier int32,
--      kind int32, strategic int32?, entrant_count int32?, held_day int32, occupation int32?,
--      day_count int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, tier, kind, strategic, entrant_count, held_day,
       occupation, day_count, source
  FROM contest
 WHERE organisation_id = :key_id
 ORDER BY id, known_ms;

-- name: contest_rows_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, tier int32,
--      kind int32, strategic int32?, entrant_count int32?, held_day int32, occupation int32?,
--      day_count int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, name, tier, kind, strategic, entrant_count, held_day,
       occupation, day_count, source
  FROM contest
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- name: contest_facts_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, tier int32, kind int32, strategic int32?,
--      entrant_count int32?, held_day int32, occupation int32?, day_count int32?
SELECT organisation_id, id, tier, kind, strategic, entrant_count, held_day, occupation, day_count
  FROM contest
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- ---- programme 办学项目

-- name: programme_insert :bulk
-- in:  organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, approved_day int32, source text
INSERT INTO programme (organisation_id, id, known_ms, gone_ms, name, kind, tier, approved_day,
        source)
VALUES (:organisation_id, :id, :known_ms, :gone_ms, :name, :kind, :tier, :approved_day, :source);

-- name: programme_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE programme
   SET gone_ms = :gone_ms
 WHERE organisation_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: programme_current :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, approved_day int32, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, approved_day, source
  FROM programme
 WHERE organisation_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: programme_versions :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, approved_day int32, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, approved_day, source
  FROM programme
 WHERE organisation_id = :key_id
 ORDER BY id, known_ms;

-- name: programme_rows_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, name text, kind int32,
--      tier int32, approved_day int32, source text
SELECT organisation_id, id, known_ms, gone_ms, name, kind, tier, approved_day, source
  FROM programme
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- name: programme_facts_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, kind int32, tier int32, approved_day int32
SELECT organisation_id, id, kind, tier, approved_day
  FROM programme
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- ---- special_item 专项能力项目

-- name: special_item_insert :bulk
-- in:  id int64, known_ms int64, gone_ms int64, name text, industry int32?, published_day int32,
--      withdrawn_day int32?, source text
INSERT INTO special_item (id, known_ms, gone_ms, name, industry, published_day, withdrawn_day,
        source)
VALUES (:id, :known_ms, :gone_ms, :name, :industry, :published_day, :withdrawn_day, :source);

-- name: special_item_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE special_item
   SET gone_ms = :gone_ms
 WHERE id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: special_item_current :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, industry int32?, published_day int32,
--      withdrawn_day int32?, source text
SELECT id, known_ms, gone_ms, name, industry, published_day, withdrawn_day, source
  FROM special_item
 WHERE id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: special_item_versions :many
-- in:   key_id int64
-- out: id int64, known_ms int64, gone_ms int64, name text, industry int32?, published_day int32,
--      withdrawn_day int32?, source text
SELECT id, known_ms, gone_ms, name, industry, published_day, withdrawn_day, source
  FROM special_item
 WHERE id = :key_id
 ORDER BY id, known_ms;

-- name: special_item_rows_at :many
-- in:   known_at_ms int64
-- out: id int64, known_ms int64, gone_ms int64, name text, industry int32?, published_day int32,
--      withdrawn_day int32?, source text
SELECT id, known_ms, gone_ms, name, industry, published_day, withdrawn_day, source
  FROM special_item
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- name: special_item_facts_at :many
-- in:   known_at_ms int64
-- out: id int64, industry int32?, published_day int32, withdrawn_day int32?
SELECT id, industry, published_day, withdrawn_day
  FROM special_item
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY id;

-- ---- assessment 评价记录

-- name: assessment_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, assess_body int64?, kind int32,
--      occupation int32, level int32?, assess_day int32, attended int32?, theory_mark int32?,
--      skill_mark int32?, review_mark int32?, source text
INSERT INTO assessment (person_id, id, known_ms, gone_ms, assess_body, kind, occupation, level,
        assess_day, attended, theory_mark, skill_mark, review_mark, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :assess_body, :kind, :occupation, :level, :assess_day,
        :attended, :theory_mark, :skill_mark, :review_mark, :source);

-- name: assessment_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE assessment
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: assessment_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, assess_body int64?, kind int32,
--      occupation int32, level int32?, assess_day int32, attended int32?, theory_mark int32?,
--      skill_mark int32?, review_mark int32?, source text
SELECT person_id, id, known_ms, gone_ms, assess_body, kind, occupation, level, assess_day, attended,
       theory_mark, skill_mark, review_mark, source
  FROM assessment
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: assessment_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, assess_body int64?, kind int32,
--      occupation int32, level int32?, assess_day int32, attended int32?, theory_mark int32?,
--      skill_mark int32?, review_mark int32?, source text
SELECT person_id, id, known_ms, gone_ms, assess_body, kind, occupation, level, assess_day, attended,
       theory_mark, skill_mark, review_mark, source
  FROM assessment
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: assessment_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, assess_body int64?, kind int32,
--      occupation int32, level int32?, assess_day int32, attended int32?, theory_mark int32?,
--      skill_mark int32?, review_mark int32?, source text
SELECT person_id, id, known_ms, gone_ms, assess_body, kind, occupation, level, assess_day, attended,
       theory_mark, skill_mark, review_mark, source
  FROM assessment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: assessment_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, assess_body int64?, kind int32, occupation int32, level int32?,
--      assess_day int32, attended int32?, theory_mark int32?, skill_mark int32?, review_mark int32?
SELECT person_id, id, assess_body, kind, occupation, level, assess_day, attended, theory_mark,
       skill_mark, review_mark
  FROM assessment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- payment 补贴发放

-- name: payment_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, kind int32, occupation int32?,
--      level int32?, amount_fen int64, paid_day int32, place int32?, source text
INSERT INTO payment (person_id, id, known_ms, gone_ms, kind, occupation, level, amount_fen,
        paid_day, place, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :kind, :occupation, :level, :amount_fen, :paid_day,
        :place, :source);

-- name: payment_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE payment
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: payment_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, kind int32, occupation int32?,
--      level int32?, amount_fen int64, paid_day int32, place int32?, source text
SELECT person_id, id, known_ms, gone_ms, kind, occupation, level, amount_fen, paid_day, place,
       source
  FROM payment
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: payment_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, kind int32, occupation int32?,
--      level int32?, amount_fen int64, paid_day int32, place int32?, source text
SELECT person_id, id, known_ms, gone_ms, kind, occupation, level, amount_fen, paid_day, place,
       source
  FROM payment
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: payment_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, kind int32, occupation int32?,
--      level int32?, amount_fen int64, paid_day int32, place int32?, source text
SELECT person_id, id, known_ms, gone_ms, kind, occupation, level, amount_fen, paid_day, place,
       source
  FROM payment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: payment_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, kind int32, occupation int32?, level int32?, amount_fen int64,
--      paid_day int32, place int32?
SELECT person_id, id, kind, occupation, level, amount_fen, paid_day, place
  FROM payment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- apprentice_agreement 学徒协议

-- name: apprentice_agreement_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, employer int64, school int64?,
--      employer_mentor int64?, school_mentor int64?, monthly_wage_fen int64?, from_day int32,
--      to_day int32?, source text
INSERT INTO apprentice_agreement (person_id, id, known_ms, gone_ms, employer, school,
        employer_mentor, school_mentor, monthly_wage_fen, from_day, to_day, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :employer, :school, :employer_mentor, :school_mentor,
        :monthly_wage_fen, :from_day, :to_day, :source);

-- name: apprentice_agreement_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE apprentice_agreement
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: apprentice_agreement_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64, school int64?,
--      employer_mentor int64?, school_mentor int64?, monthly_wage_fen int64?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, school, employer_mentor, school_mentor,
       monthly_wage_fen, from_day, to_day, source
  FROM apprentice_agreement
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: apprentice_agreement_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64, school int64?,
--      employer_mentor int64?, school_mentor int64?, monthly_wage_fen int64?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, school, employer_mentor, school_mentor,
       monthly_wage_fen, from_day, to_day, source
  FROM apprentice_agreement
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: apprentice_agreement_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, employer int64, school int64?,
--      employer_mentor int64?, school_mentor int64?, monthly_wage_fen int64?, from_day int32,
--      to_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, employer, school, employer_mentor, school_mentor,
       monthly_wage_fen, from_day, to_day, source
  FROM apprentice_agreement
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: apprentice_agreement_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, employer int64, school int64?, employer_mentor int64?,
--      school_mentor int64?, monthly_wage_fen int64?, from_day int32, to_day int32?
SELECT person_id, id, employer, school, employer_mentor, school_mentor, monthly_wage_fen, from_day,
       to_day
  FROM apprentice_agreement
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- enrolment 学籍

-- name: enrolment_insert :bulk
-- in:  person_id int64, id int64, known_ms int64, gone_ms int64, school int64, class_kind int32,
--      occupation int32?, enrolled_day int32, graduated_day int32?, source text
INSERT INTO enrolment (person_id, id, known_ms, gone_ms, school, class_kind, occupation,
        enrolled_day, graduated_day, source)
VALUES (:person_id, :id, :known_ms, :gone_ms, :school, :class_kind, :occupation, :enrolled_day,
        :graduated_day, :source);

-- name: enrolment_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE enrolment
   SET gone_ms = :gone_ms
 WHERE person_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: enrolment_current :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, school int64, class_kind int32,
--      occupation int32?, enrolled_day int32, graduated_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, school, class_kind, occupation, enrolled_day,
       graduated_day, source
  FROM enrolment
 WHERE person_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: enrolment_versions :many
-- in:   key_id int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, school int64, class_kind int32,
--      occupation int32?, enrolled_day int32, graduated_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, school, class_kind, occupation, enrolled_day,
       graduated_day, source
  FROM enrolment
 WHERE person_id = :key_id
 ORDER BY id, known_ms;

-- name: enrolment_rows_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, known_ms int64, gone_ms int64, school int64, class_kind int32,
--      occupation int32?, enrolled_day int32, graduated_day int32?, source text
SELECT person_id, id, known_ms, gone_ms, school, class_kind, occupation, enrolled_day,
       graduated_day, source
  FROM enrolment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- name: enrolment_facts_at :many
-- in:   known_at_ms int64
-- out: person_id int64, id int64, school int64, class_kind int32, occupation int32?,
--      enrolled_day int32, graduated_day int32?
SELECT person_id, id, school, class_kind, occupation, enrolled_day, graduated_day
  FROM enrolment
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY person_id, id;

-- ---- filing_scope 备案职业

-- name: filing_scope_insert :bulk
-- in:  organisation_id int64, id int64, known_ms int64, gone_ms int64, occupation int32,
--      lowest_level int32?, highest_level int32?, from_day int32, to_day int32?, source text
INSERT INTO filing_scope (organisation_id, id, known_ms, gone_ms, occupation, lowest_level,
        highest_level, from_day, to_day, source)
VALUES (:organisation_id, :id, :known_ms, :gone_ms, :occupation, :lowest_level, :highest_level,
        :from_day, :to_day, :source);

-- name: filing_scope_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE filing_scope
   SET gone_ms = :gone_ms
 WHERE organisation_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: filing_scope_current :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, occupation int32,
--      lowest_level int32?, highest_level int32?, from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, occupation, lowest_level, highest_level, from_day,
       to_day, source
  FROM filing_scope
 WHERE organisation_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: filing_scope_versions :many
-- in:   key_id int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, occupation int32,
--      lowest_level int32?, highest_level int32?, from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, occupation, lowest_level, highest_level, from_day,
       to_day, source
  FROM filing_scope
 WHERE organisation_id = :key_id
 ORDER BY id, known_ms;

-- name: filing_scope_rows_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, known_ms int64, gone_ms int64, occupation int32,
--      lowest_level int32?, highest_level int32?, from_day int32, to_day int32?, source text
SELECT organisation_id, id, known_ms, gone_ms, occupation, lowest_level, highest_level, from_day,
       to_day, source
  FROM filing_scope
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- name: filing_scope_facts_at :many
-- in:   known_at_ms int64
-- out: organisation_id int64, id int64, occupation int32, lowest_level int32?,
--      highest_level int32?, from_day int32, to_day int32?
SELECT organisation_id, id, occupation, lowest_level, highest_level, from_day, to_day
  FROM filing_scope
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY organisation_id, id;

-- ---- carrier_member 工作室成员

-- name: carrier_member_insert :bulk
-- in:  carrier_id int64, id int64, known_ms int64, gone_ms int64, member int64, grade int32,
--      joined_day int32, left_day int32?, left_reason text?, source text
INSERT INTO carrier_member (carrier_id, id, known_ms, gone_ms, member, grade, joined_day, left_day,
        left_reason, source)
VALUES (:carrier_id, :id, :known_ms, :gone_ms, :member, :grade, :joined_day, :left_day,
        :left_reason, :source);

-- name: carrier_member_close :exec
-- in:   key_id int64, id int64, known_ms int64, gone_ms int64
UPDATE carrier_member
   SET gone_ms = :gone_ms
 WHERE carrier_id = :key_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: carrier_member_current :many
-- in:   key_id int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, member int64, grade int32,
--      joined_day int32, left_day int32?, left_reason text?, source text
SELECT carrier_id, id, known_ms, gone_ms, member, grade, joined_day, left_day, left_reason, source
  FROM carrier_member
 WHERE carrier_id = :key_id AND gone_ms = 9223372036854775807
 ORDER BY id;

-- name: carrier_member_versions :many
-- in:   key_id int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, member int64, grade int32,
--      joined_day int32, left_day int32?, left_reason text?, source text
SELECT carrier_id, id, known_ms, gone_ms, member, grade, joined_day, left_day, left_reason, source
  FROM carrier_member
 WHERE carrier_id = :key_id
 ORDER BY id, known_ms;

-- name: carrier_member_rows_at :many
-- in:   known_at_ms int64
-- out: carrier_id int64, id int64, known_ms int64, gone_ms int64, member int64, grade int32,
--      joined_day int32, left_day int32?, left_reason text?, source text
SELECT carrier_id, id, known_ms, gone_ms, member, grade, joined_day, left_day, left_reason, source
  FROM carrier_member
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY carrier_id, id;

-- name: carrier_member_facts_at :many
-- in:   known_at_ms int64
-- out: carrier_id int64, id int64, member int64, grade int32, joined_day int32, left_day int32?
SELECT carrier_id, id, member, grade, joined_day, left_day
  FROM carrier_member
 WHERE known_ms <= :known_at_ms AND gone_ms > :known_at_ms
 ORDER BY carrier_id, id;

-- ---- look-ups

-- name: person_by_identity_index :one
-- in:   identity_index blob
-- out:  id int64
SELECT id
  FROM person
 WHERE identity_index = :identity_index AND gone_ms = 9223372036854775807;

-- name: organisation_by_credit_code :one
-- in:   credit_code text
-- out:  id int64
SELECT id
  FROM organisation
 WHERE credit_code = :credit_code AND gone_ms = 9223372036854775807;

-- name: certificate_by_number :one
-- in:   number text
-- out:  person_id int64, id int64
SELECT person_id, id
  FROM certificate
 WHERE number = :number AND gone_ms = 9223372036854775807;

-- name: special_item_by_name :one
-- in:   name text
-- out:  id int64
SELECT id
  FROM special_item
 WHERE name = :name AND gone_ms = 9223372036854775807;

-- name: employment_of_employer :many
-- in:   employer int64
-- out:  person_id int64, id int64, from_day int32, to_day int32?
SELECT person_id, id, from_day, to_day
  FROM employment
 WHERE employer = :employer AND gone_ms = 9223372036854775807
 ORDER BY person_id, id;

-- name: training_of_sponsor :many
-- in:   sponsor int64
-- out:  person_id int64, id int64
SELECT person_id, id
  FROM training
 WHERE sponsor = :sponsor AND gone_ms = 9223372036854775807
 ORDER BY person_id, id;

-- name: training_of_provider :many
-- in:   provider int64
-- out:  person_id int64, id int64
SELECT person_id, id
  FROM training
 WHERE provider = :provider AND gone_ms = 9223372036854775807
 ORDER BY person_id, id;

-- name: carrier_of_master :many
-- in:   master int64
-- out:  organisation_id int64, id int64
SELECT organisation_id, id
  FROM carrier
 WHERE master = :master AND gone_ms = 9223372036854775807
 ORDER BY organisation_id, id;

-- ---- duplicates

-- Persons in an order in which doubles stand side by side.
-- name: person_by_birth :many
-- out:  id int64, name text, birth_day int32, sex int32?, identity_kind int32?, phone_index blob?, bank_account_index blob?
SELECT id, name, birth_day, sex, identity_kind, phone_index, bank_account_index
  FROM person
 WHERE gone_ms = 9223372036854775807 AND birth_day IS NOT NULL
 ORDER BY birth_day, id;

-- name: person_join_insert :exec
-- in:   person_id int64, id int64, dropped_person_id int64, joined_ms int64, parted_ms int64, reason text
INSERT INTO person_join (person_id, id, dropped_person_id, joined_ms, parted_ms, reason)
VALUES (:person_id, :id, :dropped_person_id, :joined_ms, :parted_ms, :reason);

-- name: person_join_by_id :one
-- in:   id int64
-- out:  person_id int64, dropped_person_id int64, joined_ms int64, parted_ms int64
SELECT person_id, dropped_person_id, joined_ms, parted_ms
  FROM person_join
 WHERE id = :id;

-- name: person_join_part :exec
-- in:   person_id int64, id int64, parted_ms int64
UPDATE person_join
   SET parted_ms = :parted_ms
 WHERE person_id = :person_id AND id = :id AND parted_ms = 9223372036854775807;

-- ---- progress of imports

-- name: import_run_insert :exec
-- in:   id int64, record text, fingerprint blob, source text, started_ms int64
INSERT INTO import_run (id, record, fingerprint, source, started_ms, finished_ms, row_count,
                        added_count, corrected_count, same_count, refused_count, error_size)
VALUES (:id, :record, :fingerprint, :source, :started_ms, 9223372036854775807, 0, 0, 0, 0, 0, 0);

-- name: import_run_open :one
-- in:   fingerprint blob, record text
-- out:  id int64, row_count int64, added_count int64, corrected_count int64, same_count int64, refused_count int64, error_size int64
SELECT id, row_count, added_count, corrected_count, same_count, refused_count, error_size
  FROM import_run
 WHERE fingerprint = :fingerprint AND record = :record AND finished_ms = 9223372036854775807
 ORDER BY id DESC
 LIMIT 1;

-- name: import_run_advance :exec
-- in:   id int64, finished_ms int64, row_count int64, added_count int64, corrected_count int64, same_count int64, refused_count int64, error_size int64
UPDATE import_run
   SET finished_ms = :finished_ms, row_count = :row_count, added_count = :added_count,
       corrected_count = :corrected_count, same_count = :same_count,
       refused_count = :refused_count, error_size = :error_size
 WHERE id = :id;
