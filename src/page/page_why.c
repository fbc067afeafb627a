#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_holder.h"

#include <inttypes.h>

/* Why an entitlement was found, for the one it belongs to. */

static const char *outcome_state(enum truth outcome)
{
    return outcome == TRUTH_YES ? "met" : outcome == TRUTH_NO ? "unmet" : "ask";
}

static void add_steps(struct page *page, const struct entitlement_explanation *e)
{
    enum policy_spelling spelling = page->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH;
    struct doc *list = doc_add_list(page->doc, "conditions");
    for (int32_t i = 0; i < e->explanation->step_count; i++) {
        const struct explain_step *step = &e->explanation->steps[i];
        if (step->depth > 0)
            continue;
        struct text_buf *words = text_new(page->w->arena);
        if (!words)
            return;
        policy_print_expr(words, e->policy, step->condition, spelling);
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "words", text_str(words));
        doc_add_text_z(row, "state", outcome_state(step->outcome));
        doc_page_bool(row, "is_met", step->outcome == TRUTH_YES);
        doc_page_bool(row, "is_unmet", step->outcome == TRUTH_NO);
        doc_page_bool(row, "is_ask", step->outcome == TRUTH_UNKNOWN);
    }
}

/* The row of the world that owns a row, up to the root; -1 when it is not known. */
static int32_t root_row(const struct world *world, int32_t table, int32_t row)
{
    for (int32_t owner = registry_owner(table); owner >= 0 && row >= 0;
         owner = registry_owner(table)) {
        row = world->tables[table].owner_rows[row];
        table = owner;
    }
    return row;
}

/* Where the reader can give a fact: when it is one of their own, or of their own record. */
static struct str give_path(struct page *page, const struct entitlement_explanation *e,
                            const struct explain_fact *fact, int64_t entitlement_id)
{
    const struct account *account = &page->session.account;
    int32_t root = page_may(page, PERM_OWN_PERSON) ? REGISTRY_person : REGISTRY_organisation;
    int64_t root_id = root == REGISTRY_person ? account->person_id : account->organisation_id;
    bool is_root = fact->table == root;
    if (root_id == 0 || (!is_root && registry_owner(fact->table) != root) || fact->row < 0)
        return (struct str){0};
    int32_t row = root_row(e->world, fact->table, fact->row);
    if (row < 0 || e->world->tables[root].row_ids[row] != root_id)
        return (struct str){0};
    const struct record_desc *record = &registry_records[fact->table];
    return doc_format(page->doc, "%s/give/%s?field=%s&record_id=%" PRId64 "&for=%" PRId64,
                      root == REGISTRY_person ? "/my" : "/our", record->name,
                      record->fields[fact->field].name,
                      e->world->tables[fact->table].row_ids[fact->row], entitlement_id);
}

/* Whoever can give a fact is told where: a body tells its own, a person brings the paper. */
static void add_missing(struct page *page, const struct entitlement_explanation *e,
                        int64_t entitlement_id)
{
    struct doc *list = doc_add_list(page->doc, "missing");
    for (int32_t i = 0; i < e->explanation->missing_count; i++) {
        const struct explain_fact *fact = &e->explanation->missing[i];
        const struct record_desc *record = &registry_records[fact->table];
        const struct field_desc *field = &record->fields[fact->field];
        bool of_body = fact->table == REGISTRY_organisation ||
                       registry_owner(fact->table) == REGISTRY_organisation;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text_z(row, "record", record->name);
        doc_add_text_z(row, "field", field->name);
        doc_page_text(row, "record_words", page_say(page, record->label_zh));
        doc_page_text(row, "field_words", page_say(page, field->label_zh));
        doc_page_bool(row, "is_of_body", of_body);
        struct str href = give_path(page, e, fact, entitlement_id);
        doc_page_text(row, "give_href", href);
        doc_page_bool(row, "may_give", href.ptr != NULL);
    }
    doc_page_bool(page->doc, "has_missing", e->explanation->missing_count > 0);
}

static void add_rule(struct page *page, const struct entitlement_explanation *e)
{
    const struct statement *statement = &e->policy->statements[e->explanation->statement];
    const struct article *article = &e->policy->articles[statement->article];
    const struct document *document = &e->policy->documents[statement->document];
    struct arena *arena = page->w->arena;
    doc_add_text(page->doc, "rule", str_copy(arena, statement->name));
    doc_add_text(page->doc, "document", str_copy(arena, document->number));
    doc_add_text(page->doc, "document_title", str_copy(arena, document->title));
    doc_add_text(page->doc, "article", str_copy(arena, article->heading));
    doc_add_text(page->doc, "prose", str_copy(arena, article->prose));
    doc_add_day(page->doc, "in_force", document->in_force_day);
}

enum err page_add_why(struct page *page, int64_t entitlement_id, int64_t holder_id)
{
    struct entitlement stored;
    TRY(incentive_read(page->w, entitlement_id, &stored));
    if (stored.holder_id != holder_id)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    struct entitlement_explanation e;
    TRY(incentive_explain(page->w, page_options_of(page)->vocab, entitlement_id, &e));
    doc_add_id(page->doc, "id", entitlement_id);
    doc_add_text_z(page->doc, "lane", stored.lane == LANE_GRANTED ? "granted" : "ask");
    doc_add_money(page->doc, "amount", stored.amount_fen);
    doc_add_day(page->doc, "as_of", stored.as_of_day);
    doc_page_bool(page->doc, "is_granted", stored.lane == LANE_GRANTED);
    doc_page_bool(page->doc, "has_amount", stored.amount_fen > 0);
    add_rule(page, &e);
    add_steps(page, &e);
    add_missing(page, &e, entitlement_id);
    world_free(e.world);
    page_title(page, str_copy(page->w->arena, stored.rule_name));
    return ERR_OK;
}
