#include "page/page_explain.h"

#include "base/day.h"
#include "base/money.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* The proof of an answer: conditions in the order of the article, each with the facts behind it. */

static struct str row_name(void *context, int32_t table, int32_t row)
{
    const struct entitlement_explanation *e = ((void **)context)[1];
    struct page *page = ((void **)context)[0];
    const struct table_columns *rows = &e->world->tables[table];
    int32_t owner = registry_owner(table);
    int64_t owner_id = owner < 0 ? rows->row_ids[row]
                                 : e->world->tables[owner].row_ids[rows->owner_rows[row]];
    struct str name;
    if (registry_name(page->w, table, owner_id, rows->row_ids[row], &name) != ERR_OK)
        return (struct str){0};
    return name.size > 0 ? name : (struct str){0};
}

struct str page_refusal_reason(struct page *page, const struct entitlement_explanation *e)
{
    void *naming[2] = {page, (void *)e};
    struct text_buf *text = text_new(page->request->arena);
    if (!text)
        return STR("");
    explain_print_reason(text, e->policy, e->world, e->explanation, page_spelling(page), row_name,
                         naming);
    return text_str(text);
}

/* ---- conditions */

static const char *const states[] = {[TRUTH_NO] = "unmet", [TRUTH_YES] = "met",
                                     [TRUTH_UNKNOWN] = "ask"};
static const char *const outcomes[] = {[TRUTH_NO] = "no", [TRUTH_YES] = "yes",
                                       [TRUTH_UNKNOWN] = "unknown"};

static void add_lines(struct doc *parent, const char *name, struct str lines)
{
    struct doc *list = doc_page_list(parent, name);
    struct str line;
    while (lines.size > 0 && str_split(&lines, '\n', &line)) {
        if (line.size > 0)
            doc_page_text(doc_add_object(list, NULL), "line", line);
    }
}

/* Where the first fact of a condition comes from: record, source, and the day it was known. */
static enum err add_source(struct page *page, struct doc *row,
                           const struct entitlement_explanation *e,
                           const struct explain_step *step)
{
    if (step->fact_count == 0)
        return ERR_OK;
    const struct explain_fact *read = &step->facts[0];
    const struct table_columns *rows = &e->world->tables[read->table];
    int32_t owner = registry_owner(read->table);
    int64_t id = rows->row_ids[read->row];
    int64_t owner_id =
        owner < 0 ? id : e->world->tables[owner].row_ids[rows->owner_rows[read->row]];
    struct fact fact;
    enum err err = fact_read(page->w, read->table, owner_id, id, &fact);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    TRY(err);
    const struct record_head *head = fact.record;
    struct doc *source = doc_add_object(row, "from");
    doc_add_text_z(source, "record", registry_records[read->table].name);
    doc_add_id(source, "id", id);
    doc_page_text(source, "label", page_say(page, registry_records[read->table].label_zh));
    doc_add_text(source, "source", head->source);
    doc_add_instant(source, "known", head->known_ms);
    return ERR_OK;
}

static void add_facts(struct doc *row, const struct entitlement_explanation *e,
                      const struct explain_fact *facts, int32_t count, const char *name)
{
    struct doc *list = doc_add_list(row, name);
    for (int32_t i = 0; i < count; i++) {
        const struct record_desc *record = &e->world->vocab->records[facts[i].table];
        struct doc *fact = doc_add_object(list, NULL);
        doc_add_text_z(fact, "record", record->name);
        doc_add_id(fact, "id", e->world->tables[facts[i].table].row_ids[facts[i].row]);
        doc_add_text_z(fact, "field", record->fields[facts[i].field].name);
        doc_add_bool(fact, "is_known", facts[i].value != ABSENT_I64);
    }
}

struct tally {
    int32_t met, unmet, ask;
};

static enum err add_conditions(struct page *page, const struct entitlement_explanation *e,
                               struct tally *tally)
{
    const struct explanation *x = e->explanation;
    void *naming[2] = {page, (void *)e};
    const struct explain_told *told =
        explain_tell(page->request->arena, e->policy, e->world, x, page_spelling(page), row_name,
                     naming);
    if (!told)
        return fail(page->w, ERR_MEMORY, "no memory for an explanation");
    struct doc *list = doc_add_list(page->doc, "conditions");
    for (int32_t i = 0; i < x->step_count; i++) {
        const struct explain_step *step = &x->steps[i];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "condition", told[i].condition);
        doc_add_text_z(row, "outcome", outcomes[step->outcome]);
        doc_add_number(row, "depth", step->depth);
        doc_page_z(row, "state", states[step->outcome]);
        doc_page_bool(row, "is_met", step->outcome == TRUTH_YES);
        doc_page_bool(row, "is_unmet", step->outcome == TRUTH_NO);
        doc_page_bool(row, "is_ask", step->outcome == TRUTH_UNKNOWN);
        doc_page_bool(row, "is_part", step->depth > 0);
        bool is_other = step->statement != x->statement;
        if (is_other)
            doc_add_text(row, "statement", e->policy->statements[step->statement].name);
        doc_page_bool(row, "is_other", is_other);
        add_facts(row, e, step->facts, step->fact_count, "facts");
        add_lines(row, "fact_lines", told[i].facts);
        add_lines(row, "parameter_lines", told[i].parameters);
        TRY(add_source(page, row, e, step));
        tally->met += step->depth == 0 && step->outcome == TRUTH_YES;
        tally->unmet += step->depth == 0 && step->outcome == TRUTH_NO;
        tally->ask += step->depth == 0 && step->outcome == TRUTH_UNKNOWN;
    }
    doc_add_number(page->doc, "met_count", tally->met);
    doc_add_number(page->doc, "unmet_count", tally->unmet);
    doc_add_number(page->doc, "ask_count", tally->ask);
    doc_page_bool(page->doc, "has_conditions", x->step_count > 0);
    return ERR_OK;
}

/* ---- the answer */

static void add_article(struct page *page, const struct entitlement_explanation *e)
{
    const struct statement *statement = &e->policy->statements[e->explanation->statement];
    const struct document *document = &e->policy->documents[statement->document];
    struct doc *article = doc_add_object(page->doc, "article");
    doc_add_text(article, "document", document->number);
    doc_page_text(article, "title",
                  document->title.size > 0 ? document->title : document->number);
    doc_add_day(article, "in_force", document->in_force_day);
    doc_add_text(article, "heading", e->policy->articles[statement->article].heading);
    struct doc *cites = doc_add_list(article, "cites");
    for (int32_t i = 0; i < statement->cite_count; i++)
        doc_add_text(doc_add_object(cites, NULL), "words", statement->cites[i].text);
    doc_page_bool(article, "has_cites", statement->cite_count > 0);
    int32_t now = page_rule_statement(page, document->number, statement->name);
    if (now < 0)
        return;
    const struct policy *policy = page_policy_of(page);
    struct str slug = page_document_slug(page, policy->statements[now].document);
    doc_page_text(article, "href",
                  doc_format(article, "/policy/%.*s#%.*s", STR_ARG(slug),
                             STR_ARG(policy->articles[policy->statements[now].article].id)));
}

static void add_amount(struct page *page, const struct entitlement_explanation *e)
{
    const struct explanation *x = e->explanation;
    const struct rule *rule = e->policy->statements[x->statement].as.rule;
    bool has_amount = rule->amount_kind != AMOUNT_NONE && x->lane == LANE_GRANTED;
    doc_page_bool(page->doc, "has_amount", has_amount);
    if (!has_amount)
        return;
    bool is_open = x->amount_fen == AMOUNT_IS_OPEN;
    doc_page_bool(page->doc, "is_open", is_open);
    if (!is_open)
        doc_add_money(page->doc, "amount", x->amount_fen);
    else
        doc_add_text(page->doc, "amount_owner", rule->amount_owner);
    bool is_cut = !is_open && x->gross_fen != AMOUNT_IS_OPEN && x->gross_fen != x->amount_fen;
    doc_page_bool(page->doc, "is_cut", is_cut);
    if (is_cut) {
        doc_add_money(page->doc, "gross", x->gross_fen);
        doc_add_money(page->doc, "cut", x->amount_fen - x->gross_fen);
    }
    void *naming[2] = {page, (void *)e};
    struct text_buf *lines = text_new(page->request->arena);
    if (!lines)
        return;
    explain_tell_amount(lines, e->policy, e->world, x, page_spelling(page), row_name, naming);
    add_lines(page->doc, "amount_lines", text_str(lines));
}

static void add_missing(struct page *page, const struct entitlement_explanation *e)
{
    const struct explanation *x = e->explanation;
    add_facts(page->doc, e, x->missing, x->missing_count, "missing");
    void *naming[2] = {page, (void *)e};
    struct text_buf *lines = text_new(page->request->arena);
    if (!lines || x->lane != LANE_ASK)
        return;
    explain_tell_missing(lines, e->policy, e->world, x, page_spelling(page), row_name, naming);
    add_lines(page->doc, "missing_lines", text_str(lines));
    doc_page_bool(page->doc, "has_missing", x->missing_count > 0);
}

static struct str answer_of(struct page *page, const struct entitlement_explanation *e)
{
    const struct explanation *x = e->explanation;
    const struct statement *statement = &e->policy->statements[x->statement];
    bool has_money = statement->as.rule->amount_kind != AMOUNT_NONE;
    if (x->lane == LANE_REFUSED)
        return page_say(page, "目前不符合");
    if (x->lane == LANE_ASK) {
        struct str words = page_say(page, "可能符合，还差事实：");
        return doc_format(page->doc, "%.*s%d", STR_ARG(words), x->missing_count);
    }
    if (!has_money)
        return doc_format(page->doc, "%.*s%.*s", STR_ARG(page_say(page, "符合：")),
                          STR_ARG(statement->name));
    if (x->amount_fen == AMOUNT_IS_OPEN)
        return page_say(page, "符合，金额待核定");
    char buffer[MONEY_TEXT_SIZE];
    return doc_format(page->doc, "%.*s %s", STR_ARG(page_say(page, "可以领")),
                      money_text_short(x->amount_fen, buffer));
}

static const char *const lanes[] = {[LANE_REFUSED] = "refused", [LANE_ASK] = "ask",
                                    [LANE_GRANTED] = "granted"};

enum err page_add_explanation(struct page *page, const struct entitlement_explanation *e,
                              struct str *ret_answer)
{
    const struct explanation *x = e->explanation;
    struct tally tally = {0};
    doc_add_text(page->doc, "rule", str_copy(page->request->arena,
                                             e->policy->statements[x->statement].name));
    doc_add_text_z(page->doc, "lane", lanes[x->lane]);
    doc_page_bool(page->doc, "is_granted", x->lane == LANE_GRANTED);
    doc_page_bool(page->doc, "is_ask", x->lane == LANE_ASK);
    doc_page_bool(page->doc, "is_refused", x->lane == LANE_REFUSED);
    doc_add_day(page->doc, "as_of", x->moment.as_of_day);
    add_article(page, e);
    add_amount(page, e);
    add_missing(page, e);
    TRY(add_conditions(page, e, &tally));
    if (x->lane == LANE_REFUSED)
        doc_add_text(page->doc, "reason", page_refusal_reason(page, e));
    *ret_answer = answer_of(page, e);
    return ERR_OK;
}
