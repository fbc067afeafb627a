#include "case_sql.h"
#include "domain/incentive/case.h"

#include "base/id.h"

/* Who acts for whom while somebody is absent. */

enum err case_actor_of(struct work *w, const struct session *session, struct case_actor *ret_actor)
{
    const struct account *account = &session->account;
    bool is_officer = guard_roles[account->role].scope == SCOPE_DIVISION;
    struct case_actor actor = {
        .hat_count = 1,
        .own_person_id = is_officer ? account->person_id : 0,
        .own_organisation_id = is_officer ? account->organisation_id : 0,
    };
    actor.hats[0] = (struct case_hat){session->account.role, session->scope, STR("")};
    struct stand_in_hats_in in = {session->account.id, w->today_day, CASE_HATS_MAX - 1};
    struct cursor cursor;
    TRY(stand_in_hats(w, &in, &cursor));
    for (;;) {
        struct stand_in_hats_out row;
        bool more;
        TRY(stand_in_hats_next(&cursor, &row, &more));
        if (!more)
            break;
        struct case_hat *hat = &actor.hats[actor.hat_count++];
        *hat = (struct case_hat){.role = (enum role)row.role,
                                 .stands_for = str_copy(w->arena, row.absent_name)};
        guard_divisions_below(row.division, &hat->scope.division_min, &hat->scope.division_max);
    }
    *ret_actor = actor;
    return ERR_OK;
}

enum err case_stand_in_add(struct work *w, const struct account *absent,
                           const struct account *stand_in, int32_t from_day, int32_t to_day,
                           struct str reason, int64_t *ret_id)
{
    if (absent->id == stand_in->id || absent->role != stand_in->role || !stand_in->is_active ||
        guard_roles[absent->role].scope != SCOPE_DIVISION)
        return fail(w, ERR_INPUT, "代办人要是同岗位的另一个人");
    if (to_day < from_day || to_day < w->today_day)
        return fail(w, ERR_INPUT, "起止日期不对");
    if (str_trim(reason).size == 0)
        return fail(w, ERR_CASE_WORDS, "请写明缘由");
    struct stand_in_insert_in row = {.id = id_next(w->ids),
                                     .absent_id = absent->id,
                                     .absent_name = absent->name,
                                     .stand_in_id = stand_in->id,
                                     .role = (int32_t)absent->role,
                                     .division = absent->division,
                                     .from_day = from_day,
                                     .to_day = to_day,
                                     .reason = str_trim(reason),
                                     .made_ms = w->now_ms};
    TRY(stand_in_insert(w, &row, NULL));
    *ret_id = row.id;
    return ERR_OK;
}

enum err case_stand_in_end(struct work *w, int64_t id, int64_t absent_id)
{
    int64_t changed_count;
    struct stand_in_end_in in = {id, absent_id, w->now_ms};
    TRY(stand_in_end(w, &in, &changed_count));
    return changed_count == 1 ? ERR_OK : fail(w, ERR_NOT_FOUND, "没有这一条代办");
}

enum err case_stand_ins(struct work *w, int64_t absent_id, struct case_stand_in **ret_rows,
                        int32_t *ret_row_count)
{
    enum { ROWS_MAX = 20 };
    struct case_stand_in *rows = ARENA_NEW_ARRAY(w->arena, struct case_stand_in, ROWS_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the stand-ins of an account");
    struct stand_in_of_in in = {absent_id, w->today_day, ROWS_MAX};
    struct cursor cursor;
    TRY(stand_in_of(w, &in, &cursor));
    for (int32_t count = 0;;) {
        struct stand_in_of_out row;
        bool more;
        TRY(stand_in_of_next(&cursor, &row, &more));
        if (!more) {
            *ret_rows = rows;
            *ret_row_count = count;
            return ERR_OK;
        }
        rows[count++] = (struct case_stand_in){.id = row.id,
                                               .absent_id = absent_id,
                                               .stand_in_id = row.stand_in_id,
                                               .absent_name = str_copy(w->arena, row.absent_name),
                                               .reason = str_copy(w->arena, row.reason),
                                               .from_day = row.from_day,
                                               .to_day = row.to_day};
    }
}
