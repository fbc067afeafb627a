#include "domain/incentive/incentive_claim.h"

#include "base/id.h"
#include "domain/incentive/incentive_digest.h"
#include "domain/registry/registry.h"
#include "incentive_sql.h"
#include "store/event.h"

#include <inttypes.h>

/* editions and rules */

enum err claim_edition(struct work *w, const struct incentive_policy *policy,
                       int64_t *ret_edition_id)
{
    struct str hash = {(const char *)policy->policy->hash, sizeof policy->policy->hash};
    struct edition_by_hash_out row;
    enum err err = edition_by_hash(w, &(struct edition_by_hash_in){.hash = hash}, &row);
    if (err == ERR_OK) {
        *ret_edition_id = row.id;
        return ERR_OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    int64_t edition_id = id_next(w->ids);
    int64_t added_count;
    TRY(edition_insert(
        w, &(struct edition_insert_in){.id = edition_id, .hash = hash, .loaded_ms = w->now_ms},
        &added_count));
    if (added_count == 0) /* another process was first */
        return fail(w, ERR_STORE_CONFLICT, "the policy edition was stored by another process");
    for (int32_t i = 0; i < policy->source_count; i++) {
        const struct policy_source *source = &policy->sources[i];
        TRY(edition_document_insert(w,
                                    &(struct edition_document_insert_in){
                                        .edition_id = edition_id,
                                        .path = source->path,
                                        .body = source->text},
                                    NULL));
    }
    *ret_edition_id = edition_id;
    return ERR_OK;
}

enum err claim_rule_id(struct work *w, const struct policy *policy,
                       const struct statement *statement, int64_t *ret_rule_id)
{
    struct rule_by_name_in in = {
        .document_number = policy->documents[statement->document].number,
        .name = statement->name,
    };
    struct rule_by_name_out row;
    enum err err = rule_by_name(w, &in, &row);
    if (err == ERR_NOT_FOUND) {
        struct rule_insert_in added = {
            .id = id_next(w->ids), .document_number = in.document_number, .name = in.name};
        TRY(rule_insert(w, &added, NULL));
        err = rule_by_name(w, &in, &row);
    }
    if (err == ERR_OK)
        *ret_rule_id = row.id;
    return err;
}

/* the two sides */

static int compare_i64(int64_t a, int64_t b)
{
    return a < b ? -1 : a > b;
}

int claim_key_compare(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = compare_i64(a->subject_id, b->subject_id);
    if (order == 0)
        order = compare_i64(a->basis_id, b->basis_id);
    if (order == 0)
        order = compare_i64(a->period, b->period);
    return order;
}

static bool claim_same(const struct claim *a, const struct claim *b)
{
    return a->lane == b->lane && a->amount_fen == b->amount_fen && a->gross_fen == b->gross_fen &&
           a->payee_id == b->payee_id;
}

int64_t claim_holder(const struct world *world, int32_t table, int32_t row)
{
    int32_t owner;
    while ((owner = vocab_owner(world->vocab, table)) >= 0) {
        row = world->tables[table].owner_rows[row];
        table = owner;
    }
    return world->tables[table].row_ids[row];
}

static int64_t known_amount(int64_t amount_fen)
{
    return amount_fen == AMOUNT_IS_OPEN ? ABSENT_I64 : amount_fen;
}

struct claim claim_of_decision(const struct world *world, const struct rule *rule,
                               const struct decision *decision)
{
    const struct table_columns *tables = world->tables;
    int32_t basis_table = rule->each >= 0 ? rule->each : rule->subject;
    return (struct claim){
        .subject_id = tables[rule->subject].row_ids[decision->subject_row],
        .basis_id = tables[basis_table].row_ids[decision->basis_row],
        .period = decision->period,
        .lane = decision->lane,
        .amount_fen = known_amount(decision->amount_fen),
        .gross_fen = known_amount(decision->gross_fen),
        .payee_id = decision->payee_row >= 0
                        ? tables[REGISTRY_organisation].row_ids[decision->payee_row]
                        : ABSENT_I64,
        .holder_id = claim_holder(world, rule->subject, decision->subject_row),
    };
}

/* bringing them in line */

static enum err tell(struct work *w, const struct claim_merge *merge, const char *kind,
                     const struct claim *claim)
{
    struct event event = {
        .kind = str_from(kind),
        .person_id = merge->rule->subject == REGISTRY_person ? claim->holder_id : 0,
        .subject_id = claim->id,
        .detail = STR(""),
    };
    return event_append(w, &event);
}

static enum err insert_version(struct work *w, const struct claim_merge *merge,
                               const struct claim *claim)
{
    const struct rule *rule = merge->rule;
    int32_t basis_table = rule->each >= 0 ? rule->each : rule->subject;
    struct entitlement_insert_in row = {
        .holder_id = claim->holder_id, .id = claim->id, .known_ms = claim->known_ms,
        .gone_ms = REGISTRY_NEVER_MS, .rule_id = merge->rule_id,
        .subject_record = str_from(merge->vocab->records[rule->subject].name),
        .subject_id = claim->subject_id,
        .basis_record = str_from(merge->vocab->records[basis_table].name),
        .basis_id = claim->basis_id,
        .period = claim->period, .lane = claim->lane, .amount_fen = claim->amount_fen,
        .gross_fen = claim->gross_fen, .payee_id = claim->payee_id,
        .edition_id = merge->edition_id, .as_of_day = merge->as_of_day,
    };
    return merge->inserts ? stmt_struct_bulk_row(merge->inserts, &row)
                          : entitlement_insert(w, &row, NULL);
}

static enum err close_version(struct work *w, const struct claim *stored, int64_t gone_ms)
{
    struct entitlement_close_in in = {.holder_id = stored->holder_id, .id = stored->id,
                                      .known_ms = stored->known_ms, .gone_ms = gone_ms};
    int64_t closed_count;
    TRY(entitlement_close(w, &in, &closed_count));
    if (closed_count != 1)
        return fail(w, ERR_STORE_CONFLICT, "entitlement %" PRId64 " was changed meanwhile",
                    stored->id);
    return ERR_OK;
}

static int64_t decided_fen(const struct claim *claim)
{
    bool is_decided = claim && claim->lane == LANE_GRANTED && claim->amount_fen != ABSENT_I64;
    return is_decided ? claim->amount_fen : 0;
}

/* What lies between a version that was granted and what follows it; later NULL: it ended. */
static enum err store_difference(struct work *w, const struct claim_merge *merge,
                                 const struct claim *earlier, const struct claim *later,
                                 int64_t to_ms)
{
    if (earlier->lane != LANE_GRANTED)
        return ERR_OK; /* a question was not decided: nothing was promised */
    int64_t difference_fen;
    if (__builtin_sub_overflow(decided_fen(later), decided_fen(earlier), &difference_fen))
        return fail(w, ERR_OVERFLOW, "the difference of entitlement %" PRId64 " is out of range",
                    earlier->id);
    struct difference_insert_in row = {
        .holder_id = earlier->holder_id,
        .entitlement_id = earlier->id,
        .to_ms = to_ms,
        .from_ms = earlier->known_ms,
        .rule_id = merge->rule_id,
        .kind = difference_fen > 0   ? CORRECTION_TOP_UP
                : difference_fen < 0 ? CORRECTION_RECOVERY
                                     : CORRECTION_NO_MONEY,
        .difference_fen = difference_fen,
        .edition_id = merge->edition_id,
        .as_of_day = merge->as_of_day,
    };
    return difference_insert(w, &row, NULL);
}

/* A version holds from the instant whose knowledge it rests on. Two versions of one entitlement
 * never share an instant, even within one millisecond. */
static int64_t change_ms_of(const struct claim_merge *merge, const struct claim *stored)
{
    return merge->known_at_ms > stored->known_ms ? merge->known_at_ms : stored->known_ms + 1;
}

static enum err add_claim(struct work *w, struct claim_merge *merge, struct claim *found)
{
    merge->counts.new_count++;
    if (!merge->writes)
        return ERR_OK;
    found->id = id_next(w->ids);
    found->known_ms = merge->known_at_ms;
    TRY(insert_version(w, merge, found));
    return tell(w, merge, "entitlement.found", found);
}

static enum err end_claim(struct work *w, struct claim_merge *merge, const struct claim *stored)
{
    merge->counts.ended_count++;
    if (!merge->writes)
        return ERR_OK;
    int64_t change_ms = change_ms_of(merge, stored);
    TRY(close_version(w, stored, change_ms));
    TRY(store_difference(w, merge, stored, NULL, change_ms));
    return tell(w, merge, "entitlement.ended", stored);
}

static enum err change_claim(struct work *w, struct claim_merge *merge, const struct claim *stored,
                             struct claim *found)
{
    merge->counts.changed_count++;
    if (!merge->writes)
        return ERR_OK;
    int64_t change_ms = change_ms_of(merge, stored);
    TRY(close_version(w, stored, change_ms));
    found->id = stored->id;
    found->known_ms = change_ms;
    TRY(insert_version(w, merge, found));
    TRY(store_difference(w, merge, stored, found, change_ms));
    return tell(w, merge, "entitlement.changed", found);
}

static int64_t changes_of(const struct claim_counts *counts)
{
    return counts->new_count + counts->changed_count + counts->ended_count;
}

enum err claim_merge_sides(struct work *w, struct claim_merge *merge, struct claim *found,
                           int64_t found_count, struct claim *stored, int64_t stored_count)
{
    int64_t changes_before = changes_of(&merge->counts);
    int64_t f = 0, s = 0;
    while (f < found_count || s < stored_count) {
        int order = f == found_count    ? 1
                    : s == stored_count ? -1
                                        : claim_key_compare(&found[f], &stored[s]);
        if (order < 0) {
            TRY(add_claim(w, merge, &found[f++]));
        } else if (order > 0) {
            TRY(end_claim(w, merge, &stored[s++]));
        } else {
            if (claim_same(&found[f], &stored[s]))
                merge->counts.unchanged_count++;
            else
                TRY(change_claim(w, merge, &stored[s], &found[f]));
            f++;
            s++;
        }
    }
    bool changed = merge->writes && changes_of(&merge->counts) > changes_before;
    return changed ? digest_forget(w, merge->rule_id) : ERR_OK;
}
