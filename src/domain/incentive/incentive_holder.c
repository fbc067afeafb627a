#include "domain/incentive/incentive_holder.h"

#include "incentive_holder_sql.h"

#include "base/record.h"

enum { HOLDER_SAMPLE_ROWS = 20000 };

static struct entitlement entitlement_of(struct work *w,
                                         const struct entitlement_of_holder_out *row)
{
    return (struct entitlement){
        .id = row->id,
        .holder_id = row->holder_id,
        .known_ms = row->known_ms,
        .gone_ms = row->gone_ms,
        .document_number = str_copy(w->arena, row->document_number),
        .rule_name = str_copy(w->arena, row->rule_name),
        .subject_record = str_copy(w->arena, row->subject_record),
        .basis_record = str_copy(w->arena, row->basis_record),
        .subject_id = row->subject_id,
        .basis_id = row->basis_id,
        .period = row->period,
        .lane = (enum lane)row->lane,
        .amount_fen = row->amount_fen,
        .gross_fen = row->gross_fen,
        .payee_id = row->payee_id,
        .edition_id = row->edition_id,
        .as_of_day = row->as_of_day,
    };
}

enum err incentive_of_holder(struct work *w, int64_t holder_id,
                             struct entitlement **ret_entitlements,
                             int32_t *ret_entitlement_count)
{
    struct entitlement *rows =
        ARENA_NEW_ARRAY(w->arena, struct entitlement, HOLDER_ENTITLEMENTS_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the entitlements of a holder");
    struct entitlement_of_holder_in in = {holder_id, HOLDER_ENTITLEMENTS_MAX};
    struct cursor cursor;
    TRY(entitlement_of_holder(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct entitlement_of_holder_out row;
        bool more;
        TRY(entitlement_of_holder_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = entitlement_of(w, &row);
    }
    *ret_entitlements = rows;
    *ret_entitlement_count = count;
    return ERR_OK;
}

enum err incentive_sample_person(struct work *w, int64_t *ret_person_id)
{
    struct holder_sample_in in = {STR("person"), HOLDER_SAMPLE_ROWS};
    struct holder_sample_out row;
    TRY(holder_sample(w, &in, &row));
    *ret_person_id = row.holder_id;
    return ERR_OK;
}
