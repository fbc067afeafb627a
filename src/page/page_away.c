#include "base/clock.h"
#include "domain/insight/away_kept.h"
#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_job.h"
#include "page/page_line.h"
#include "page/page_rule.h"
#include "page/page_subject.h"

#include <inttypes.h>

/* One fact away: who lacks exactly one condition of a rule, which one, what it would cost. */

enum { SUBJECTS_A_PAGE = 50 };

/* ---- which rule */

static enum err read_rule(struct page *page, const struct statement **ret_rule)
{
    const struct policy *policy = page_policy_of(page);
    struct str name = page_field(page, "rule");
    int32_t statement = name.size > 0 ? policy_statement(policy, name) : -1;
    if (statement < 0 || !page_is_rule(&policy->statements[statement]))
        return fault_set(page->w ? &page->w->fault : page->own_fault, ERR_NOT_FOUND,
                         "没有这个项目");
    *ret_rule = &policy->statements[statement];
    return ERR_OK;
}

static struct str number_of(const struct page *page, const struct statement *rule)
{
    return page_policy_of(page)->documents[rule->document].number;
}

/* ---- the job */

struct counting {
    struct page_job *job;
    struct away_kept kept;
    struct away_report *report;
};

static enum err open_step(struct work *w, void *context)
{
    struct counting *counting = context;
    TRY(away_kept_read(w, counting->job->subject_id, &counting->kept));
    counting->kept.rule_name = str_copy(&counting->job->arena, counting->kept.rule_name);
    return ERR_OK;
}

static enum err keep_step(struct work *w, void *context)
{
    const struct counting *counting = context;
    return away_kept_finish(w, counting->job->options.vocab, counting->kept.id,
                            counting->report);
}

static enum err count_away(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    struct counting counting = {.job = job};
    TRY(work_run(&job->env, WORK_READ, open_step, &counting, fault));
    struct away_request request = {
        .as_of_day = counting.kept.as_of_day,
        .known_at_ms = clock_now_ms(),
        .spelling = job->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH,
        .with_ids = true,
    };
    page_job_step(job, "正在逐项去掉条件核对全市");
    TRY(insight_away(&job->env, job->options.vocab, job->options.policy, counting.kept.rule_name,
                     &request, &job->arena, &counting.report, fault));
    page_job_step(job, "正在写入名单");
    TRY(work_run(&job->env, WORK_WRITE, keep_step, &counting, fault));
    *ret_message = str_from(text_in(&job->arena, "%" PRId64, counting.report->subject_count));
    return ERR_OK;
}

struct asking {
    struct page *page;
    struct away_kept kept;
    bool is_running; /* somebody else's count of the same rule */
};

static enum err find_running(struct work *w, struct asking *asking)
{
    struct away_kept latest;
    struct page_job_now now = {0};
    enum err err =
        away_kept_latest(w, asking->kept.document_number, asking->kept.rule_name, &latest);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    if (latest.done_ms == 0 && latest.job_id != 0)
        TRY(page_job_look(asking->page->app, w, latest.job_id, &now));
    asking->is_running = now.is_running;
    if (now.is_running)
        asking->kept.id = latest.id;
    return ERR_OK;
}

static enum err ask_step(struct work *w, void *context)
{
    struct asking *asking = context;
    TRY(find_running(w, asking));
    if (asking->is_running)
        return ERR_OK;
    asking->kept.as_of_day = w->today_day;
    TRY(away_kept_add(w, &asking->kept));
    struct audit audit = {.action = STR("away.counted"), .record = STR("policy_rule"),
                          .subject_id = asking->kept.id,
                          .client = asking->page->request->client_address,
                          .detail = asking->kept.rule_name};
    return guard_audit(w, &audit);
}

static enum err job_step(struct work *w, void *context)
{
    const struct asking *asking = context;
    return away_kept_set_job(w, asking->kept.id, asking->kept.job_id);
}

/* Whoever asks while the same rule is counted is shown that count. */
enum err page_away_count(struct page *page)
{
    const struct statement *rule;
    TRY(read_rule(page, &rule));
    struct asking asking = {.page = page};
    asking.kept.document_number = number_of(page, rule);
    asking.kept.rule_name = rule->name;
    struct work_env env = page_env(page);
    TRY(page_job_room(page, PAGE_CITY_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, ask_step, &asking, page->own_fault));
    if (!asking.is_running) {
        TRY(page_job_start_on(page, "away", asking.kept.id, count_away, &asking.kept.job_id));
        TRY(work_run(&env, WORK_WRITE, job_step, &asking, page->own_fault));
    }
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "id", asking.kept.id);
    return page_see(page, page_away_href(page, rule->name));
}

/* ---- the page of a rule */

static enum err add_conditions(struct page *page, const struct away_kept *kept,
                               int64_t *ret_count)
{
    static const char *const kinds[] = {"condition", "in_record", "exclusion"};
    const struct scope *scope = &page->session.scope;
    struct away_kept_condition *rows;
    int32_t row_count;
    TRY(away_kept_conditions(page->w, kept->id, scope->division_min, scope->division_max, &rows,
                             &row_count));
    bool can_list = str_equal(kept->subject_record, STR("person")) ||
                    str_equal(kept->subject_record, STR("organisation"));
    struct doc *list = doc_add_list(page->doc, "conditions");
    int64_t count = 0;
    for (int32_t i = 0; i < row_count; i++) {
        if (rows[i].subject_count == 0)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_number(row, "position", rows[i].position);
        doc_add_text_z(row, "kind", kinds[rows[i].kind]);
        doc_add_text(row, "condition", rows[i].words);
        doc_add_text(row, "of_record", rows[i].within);
        doc_page_bool(row, "is_exclusion", rows[i].kind == AWAY_EXCLUSION);
        doc_add_number(row, "subjects", rows[i].subject_count);
        page_add_sum(page, row, "amount", rows[i].amount_fen);
        doc_page_bool(row, "has_amount", rows[i].amount_fen > 0);
        if (rows[i].subject_count == rows[i].all_count && rows[i].unknown_count > 0)
            doc_add_number(row, "unknown", rows[i].unknown_count);
        if (can_list)
            doc_page_text(row, "href", doc_format(row, "/away/%" PRId64 "/%d", kept->id,
                                                  (int)rows[i].position));
        count += rows[i].subject_count;
    }
    *ret_count = count;
    return ERR_OK;
}

static enum err add_kept(struct page *page, const struct away_kept *kept)
{
    int64_t count = 0;
    bool is_done = kept->done_ms > 0;
    struct page_job_now now = {0};
    if (!is_done && kept->job_id != 0)
        TRY(page_job_look(page->app, page->w, kept->job_id, &now));
    if (is_done)
        TRY(add_conditions(page, kept, &count));
    doc_add_id(page->doc, "id", kept->id);
    doc_add_day(page->doc, "as_of", kept->as_of_day);
    doc_add_instant(page->doc, "asked", kept->asked_ms);
    doc_add_text_z(page->doc, "state", is_done ? "done" : now.is_failed ? "failed" : "running");
    doc_page_bool(page->doc, "is_done", is_done);
    doc_page_bool(page->doc, "is_running", !is_done && !now.is_failed);
    doc_page_bool(page->doc, "is_failed", now.is_failed);
    doc_page_text(page->doc, "message", now.message);
    doc_page_bool(page->doc, "has_conditions", count > 0);
    doc_page_bool(page->doc, "has_quota", kept->has_quota);
    doc_add_number(page->doc, "looked_at", kept->looked_at_count);
    if (kept->job_id != 0)
        doc_add_id(page->doc, "job_id", kept->job_id);
    if (is_done)
        page_title(page, doc_format(page->doc, "%.*s %" PRId64,
                                    STR_ARG(page_say(page, "只差一项的")), count));
    return ERR_OK;
}

/* Without a rule: those to choose from. */
static enum err list_rules(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct doc *list = doc_add_list(page->doc, "rules");
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        const struct document *document = &policy->documents[statement->document];
        if (!page_is_rule(statement) || !page_speaks_here(page, document))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "rule", statement->name);
        doc_add_text(row, "document", document->number);
        doc_page_text(row, "href", page_away_href(page, statement->name));
    }
    doc_page_bool(page->doc, "is_choice", true);
    page_title(page, page_say(page, "谁只差一项"));
    return ERR_OK;
}

enum err page_away(struct page *page)
{
    const struct statement *rule;
    struct away_kept kept;
    if (page_field(page, "rule").size == 0)
        return list_rules(page);
    TRY(read_rule(page, &rule));
    struct str number = number_of(page, rule);
    doc_add_text(page->doc, "rule", rule->name);
    doc_add_text(page->doc, "document", number);
    doc_page_text(page->doc, "found_href", page_found_href(page, rule, LANE_GRANTED));
    doc_page_bool(page->doc, "may_count", page_may(page, PERM_WHATIF));
    page_title(page, page_say(page, "谁只差一项"));
    enum err err = away_kept_latest(page->w, number, rule->name, &kept);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        doc_page_bool(page->doc, "is_new", true);
        return ERR_OK;
    }
    TRY(err);
    return add_kept(page, &kept);
}

/* ---- the people of one condition */

/* One page of them, or as many as a file holds; *ret_last_id 0: there are no more. */
static enum err add_subjects(struct page_subjects *subjects, int64_t run_id, int32_t position,
                             int32_t division_min, int32_t division_max, int64_t *ret_last_id)
{
    struct page *page = subjects->page;
    int64_t ids[SUBJECTS_A_PAGE], after_id = page_number(page, "after", 0, INT64_MAX, 0);
    int32_t count;
    do {
        TRY(away_kept_subjects(page->w, run_id, position, division_min, division_max, after_id,
                               SUBJECTS_A_PAGE, ids, &count));
        for (int32_t i = 0; i < count; i++)
            TRY(page_subjects_add(subjects, ids[i]));
        after_id = count > 0 ? ids[count - 1] : after_id;
    } while (page_list_is_file(subjects->list) && count == SUBJECTS_A_PAGE);
    *ret_last_id = count == SUBJECTS_A_PAGE ? after_id : 0;
    return ERR_OK;
}

static enum err add_list(struct page *page, const struct away_kept *kept, int64_t run_id,
                         int32_t position)
{
    bool is_person = str_equal(kept->subject_record, STR("person"));
    struct page_subjects subjects;
    int32_t chosen, division_min, division_max;
    int64_t last_id;
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_subjects_open(page, is_person ? REGISTRY_person : REGISTRY_organisation, &subjects));
    enum err err = page_list_no_order(subjects.list);
    if (err == ERR_OK)
        err = add_subjects(&subjects, run_id, position, division_min, division_max, &last_id);
    if (err != ERR_OK)
        return page_subjects_close(&subjects, err, "");
    struct str next = {0};
    if (last_id != 0)
        next = doc_format(page->doc, "%" PRId64, last_id);
    page_pager(page, subjects.count, -1, next);
    page_add_division_filter(page, chosen);
    doc_page_bool(page->doc, "has_subjects", subjects.count > 0);
    return page_list_close(subjects.list, "只差一项名单");
}

enum err page_away_list(struct page *page)
{
    const struct scope *scope = &page->session.scope;
    struct away_kept kept;
    struct away_kept_condition *rows;
    int32_t row_count;
    int64_t id, position;
    TRY(page_id(page, "id", &id));
    TRY(away_kept_read(page->w, id, &kept));
    TRY(away_kept_conditions(page->w, id, scope->division_min, scope->division_max, &rows,
                             &row_count));
    const struct away_kept_condition *condition = NULL;
    if (str_to_i64(page_parameter(page, "position"), &position))
        for (int32_t i = 0; i < row_count; i++)
            if (rows[i].position == position)
                condition = &rows[i];
    if (!condition)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    doc_add_text(page->doc, "rule", kept.rule_name);
    doc_page_text(page->doc, "rule_href", page_away_href(page, kept.rule_name));
    doc_add_text(page->doc, "condition", condition->words);
    doc_add_text(page->doc, "of_record", condition->within);
    doc_add_number(page->doc, "subjects", condition->subject_count);
    doc_add_day(page->doc, "as_of", kept.as_of_day);
    doc_page_bool(page->doc, "is_cut", condition->all_count > AWAY_LISTED_MAX);
    page_title(page, condition->words);
    return add_list(page, &kept, id, (int32_t)position);
}
