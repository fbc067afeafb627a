/* fact.h — how the registry changes: put, correct, withdraw, restore, each with its event.
 *
 * A fact is one version of one record. Putting a fact finds the current version with the same
 * natural key (person: identity; organisation: credit code; certificate: number; others: owner,
 * main fields and first day): when there is none the fact is added, when the content is the same
 * nothing happens, otherwise the current version is closed and a new one written. So an import may
 * be repeated, and a change reads as a correction with both versions kept.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND, ERR_FACT_HELD (a certificate number of another person), ERR_SECRET;
 *          store errors pass through
 * Units    known_ms and gone_ms are UTC milliseconds
 */
#ifndef BAIGONG_FACT_H
#define BAIGONG_FACT_H

#include "domain/registry/registry.h"
#include "store/work.h"

struct stmt;
struct stmt_value;
struct cursor;

enum { FACT_SECRET_COUNT_MAX = 3, FACT_VALUE_COUNT_MAX = 40 };

enum fact_outcome { FACT_ADDED, FACT_CORRECTED, FACT_SAME };

/* A protected value as the store holds it; both absent when there is no value. */
struct fact_secret {
    struct str sealed;
    struct str index; /* equal for equal clear values */
};

struct fact {
    int32_t table;
    void *record;   /* struct of the table, with its head; clear secrets only on their way in */
    uint32_t given; /* bit i: field i is told, be it absent; other fields keep what is known */
    struct fact_secret secrets[FACT_SECRET_COUNT_MAX]; /* in the order of the secret fields */
};

#define FACT_GIVEN_ALL UINT32_MAX

/* The named statements of one record, in the order of the tables (registry.sql). */
struct fact_statements {
    const struct stmt *insert, *close, *current, *versions, *rows_at, *facts_at;
};
extern const struct fact_statements fact_statements[REGISTRY_RECORD_COUNT];

/* Fields that make the natural key, as bits. */
uint32_t fact_key_fields(int32_t table);

/* Where a person lives or a body sits; 0 when it is not given, and for what is neither. */
int32_t fact_division(const struct fact *fact);

/* Gives the record an id when it has none and makes the blind indexes and sealed values of its
 * clear secrets. Needs no store: may run on another thread than the unit of work, with its own
 * arena and id source. fact_put calls it when it was not called. */
enum err fact_seal(struct arena *arena, const struct secrets *secrets, struct id_source *ids,
                   struct fact *fact, struct fault *fault);

/* Puts a checked fact (fact_check.h) of a current owner. On return the record's head tells the
 * version that now holds. */
enum err fact_put(struct work *w, struct fact *fact, enum fact_outcome *ret_outcome);

/* True for records whose key nobody else in the city may have and of which whole files come:
 * fact_add_new knows them. */
bool fact_is_known_citywide(int32_t table);

/* Adds those of many sealed, checked facts of one such record whose key nobody has yet, in their
 * order, with one event each, and tells which; the others are to be given to fact_put. Together
 * that is the same as fact_put for each, in a fraction of the time. */
enum err fact_add_new(struct work *w, struct fact *const *facts, int32_t fact_count,
                      bool *ret_are_added);

/* Puts a new version of the record head.owner_id, head.id, whatever its natural key. */
enum err fact_correct(struct work *w, struct fact *fact, enum fact_outcome *ret_outcome);

/* The record stops holding; fact_restore undoes it by writing its last version again. key_id is
 * the owner's id, or the record's own for a root. */
enum err fact_withdraw(struct work *w, int32_t table, int64_t key_id, int64_t id);
enum err fact_restore(struct work *w, int32_t table, int64_t key_id, int64_t id);

/* Current version, ERR_NOT_FOUND when there is none. */
enum err fact_read(struct work *w, int32_t table, int64_t key_id, int64_t id,
                   struct fact *ret_fact);
/* The division of a person's current version, which is all that a look at a record of theirs needs;
 * ERR_NOT_FOUND. */
enum err fact_person_division(struct work *w, int64_t person_id, int32_t *ret_division);
/* Current rows of one owner (of one id for a root), or all versions, in order of id and time. */
enum err fact_read_current(struct work *w, int32_t table, int64_t key_id, struct fact **ret_facts,
                           int32_t *ret_fact_count);
enum err fact_read_versions(struct work *w, int32_t table, int64_t key_id, struct fact **ret_facts,
                            int32_t *ret_fact_count);

/* The current version with the same natural key; its own secrets must have their index. */
enum err fact_find(struct work *w, struct fact *fact, struct fact *ret_found, bool *ret_is_found);

/* Ids by outside keys, in normal form; ERR_NOT_FOUND. */
enum err fact_person_by_identity(struct work *w, struct str identity, int64_t *ret_person_id);
enum err fact_organisation_by_credit_code(struct work *w, struct str credit_code,
                                          int64_t *ret_organisation_id);

/* Moves the current version of an owned record to another owner: closes it here, writes it there
 * with the same id. For joining and parting of persons. */
enum err fact_move(struct work *w, struct fact *fact, int64_t owner_id, const char *event_kind);

/* The clear value of a secret field. The caller logs the reason of the reading. */
enum err fact_open_secret(struct arena *arena, const struct secrets *secrets,
                          const struct fact *fact, int32_t field, struct str *ret_clear,
                          struct fault *fault);

/* Position of a secret field in fact->secrets. */
int32_t fact_secret_position(int32_t table, int32_t field);

/* Values in the order of the columns, and back. Texts are not copied. */
int32_t fact_to_values(const struct fact *fact, struct stmt_value *ret_values);
void fact_from_values(int32_t table, const struct stmt_value *values, struct fact *fact);

#endif
