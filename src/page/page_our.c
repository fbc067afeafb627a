#include "domain/incentive/incentive_holder.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/registry_name.h"
#include "domain/registry/staff.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "policy/locality.h"

#include <inttypes.h>

/* An employer or a body: its people, what it and they were found entitled to, what it owes. */

enum { STAFF_A_PAGE = 50 };

static enum err own_organisation(struct page *page, int64_t *ret_id)
{
    *ret_id = page->session.account.organisation_id;
    if (*ret_id == 0)
        return fail(page->w, ERR_NOT_FOUND, "这个账户还没有和登记的单位对上，请联系窗口");
    return ERR_OK;
}

static struct str level_words(struct page *page, int32_t level)
{
    const struct code_desc *row =
        level == ABSENT_I32
            ? NULL
            : registry_enum_row(&registry_enums[REGISTRY_ENUM_skill_level], level);
    return row ? page_say(page, row->label_zh) : (struct str){0};
}

static enum err add_owed(struct page *page, struct doc *row, int64_t person_id)
{
    struct entitlement *rows;
    int32_t row_count;
    int64_t sum_fen = 0, granted = 0, asked = 0;
    TRY(incentive_of_holder(page->w, person_id, &rows, &row_count));
    for (int32_t i = 0; i < row_count; i++) {
        granted += rows[i].lane == LANE_GRANTED;
        asked += rows[i].lane == LANE_ASK;
        if (rows[i].lane == LANE_GRANTED && rows[i].amount_fen != ABSENT_I64)
            sum_fen += rows[i].amount_fen;
    }
    doc_add_number(row, "granted_count", granted);
    doc_add_number(row, "ask_count", asked);
    doc_page_bool(row, "has_asks", asked > 0);
    doc_add_money(row, "amount", sum_fen);
    doc_page_bool(row, "has_amount", sum_fen > 0);
    return ERR_OK;
}

static enum err add_staff(struct page *page, int64_t organisation_id)
{
    struct staff_row *rows;
    int32_t row_count;
    int64_t total;
    int64_t after_id = page_number(page, "after", 1, INT64_MAX, 0);
    TRY(registry_staff(page->w, organisation_id, after_id, STAFF_A_PAGE, &rows, &row_count));
    TRY(registry_staff_count(page->w, organisation_id, &total));
    struct doc *list = doc_add_list(page->doc, "staff");
    for (int32_t i = 0; i < row_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rows[i].person_id);
        doc_add_text(row, "name", registry_mask_name(page->w->arena, rows[i].name));
        doc_add_day(row, "from", rows[i].from_day);
        doc_add_code(row, "level", rows[i].level == ABSENT_I32 ? ABSENT_I64 : rows[i].level,
                     level_words(page, rows[i].level));
        doc_page_bool(row, "has_level", rows[i].level != ABSENT_I32);
        TRY(add_owed(page, row, rows[i].person_id));
    }
    struct str next = {0};
    if (row_count == STAFF_A_PAGE)
        next = str_from(text_in(page->w->arena, "%" PRId64, rows[row_count - 1].person_id));
    page_pager(page, row_count, total, next);
    doc_add_number(page->doc, "staff_count", total);
    doc_page_bool(page->doc, "has_staff", row_count > 0);
    return ERR_OK;
}

enum err page_our(struct page *page)
{
    int64_t id;
    TRY(own_organisation(page, &id));
    struct fact organisation;
    TRY(fact_read(page->w, REGISTRY_organisation, id, id, &organisation));
    TRY(page_add_fact(page, page->doc, "organisation", &organisation, NULL));
    TRY(page_add_entitlements(page, id));
    TRY(add_staff(page, id));
    struct str name;
    TRY(registry_name(page->w, REGISTRY_organisation, id, id, &name));
    page_title(page, name);
    return ERR_OK;
}

enum err page_our_why(struct page *page)
{
    int64_t id, entitlement_id;
    TRY(own_organisation(page, &id));
    TRY(page_id(page, "id", &entitlement_id));
    return page_add_why(page, entitlement_id, id);
}

/* ---- duties: of this body and of what it runs, counted over its own small world */

/* Whether a row is the body's own: its root is the body. */
static bool is_own(const struct world *world, int32_t table, int32_t row, int64_t organisation_id)
{
    for (int32_t owner = registry_owner(table); owner >= 0; owner = registry_owner(table)) {
        row = world->tables[table].owner_rows[row];
        if (row < 0)
            return false;
        table = owner;
    }
    return table == REGISTRY_organisation &&
           world->tables[table].row_ids[row] == organisation_id;
}

static void add_duty(struct page *page, struct doc *list, const struct policy *policy,
                     const struct duty_state *state)
{
    const struct statement *statement = &policy->statements[state->statement];
    const struct duty *duty = statement->as.duty;
    struct doc *row = doc_add_object(list, NULL);
    doc_add_text(row, "duty", statement->name);
    doc_add_text(row, "document", policy->documents[statement->document].number);
    doc_add_text(row, "article", policy->articles[statement->article].heading);
    doc_add_number(row, "done", state->done);
    doc_add_number(row, "owed", state->owed);
    doc_add_bool(row, "is_met", state->met);
    doc_page_text(row, "warning", duty->warning);
    doc_page_text(row, "consequence", duty->consequence);
    int64_t share = state->owed > 0 ? state->done * 100 / state->owed : state->met ? 100 : 0;
    doc_page_text(row, "share", doc_format(row, "%" PRId64 "%%",
                                           share > 100 ? 100 : share < 0 ? 0 : share));
}

static enum err add_duties(struct page *page, const struct world *world, int64_t organisation_id)
{
    const struct policy *policy = page_options_of(page)->policy->policy;
    struct duty_state *states;
    int32_t state_count;
    int64_t count = 0, met_count = 0;
    TRY(eval_duties(page->w->arena, policy, world, page->w->today_day, &states, &state_count,
                    &page->w->fault));
    struct doc *list = doc_add_list(page->doc, "duties");
    for (int32_t i = 0; i < state_count; i++) {
        const struct statement *statement = &policy->statements[states[i].statement];
        int32_t table = statement->as.duty->subject;
        if (!is_own(world, table, states[i].subject_row, organisation_id) ||
            !locality_concerns(policy, statement->document, world))
            continue;
        add_duty(page, list, policy, &states[i]);
        count++;
        met_count += states[i].met;
    }
    doc_page_bool(page->doc, "has_duties", count > 0);
    doc_page_bool(page->doc, "has_unmet", met_count < count);
    doc_add_number(page->doc, "duty_count", count);
    doc_add_number(page->doc, "unmet_count", count - met_count);
    return ERR_OK;
}

enum err page_our_duties(struct page *page)
{
    int64_t id;
    TRY(own_organisation(page, &id));
    struct world *world;
    TRY(registry_load_subject_world(page->w, page_options_of(page)->vocab, REGISTRY_organisation,
                                    id, page->w->now_ms, &world));
    enum err err = add_duties(page, world, id);
    world_free(world);
    page_title(page, page_say(page, "本单位的义务"));
    return err;
}
