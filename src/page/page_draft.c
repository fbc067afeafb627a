#include "page/page_draft.h"

#include "base/day.h"
#include "page/app.h"
#include "page/page_list.h"
#include "page/page_rule.h"
#include "policy/difference.h"
#include "policy/front_matter.h"
#include "policy/weave.h"

#include <inttypes.h>
#include <string.h>

/* Drafts: the list, one of them with its findings, its changes and what it would cost. What is
 * written in page_draft_edit.c; decided in page_draft_act.c. */

enum { CHANGES_MAX = 400 };

static const char *const state_codes[DRAFT_STATE_COUNT] = {
    [DRAFT_OPEN] = "open",         [DRAFT_SUBMITTED] = "submitted", [DRAFT_ENACTED] = "enacted",
    [DRAFT_RETURNED] = "returned", [DRAFT_DROPPED] = "dropped",
};
static const char *const state_words[DRAFT_STATE_COUNT] = {
    [DRAFT_OPEN] = "起草中", [DRAFT_SUBMITTED] = "待会签", [DRAFT_ENACTED] = "已通过",
    [DRAFT_RETURNED] = "已退回", [DRAFT_DROPPED] = "已放弃",
};
/* How a state is drawn: a glyph and a colour, both beside the word. */
static const char *const state_marks[DRAFT_STATE_COUNT] = {
    [DRAFT_OPEN] = "here", [DRAFT_SUBMITTED] = "soon", [DRAFT_ENACTED] = "done",
    [DRAFT_RETURNED] = "late", [DRAFT_DROPPED] = "wait",
};
static const char *const state_glyphs[DRAFT_STATE_COUNT] = {
    [DRAFT_OPEN] = "here", [DRAFT_SUBMITTED] = "clock", [DRAFT_ENACTED] = "yes",
    [DRAFT_RETURNED] = "late", [DRAFT_DROPPED] = "no",
};

void page_add_draft(struct page *page, struct doc *row, const struct draft *draft)
{
    doc_add_id(row, "id", draft->id);
    doc_add_text_z(row, "kind", draft->kind == DRAFT_REPEAL ? "repeal" : "text");
    doc_page_bool(row, "is_repeal", draft->kind == DRAFT_REPEAL);
    doc_add_text(row, "number", draft->number);
    doc_add_text(row, "title", draft->title);
    doc_add_text_z(row, "state", state_codes[draft->state]);
    doc_page_text(row, "state_words", page_say(page, state_words[draft->state]));
    doc_page_z(row, "state_mark", state_marks[draft->state]);
    doc_page_z(row, "state_glyph", state_glyphs[draft->state]);
    doc_add_number(row, "version", draft->version);
    doc_add_day(row, "from", draft->from_day);
    doc_add_text(row, "reason", draft->reason);
    doc_add_text(row, "author", draft->author_name);
    doc_add_instant(row, "changed", draft->changed_ms);
    if (draft->submitted_ms > 0)
        doc_add_instant(row, "submitted", draft->submitted_ms);
    if (draft->decided_ms > 0) {
        doc_add_instant(row, "decided", draft->decided_ms);
        doc_add_text(row, "decider", draft->decider_name);
        doc_add_text(row, "decision", draft->decision);
    }
    doc_page_text(row, "href", doc_format(row, "/policy/drafts/%" PRId64, draft->id));
}

/* ---- the list */

enum { TITLE, NUMBER, STATE, AUTHOR, FROM, VERSION, REASON, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [TITLE] = {"title", "文件", COLUMN_WIDE, false, ORDER_NONE},
    [NUMBER] = {"number", "文号", COLUMN_PLAIN, false, ORDER_NONE},
    [STATE] = {"state", "状态", COLUMN_PLAIN, false, ORDER_NONE},
    [AUTHOR] = {"author", "起草人", COLUMN_END, false, ORDER_NONE},
    [FROM] = {"from", "施行", COLUMN_PLAIN, false, ORDER_NONE},
    [VERSION] = {"version", "稿次", COLUMN_NUMBER, false, ORDER_NONE},
    [REASON] = {"reason", "理由", COLUMN_WIDE, true, ORDER_NONE},
};

static enum err add_draft_row(struct page *page, struct page_list *list,
                              const struct draft *draft)
{
    char day[DAY_TEXT_SIZE];
    struct page_cell cells[COLUMN_COUNT] = {0};
    const char *repeal = draft->kind == DRAFT_REPEAL ? "　" : "";
    struct str kind = draft->kind == DRAFT_REPEAL ? page_say(page, "废止") : STR("");
    cells[TITLE] = (struct page_cell){
        doc_format(page->doc, "%.*s%s%.*s", STR_ARG(draft->title), repeal, STR_ARG(kind)),
        doc_format(page->doc, "/policy/drafts/%" PRId64, draft->id), NULL};
    cells[NUMBER].words = draft->number;
    cells[STATE] = (struct page_cell){.words = page_say(page, state_words[draft->state]),
                                      .state = state_marks[draft->state]};
    cells[AUTHOR].words = draft->author_name;
    if (draft->from_day != ABSENT_I32)
        cells[FROM].words = doc_format(page->doc, "%s", day_text(draft->from_day, day));
    cells[VERSION].words = doc_format(page->doc, "%d", (int)draft->version);
    cells[REASON].words = draft->reason;
    return page_list_row(list, cells);
}

static enum err add_state(struct page *page, struct page_list *list, struct doc *json,
                          enum draft_state state, int64_t *inout_count)
{
    struct draft *drafts;
    int32_t draft_count;
    TRY(draft_list(page->w, state, 0, DRAFT_ROWS_MAX, &drafts, &draft_count));
    for (int32_t i = 0; i < draft_count; i++) {
        if (json)
            page_add_draft(page, doc_add_object(json, NULL), &drafts[i]);
        else
            TRY(add_draft_row(page, list, &drafts[i]));
    }
    *inout_count += draft_count;
    return ERR_OK;
}

/* What waits for somebody, or what has one state. */
static enum err add_drafts(struct page *page, struct page_list *list, bool is_waiting,
                           enum draft_state state, int64_t *ret_count)
{
    static const enum draft_state waiting[] = {DRAFT_SUBMITTED, DRAFT_RETURNED, DRAFT_OPEN};
    struct doc *json = page->is_api ? doc_add_list(page->doc, "drafts") : NULL;
    *ret_count = 0;
    if (!is_waiting)
        return add_state(page, list, json, state, ret_count);
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++)
        TRY(add_state(page, list, json, waiting[i], ret_count));
    return ERR_OK;
}

enum err page_drafts(struct page *page)
{
    static const struct {
        const char *value, *words;
        enum draft_state state;
    } views[] = {{NULL, "在办", 0},
                 {"enacted", "已通过", DRAFT_ENACTED},
                 {"dropped", "已放弃", DRAFT_DROPPED}};
    struct str wanted = page_field(page, "state");
    struct doc *list = doc_page_list(page->doc, "views");
    int64_t count = 0;
    size_t here = 0;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
        if (views[i].value && str_equal_text(wanted, views[i].value))
            here = i;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        struct doc *view = doc_add_object(list, NULL);
        doc_page_text(view, "label", page_say(page, views[i].words));
        doc_page_text(view, "href", views[i].value ? doc_format(view, "?state=%s", views[i].value)
                                                   : STR("/policy/drafts"));
        doc_page_bool(view, "is_here", i == here);
    }
    struct page_list *table;
    TRY(page_list_open_whole(page, columns, COLUMN_COUNT, &table));
    enum err err = add_drafts(page, table, here == 0, views[here].state, &count);
    if (err != ERR_OK) {
        page_list_cancel(table);
        return err;
    }
    doc_page_bool(page->doc, "has_drafts", count > 0);
    doc_page_bool(page->doc, "may_draft", page_may(page, PERM_POLICY_DRAFT));
    page_title(page, here > 0      ? page_say(page, views[here].words)
                     : count == 0  ? page_say(page, "没有在办的草案")
                                   : doc_format(page->doc, "%" PRId64 " %.*s", count,
                                                STR_ARG(page_say(page, "份草案在办"))));
    return page_list_close(table, "政策草案");
}

/* ---- pieces */

enum err page_draft_read(struct page *page, struct str path, struct str body,
                         struct draft_reading *ret_reading)
{
    const struct page_options *options = page_options_of(page);
    enum err err = draft_check(page->w->arena, options->vocab, options->policy->sources,
                               options->policy->source_count, path, body, ret_reading,
                               &page->w->fault);
    if (err == ERR_POLICY || err == ERR_POLICY_LIMIT) {
        if (ret_reading->findings.error_count == 0)
            ret_reading->policy = NULL; /* it was given up: the fault says why */
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    return err;
}

void page_add_findings(struct page *page, struct doc *parent, const struct draft_reading *reading)
{
    static const char *const names[] = {
        [FINDING_ERROR] = "error", [FINDING_WARNING] = "warning", [FINDING_NOTE] = "note"};
    static const char *const words[] = {
        [FINDING_ERROR] = "错误", [FINDING_WARNING] = "警告", [FINDING_NOTE] = "说明"};
    static const char *const marks[] = {
        [FINDING_ERROR] = "unmet", [FINDING_WARNING] = "ask", [FINDING_NOTE] = "wait"};
    const struct findings *findings = &reading->findings;
    struct doc *list = doc_add_list(parent, "findings");
    int32_t shown = 0;
    for (int32_t i = 0; i < findings->row_count; i++) {
        const struct finding *finding = &findings->rows[i];
        if (finding->severity == FINDING_NOTE)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "line", finding->span.line);
        doc_add_number(row, "column", finding->span.column);
        doc_add_text_z(row, "severity", names[finding->severity]);
        doc_page_text(row, "severity_words", page_say(page, words[finding->severity]));
        doc_page_z(row, "mark", marks[finding->severity]);
        doc_page_bool(row, "is_error", finding->severity == FINDING_ERROR);
        doc_add_text_z(row, "rule", finding->rule);
        doc_add_text(row, "message", finding->message);
        doc_add_text(row, "hint", finding->hint);
        if (finding->span.document != reading->document)
            doc_add_text(row, "path", reading->sources[finding->span.document].path);
        shown++;
    }
    doc_add_number(parent, "error_count", findings->error_count);
    doc_add_number(parent, "warning_count", findings->warning_count);
    doc_add_number(parent, "passed_count", reading->passed_count);
    doc_add_number(parent, "failed_count", reading->failed_count);
    doc_page_bool(parent, "has_findings", shown > 0);
    doc_page_bool(parent, "is_good", findings->error_count == 0 && reading->policy);
    doc_page_bool(parent, "is_unread", !reading->policy);
}

/* The statements of documents of one number. */
static enum err part_of(struct page *page, const struct policy *policy, struct str number,
                        struct policy *ret_part)
{
    static const struct policy nothing;
    *ret_part = policy ? *policy : nothing;
    int32_t count = ret_part->statement_count;
    ret_part->statement_count = 0;
    ret_part->statements = ARENA_NEW_ARRAY(page->w->arena, struct statement, (size_t)count + 1);
    if (!ret_part->statements)
        return fail(page->w, ERR_MEMORY, "no memory for the changes");
    for (int32_t i = 0; i < count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (str_equal(policy->documents[statement->document].number, number))
            ret_part->statements[ret_part->statement_count++] = *statement;
    }
    return ERR_OK;
}

static void add_change(struct page *page, struct doc *list, const struct policy *of,
                       const struct difference *row)
{
    static const char *const codes[] = {"added", "removed", "changed"};
    static const char *const words[] = {"新增", "删去", "改动"};
    const struct statement *statement = row->after ? row->after : row->before;
    struct doc *change = doc_add_object(list, NULL);
    doc_add_text_z(change, "kind", codes[row->kind]);
    doc_page_text(change, "kind_words", page_say(page, words[row->kind]));
    doc_add_text(change, "name", statement->name);
    doc_page_text(change, "statement_kind",
                  str_from(statement_kind_word(statement->kind, page_spelling(page))));
    doc_add_text(change, "article", of->articles[statement->article].heading);
    struct doc *clauses = doc_add_list(change, "clauses");
    for (int32_t i = 0; i < row->clause_count; i++) {
        struct doc *clause = doc_add_object(clauses, NULL);
        doc_add_text(clause, "before", row->clauses[i].before);
        doc_add_text(clause, "after", row->clauses[i].after);
        doc_page_bool(clause, "has_before", row->clauses[i].before.size > 0);
        doc_page_bool(clause, "has_after", row->clauses[i].after.size > 0);
    }
}

enum err page_add_changes(struct page *page, struct doc *parent, const struct policy *before,
                          const struct policy *after, struct str number)
{
    struct policy former, latter;
    struct difference *rows;
    int32_t row_count;
    TRY(part_of(page, before, number, &former));
    TRY(part_of(page, after, number, &latter));
    TRY(policy_difference(page->w->arena, &former, &latter, page_spelling(page), &rows, &row_count,
                          &page->w->fault));
    struct doc *list = doc_add_list(parent, "changes");
    for (int32_t i = 0; i < row_count && i < CHANGES_MAX; i++)
        add_change(page, list, rows[i].after ? &latter : &former, &rows[i]);
    doc_add_number(parent, "change_count", row_count);
    doc_page_bool(parent, "has_changes", row_count > 0);
    return ERR_OK;
}

enum err page_add_woven(struct page *page, struct doc *parent, const struct policy *policy,
                        int32_t document)
{
    struct weave_options options = {.spelling = page_spelling(page),
                                    .as_of_day = page->w->today_day};
    int32_t count;
    const struct weave_clause *clauses =
        weave_clauses(page->w->arena, policy, document, &options, &count);
    if (!clauses)
        return fail(page->w, ERR_MEMORY, "no memory for the document");
    struct doc *list = doc_page_list(parent, "articles");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "id", clauses[i].id);
        doc_page_text(row, "prose", clauses[i].prose);
        doc_page_text(row, "woven", clauses[i].statements);
        doc_page_bool(row, "has_statements", clauses[i].statements.size > 0);
    }
    return ERR_OK;
}

struct str page_text_in_force(const struct page *page, struct str number)
{
    const struct incentive_policy *policy = page_options_of(page)->policy;
    for (int32_t i = 0; i < policy->source_count; i++)
        if (str_equal(front_matter_number(policy->sources[i].text), number))
            return policy->sources[i].text;
    return (struct str){0};
}

/* ---- one draft */

static void add_source(struct page *page, struct str body)
{
    struct doc *list = doc_page_list(page->doc, "lines");
    struct str line;
    for (int32_t number = 1; str_split(&body, '\n', &line); number++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "number", doc_format(row, "%d", (int)number));
        doc_page_text(row, "text", line);
    }
}

static enum err add_versions(struct page *page, const struct draft *draft)
{
    struct draft_text *texts;
    int32_t text_count;
    TRY(draft_texts(page->w, draft->id, &texts, &text_count));
    struct doc *list = doc_add_list(page->doc, "versions");
    for (int32_t i = 0; i < text_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "version", texts[i].version);
        doc_add_text(row, "writer", texts[i].account_name);
        doc_add_instant(row, "written", texts[i].known_ms);
        if (texts[i].version > 1)
            doc_page_text(row, "difference_href",
                          doc_format(row, "/policy/drafts/%" PRId64 "/difference?from=%d&to=%d",
                                     draft->id, (int)texts[i].version - 1,
                                     (int)texts[i].version));
    }
    return ERR_OK;
}

static enum err add_acts(struct page *page, const struct draft *draft, bool is_good)
{
    bool is_own;
    TRY(draft_is_own(page->w, draft, &is_own));
    bool drafts = page_may(page, PERM_POLICY_DRAFT);
    bool decides = page_may(page, PERM_POLICY_APPROVE) &&
                   draft_allows(draft->state, DRAFT_APPROVE);
    doc_page_bool(page->doc, "may_edit", drafts && draft_allows(draft->state, DRAFT_EDIT) &&
                                             draft->kind == DRAFT_TEXT);
    doc_page_bool(page->doc, "may_submit",
                  drafts && draft_allows(draft->state, DRAFT_SUBMIT) && is_good);
    doc_page_bool(page->doc, "may_recall", drafts && draft_allows(draft->state, DRAFT_RECALL));
    doc_page_bool(page->doc, "may_drop", drafts && draft_allows(draft->state, DRAFT_DROP));
    doc_page_bool(page->doc, "may_decide", decides && !is_own);
    doc_page_bool(page->doc, "is_own_decision", decides && is_own);
    doc_page_bool(page->doc, "may_rehearse", page_may(page, PERM_WHATIF) && is_good);
    return ERR_OK;
}

static void add_views(struct page *page, struct str here)
{
    static const struct {
        const char *value, *words;
    } views[] = {{"", "变化和问题"}, {"woven", "织成的文件"}, {"source", "原文"}};
    struct doc *list = doc_page_list(page->doc, "views");
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "label", page_say(page, views[i].words));
        doc_page_text(row, "href", views[i].value[0] ? doc_format(row, "?view=%s", views[i].value)
                                                     : STR("?"));
        doc_page_bool(row, "is_here", str_equal_text(here, views[i].value));
    }
}

static struct str heading(struct page *page, const struct draft *draft,
                          const struct draft_reading *reading)
{
    if (!reading->policy || reading->findings.error_count > 0)
        return doc_format(page->doc, "%.*s%d", STR_ARG(page_say(page, "草案的错误要改：")),
                          reading->findings.error_count > 0 ? reading->findings.error_count : 1);
    if (draft->kind == DRAFT_REPEAL)
        return page_say(page, "废止一份文件");
    return draft->title;
}

static enum err add_body(struct page *page, const struct draft *draft,
                         const struct draft_text *text, const struct draft_reading *reading,
                         struct str view)
{
    const struct policy *in_force = page_policy_of(page);
    bool is_enacted = draft->state == DRAFT_ENACTED;
    if (str_equal_text(view, "source"))
        add_source(page, text->body);
    else if (str_equal_text(view, "woven") && reading->policy)
        return page_add_woven(page, page->doc, reading->policy, reading->document);
    else if (reading->policy && reading->findings.error_count == 0 && !is_enacted)
        return page_add_changes(page, page->doc, in_force, reading->policy, draft->number);
    return ERR_OK;
}

enum err page_draft_show(struct page *page)
{
    int64_t id;
    struct draft draft;
    struct draft_text text;
    struct draft_reading reading;
    TRY(page_id(page, "id", &id));
    TRY(draft_read(page->w, id, &draft));
    TRY(draft_text_read(page->w, id, draft.version, &text));
    TRY(page_draft_read(page, draft.path, text.body, &reading));
    struct str view = page_field(page, "view");
    if (!str_equal_text(view, "woven") && !str_equal_text(view, "source"))
        view = STR("");
    page_add_draft(page, page->doc, &draft);
    page_add_findings(page, page->doc, &reading);
    TRY(add_body(page, &draft, &text, &reading, view));
    TRY(add_versions(page, &draft));
    TRY(add_acts(page, &draft, reading.policy && reading.findings.error_count == 0));
    TRY(page_add_rehearsals(page, id));
    add_views(page, view);
    doc_page_bool(page->doc, "is_summary", view.size == 0);
    doc_page_bool(page->doc, "is_woven", str_equal_text(view, "woven"));
    doc_page_bool(page->doc, "is_source", str_equal_text(view, "source"));
    doc_page_bool(page->doc, "is_new", !page_text_in_force(page, draft.number).ptr);
    doc_page_bool(page->doc, "is_enacted", draft.state == DRAFT_ENACTED);
    page_title(page, heading(page, &draft, &reading));
    return ERR_OK;
}

/* ---- two versions of its text */

enum err page_draft_difference(struct page *page)
{
    int64_t id;
    struct draft draft;
    struct draft_text before, after;
    struct draft_reading former, latter;
    TRY(page_id(page, "id", &id));
    TRY(draft_read(page->w, id, &draft));
    int32_t to = (int32_t)page_number(page, "to", 1, draft.version, draft.version);
    int32_t from = (int32_t)page_number(page, "from", 1, draft.version, to > 1 ? to - 1 : to);
    TRY(draft_text_read(page->w, id, from, &before));
    TRY(draft_text_read(page->w, id, to, &after));
    TRY(page_draft_read(page, draft.path, before.body, &former));
    TRY(page_draft_read(page, draft.path, after.body, &latter));
    doc_add_id(page->doc, "id", id);
    doc_add_text(page->doc, "number", draft.number);
    doc_add_number(page->doc, "from_version", from);
    doc_add_number(page->doc, "to_version", to);
    doc_page_bool(page->doc, "is_readable", former.policy && latter.policy);
    if (former.policy && latter.policy)
        TRY(page_add_changes(page, page->doc, former.policy, latter.policy, draft.number));
    page_title(page, page_say(page, "两稿的差别"));
    return ERR_OK;
}
