#include "base/day.h"
#include "page/app.h"
#include "page/page_figure.h"
#include "page/page_rule.h"
#include "policy/example.h"
#include "policy/weave.h"

#include <inttypes.h>
#include <string.h>

/* The documents in force; one of them with what each article carries out and what came of it. */

/* ---- the list */

struct document_counts {
    int32_t statements, examples, rules;
};

static struct document_counts counts_of(const struct policy *policy, int32_t document)
{
    struct document_counts counts = {0};
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->document != document)
            continue;
        counts.statements++;
        counts.examples += statement->kind == STATEMENT_EXAMPLE;
        counts.rules += page_is_rule(statement);
    }
    return counts;
}

static void add_document(struct page *page, struct doc *row, int32_t index)
{
    const struct policy *policy = page_policy_of(page);
    const struct document *document = &policy->documents[index];
    struct document_counts counts = counts_of(policy, index);
    int32_t today_day = page->w->today_day;
    bool has_ended = today_day > document->ends_day;
    bool is_ahead = today_day < document->in_force_day;
    struct str slug = page_document_slug(page, index);
    doc_add_text(row, "id", slug);
    doc_add_text(row, "number", document->number);
    doc_add_text(row, "title", document->title.size > 0 ? document->title : document->number);
    doc_add_code(row, "division", document->division,
                 page_division_name(page, document->division));
    doc_add_day(row, "issued", document->issued_day);
    doc_add_day(row, "in_force", document->in_force_day);
    doc_add_day(row, "ends", document->ends_day);
    if (document->replaces.size > 0)
        doc_add_text(row, "replaces", document->replaces);
    doc_add_text_z(row, "state", has_ended ? "ended" : is_ahead ? "ahead" : "in_force");
    doc_page_bool(row, "is_in_force", !has_ended && !is_ahead);
    doc_page_bool(row, "is_ahead", is_ahead);
    doc_page_bool(row, "has_ended", has_ended);
    doc_add_number(row, "statements", counts.statements);
    doc_add_number(row, "rules", counts.rules);
    doc_add_number(row, "examples", counts.examples);
    doc_page_text(row, "href", doc_format(row, "/policy/%.*s", STR_ARG(slug)));
}

enum err page_policy_list(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct doc *list = doc_add_list(page->doc, "documents");
    int32_t in_force_count = 0;
    for (int32_t i = 0; i < policy->document_count; i++) {
        const struct document *document = &policy->documents[i];
        add_document(page, doc_add_object(list, NULL), i);
        in_force_count += page->w->today_day >= document->in_force_day &&
                          page->w->today_day <= document->ends_day;
    }
    doc_page_bool(page->doc, "has_documents", policy->document_count > 0);
    doc_page_bool(page->doc, "may_read_drafts", page_may(page, PERM_POLICY_DRAFT_READ));
    struct str words = page_say(page, "份文件施行中");
    page_title(page, doc_format(page->doc, "%d %.*s", in_force_count, STR_ARG(words)));
    return ERR_OK;
}

/* ---- one document */

enum document_view { VIEW_BOTH, VIEW_TEXT, VIEW_STATEMENTS, VIEW_EXAMPLES };

struct document_page {
    int32_t document;
    enum document_view view;
    bool has_figures;
    struct found_figures figures;
    struct book_head book; /* id 0: nothing was counted yet */
    const struct book_line *lines;
    int32_t line_count;
};

static void add_lane(struct page *page, struct doc *row, const char *name,
                     const struct found_figure *figure, const struct statement *statement)
{
    if (!figure)
        return;
    struct doc *lane = doc_add_object(row, name);
    doc_add_number(lane, "entitlements", figure->row_count);
    doc_add_number(lane, "holders", figure->holder_count);
    if (figure->lane == LANE_GRANTED) {
        doc_add_number(lane, "open", figure->open_count);
        page_add_sum(page, lane, "amount", figure->amount_fen);
        doc_page_bool(lane, "has_amount", figure->amount_fen > 0);
    }
    if (page_may(page, PERM_FOUND_READ))
        doc_page_text(lane, "href", page_found_href(page, statement, figure->lane));
}

/* Figures of one rule; false when nothing was found under it. */
static bool add_figures(struct page *page, struct doc *row, const struct document_page *shown,
                        const struct statement *statement)
{
    struct str number = page_policy_of(page)->documents[statement->document].number;
    const struct found_figure *granted =
        found_figure_of(&shown->figures, number, statement->name, LANE_GRANTED);
    const struct found_figure *ask =
        found_figure_of(&shown->figures, number, statement->name, LANE_ASK);
    add_lane(page, row, "granted", granted, statement);
    add_lane(page, row, "ask", ask, statement);
    return granted || ask;
}

static enum err add_statement(struct page *page, struct doc *list, int32_t index,
                              const struct document_page *shown)
{
    const struct policy *policy = page_policy_of(page);
    const struct statement *statement = &policy->statements[index];
    struct text_buf *words = text_new(page->request->arena);
    if (!words)
        return fail(page->w, ERR_MEMORY, "no memory for a statement");
    policy_print_statement(words, policy, statement, page_spelling(page));
    struct doc *row = doc_add_object(list, NULL);
    doc_add_text(row, "name", statement->name);
    doc_add_text_z(row, "kind", statement_kind_word(statement->kind, SPELLING_EN));
    doc_add_text(row, "words", text_str(words));
    struct doc *cites = doc_add_list(row, "cites");
    for (int32_t i = 0; i < statement->cite_count; i++)
        doc_add_text(cites, NULL, statement->cites[i].text);
    if (page_is_rule(statement) && shown->has_figures)
        (void)add_figures(page, row, shown, statement);
    return ERR_OK;
}

/* The plan of each target of an article beside what was counted last. */
static bool add_plans(struct page *page, struct doc *clause, int32_t article,
                      const struct document_page *shown)
{
    const struct policy *policy = page_policy_of(page);
    struct str number = policy->documents[shown->document].number;
    struct doc *list = doc_add_list(clause, "plans");
    bool has_plans = false;
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->article != article || statement->kind != STATEMENT_TARGET)
            continue;
        for (int32_t k = 0; k < shown->line_count; k++) {
            const struct book_line *line = &shown->lines[k];
            if (line->kind != BOOK_TARGET || line->planned == ABSENT_I64 ||
                !str_equal(line->name, statement->name) ||
                !str_equal(line->document_number, number))
                continue;
            page_add_line(page, doc_add_object(list, NULL), &shown->book, line);
            has_plans = true;
        }
    }
    doc_page_bool(clause, "has_plans", has_plans);
    return has_plans;
}

/* What was counted last, for who may see figures. */
static enum err read_book(struct page *page, struct document_page *shown)
{
    if (!page_may(page, PERM_INSIGHT))
        return ERR_OK;
    struct book_scope scope = page_book_scope(page);
    struct book_line *lines;
    enum err err = insight_book_read(page->w, 0, &shown->book);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        shown->book.id = 0;
        return ERR_OK;
    }
    TRY(err);
    TRY(insight_book_lines(page->w, shown->book.id, &scope, &lines, &shown->line_count));
    shown->lines = lines;
    return ERR_OK;
}

/* ---- its examples, with what came of them */

static bool is_within(const struct finding *finding, const struct statement *statement)
{
    int32_t line_count = 1;
    for (size_t i = 0; i < statement->span.text.size; i++)
        line_count += statement->span.text.ptr[i] == '\n';
    return finding->severity == FINDING_ERROR && finding->span.document == statement->document &&
           finding->span.line >= statement->span.line &&
           finding->span.line < statement->span.line + line_count;
}

static enum err add_examples(struct page *page, int32_t document)
{
    const struct policy *policy = page_policy_of(page);
    struct findings findings = {.arena = page->request->arena};
    int32_t passed_count, failed_count;
    TRY(examples_run(page->request->arena, policy, &findings, &passed_count, &failed_count,
                     &page->w->fault));
    struct doc *list = doc_add_list(page->doc, "examples");
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->document != document || statement->kind != STATEMENT_EXAMPLE)
            continue;
        struct text_buf *words = text_new(page->request->arena);
        if (!words)
            return fail(page->w, ERR_MEMORY, "no memory for the examples");
        policy_print_statement(words, policy, statement, page_spelling(page));
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "name", statement->name);
        doc_add_text(row, "article", policy->articles[statement->article].heading);
        doc_add_number(row, "line", statement->span.line);
        doc_add_text(row, "words", text_str(words));
        struct doc *problems = doc_add_list(row, "problems");
        bool is_good = true;
        for (int32_t f = 0; f < findings.row_count; f++) {
            if (!is_within(&findings.rows[f], statement))
                continue;
            doc_add_text(doc_add_object(problems, NULL), "message", findings.rows[f].message);
            is_good = false;
        }
        doc_add_bool(row, "is_good", is_good);
    }
    return ERR_OK;
}

/* The aside of an article: what was found under each of its rules. */
static void add_live(struct page *page, struct doc *clause, int32_t article,
                     const struct document_page *shown)
{
    const struct policy *policy = page_policy_of(page);
    struct doc *live = doc_page_list(clause, "live");
    bool has_live = false, has_rules = false;
    for (int32_t i = 0; i < policy->statement_count && shown->has_figures; i++) {
        const struct statement *statement = &policy->statements[i];
        if (statement->article != article || !page_is_rule(statement))
            continue;
        has_rules = true;
        struct doc *row = doc_add_object(live, NULL);
        doc_page_text(row, "rule", statement->name);
        doc_page_bool(row, "has_found", add_figures(page, row, shown, statement));
        has_live = true;
    }
    has_live |= add_plans(page, clause, article, shown);
    doc_page_bool(clause, "has_live", has_live);
    doc_page_bool(clause, "has_rules", has_rules);
}

static enum err add_articles(struct page *page, const struct document_page *shown)
{
    const struct policy *policy = page_policy_of(page);
    struct weave_options options = {.spelling = page_spelling(page),
                                    .as_of_day = page->w->today_day};
    int32_t count;
    const struct weave_clause *clauses =
        weave_clauses(page->request->arena, policy, shown->document, &options, &count);
    if (!clauses)
        return fail(page->w, ERR_MEMORY, "no memory for the document");
    struct doc *list = doc_add_list(page->doc, "articles");
    for (int32_t i = 0; i < count; i++) {
        const struct weave_clause *clause = &clauses[i];
        const struct article *article = &policy->articles[clause->article];
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "id", clause->id);
        doc_add_text(row, "heading", article->heading);
        doc_page_text(row, "prose", clause->prose);
        doc_page_text(row, "woven", clause->statements);
        bool has_statements = clause->statements.size > 0;
        doc_page_bool(row, "shows_prose", shown->view != VIEW_STATEMENTS);
        doc_page_bool(row, "shows_statements", has_statements && shown->view != VIEW_TEXT);
        doc_page_bool(row, "is_shown", has_statements || shown->view != VIEW_STATEMENTS);
        doc_page_bool(row, "is_both", has_statements && shown->view == VIEW_BOTH);
        if (has_statements && shown->view == VIEW_BOTH)
            add_live(page, row, clause->article, shown);
        struct doc *statements = doc_add_list(row, "statements");
        for (int32_t s = 0; page->is_api && s < policy->statement_count; s++) {
            if (policy->statements[s].article == clause->article)
                TRY(add_statement(page, statements, s, shown));
        }
    }
    return ERR_OK;
}

static void add_views(struct page *page, const struct document_page *shown)
{
    static const struct {
        const char *value, *words;
    } views[] = {{NULL, "对照"}, {"text", "只看原文"}, {"statements", "只看语句"},
                 {"examples", "案例"}};
    struct doc *list = doc_page_list(page->doc, "views");
    for (int32_t i = 0; i < 4; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "label", page_say(page, views[i].words));
        struct str value = views[i].value ? str_from(views[i].value) : (struct str){0};
        doc_page_text(row, "href", page_query_with(page, "view", value));
        doc_page_bool(row, "is_here", shown->view == (enum document_view)i);
    }
}

static enum err show_document(struct page *page)
{
    struct document_page shown = {.view = VIEW_BOTH};
    TRY(page_document_by_slug(page, page_parameter(page, "document"), &shown.document));
    struct str view = page_field(page, "view");
    if (str_equal(view, STR("text")))
        shown.view = VIEW_TEXT;
    if (str_equal(view, STR("statements")))
        shown.view = VIEW_STATEMENTS;
    if (str_equal(view, STR("examples")))
        shown.view = VIEW_EXAMPLES;
    shown.has_figures = page_may(page, PERM_FOUND_READ);
    const struct scope *scope = &page->session.scope;
    if (shown.has_figures)
        TRY(incentive_found_figures(page->w, scope->division_min, scope->division_max,
                                    &shown.figures));
    add_document(page, doc_add_object(page->doc, "document"), shown.document);
    if (shown.has_figures)
        doc_add_instant(page->doc, "counted", shown.figures.counted_ms);
    doc_page_bool(page->doc, "has_figures",
                  shown.has_figures && shown.figures.counted_ms != ABSENT_I64);
    add_views(page, &shown);
    TRY(read_book(page, &shown));
    TRY(shown.view == VIEW_EXAMPLES ? add_examples(page, shown.document)
                                    : add_articles(page, &shown));
    doc_page_bool(page->doc, "is_examples", shown.view == VIEW_EXAMPLES);
    struct str slug = page_document_slug(page, shown.document);
    doc_page_text(page->doc, "versions_href",
                  doc_format(page->doc, "/policy/versions/%.*s", STR_ARG(slug)));
    if (page_may(page, PERM_POLICY_DRAFT))
        doc_page_text(page->doc, "draft_href",
                      doc_format(page->doc, "/policy/drafts/new?document=%.*s", STR_ARG(slug)));
    const struct document *document = &page_policy_of(page)->documents[shown.document];
    page_title(page, document->title.size > 0 ? document->title : document->number);
    return ERR_OK;
}

enum err page_policy_show(struct page *page)
{
    struct work_env env = page_env(page);
    if (page_may(page, PERM_FOUND_READ))
        TRY(incentive_found_count(&env, page->own_fault));
    return page_show_step(page, show_document);
}
