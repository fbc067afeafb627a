#include "base/clock.h"
#include "base/day.h"
#include "base/html.h"
#include "domain/insight/rehearsal.h"
#include "domain/insight/whatif_show.h"
#include "domain/insight/whatif_style.h"
#include "page/app.h"
#include "page/page_draft.h"
#include "page/page_job.h"
#include "page/page_rule.h"
#include "policy/scalar.h"

#include <inttypes.h>
#include <string.h>

/* What a change would cost: asked by a form, found by a job, kept with its report. */

enum { PARAMETERS_SHOWN_MAX = 400 };

/* ---- what is asked */

struct asking {
    struct rehearsal rehearsal;
    struct str own_body, other_body; /* texts of the drafts */
    struct str own_title, other_title;
    struct str own_path, other_path;
    struct str client;
};

/* NAME=VALUE, one a line; what is empty is left out. Counts those that find no place too, so that
 * no change is left out of a report unseen. */
static int32_t lines_of(struct str text, struct str lines[WHATIF_SETTINGS_MAX])
{
    int32_t count = 0;
    struct str line;
    while (text.size > 0 && str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.size == 0)
            continue;
        if (count < WHATIF_SETTINGS_MAX)
            lines[count] = line;
        count++;
    }
    return count;
}

static enum err read_text(struct work *w, struct arena *arena, int64_t id, int32_t *version,
                          struct str *ret_path, struct str *ret_title, struct str *ret_body)
{
    struct draft draft;
    struct draft_text text;
    TRY(draft_read(w, id, &draft));
    TRY(draft_text_read(w, id, *version, &text));
    *version = text.version;
    *ret_path = str_copy(arena, draft.path);
    *ret_title = str_copy(arena, draft.title);
    *ret_body = str_copy(arena, text.body);
    return ERR_OK;
}

static enum err read_texts(struct work *w, struct arena *arena, struct asking *asking)
{
    struct rehearsal *rehearsal = &asking->rehearsal;
    if (rehearsal->draft_id != 0)
        TRY(read_text(w, arena, rehearsal->draft_id, &rehearsal->draft_version,
                      &asking->own_path, &asking->own_title, &asking->own_body));
    if (rehearsal->other_id != 0)
        TRY(read_text(w, arena, rehearsal->other_id, &rehearsal->other_version,
                      &asking->other_path, &asking->other_title, &asking->other_body));
    return ERR_OK;
}

/* ---- the drafts beside what is in force */

static enum err add_draft(struct whatif_show *show, const struct asking *asking, bool is_other,
                          struct fault *fault)
{
    const struct rehearsal *rehearsal = &asking->rehearsal;
    struct str settings[WHATIF_SETTINGS_MAX], budgets[WHATIF_SETTINGS_MAX];
    struct policy_source own = {is_other ? asking->other_path : asking->own_path,
                                is_other ? asking->other_body : asking->own_body};
    struct whatif_given given = {
        .own = &own,
        .own_count = own.text.size > 0,
        .from = is_other ? asking->other_title : asking->own_title,
        .settings = settings,
        .setting_count = is_other ? 0 : lines_of(rehearsal->settings, settings),
        .budgets = budgets,
        .budget_count = lines_of(rehearsal->budgets, budgets),
    };
    struct findings findings;
    enum err err = whatif_add_draft(show, &given, &findings, fault);
    if (err == ERR_POLICY && findings.error_count > 0)
        fault_set(fault, ERR_POLICY, "%.*s", STR_ARG(findings.rows[0].message));
    return err;
}

/* Budgets change a policy: the base is then read anew, never the one that others use. */
static enum err make_show(struct arena *arena, const struct page_options *options, bool is_zh,
                          const struct asking *asking, struct whatif_show **ret_show,
                          struct fault *fault)
{
    struct whatif_show *show = ARENA_NEW(arena, struct whatif_show);
    struct incentive_policy *base = ARENA_NEW(arena, struct incentive_policy);
    if (!show || !base)
        return fault_set(fault, ERR_MEMORY, "no memory for a report");
    *base = *options->policy;
    *show = (struct whatif_show){.arena = arena, .is_zh = is_zh, .vocab = options->vocab,
                                 .base = base, .as_of_day = asking->rehearsal.as_of_day,
                                 .known_at_ms = clock_now_ms()};
    struct str settings[WHATIF_SETTINGS_MAX], budgets[WHATIF_SETTINGS_MAX];
    int32_t budget_count = lines_of(asking->rehearsal.budgets, budgets);
    if (budget_count > WHATIF_SETTINGS_MAX ||
        lines_of(asking->rehearsal.settings, settings) > WHATIF_SETTINGS_MAX)
        return fault_set(fault, ERR_LIMIT, "一次最多改 %d 个数", WHATIF_SETTINGS_MAX);
    if (budget_count > 0) {
        struct findings findings = {.arena = arena};
        TRY(policy_read(arena, options->vocab, base->sources, base->source_count, &base->policy,
                        &findings, fault));
        TRY(whatif_suppose_budgets(show, base->policy, budgets, budget_count, fault));
        TRY(program_compile(arena, base->policy, &base->program, fault));
    }
    TRY(add_draft(show, asking, false, fault));
    if (asking->rehearsal.other_id != 0)
        TRY(add_draft(show, asking, true, fault));
    *ret_show = show;
    return ERR_OK;
}

/* ---- the job */

struct rehearsing {
    struct page_job *job;
    struct asking asking;
};

static enum err open_step(struct work *w, void *context)
{
    struct rehearsing *r = context;
    struct arena *arena = &r->job->arena;
    struct rehearsal *rehearsal = &r->asking.rehearsal;
    TRY(rehearsal_read(w, r->job->subject_id, rehearsal));
    rehearsal->settings = str_copy(arena, rehearsal->settings);
    rehearsal->budgets = str_copy(arena, rehearsal->budgets);
    return read_texts(w, arena, &r->asking);
}

static enum err keep_step(struct work *w, void *context)
{
    return rehearsal_finish(w, &((struct rehearsing *)context)->asking.rehearsal);
}

static enum err print(struct rehearsing *r, const struct whatif_show *show, struct fault *fault)
{
    struct rehearsal *rehearsal = &r->asking.rehearsal;
    struct text_buf page, json, csv;
    text_init(&page, show->arena);
    text_init(&json, show->arena);
    text_init(&csv, show->arena);
    whatif_print_part(show, &page);
    whatif_print_json(show, &json);
    whatif_print_csv(show, &csv);
    if (page.failed || json.failed || csv.failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a report");
    rehearsal->finding = whatif_finding(show);
    rehearsal->page = text_str(&page);
    rehearsal->json = text_str(&json);
    rehearsal->csv = text_str(&csv);
    return ERR_OK;
}

static enum err rehearse(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    struct rehearsing r = {.job = job};
    struct whatif_show *show;
    page_job_step(job, "正在读取草案");
    TRY(work_run(&job->env, WORK_READ, open_step, &r, fault));
    const struct rehearsal *rehearsal = &r.asking.rehearsal;
    TRY(make_show(&job->arena, &job->options, job->lang != PAGE_EN, &r.asking, &show, fault));
    struct whatif_request request = {
        .as_of_day = rehearsal->as_of_day,
        .from_day = rehearsal->from_day,
        .known_at_ms = show->known_at_ms,
        .by_month = true,
        .spelling = job->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH,
    };
    page_job_step(job, "正在按现行和草案核对全市");
    TRY(whatif_run(show, &job->env, &request, fault));
    page_job_step(job, "正在写报告");
    TRY(print(&r, show, fault));
    TRY(work_run(&job->env, WORK_WRITE, keep_step, &r, fault));
    *ret_message = r.asking.rehearsal.finding;
    return ERR_OK;
}

/* ---- the form */

static struct str value_text(struct page *page, const struct policy *policy,
                             const struct parameter *parameter)
{
    const struct parameter_row *row = parameter_row_on(parameter, page->w->today_day);
    struct text_buf *text = text_new(page->w->arena);
    for (int32_t i = 0; text && row && i < row->value_count; i++) {
        text_add_z(text, i > 0 ? "　" : "");
        if (row->keys) {
            policy_print_value(text, policy, (struct type){TYPE_ENUM, parameter->key_enum},
                               row->keys[i], page_spelling(page));
            text_add_byte(text, ' ');
        }
        policy_print_value(text, policy, parameter->type, row->values[i], page_spelling(page));
    }
    return text ? text_str(text) : STR("");
}

static void add_parameters(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct doc *list = doc_add_list(page->doc, "parameters");
    int32_t shown = 0;
    for (int32_t i = 0; i < policy->statement_count && shown < PARAMETERS_SHOWN_MAX; i++) {
        const struct statement *statement = &policy->statements[i];
        bool is_shown = statement->kind == STATEMENT_PARAMETER &&
                        page_speaks_here(page, &policy->documents[statement->document]);
        if (!is_shown)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "name", statement->name);
        doc_add_text(row, "value", value_text(page, policy, statement->as.parameter));
        doc_add_text(row, "document", policy->documents[statement->document].number);
        shown++;
    }
    doc_page_bool(page->doc, "has_parameters", shown > 0);
}

static enum err add_drafts(struct page *page, int64_t own_id, int64_t other_id)
{
    static const enum draft_state states[] = {DRAFT_OPEN, DRAFT_SUBMITTED, DRAFT_RETURNED};
    struct doc *list = doc_page_list(page->doc, "drafts");
    for (size_t s = 0; s < sizeof states / sizeof states[0]; s++) {
        struct draft *drafts;
        int32_t count;
        TRY(draft_list(page->w, states[s], 0, DRAFT_ROWS_MAX, &drafts, &count));
        for (int32_t i = 0; i < count; i++) {
            struct doc *row = doc_add_object(list, NULL);
            doc_add_id(row, "id", drafts[i].id);
            doc_page_text(row, "title", drafts[i].title);
            doc_page_bool(row, "is_own", drafts[i].id == own_id);
            doc_page_bool(row, "is_other", drafts[i].id == other_id);
        }
    }
    return ERR_OK;
}

enum err page_add_rehearsals(struct page *page, int64_t draft_id)
{
    struct rehearsal *rows;
    int32_t row_count;
    page->w->actor = page_actor(page);
    TRY(rehearsal_list(page->w, draft_id, &rows, &row_count));
    struct doc *list = doc_add_list(page->doc, "rehearsals");
    for (int32_t i = 0; i < row_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rows[i].id);
        doc_add_text(row, "finding", rows[i].finding);
        doc_add_text(row, "settings", rows[i].settings);
        if (draft_id != 0) {
            doc_add_number(row, "version", rows[i].draft_version);
            doc_add_text(row, "by", rows[i].account_name);
        }
        doc_add_instant(row, "done", rows[i].done_ms);
    }
    doc_page_bool(page->doc, "has_rehearsals", row_count > 0);
    return ERR_OK;
}

static enum err show_form(struct page *page)
{
    int64_t draft_id = page_number(page, "draft", 1, INT64_MAX, 0);
    int64_t other_id = page_number(page, "other", 1, INT64_MAX, 0);
    char today[DAY_TEXT_SIZE];
    struct str to = page_field(page, "to");
    add_parameters(page);
    TRY(add_drafts(page, draft_id, other_id));
    TRY(page_add_rehearsals(page, 0));
    doc_page_text(page->doc, "settings", page_field(page, "settings"));
    doc_page_text(page->doc, "budgets", page_field(page, "budgets"));
    doc_page_text(page->doc, "from", page_field(page, "from"));
    doc_page_text(page->doc, "to",
                  to.ptr ? to
                         : doc_format(page->doc, "%s", day_text(page->w->today_day, today)));
    page_title(page, page_say(page, "改一个数，先看花多少钱"));
    return ERR_OK;
}

enum err page_whatif_form(struct page *page)
{
    return show_form(page);
}

static enum err ask_step(struct work *w, void *context)
{
    struct asking *asking = context;
    TRY(rehearsal_add(w, &asking->rehearsal));
    struct audit audit = {.action = STR("policy.rehearsed"), .record = STR("policy_draft"),
                          .subject_id = asking->rehearsal.draft_id, .client = asking->client,
                          .detail = asking->rehearsal.settings};
    return guard_audit(w, &audit);
}

static enum err job_step(struct work *w, void *context)
{
    const struct asking *asking = context;
    return rehearsal_set_job(w, asking->rehearsal.id, asking->rehearsal.job_id);
}

struct texts {
    struct page *page;
    struct asking *asking;
};

static enum err texts_step(struct work *w, void *context)
{
    struct texts *texts = context;
    texts->asking->rehearsal.as_of_day =
        page_day(texts->page, "to", w->today_day);
    return read_texts(w, texts->page->request->arena, texts->asking);
}

/* The form again, with the message that stands in errors[0]: a new unit of work counts from 0. */
static enum err show_refused(struct page *page)
{
    page->error_count = 1;
    page->status = 422;
    return show_form(page);
}

static enum err refuse_asking(struct page *page, const char *field, struct str message)
{
    page->errors[0] = (struct page_field_error){field, str_copy(page->request->arena, message)};
    fault_clear(page->own_fault);
    return page_show_step(page, show_refused);
}

enum err page_whatif_ask(struct page *page)
{
    struct asking asking = {.client = page->request->client_address};
    struct rehearsal *rehearsal = &asking.rehearsal;
    struct texts texts = {page, &asking};
    struct work_env env = page_env(page);
    struct whatif_show *show;
    rehearsal->draft_id = page_number(page, "draft", 1, INT64_MAX, 0);
    rehearsal->other_id = page_number(page, "other", 1, INT64_MAX, 0);
    rehearsal->settings = page_field(page, "settings");
    rehearsal->budgets = page_field(page, "budgets");
    rehearsal->settings = rehearsal->settings.ptr ? rehearsal->settings : STR("");
    rehearsal->budgets = rehearsal->budgets.ptr ? rehearsal->budgets : STR("");
    rehearsal->from_day = page_day(page, "from", ABSENT_I32);
    TRY(work_run(&env, WORK_READ, texts_step, &texts, page->own_fault));
    bool is_nothing = rehearsal->draft_id == 0 && rehearsal->settings.size == 0 &&
                      rehearsal->budgets.size == 0;
    if (is_nothing)
        return refuse_asking(page, "settings", page_say(page, "请写一个参数，或者选一份草案"));
    if (rehearsal->from_day != ABSENT_I32 && rehearsal->from_day > rehearsal->as_of_day)
        return refuse_asking(page, "from", page_say(page, "起始日期在截止日期之后"));
    enum err err = make_show(page->request->arena, page_options_of(page), page->lang != PAGE_EN,
                             &asking, &show, page->own_fault);
    if (err == ERR_POLICY || err == ERR_LIMIT)
        return refuse_asking(page, "settings", str_from(page->own_fault->message));
    TRY(err);
    TRY(page_job_room(page, PAGE_CITY_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, ask_step, &asking, page->own_fault));
    TRY(page_job_start_on(page, "whatif", rehearsal->id, rehearse, &rehearsal->job_id));
    TRY(work_run(&env, WORK_WRITE, job_step, &asking, page->own_fault));
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "id", rehearsal->id);
    doc_add_id(page->doc, "job_id", rehearsal->job_id);
    return page_see(page, doc_format(page->doc, "/whatif/%" PRId64, rehearsal->id));
}

/* ---- the report */

static void add_lines(struct doc *parent, const char *name, struct str text)
{
    struct doc *list = doc_add_list(parent, name);
    struct str line;
    while (text.size > 0 && str_split(&text, '\n', &line))
        if (str_trim(line).size > 0)
            doc_add_text(list, NULL, str_trim(line));
}

static struct str html_file(struct page *page, const struct rehearsal *rehearsal)
{
    struct text_buf *text = text_new(page->request->arena);
    struct html html;
    if (!text)
        return STR("");
    html_init(&html, text);
    html_page_begin(&html, page->lang == PAGE_EN ? "en" : "zh-CN", rehearsal->finding,
                    style_whatif);
    html_open(&html, "main", "class", "main wrap", "id", "main");
    html_element(&html, "h1", NULL, rehearsal->finding);
    html_newline(&html);
    text_add(text, rehearsal->page);
    html_close(&html);
    html_page_end(&html);
    return text_str(text);
}

/* The cases are of the whole city. */
static bool sees_cases(const struct page *page)
{
    const struct scope *scope = &page->session.scope;
    int32_t min, max;
    guard_divisions_below(page_options_of(page)->city_division, &min, &max);
    return scope->division_min <= min && scope->division_max >= max;
}

static bool send_report(struct page *page, const struct rehearsal *rehearsal)
{
    struct str format = page_field(page, "format");
    bool is_with_cases = str_equal_text(format, "json");
    if (rehearsal->done_ms == 0 || format.size == 0 || (is_with_cases && !sees_cases(page)))
        return false;
    struct str name = doc_format(page->doc, "whatif-%" PRId64 ".%.*s", rehearsal->id,
                                 STR_ARG(format));
    if (str_equal_text(format, "html"))
        page_send_file(page, html_file(page, rehearsal), "text/html; charset=utf-8", name);
    else if (str_equal_text(format, "csv"))
        page_send_file(page, rehearsal->csv, "text/csv; charset=utf-8", name);
    else if (str_equal_text(format, "json"))
        page_send_file(page, rehearsal->json, "application/json", name);
    else
        return false;
    return true;
}

enum err page_whatif_show(struct page *page)
{
    int64_t id;
    struct rehearsal rehearsal;
    TRY(page_id(page, "id", &id));
    TRY(rehearsal_read(page->w, id, &rehearsal));
    bool with_cases = sees_cases(page);
    if (!with_cases)
        rehearsal.page = whatif_without_cases(page->request->arena, rehearsal.page);
    doc_page_bool(page->doc, "has_cases", with_cases);
    if (send_report(page, &rehearsal))
        return ERR_OK;
    bool is_done = rehearsal.done_ms > 0;
    struct page_job_now now = {0};
    if (!is_done && rehearsal.job_id != 0)
        TRY(page_job_look(page->app, page->w, rehearsal.job_id, &now));
    doc_add_id(page->doc, "id", id);
    doc_add_text_z(page->doc, "state", is_done ? "done" : now.is_failed ? "failed" : "running");
    doc_add_text(page->doc, "finding", rehearsal.finding);
    doc_add_day(page->doc, "as_of", rehearsal.as_of_day);
    doc_add_day(page->doc, "from", rehearsal.from_day);
    doc_add_text(page->doc, "by", rehearsal.account_name);
    doc_add_instant(page->doc, "asked", rehearsal.asked_ms);
    add_lines(page->doc, "settings", rehearsal.settings);
    add_lines(page->doc, "budgets", rehearsal.budgets);
    if (rehearsal.draft_id != 0) {
        doc_add_id(page->doc, "draft_id", rehearsal.draft_id);
        doc_add_number(page->doc, "draft_version", rehearsal.draft_version);
    }
    doc_page_bool(page->doc, "is_done", is_done);
    doc_page_bool(page->doc, "is_running", !is_done && !now.is_failed);
    doc_page_bool(page->doc, "is_failed", now.is_failed);
    doc_page_text(page->doc, "message", now.message);
    doc_page_text(page->doc, "report", rehearsal.page);
    if (rehearsal.job_id != 0)
        doc_add_id(page->doc, "job_id", rehearsal.job_id);
    page_title(page, is_done         ? rehearsal.finding
                     : now.is_failed ? page_say(page, "没有算成")
                                     : page_say(page, "正在测算"));
    return ERR_OK;
}
