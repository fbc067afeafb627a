#include "base/day.h"
#include "base/money.h"
#include "domain/incentive/incentive_holder.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/registry_name.h"
#include "domain/registry/staff.h"
#include "page/app.h"
#include "page/page_export.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_list.h"
#include "page/page_own_money.h"
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

struct owed {
    int64_t granted_count, ask_count, amount_fen;
};

static enum err read_owed(struct page *page, int64_t person_id, struct owed *ret_owed)
{
    struct entitlement *rows;
    int32_t row_count;
    struct owed owed = {0};
    TRY(incentive_of_holder(page->w, person_id, &rows, &row_count));
    for (int32_t i = 0; i < row_count; i++) {
        bool is_granted = rows[i].lane == LANE_GRANTED;
        owed.granted_count += is_granted;
        owed.ask_count += rows[i].lane == LANE_ASK;
        if (is_granted && rows[i].amount_fen != ABSENT_I64)
            owed.amount_fen += rows[i].amount_fen;
    }
    *ret_owed = owed;
    return ERR_OK;
}

enum { NAME, FROM, LEVEL, AMOUNT, ASKS, GRANTED, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NAME] = {"name", "姓名", COLUMN_PLAIN, false, ORDER_NONE},
    [FROM] = {"from", "入职", COLUMN_PLAIN, false, ORDER_NONE},
    [LEVEL] = {"level", "最高等级", COLUMN_END, false, ORDER_NONE},
    [AMOUNT] = {"amount", "可以享受（元）", COLUMN_NUMBER, false, ORDER_NONE},
    [ASKS] = {"asks", "还差事实（项）", COLUMN_NUMBER, false, ORDER_NONE},
    [GRANTED] = {"granted", "已符合（项）", COLUMN_NUMBER, true, ORDER_NONE},
};

static enum err add_person(struct page *page, struct page_list *list, struct doc *people,
                           const struct staff_row *person)
{
    struct owed owed;
    char from[DAY_TEXT_SIZE];
    TRY(read_owed(page, person->person_id, &owed));
    struct str name = registry_mask_name(page->w->arena, person->name);
    if (people) {
        struct doc *row = doc_add_object(people, NULL);
        doc_add_id(row, "id", person->person_id);
        doc_add_text(row, "name", name);
        doc_add_day(row, "from", person->from_day);
        doc_add_code(row, "level", person->level == ABSENT_I32 ? ABSENT_I64 : person->level,
                     level_words(page, person->level));
        doc_add_number(row, "granted_count", owed.granted_count);
        doc_add_number(row, "ask_count", owed.ask_count);
        doc_add_money(row, "amount", owed.amount_fen);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NAME].words = name;
    cells[FROM].words = doc_format(page->doc, "%s", day_text(person->from_day, from));
    cells[LEVEL].words = level_words(page, person->level);
    if (owed.amount_fen > 0)
        cells[AMOUNT].words = page_list_money(list, owed.amount_fen);
    if (owed.ask_count > 0)
        cells[ASKS].words = doc_format(page->doc, "%" PRId64, owed.ask_count);
    if (owed.granted_count > 0)
        cells[GRANTED].words = doc_format(page->doc, "%" PRId64, owed.granted_count);
    return page_list_row(list, cells);
}

/* One page of the staff, or all of them for a file. */
static enum err add_people(struct page *page, struct page_list *list, int64_t organisation_id,
                           int32_t *ret_count, int64_t *ret_last_id)
{
    int64_t after_id = page_number(page, "after", 1, INT64_MAX, 0);
    int32_t row_count, count = 0;
    struct doc *people = page->is_api ? doc_add_list(page->doc, "staff") : NULL;
    do {
        struct staff_row *rows;
        TRY(registry_staff(page->w, organisation_id, page_field(page, "name"), after_id,
                           STAFF_A_PAGE, &rows, &row_count));
        for (int32_t i = 0; i < row_count; i++, count++)
            TRY(add_person(page, list, people, &rows[i]));
        after_id = row_count > 0 ? rows[row_count - 1].person_id : after_id;
    } while (page_list_is_file(list) && row_count == STAFF_A_PAGE && count < EXPORT_ROWS_MAX);
    *ret_count = count;
    *ret_last_id = row_count == STAFF_A_PAGE ? after_id : 0;
    return ERR_OK;
}

static enum err add_staff(struct page *page, int64_t organisation_id)
{
    struct page_list *list;
    int32_t row_count;
    int64_t total, last_id;
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_people(page, list, organisation_id, &row_count, &last_id);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    TRY(registry_staff_count(page->w, organisation_id, &total));
    struct str next = {0};
    if (last_id != 0)
        next = str_from(text_in(page->w->arena, "%" PRId64, last_id));
    struct str piece = page_field(page, "name");
    page_pager(page, row_count, piece.size > 0 ? -1 : total, next);
    doc_add_number(page->doc, "staff_count", total);
    doc_page_bool(page->doc, "has_staff", total > 0);
    doc_page_bool(page->doc, "is_none", total > 0 && row_count == 0);
    doc_page_text(page->doc, "name", piece);
    return page_list_close(list, "在职人员");
}

enum err page_our(struct page *page)
{
    int64_t id;
    TRY(own_organisation(page, &id));
    struct fact organisation;
    TRY(fact_read(page->w, REGISTRY_organisation, id, id, &organisation));
    TRY(page_add_fact(page, page->doc, "organisation", &organisation, NULL));
    TRY(page_add_entitlements(page, id));
    TRY(page_add_own_money(page, 0, id));
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
