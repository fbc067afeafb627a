#include "base/day.h"
#include "base/record.h"
#include "domain/incentive/incentive_holder.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_holder.h"

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

static enum err add_timeline(struct page *page, struct life *life)
{
    if (life->row_count > 0)
        qsort(life->rows, (size_t)life->row_count, sizeof *life->rows, compare_happenings);
    struct doc *list = doc_add_list(page->doc, "timeline");
    for (int32_t i = 0; i < life->row_count; i++) {
        struct doc *row;
        TRY(page_add_fact(page, list, NULL, life->rows[i].fact, &row));
        doc_add_day(row, "day", life->rows[i].day);
        struct str title;
        const struct record_head *head = life->rows[i].fact->record;
        TRY(registry_label(page->w, page_options_of(page)->vocab, life->rows[i].fact->table,
                           head->owner_id, head->id, &title));
        doc_page_text(row, "title", title);
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
    struct str name;
    TRY(page_field_words(page, &person, FIELD_person_name, &name));
    page_title(page, name);
    return ERR_OK;
}
