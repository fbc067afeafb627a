#include "base/day.h"
#include "base/record.h"
#include "domain/incentive/incentive_holder.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_event.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_line.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A person: who in one line, the ladder of eight steps, everything that happened, and the money. */

struct happening {
    int32_t day;
    const struct fact *fact;
    const struct entitlement *entitlement;
};

struct life {
    struct happening *rows;
    int32_t row_count, row_capacity;
    int32_t level; /* highest level of a certificate in force; 0: none */
};

static enum err add_happening(struct page *page, struct life *life, struct happening row)
{
    if (life->row_count == life->row_capacity) {
        int32_t capacity = life->row_capacity ? life->row_capacity * 2 : 64;
        struct happening *rows =
            ARENA_NEW_ARRAY(page->w->arena, struct happening, (size_t)capacity);
        if (!rows)
            return fail(page->w, ERR_MEMORY, "no memory for the record of a person");
        if (life->row_count > 0)
            memcpy(rows, life->rows, (size_t)life->row_count * sizeof *rows);
        life->rows = rows;
        life->row_capacity = capacity;
    }
    life->rows[life->row_count++] = row;
    return ERR_OK;
}

/* Newest first; what happened on one day stays in the order of the records. */
static int compare_happenings(const void *a, const void *b)
{
    const struct happening *left = a;
    const struct happening *right = b;
    return left->day == right->day ? 0 : left->day > right->day ? -1 : 1;
}

static void see_level(struct life *life, const struct fact *fact, int32_t today_day)
{
    if (fact->table != REGISTRY_certificate)
        return;
    const struct certificate *certificate = fact->record;
    bool holds = certificate->state != certificate_state_revoked &&
                 certificate->state != certificate_state_suspended &&
                 certificate->issued_day <= today_day &&
                 (certificate->expires_day == ABSENT_I32 ||
                  certificate->expires_day >= today_day);
    if (holds && certificate->level > life->level && certificate->level != ABSENT_I32)
        life->level = certificate->level;
}

static enum err read_facts(struct page *page, int64_t person_id, struct life *life)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        if (registry_owner(table) != REGISTRY_person)
            continue;
        struct fact *facts;
        int32_t fact_count;
        TRY(fact_read_current(page->w, table, person_id, &facts, &fact_count));
        for (int32_t i = 0; i < fact_count; i++) {
            see_level(life, &facts[i], page->w->today_day);
            struct happening row = {page_fact_day(&facts[i]), &facts[i], NULL};
            TRY(add_happening(page, life, row));
        }
    }
    return ERR_OK;
}

static void add_ladder(struct page *page, struct doc *doc, int32_t level)
{
    const struct enum_desc *levels = &registry_enums[REGISTRY_ENUM_skill_level];
    struct doc *list = doc_page_list(doc, "ladder");
    for (int32_t i = 0; i < levels->code_count; i++) {
        struct doc *step = doc_add_object(list, NULL);
        int32_t code = levels->codes[i].code;
        doc_page_text(step, "label", page_say(page, levels->codes[i].label_zh));
        doc_page_z(step, "state", code <= level ? "done" : code == level + 1 ? "next" : "far");
        doc_page_bool(step, "is_here", code == level);
    }
}

/* A fact that is told by months has no day. */
static struct str when_words(struct doc *row, const struct fact *fact, int32_t day)
{
    char buffer[DAY_TEXT_SIZE];
    if (day == ABSENT_I32)
        return STR("");
    if (fact->table != REGISTRY_insured_span)
        return doc_format(row, "%s", day_text(day, buffer));
    const struct insured_span *span = fact->record;
    return doc_format(row, "%s", month_text(span->from_month, buffer));
}

static enum err add_timeline(struct page *page, struct life *life)
{
    if (life->row_count > 0)
        qsort(life->rows, (size_t)life->row_count, sizeof *life->rows, compare_happenings);
    struct doc *list = doc_add_list(page->doc, "timeline");
    for (int32_t i = 0; i < life->row_count; i++) {
        struct doc *row;
        TRY(page_add_fact(page, list, NULL, life->rows[i].fact, &row));
        doc_add_day(row, "day", life->rows[i].day);
        doc_page_text(row, "when", when_words(row, life->rows[i].fact, life->rows[i].day));
        if (page->is_api)
            continue;
        struct str title;
        TRY(page_event_title(page, life->rows[i].fact, &title));
        doc_page_text(row, "title", title);
        doc_page_bool(row, "is_to_come", life->rows[i].day > page->w->today_day);
    }
    doc_page_bool(page->doc, "has_timeline", life->row_count > 0);
    return ERR_OK;
}

static const char *lane_state(enum lane lane)
{
    return lane == LANE_GRANTED ? "met" : "ask";
}

/* What was found for a holder: shared with the worker's and the employer's pages. */
enum err page_add_entitlements(struct page *page, int64_t holder_id)
{
    struct entitlement *rows;
    int32_t row_count;
    TRY(incentive_of_holder(page->w, holder_id, &rows, &row_count));
    struct doc *list = doc_add_list(page->doc, "entitlements");
    int64_t total_fen = 0, ask_count = 0;
    for (int32_t i = 0; i < row_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rows[i].id);
        doc_add_text(row, "document", rows[i].document_number);
        doc_add_text(row, "rule", rows[i].rule_name);
        doc_add_number(row, "period", rows[i].period);
        doc_add_text_z(row, "lane", rows[i].lane == LANE_GRANTED ? "granted" : "ask");
        doc_add_money(row, "amount", rows[i].amount_fen);
        doc_page_bool(row, "has_amount", rows[i].amount_fen > 0);
        doc_page_z(row, "state", lane_state(rows[i].lane));
        doc_page_bool(row, "is_ask", rows[i].lane == LANE_ASK);
        bool counts = rows[i].lane == LANE_GRANTED && rows[i].amount_fen != ABSENT_I64;
        total_fen += counts ? rows[i].amount_fen : 0;
        ask_count += rows[i].lane == LANE_ASK;
    }
    doc_add_money(page->doc, "total", total_fen);
    doc_add_number(page->doc, "ask_count", ask_count);
    doc_page_bool(page->doc, "has_entitlements", row_count > 0);
    return ERR_OK;
}

/* The same rule over many periods is one line: 首席技师津贴 12 笔 12,000 元. */
struct found_group {
    const struct entitlement *first;
    int64_t count, ask_count, open_count, total_fen;
};

static struct found_group *group_of(struct found_group *groups, int32_t *group_count,
                                    const struct entitlement *row)
{
    for (int32_t i = 0; i < *group_count; i++)
        if (str_equal(groups[i].first->rule_name, row->rule_name) &&
            str_equal(groups[i].first->document_number, row->document_number))
            return &groups[i];
    groups[*group_count] = (struct found_group){.first = row};
    return &groups[(*group_count)++];
}

static void add_groups(struct page *page, const struct found_group *groups, int32_t group_count)
{
    struct doc *list = doc_page_list(page->doc, "found_groups");
    for (int32_t i = 0; i < group_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", groups[i].first->id);
        doc_page_text(row, "rule", groups[i].first->rule_name);
        doc_add_number(row, "count", groups[i].count);
        doc_add_money(row, "total", groups[i].total_fen);
        doc_page_bool(row, "has_many", groups[i].count > 1);
        doc_page_bool(row, "has_total", groups[i].total_fen > 0);
        doc_page_bool(row, "has_open", groups[i].open_count > 0);
        doc_page_bool(row, "has_ask", groups[i].ask_count > 0);
    }
    doc_page_bool(page->doc, "has_found_groups", group_count > 0);
}

static enum err add_found_groups(struct page *page, int64_t holder_id)
{
    struct entitlement *rows;
    int32_t row_count, group_count = 0;
    TRY(incentive_of_holder(page->w, holder_id, &rows, &row_count));
    struct found_group *groups =
        ARENA_NEW_ARRAY(page->w->arena, struct found_group, (size_t)row_count + 1);
    if (!groups)
        return fail(page->w, ERR_MEMORY, "no memory for what was found");
    for (int32_t i = 0; i < row_count; i++) {
        struct found_group *group = group_of(groups, &group_count, &rows[i]);
        bool is_granted = rows[i].lane == LANE_GRANTED;
        bool has_amount = rows[i].amount_fen != ABSENT_I64;
        group->count++;
        group->ask_count += !is_granted;
        group->open_count += is_granted && !has_amount;
        group->total_fen += is_granted && has_amount ? rows[i].amount_fen : 0;
    }
    add_groups(page, groups, group_count);
    return ERR_OK;
}

/* What was paid, by year, newest first: life->rows stand so already. */
static void add_money(struct page *page, const struct life *life)
{
    struct doc *list = doc_add_list(page->doc, "paid");
    int64_t year_fen = 0;
    int32_t count = 0;
    for (int32_t i = 0; i < life->row_count; i++) {
        if (life->rows[i].fact->table != REGISTRY_payment)
            continue;
        const struct payment *payment = life->rows[i].fact->record;
        int32_t year, next_year = 0, month, day;
        day_to_civil(payment->paid_day, &year, &month, &day);
        year_fen += payment->amount_fen;
        count++;
        for (int32_t next = i + 1; next < life->row_count && next_year == 0; next++)
            if (life->rows[next].fact->table == REGISTRY_payment)
                day_to_civil(((const struct payment *)life->rows[next].fact->record)->paid_day,
                             &next_year, &month, &day);
        if (next_year == year)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "year", doc_format(row, "%d", (int)year));
        doc_add_money(row, "amount", year_fen);
        year_fen = 0;
    }
    doc_page_bool(page->doc, "has_paid", count > 0);
}

/* 三级（高级工），焊工　启匠机械　任城区 */
static enum err add_head_line(struct page *page, int64_t id)
{
    struct person_line line;
    TRY(person_line_read(page->w, id, &line));
    struct doc *head = doc_page_object(page->doc, "head");
    doc_page_text(head, "level", page_level_words(page, line.level));
    doc_page_text(head, "occupation",
                  page_code_words(page, REGISTRY_certificate, FIELD_certificate_occupation,
                                  line.occupation));
    doc_page_text(head, "employer", line.employer_name);
    if (line.employer_id != ABSENT_I64)
        doc_add_id(head, "employer_id", line.employer_id);
    if (line.employer_id != ABSENT_I64)
        doc_page_bool(head, "opens_employer", page_opens_organisation(page, line.employer_id));
    doc_page_text(head, "division", page_place_words(page, line.division));
    doc_page_bool(head, "has_level", line.level != ABSENT_I32);
    return ERR_OK;
}

enum err page_add_life(struct page *page, int64_t person_id)
{
    struct life life = {0};
    TRY(read_facts(page, person_id, &life));
    add_ladder(page, page->doc, life.level);
    return add_timeline(page, &life);
}

enum err page_person_show(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    struct fact person;
    TRY(page_person_in_scope(page, id, &person));
    struct life life = {0};
    TRY(read_facts(page, id, &life));
    TRY(page_add_fact(page, page->doc, "person", &person, NULL));
    add_ladder(page, page->doc, life.level);
    TRY(add_timeline(page, &life));
    TRY(page_add_entitlements(page, id));
    add_money(page, &life);
    if (page->is_api)
        return ERR_OK;
    TRY(add_found_groups(page, id));
    TRY(add_head_line(page, id));
    doc_page_bool(page->doc, "may_clear", page_may(page, PERM_PERSON_CLEAR));
    doc_page_bool(page->doc, "may_edit", page_may(page, PERM_PERSON_EDIT));
    page_add_record_kinds(page, REGISTRY_person);
    struct str name;
    TRY(page_field_words(page, &person, FIELD_person_name, &name));
    page_title(page, name);
    return ERR_OK;
}
