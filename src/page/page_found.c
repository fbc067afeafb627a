#include "base/money.h"
#include "domain/incentive/incentive_difference.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_explain.h"
#include "page/page_fact.h"
#include "page/page_line.h"
#include "page/page_list.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* What was found: by rule, as a list of one rule, and one entitlement with its proof. */

enum { LIST_ROWS_DEFAULT = 50 };

/* ---- by rule */

struct sums {
    int64_t granted, ask, amount_fen;
};

static bool add_rule(struct page *page, struct doc *list, const struct found_figures *figures,
                     const struct statement *statement, struct sums *sums)
{
    const struct policy *policy = page_policy_of(page);
    struct str number = policy->documents[statement->document].number;
    const struct found_figure *granted =
        found_figure_of(figures, number, statement->name, LANE_GRANTED);
    const struct found_figure *ask = found_figure_of(figures, number, statement->name, LANE_ASK);
    if (!granted && !ask)
        return false;
    struct doc *row = doc_add_object(list, NULL);
    doc_add_text(row, "rule", statement->name);
    doc_add_text(row, "article", policy->articles[statement->article].heading);
    doc_add_number(row, "granted", granted ? granted->row_count : 0);
    doc_add_number(row, "holders", granted ? granted->holder_count : 0);
    doc_add_number(row, "open", granted ? granted->open_count : 0);
    doc_add_number(row, "ask", ask ? ask->row_count : 0);
    int64_t amount_fen = granted ? granted->amount_fen : 0;
    page_add_sum(page, row, "amount", amount_fen);
    doc_page_bool(row, "has_amount", amount_fen != 0);
    doc_page_bool(row, "has_granted", granted != NULL);
    doc_page_bool(row, "has_ask", ask != NULL);
    doc_page_text(row, "granted_href", page_found_href(page, statement, LANE_GRANTED));
    doc_page_text(row, "ask_href", page_found_href(page, statement, LANE_ASK));
    sums->granted += granted ? granted->row_count : 0;
    sums->ask += ask ? ask->row_count : 0;
    sums->amount_fen += amount_fen;
    return true;
}

static void add_document(struct page *page, struct doc *documents,
                         const struct found_figures *figures, int32_t index, struct sums *sums)
{
    const struct policy *policy = page_policy_of(page);
    const struct document *document = &policy->documents[index];
    struct doc *object = doc_add_object(documents, NULL);
    doc_add_text(object, "number", document->number);
    doc_add_text(object, "title", document->title.size > 0 ? document->title : document->number);
    struct str slug = page_document_slug(page, index);
    doc_page_text(object, "href", doc_format(object, "/policy/%.*s", STR_ARG(slug)));
    struct doc *rules = doc_add_list(object, "rules");
    bool has_rules = false;
    struct sums own = {0};
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->document == index && page_is_rule(statement))
            has_rules |= add_rule(page, rules, figures, statement, &own);
    }
    doc_page_bool(object, "has_rules", has_rules);
    doc_add_number(object, "granted", own.granted);
    doc_add_number(object, "ask", own.ask);
    page_add_sum(page, object, "amount", own.amount_fen);
    sums->granted += own.granted;
    sums->ask += own.ask;
    sums->amount_fen += own.amount_fen;
}

static enum err add_sweeps(struct page *page)
{
    struct found_sweep *sweeps;
    int32_t sweep_count;
    TRY(incentive_found_sweeps(page->w, &sweeps, &sweep_count));
    struct doc *list = doc_add_list(page->doc, "sweeps");
    for (int32_t i = 0; i < sweep_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", sweeps[i].id);
        doc_add_day(row, "as_of", sweeps[i].as_of_day);
        doc_add_instant(row, "finished", sweeps[i].finished_ms);
        doc_add_number(row, "new", sweeps[i].new_count);
        doc_add_number(row, "changed", sweeps[i].changed_count);
        doc_add_number(row, "ended", sweeps[i].ended_count);
        doc_add_number(row, "unchanged", sweeps[i].unchanged_count);
    }
    doc_page_bool(page->doc, "has_sweeps", sweep_count > 0);
    return ERR_OK;
}

static enum err show_found(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    const struct scope *scope = &page->session.scope;
    struct found_figures figures;
    TRY(incentive_found_figures(page->w, scope->division_min, scope->division_max, &figures));
    struct doc *documents = doc_add_list(page->doc, "documents");
    struct sums sums = {0};
    for (int32_t i = 0; i < policy->document_count; i++)
        add_document(page, documents, &figures, i, &sums);
    doc_add_number(page->doc, "granted", sums.granted);
    doc_add_number(page->doc, "ask", sums.ask);
    page_add_sum(page, page->doc, "amount", sums.amount_fen);
    doc_add_instant(page->doc, "counted", figures.counted_ms);
    doc_page_bool(page->doc, "has_found", sums.granted + sums.ask > 0);
    doc_page_bool(page->doc, "may_sweep", page_may(page, PERM_SWEEP));
    TRY(add_sweeps(page));
    const struct doc *amount = doc_member(page->doc, STR("amount"));
    const struct doc *words = amount ? doc_member(amount, STR("words")) : NULL;
    page_title(page, sums.granted + sums.ask == 0
                         ? page_say(page, "还没有发现待遇")
                         : doc_format(page->doc, "%.*s %.*s",
                                      STR_ARG(page_say(page, "可享受待遇")),
                                      STR_ARG(words ? words->words : STR(""))));
    return ERR_OK;
}

enum err page_found(struct page *page)
{
    struct work_env env = page_env(page);
    TRY(incentive_found_count(&env, page->own_fault));
    return page_show_step(page, show_found);
}

/* ---- the list of one rule */

struct found_list {
    struct str document_number, rule_name;
    const struct rule *rule; /* NULL: no longer in force */
    enum lane lane;
    int32_t division, division_min, division_max;
};

/* A division of the filter within what the reader may see. */
static enum err read_divisions(struct page *page, struct found_list *list)
{
    const struct scope *scope = &page->session.scope;
    list->division_min = scope->division_min;
    list->division_max = scope->division_max;
    list->division = (int32_t)page_number(page, "division", 1, 999999, 0);
    if (list->division == 0)
        return ERR_OK;
    int32_t min, max;
    guard_divisions_below(list->division, &min, &max);
    if (min < scope->division_min || max > scope->division_max)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    list->division_min = min;
    list->division_max = max;
    return ERR_OK;
}

static enum err read_list(struct page *page, struct found_list *list)
{
    list->document_number = page_field(page, "document");
    list->rule_name = page_field(page, "rule");
    list->lane = str_equal(page_field(page, "lane"), STR("ask")) ? LANE_ASK : LANE_GRANTED;
    int32_t statement = -1;
    if (list->document_number.size == 0 && list->rule_name.size > 0) {
        const struct policy *policy = page_policy_of(page);
        int32_t named = policy_statement(policy, list->rule_name);
        if (named >= 0)
            list->document_number = policy->documents[policy->statements[named].document].number;
    }
    statement = page_rule_statement(page, list->document_number, list->rule_name);
    if (statement < 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这个项目");
    list->rule = page_policy_of(page)->statements[statement].as.rule;
    return read_divisions(page, list);
}

struct line_words {
    struct str name, basis, period, division;
};

static enum err words_of(struct page *page, const struct found_list *list,
                         const struct found_line *found, struct line_words *ret_words)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    const struct entitlement_line *line = &found->line;
    int32_t subject = vocab_table(vocab, line->subject_record);
    int32_t basis = vocab_table(vocab, line->basis_record);
    if (subject < 0 || basis < 0)
        return fail(page->w, ERR_SCHEMA, "entitlement %" PRId64 " names an unknown record",
                    line->id);
    struct line_words words = {.basis = STR("")};
    TRY(registry_label(page->w, vocab, subject, line->holder_id, line->subject_id, &words.name));
    bool is_own = basis == subject && line->basis_id == line->subject_id;
    int64_t owner_id = registry_owner(basis) == subject ? line->subject_id : line->holder_id;
    if (!is_own)
        TRY(registry_label(page->w, vocab, basis, owner_id, line->basis_id, &words.basis));
    words.period = page_period(page, list->rule, line->period);
    words.division = page_place_words(page, found->division);
    *ret_words = words;
    return ERR_OK;
}

enum { OBJECT, BASIS, PERIOD, PLACE, AMOUNT, NUMBER, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [OBJECT] = {"name", "对象", COLUMN_PLAIN, false, ORDER_NONE},
    [BASIS] = {"basis", "所据记录", COLUMN_WIDE, false, ORDER_NONE},
    [PERIOD] = {"period", "期间", COLUMN_PLAIN, false, ORDER_NONE},
    [PLACE] = {"division", "区划", COLUMN_END, false, ORDER_NONE},
    [AMOUNT] = {"amount", "金额（元）", COLUMN_NUMBER, false, ORDER_NONE},
    [NUMBER] = {"id", "编号", COLUMN_CODE, true, ORDER_OWN_UP},
};

static void add_line_json(struct doc *rows, const struct found_line *found,
                          const struct line_words *words)
{
    const struct entitlement_line *line = &found->line;
    struct doc *row = doc_add_object(rows, NULL);
    doc_add_id(row, "id", line->id);
    doc_add_id(row, "holder_id", line->holder_id);
    doc_add_text(row, "record", line->subject_record);
    doc_add_text(row, "name", words->name);
    doc_add_text(row, "basis", words->basis);
    doc_add_text(row, "period", words->period);
    doc_add_code(row, "division", found->division, words->division);
    doc_add_money(row, "amount", line->amount_fen);
}

static enum err add_line(struct page *page, struct page_list *table,
                         const struct found_list *list, const struct found_line *found,
                         const struct line_words *words)
{
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[OBJECT] = (struct page_cell){
        words->name, doc_format(page->doc, "/found/%" PRId64, found->line.id), NULL};
    cells[BASIS].words = words->basis;
    cells[PERIOD].words = words->period;
    cells[PLACE].words = words->division;
    cells[NUMBER].words = doc_format(page->doc, "%" PRId64, found->line.id);
    cells[AMOUNT].words = page_list_money(table, found->line.amount_fen);
    bool is_open = found->line.amount_fen == ABSENT_I64 && list->rule->amount_kind != AMOUNT_NONE;
    if (is_open && !page_list_is_file(table))
        cells[AMOUNT].words = page_say(page, "待定");
    return page_list_row(table, cells);
}

static void add_filter(struct page *page, const struct found_list *list)
{
    struct doc *filter = doc_page_object(page->doc, "filter");
    doc_page_text(filter, "document", list->document_number);
    doc_page_text(filter, "rule", list->rule_name);
    doc_page_bool(filter, "is_ask", list->lane == LANE_ASK);
    doc_page_text(filter, "granted_href", page_query_with(page, "lane", STR("granted")));
    doc_page_text(filter, "ask_href", page_query_with(page, "lane", STR("ask")));
}

/* One page of the lines, or as many as a file holds. */
static enum err add_lines(struct page *page, struct page_list *table,
                          const struct found_list *list, int32_t *ret_count,
                          int64_t *ret_next_after)
{
    struct found_line *lines;
    int32_t line_count, row_count_max = page_list_is_file(table)
                                            ? FOUND_LINES_MAX
                                            : (int32_t)page_number(page, "limit", 1, PAGE_ROWS_MAX,
                                                                   LIST_ROWS_DEFAULT);
    int64_t after_id = page_number(page, "after", 0, INT64_MAX, 0);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "rows") : NULL;
    TRY(incentive_found_lines(page->w, list->document_number, list->rule_name, list->lane,
                              list->division_min, list->division_max, after_id, row_count_max,
                              &lines, &line_count, ret_next_after));
    for (int32_t i = 0; i < line_count; i++) {
        struct arena_mark mark = arena_mark(page->w->arena);
        struct line_words words;
        TRY(words_of(page, list, &lines[i], &words));
        if (json)
            add_line_json(json, &lines[i], &words);
        else
            TRY(add_line(page, table, list, &lines[i], &words));
        if (page_list_is_file(table))
            arena_rewind(page->w->arena, mark);
    }
    *ret_count = line_count;
    return ERR_OK;
}

static enum err add_found_pager(struct page *page, const struct found_list *list,
                                int32_t line_count, int64_t next_after)
{
    struct found_figures figures;
    TRY(incentive_found_figures(page->w, list->division_min, list->division_max, &figures));
    const struct found_figure *figure =
        found_figure_of(&figures, list->document_number, list->rule_name, list->lane);
    struct str next = {0};
    if (next_after != ABSENT_I64)
        next = doc_format(page->doc, "%" PRId64, next_after);
    page_pager(page, line_count, figure ? figure->row_count : 0, next);
    return ERR_OK;
}

enum err page_found_list(struct page *page)
{
    struct found_list list = {0};
    struct page_list *table;
    int32_t line_count;
    int64_t next_after;
    TRY(read_list(page, &list));
    doc_add_text(page->doc, "document", list.document_number);
    doc_add_text(page->doc, "rule", list.rule_name);
    doc_add_text_z(page->doc, "lane", list.lane == LANE_ASK ? "ask" : "granted");
    TRY(page_list_open(page, columns, COLUMN_COUNT, &table));
    enum err err = add_lines(page, table, &list, &line_count, &next_after);
    if (err != ERR_OK) {
        page_list_cancel(table);
        return err;
    }
    TRY(add_found_pager(page, &list, line_count, next_after));
    add_filter(page, &list);
    page_add_division_filter(page, list.division);
    doc_page_bool(page->doc, "has_rows", line_count > 0);
    doc_page_text(page->doc, "away_href", page_away_href(page, list.rule_name));
    page_title(page, list.rule_name);
    return page_list_close(table, "应享名单");
}

/* ---- one entitlement */

static bool is_person_holder(const struct page *page, struct str record)
{
    int32_t table = vocab_table(page_options_of(page)->vocab, record);
    return table >= 0 && (table == REGISTRY_person || registry_owner(table) == REGISTRY_person);
}

static enum err see_holder(struct page *page, const struct entitlement *entitlement)
{
    struct fact fact;
    bool is_person = is_person_holder(page, entitlement->subject_record);
    TRY(is_person ? page_person_in_scope(page, entitlement->holder_id, &fact)
                  : page_organisation_in_scope(page, entitlement->holder_id, &fact));
    struct doc *holder = doc_add_object(page->doc, "holder");
    struct str name;
    int32_t field = is_person ? (int32_t)FIELD_person_name : (int32_t)FIELD_organisation_name;
    TRY(page_field_words(page, &fact, field, &name));
    doc_add_id(holder, "id", entitlement->holder_id);
    doc_add_text_z(holder, "record", is_person ? "person" : "organisation");
    doc_add_text(holder, "name", name);
    if (page_may(page, is_person ? PERM_PERSON_READ : PERM_ORGANISATION_READ))
        doc_page_text(holder, "href",
                      doc_format(holder, "/%s/%" PRId64, is_person ? "persons" : "organisations",
                                 entitlement->holder_id));
    return ERR_OK;
}

static const char *const kind_words[] = {[CORRECTION_TOP_UP] = "补发",
                                         [CORRECTION_RECOVERY] = "追回",
                                         [CORRECTION_NO_MONEY] = "不涉金额"};
static const char *const kind_codes[] = {[CORRECTION_TOP_UP] = "top_up",
                                         [CORRECTION_RECOVERY] = "recovery",
                                         [CORRECTION_NO_MONEY] = "no_money"};
static const char *const cause_codes[] = {[CAUSE_FACT] = "fact", [CAUSE_DAY] = "day",
                                          [CAUSE_POLICY] = "policy", [CAUSE_OTHERS] = "others"};

static enum err add_history(struct page *page, int64_t entitlement_id)
{
    struct entitlement_difference *rows;
    int32_t row_count;
    TRY(incentive_history(page->w, page_options_of(page)->vocab, entitlement_id, &rows,
                          &row_count));
    struct doc *list = doc_add_list(page->doc, "versions");
    int64_t net_fen = 0;
    for (int32_t i = 0; i < row_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "decided", rows[i].to_ms);
        doc_add_text_z(row, "kind", kind_codes[rows[i].kind]);
        doc_page_text(row, "kind_words", page_say(page, kind_words[rows[i].kind]));
        doc_add_money(row, "difference", rows[i].difference_fen);
        doc_add_text_z(row, "cause", cause_codes[rows[i].cause]);
        doc_add_text(row, "reason", rows[i].reason);
        doc_add_bool(row, "has_ended", rows[i].has_ended);
        net_fen += rows[i].difference_fen;
    }
    doc_add_money(page->doc, "net", net_fen);
    doc_page_bool(page->doc, "has_versions", row_count > 0);
    return ERR_OK;
}

static enum err show_explained(struct page *page, const struct entitlement_explanation *e)
{
    const struct entitlement *entitlement = &e->entitlement;
    const struct rule *rule = e->policy->statements[e->explanation->statement].as.rule;
    doc_add_id(page->doc, "id", entitlement->id);
    TRY(see_holder(page, entitlement));
    doc_add_text(page->doc, "period", page_period(page, rule, entitlement->period));
    doc_add_instant(page->doc, "found", entitlement->known_ms);
    bool has_ended = entitlement->gone_ms != INT64_MAX;
    doc_add_bool(page->doc, "has_ended", has_ended);
    if (has_ended)
        doc_add_instant(page->doc, "ended", entitlement->gone_ms);
    struct str answer;
    TRY(page_add_explanation(page, e, &answer));
    TRY(add_history(page, entitlement->id));
    doc_page_bool(page->doc, "is_stored", true);
    page_title(page, answer);
    return ERR_OK;
}

/* The handler's texts must outlive the world, which is freed here: names and words are copies. */
enum err page_found_show(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    struct entitlement stored;
    TRY(incentive_read(page->w, id, &stored));
    struct fact holder; /* before the replay: whoever may not see it makes no work */
    TRY(is_person_holder(page, stored.subject_record)
            ? page_person_in_scope(page, stored.holder_id, &holder)
            : page_organisation_in_scope(page, stored.holder_id, &holder));
    struct entitlement_explanation e;
    TRY(incentive_explain(page->w, page_options_of(page)->vocab, id, &e));
    enum err err = show_explained(page, &e);
    world_free(e.world);
    return err;
}
