-- incentive.sql — named statements of entitlements and the editions they were decided under.
-- 9223372036854775807 is REGISTRY_NEVER_MS; it stands literally so that partial indexes serve.

-- name: edition_by_hash :one
-- in:   hash blob
-- out:  id int64
SELECT id FROM policy_edition WHERE hash = :hash;

-- name: edition_insert :exec
-- in:   id int64, hash blob, loaded_ms int64
INSERT INTO policy_edition (id, hash, loaded_ms) VALUES (:id, :hash, :loaded_ms)
    ON CONFLICT DO NOTHING;

-- name: edition_document_insert :exec
-- in:   edition_id int64, path text, body text
INSERT INTO policy_document (edition_id, path, body) VALUES (:edition_id, :path, :body);

-- name: edition_documents :many
-- in:   edition_id int64
-- out:  path text, body text
SELECT path, body FROM policy_document WHERE edition_id = :edition_id ORDER BY path;

-- The edition of the last sweep that stood at an instant.
-- name: edition_at :one
-- in:   known_at_ms int64
-- out:  id int64, hash blob
SELECT e.id, e.hash
  FROM sweep_run s JOIN policy_edition e ON e.id = s.edition_id
 WHERE s.known_at_ms <= :known_at_ms
 ORDER BY s.known_at_ms DESC, s.id DESC
 LIMIT 1;

-- name: rule_insert :exec
-- in:   id int64, document_number text, name text
INSERT INTO policy_rule (id, document_number, name) VALUES (:id, :document_number, :name)
    ON CONFLICT DO NOTHING;

-- name: rule_by_name :one
-- in:   document_number text, name text
-- out:  id int64
SELECT id FROM policy_rule WHERE document_number = :document_number AND name = :name;

-- name: sweep_insert :exec
-- in:   id int64, as_of_day int32, known_at_ms int64, edition_id int64, finished_ms int64,
--       new_count int64, changed_count int64, ended_count int64, unchanged_count int64
INSERT INTO sweep_run (id, as_of_day, known_at_ms, edition_id, finished_ms, new_count,
                       changed_count, ended_count, unchanged_count)
VALUES (:id, :as_of_day, :known_at_ms, :edition_id, :finished_ms, :new_count, :changed_count,
        :ended_count, :unchanged_count);

-- name: sweep_latest_day :one
-- out:  as_of_day int32?
SELECT MAX(as_of_day)
  FROM (SELECT MAX(as_of_day) AS as_of_day FROM sweep_run
        UNION ALL
        SELECT MAX(as_of_day) FROM incentive_follower) seen;

-- name: entitlement_insert :bulk
-- in:   holder_id int64, id int64, known_ms int64, gone_ms int64, rule_id int64,
--       subject_record text, subject_id int64, basis_record text, basis_id int64, period int32,
--       lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?, edition_id int64,
--       as_of_day int32
INSERT INTO entitlement (holder_id, id, known_ms, gone_ms, rule_id, subject_record, subject_id,
                         basis_record, basis_id, period, lane, amount_fen, gross_fen, payee_id,
                         edition_id, as_of_day)
VALUES (:holder_id, :id, :known_ms, :gone_ms, :rule_id, :subject_record, :subject_id,
        :basis_record, :basis_id, :period, :lane, :amount_fen, :gross_fen, :payee_id,
        :edition_id, :as_of_day);

-- name: entitlement_close :exec
-- in:   holder_id int64, id int64, known_ms int64, gone_ms int64
UPDATE entitlement
   SET gone_ms = :gone_ms
 WHERE holder_id = :holder_id AND id = :id AND known_ms = :known_ms
   AND gone_ms = 9223372036854775807;

-- name: entitlement_of_rule :many
-- in:   rule_id int64, period_min int32, period_max int32, known_at_ms int64
-- out:  holder_id int64, id int64, known_ms int64, subject_id int64, basis_id int64, period int32,
--       lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?
SELECT holder_id, id, known_ms, subject_id, basis_id, period, lane, amount_fen, gross_fen, payee_id
  FROM entitlement
 WHERE rule_id = :rule_id AND period >= :period_min AND period <= :period_max
   AND gone_ms = 9223372036854775807 AND known_ms <= :known_at_ms
 ORDER BY subject_id, basis_id, period;

-- Versions that stood at an instant and were replaced or ended since.
-- name: entitlement_closed_of_rule :many
-- in:   rule_id int64, period_min int32, period_max int32, known_at_ms int64
-- out:  holder_id int64, id int64, known_ms int64, subject_id int64, basis_id int64, period int32,
--       lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?
SELECT holder_id, id, known_ms, subject_id, basis_id, period, lane, amount_fen, gross_fen, payee_id
  FROM entitlement
 WHERE rule_id = :rule_id AND gone_ms > :known_at_ms AND gone_ms < 9223372036854775807
   AND known_ms <= :known_at_ms AND period >= :period_min AND period <= :period_max
 ORDER BY subject_id, basis_id, period;

-- name: difference_insert :exec
-- in:   holder_id int64, entitlement_id int64, to_ms int64, from_ms int64, rule_id int64,
--       kind int32, difference_fen int64, edition_id int64, as_of_day int32
INSERT INTO entitlement_difference (holder_id, entitlement_id, to_ms, from_ms, rule_id, kind,
                                    difference_fen, edition_id, as_of_day)
VALUES (:holder_id, :entitlement_id, :to_ms, :from_ms, :rule_id, :kind, :difference_fen,
        :edition_id, :as_of_day);

-- name: difference_page :many
-- in:   rule_id int64, after_id int64, row_count_max int32
-- out:  holder_id int64, entitlement_id int64, to_ms int64, from_ms int64, kind int32,
--       difference_fen int64, edition_id int64, as_of_day int32
SELECT holder_id, entitlement_id, to_ms, from_ms, kind, difference_fen, edition_id, as_of_day
  FROM entitlement_difference
 WHERE rule_id = :rule_id AND entitlement_id > :after_id
 ORDER BY entitlement_id, to_ms
 LIMIT :row_count_max;

-- Entitlements of which something changed after an instant, with the last change.
-- name: difference_since_page :many
-- in:   rule_id int64, after_id int64, since_ms int64, row_count_max int32
-- out:  holder_id int64, entitlement_id int64, to_ms int64
SELECT holder_id, entitlement_id, MAX(to_ms)
  FROM entitlement_difference
 WHERE rule_id = :rule_id AND entitlement_id > :after_id AND to_ms > :since_ms
 GROUP BY entitlement_id, holder_id
 ORDER BY entitlement_id
 LIMIT :row_count_max;

-- The same for one holder, of all rules.
-- name: difference_of_holder :many
-- in:   holder_id int64, after_id int64, since_ms int64, row_count_max int32
-- out:  rule_id int64, entitlement_id int64, to_ms int64
SELECT rule_id, entitlement_id, MAX(to_ms)
  FROM entitlement_difference
 WHERE holder_id = :holder_id AND entitlement_id > :after_id AND to_ms > :since_ms
 GROUP BY entitlement_id, rule_id
 ORDER BY entitlement_id
 LIMIT :row_count_max;

-- The same for all holders behind a place.
-- name: difference_of_all :many
-- in:   after_holder_id int64, after_id int64, since_ms int64, row_count_max int32
-- out:  rule_id int64, holder_id int64, entitlement_id int64, to_ms int64
SELECT rule_id, holder_id, entitlement_id, MAX(to_ms)
  FROM entitlement_difference
 WHERE (holder_id, entitlement_id) > (:after_holder_id, :after_id) AND to_ms > :since_ms
 GROUP BY holder_id, entitlement_id, rule_id
 ORDER BY holder_id, entitlement_id
 LIMIT :row_count_max;

-- The last change of an entitlement after an instant.
-- name: difference_last :one
-- in:   holder_id int64, entitlement_id int64, since_ms int64
-- out:  rule_id int64, to_ms int64
SELECT rule_id, to_ms
  FROM entitlement_difference
 WHERE holder_id = :holder_id AND entitlement_id = :entitlement_id AND to_ms > :since_ms
 ORDER BY to_ms DESC
 LIMIT 1;

-- name: difference_at :one
-- in:   holder_id int64, entitlement_id int64, to_ms int64
-- out:  edition_id int64, as_of_day int32
SELECT edition_id, as_of_day
  FROM entitlement_difference
 WHERE holder_id = :holder_id AND entitlement_id = :entitlement_id AND to_ms = :to_ms;

-- The version of an entitlement that stood at an instant.
-- name: entitlement_stood :one
-- in:   holder_id int64, id int64, known_at_ms int64
-- out:  known_ms int64
SELECT known_ms
  FROM entitlement
 WHERE holder_id = :holder_id AND id = :id AND known_ms <= :known_at_ms AND gone_ms > :known_at_ms;

-- What holds of the same rule, subject, basis and period, under whatever number.
-- name: entitlement_same :one
-- in:   rule_id int64, subject_id int64, basis_id int64, period int32
-- out:  holder_id int64, id int64, known_ms int64
SELECT holder_id, id, known_ms
  FROM entitlement
 WHERE rule_id = :rule_id AND subject_id = :subject_id AND basis_id = :basis_id
   AND period = :period AND gone_ms = 9223372036854775807;

-- name: difference_of_entitlement :many
-- in:   holder_id int64, entitlement_id int64
-- out:  to_ms int64, from_ms int64, kind int32, difference_fen int64, edition_id int64,
--       as_of_day int32
SELECT to_ms, from_ms, kind, difference_fen, edition_id, as_of_day
  FROM entitlement_difference
 WHERE holder_id = :holder_id AND entitlement_id = :entitlement_id
 ORDER BY to_ms;

-- name: entitlement_version :one
-- in:   holder_id int64, id int64, known_ms int64
-- out:  gone_ms int64, document_number text, rule_name text,
--       subject_record text, subject_id int64, basis_record text, basis_id int64, period int32,
--       lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?, edition_id int64,
--       as_of_day int32
SELECT e.gone_ms, r.document_number, r.name, e.subject_record, e.subject_id, e.basis_record,
       e.basis_id, e.period, e.lane, e.amount_fen, e.gross_fen, e.payee_id, e.edition_id,
       e.as_of_day
  FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id
 WHERE e.holder_id = :holder_id AND e.id = :id AND e.known_ms = :known_ms;

-- name: entitlement_versions :many
-- in:   holder_id int64, id int64
-- out:  known_ms int64, gone_ms int64, lane int32, amount_fen int64?, edition_id int64,
--       as_of_day int32
SELECT known_ms, gone_ms, lane, amount_fen, edition_id, as_of_day
  FROM entitlement
 WHERE holder_id = :holder_id AND id = :id
 ORDER BY known_ms;

-- name: entitlement_by_id :one
-- in:   id int64
-- out:  holder_id int64, known_ms int64, gone_ms int64, document_number text, rule_name text,
--       subject_record text, subject_id int64, basis_record text, basis_id int64, period int32,
--       lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?, edition_id int64,
--       as_of_day int32
SELECT e.holder_id, e.known_ms, e.gone_ms, r.document_number, r.name, e.subject_record,
       e.subject_id, e.basis_record, e.basis_id, e.period, e.lane, e.amount_fen, e.gross_fen,
       e.payee_id, e.edition_id, e.as_of_day
  FROM entitlement e JOIN policy_rule r ON r.id = e.rule_id
 WHERE e.id = :id
 ORDER BY e.known_ms DESC
 LIMIT 1;

-- name: entitlement_page :many
-- in:   rule_id int64, lane int32, after_id int64, row_count_max int32
-- out:  id int64, holder_id int64, subject_record text, subject_id int64, basis_record text,
--       basis_id int64, period int32, amount_fen int64?
SELECT id, holder_id, subject_record, subject_id, basis_record, basis_id, period, amount_fen
  FROM entitlement
 WHERE rule_id = :rule_id AND lane = :lane AND id > :after_id AND gone_ms = 9223372036854775807
 ORDER BY id
 LIMIT :row_count_max;

-- name: entitlement_figures :one
-- in:   rule_id int64, lane int32
-- out:  row_count int64, holder_count int64, open_count int64, amount_fen int64?
SELECT COUNT(*), COUNT(DISTINCT holder_id), COUNT(*) - COUNT(amount_fen),
       CAST(SUM(amount_fen) AS BIGINT)
  FROM entitlement
 WHERE rule_id = :rule_id AND lane = :lane AND gone_ms = 9223372036854775807;

-- ---- following

-- Of a list of holders, "id,id,...".
-- name: entitlement_held :many
-- in:   holder_ids text
-- out:  holder_id int64, rule_id int64, id int64, known_ms int64, subject_id int64, basis_id int64,
--       period int32, lane int32, amount_fen int64?, gross_fen int64?, payee_id int64?
SELECT holder_id, rule_id, id, known_ms, subject_id, basis_id, period, lane, amount_fen, gross_fen,
       payee_id
  FROM entitlement
 WHERE holder_id IN (SELECT value FROM json_each('[' || :holder_ids || ']'))
   AND gone_ms = 9223372036854775807;
-- postgres:
SELECT holder_id, rule_id, id, known_ms, subject_id, basis_id, period, lane, amount_fen, gross_fen,
       payee_id
  FROM entitlement
 WHERE holder_id = ANY (string_to_array(:holder_ids, ',')::bigint[])
   AND gone_ms = 9223372036854775807;

-- name: due_of_holders :many
-- in:   holder_ids text
-- out:  holder_id int64, due_day int32
SELECT holder_id, due_day
  FROM incentive_due
 WHERE holder_id IN (SELECT value FROM json_each('[' || :holder_ids || ']'));
-- postgres:
SELECT holder_id, due_day
  FROM incentive_due
 WHERE holder_id = ANY (string_to_array(:holder_ids, ',')::bigint[]);

-- name: due_put :exec
-- in:   holder_id int64, record int32, due_day int32
INSERT INTO incentive_due (holder_id, record, due_day) VALUES (:holder_id, :record, :due_day)
    ON CONFLICT (holder_id) DO UPDATE SET due_day = excluded.due_day;

-- name: due_insert :bulk
-- in:   holder_id int64, record int32, due_day int32
INSERT INTO incentive_due (holder_id, record, due_day) VALUES (:holder_id, :record, :due_day);

-- name: due_remove :exec
-- in:   holder_id int64
DELETE FROM incentive_due WHERE holder_id = :holder_id;

-- name: due_clear :exec
DELETE FROM incentive_due;

-- name: due_page :many
-- in:   due_day int32, row_count_max int32
-- out:  holder_id int64, record int32
SELECT holder_id, record
  FROM incentive_due
 WHERE due_day <= :due_day
 ORDER BY due_day, holder_id
 LIMIT :row_count_max;

-- Those due who stand for places: they move together, so that no place changes hands twice.
-- name: due_standing :many
-- in:   due_day int32
-- out:  holder_id int64, record int32
SELECT holder_id, record
  FROM incentive_due
 WHERE due_day <= :due_day
   AND EXISTS (SELECT 1 FROM incentive_place p WHERE p.holder_id = incentive_due.holder_id)
 ORDER BY due_day, holder_id;

-- name: place_of_holders :many
-- in:   holder_ids text
-- out:  holder_id int64, rule_id int64, window_key int32, place_rank blob, period int32,
--       is_taken int32
SELECT holder_id, rule_id, window_key, place_rank, period, is_taken
  FROM incentive_place
 WHERE holder_id IN (SELECT value FROM json_each('[' || :holder_ids || ']'));
-- postgres:
SELECT holder_id, rule_id, window_key, place_rank, period, is_taken
  FROM incentive_place
 WHERE holder_id = ANY (string_to_array(:holder_ids, ',')::bigint[]);

-- name: place_put :exec
-- in:   rule_id int64, window_key int32, place_rank blob, holder_id int64, record int32,
--       period int32, is_taken int32
INSERT INTO incentive_place (rule_id, window_key, place_rank, holder_id, record, period, is_taken)
VALUES (:rule_id, :window_key, :place_rank, :holder_id, :record, :period, :is_taken);

-- name: place_remove :exec
-- in:   rule_id int64, window_key int32, place_rank blob
DELETE FROM incentive_place
 WHERE rule_id = :rule_id AND window_key = :window_key AND place_rank = :place_rank;

-- name: place_clear :exec
DELETE FROM incentive_place;

-- name: place_best :one
-- in:   rule_id int64, window_key int32
-- out:  period int32
SELECT period
  FROM incentive_place
 WHERE rule_id = :rule_id AND window_key = :window_key
 ORDER BY place_rank
 LIMIT 1;

-- name: place_first :many
-- in:   rule_id int64, window_key int32, row_count_max int32
-- out:  place_rank blob, holder_id int64, record int32, is_taken int32
SELECT place_rank, holder_id, record, is_taken
  FROM incentive_place
 WHERE rule_id = :rule_id AND window_key = :window_key
 ORDER BY place_rank
 LIMIT :row_count_max;

-- name: place_taken :many
-- in:   rule_id int64, window_key int32
-- out:  place_rank blob, holder_id int64, record int32
SELECT place_rank, holder_id, record
  FROM incentive_place
 WHERE rule_id = :rule_id AND window_key = :window_key AND is_taken = 1
 ORDER BY place_rank;

-- name: place_take :exec
-- in:   rule_id int64, window_key int32, place_rank blob, is_taken int32
UPDATE incentive_place
   SET is_taken = :is_taken
 WHERE rule_id = :rule_id AND window_key = :window_key AND place_rank = :place_rank;

-- name: follower_state :one
-- in:   name text
-- out:  as_of_day int32, edition_id int64
SELECT as_of_day, edition_id FROM incentive_follower WHERE name = :name;

-- name: follower_state_put :exec
-- in:   name text, as_of_day int32, edition_id int64, changed_ms int64
INSERT INTO incentive_follower (name, as_of_day, edition_id, changed_ms)
VALUES (:name, :as_of_day, :edition_id, :changed_ms)
    ON CONFLICT (name) DO UPDATE
   SET as_of_day = excluded.as_of_day, edition_id = excluded.edition_id,
       changed_ms = excluded.changed_ms;

-- The follower's turn: others wait here until the transaction ends.
-- name: follower_take_turn :exec
-- in:   name text, changed_ms int64
UPDATE event_follower SET changed_ms = :changed_ms WHERE name = :name;

-- name: follower_place :exec
-- in:   name text, event_id int64, changed_ms int64
INSERT INTO event_follower (name, event_id, changed_ms) VALUES (:name, :event_id, :changed_ms)
    ON CONFLICT (name) DO UPDATE
   SET event_id = excluded.event_id, changed_ms = excluded.changed_ms;

-- name: log_newest :one
-- out:  id int64?
SELECT MAX(id) FROM event;

-- What the log holds after a place, up to a number: decisions themselves are no facts.
-- name: fact_event_count :one
-- in:   after_id int64, row_count_max int32
-- out:  row_count int64
SELECT COUNT(*)
  FROM (SELECT id
          FROM event
         WHERE id > :after_id AND NOT (kind >= 'entitlement.' AND kind < 'entitlement/')
           AND NOT (kind >= 'case.' AND kind < 'case/')
         LIMIT :row_count_max) recent;

-- name: due_count :one
-- in:   due_day int32, row_count_max int32
-- out:  row_count int64
SELECT COUNT(*)
  FROM (SELECT holder_id FROM incentive_due WHERE due_day <= :due_day LIMIT :row_count_max) due;
