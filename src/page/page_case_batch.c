#include "base/day.h"
#include "base/money.h"
#include "page/app.h"
#include "page/page_case.h"
#include "page/page_job.h"
#include "page/page_line.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* The batch desk: all that match a filter, a sample of them drawn, the others decided at once. */

enum { REASON_CHARACTERS_MAX = 500 };

/* ---- before ---- */

static enum case_act act_of(const struct page *page, enum case_state state)
{
    enum case_act act = case_act_by_key(page_field(page, "act"));
    if (act == CASE_OPENED)
        act = state == CASE_APPROVAL ? CASE_DO_APPROVE : CASE_DO_PASS;
    return act;
}

static enum err read_batch(struct page *page, struct case_batch *ret_batch)
{
    struct case_batch batch = {0};
    TRY(page_case_filter(page, &batch.filter));
    batch.filter.after_due_day = 0;
    batch.filter.after_id = 0;
    batch.act = act_of(page, batch.filter.state);
    struct str reason = page_field(page, "say");
    batch.reason = reason.ptr ? reason : STR("");
    if (batch.filter.range != CASE_RANGE_STATE || !case_batch_takes(batch.filter.state, batch.act))
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    *ret_batch = batch;
    return ERR_OK;
}

static void add_acts(struct page *page, const struct case_batch *batch)
{
    static const enum case_act acts[] = {CASE_DO_PASS, CASE_DO_APPROVE, CASE_DO_LOOK,
                                         CASE_DO_SEND_BACK};
    struct doc *list = doc_page_list(page->doc, "acts");
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        if (!case_batch_takes(batch->filter.state, acts[i]))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_page_z(row, "key", case_acts[acts[i]].key);
        doc_page_text(row, "words", page_case_act_words(page, acts[i]));
        doc_page_bool(row, "is_chosen", acts[i] == batch->act);
    }
}

static enum err show_form(struct page *page, const struct case_batch *batch)
{
    const struct case_practice_row *sample =
        case_practice_of(page_options_of(page)->case_practice, STR(""), STR(""), "sample_bp");
    int64_t count, amount_fen;
    TRY(case_batch_count(page->w, &batch->filter, &count, &amount_fen));
    doc_add_number(page->doc, "count", count);
    page_add_sum(page, page->doc, "amount", amount_fen);
    doc_add_text_z(page->doc, "state", case_states[batch->filter.state].key);
    doc_page_text(page->doc, "state_words", page_case_state_words(page, batch->filter.state));
    doc_page_text(page->doc, "rule", page_field(page, "rule"));
    doc_page_text(page->doc, "payee", page_field(page, "payee"));
    doc_page_text(page->doc, "division", page_field(page, "division"));
    doc_page_text(page->doc, "due", page_field(page, "due"));
    doc_page_text(page->doc, "typed", batch->reason);
    if (sample && batch->act == CASE_DO_PASS) {
        doc_page_text(page->doc, "share",
                      doc_format(page->doc, "%d.%02d%%", (int)(sample->value / 100),
                                 (int)(sample->value % 100)));
        doc_add_text(page->doc, "basis", sample->basis);
    }
    add_acts(page, batch);
    doc_page_bool(page->doc, "has_cases", count > 0);
    page_title(page, doc_format(page->doc,
                                page->lang == PAGE_EN ? "Decide %" PRId64 " cases at once"
                                                      : "一次办 %" PRId64 " 件",
                                count));
    return ERR_OK;
}

/* Which cases and what is done with them is chosen in their list. */
enum err page_case_batch_new(struct page *page)
{
    struct case_batch batch;
    if (page_field(page, "state").size == 0 && !page->is_api)
        return page_see(page, STR("/cases"));
    TRY(read_batch(page, &batch));
    return show_form(page, &batch);
}

/* ---- the work ---- */

static void tell_progress(void *context, const struct case_batch *batch)
{
    struct page_job *job = context;
    int64_t done = batch->moved_count + batch->sample_count + batch->left_count;
    int64_t all = batch->match_count > done ? batch->match_count : done;
    const char *format = job->lang == PAGE_EN ? "%" PRId64 " of %" PRId64 " done"
                                              : "已办 %" PRId64 " / %" PRId64 " 件";
    page_job_progress(job, str_from(text_in(&job->arena, format, done, all)),
                      all > 0 ? (int32_t)(done * 1000 / all) : 1000);
}

struct actor_reading {
    int64_t account_id;
    struct arena *arena;
    struct case_actor actor;
};

/* Who began it, as they are now. */
static enum err actor_step(struct work *w, void *context)
{
    struct actor_reading *reading = context;
    struct session session = {0};
    TRY(guard_account(w, reading->account_id, &session.account));
    session.scope = guard_scope_of(&session.account);
    TRY(case_actor_of(w, &session, &reading->actor));
    for (int32_t i = 0; i < reading->actor.hat_count; i++)
        reading->actor.hats[i].stands_for =
            str_copy(reading->arena, reading->actor.hats[i].stands_for);
    return ERR_OK;
}

static enum err run_batch(struct page_job *job, struct str *ret_message, struct fault *fault)
{
    struct case_setting setting = {.practice = job->options.case_practice,
                                   .policy = job->options.policy,
                                   .issuer = str_from(job->options.city_name),
                                   .city_division = job->options.city_division};
    struct actor_reading reading = {.account_id = job->env.actor.account_id, .arena = &job->arena};
    struct case_batch done;
    TRY(work_run(&job->env, WORK_READ, actor_step, &reading, fault));
    TRY(case_batch_run(&job->env, &setting, &reading.actor, job->subject_id, tell_progress, job,
                       &done, fault));
    const char *format = job->lang == PAGE_EN
                             ? "%" PRId64 " moved, %" PRId64 " in the sample, %" PRId64 " left"
                             : "办了 %" PRId64 " 件，抽查 %" PRId64 " 件，留下 %" PRId64 " 件";
    *ret_message = str_from(
        text_in(&job->arena, format, done.moved_count, done.sample_count, done.left_count));
    return ERR_OK;
}

struct beginning {
    struct page *page;
    struct case_batch batch;
    struct case_setting setting;
    int64_t id;
};

static enum err begin_step(struct work *w, void *context)
{
    struct beginning *beginning = context;
    struct page *page = beginning->page;
    page->w = w;
    enum err err = read_batch(page, &beginning->batch);
    if (err == ERR_OK)
        err = case_batch_begin(w, &beginning->setting, &beginning->batch, &beginning->id);
    page->w = NULL;
    return err;
}

enum err page_case_batch_start(struct page *page)
{
    struct beginning beginning = {.page = page, .setting = page_case_setting(page)};
    struct work_env env = page_env(page);
    int64_t job_id;
    TRY(page_job_room(page, PAGE_FILE_JOBS_MAX));
    TRY(work_run(&env, WORK_WRITE, begin_step, &beginning, page->own_fault));
    TRY(page_job_start_on(page, "case_batch", beginning.id, run_batch, &job_id));
    doc_add_id(page->doc, "id", beginning.id);
    doc_add_id(page->doc, "job_id", job_id);
    return page_see(page, doc_format(page->doc, "/case-batches/%" PRId64 "?job=%" PRId64,
                                     beginning.id, job_id));
}

/* ---- after ---- */

static void add_batch(struct page *page, struct doc *row, const struct case_batch *batch)
{
    doc_add_id(row, "id", batch->id);
    doc_add_text_z(row, "act", case_acts[batch->act].key);
    doc_page_text(row, "act_words", page_case_act_words(page, batch->act));
    doc_page_text(row, "state_words", page_case_state_words(page, batch->filter.state));
    doc_add_instant(row, "started", batch->started_ms);
    if (batch->finished_ms != 0)
        doc_add_instant(row, "finished", batch->finished_ms);
    doc_add_number(row, "match_count", batch->match_count);
    doc_add_number(row, "moved_count", batch->moved_count);
    doc_add_number(row, "sample_count", batch->sample_count);
    doc_add_number(row, "left_count", batch->left_count);
    page_add_sum(page, row, "amount", batch->amount_fen);
    doc_add_text(row, "by", batch->account_name);
    if (batch->basis.size > 0)
        doc_add_text(row, "basis", batch->basis);
    if (batch->reason.size > 0)
        doc_add_text(row, "words", batch->reason);
}

/* One's own, and for a supervisor everybody's. */
static enum err read_own(struct page *page, struct case_batch *ret_batch)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(case_batch_read(page->w, id, ret_batch));
    bool may = ret_batch->account_id == page->session.account.id || page_may(page, PERM_AUDIT);
    return may ? ERR_OK : fail(page->w, ERR_NOT_FOUND, "没有这一页");
}

enum err page_case_batch(struct page *page)
{
    struct case_batch batch;
    struct page_job_now now = {0};
    int64_t job_id = page_number(page, "job", 1, INT64_MAX, 0);
    TRY(read_own(page, &batch));
    add_batch(page, page->doc, &batch);
    if (job_id != 0 && batch.finished_ms == 0)
        TRY(page_job_look(page->app, page->w, job_id, &now));
    doc_page_bool(page->doc, "is_running", now.is_running);
    doc_page_bool(page->doc, "is_broken", batch.finished_ms == 0 && !now.is_running);
    if (now.is_running)
        doc_page_text(page->doc, "live", doc_format(page->doc, "/jobs/%" PRId64 "/live", job_id));
    doc_page_bool(page->doc, "has_sample", batch.sample_count > 0);
    doc_page_bool(page->doc, "has_left", batch.left_count > 0);
    page_title(page, page_say(page, now.is_running ? "正在成批办理" : "成批办理的结果"));
    return ERR_OK;
}

enum err page_case_batches(struct page *page)
{
    struct case_batch *batches;
    int32_t count;
    TRY(case_batches(page->w, page->session.account.id, &batches, &count));
    struct doc *list = doc_add_list(page->doc, "batches");
    for (int32_t i = 0; i < count; i++)
        add_batch(page, doc_add_object(list, NULL), &batches[i]);
    doc_page_bool(page->doc, "has_batches", count > 0);
    page_title(page, page_say(page, "我成批办过的"));
    return ERR_OK;
}

/* ---- absence: who stands in ---- */

enum err page_case_absence(struct page *page)
{
    struct case_stand_in *rows;
    int32_t count;
    TRY(case_stand_ins(page->w, page->session.account.id, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "stand_ins");
    for (int32_t i = 0; i < count; i++) {
        struct account account;
        struct doc *row = doc_add_object(list, NULL);
        TRY(guard_account(page->w, rows[i].stand_in_id, &account));
        doc_add_id(row, "id", rows[i].id);
        doc_add_text(row, "name", account.name);
        doc_add_day(row, "from", rows[i].from_day);
        doc_add_day(row, "to", rows[i].to_day);
        doc_add_text(row, "words", rows[i].reason);
    }
    doc_page_bool(page->doc, "has_stand_ins", count > 0);
    doc_page_text(page->doc, "typed_login", page_field(page, "login"));
    doc_page_text(page->doc, "typed_say", page_field(page, "say"));
    page_title(page, page_say(page, "不在的时候谁代办"));
    return ERR_OK;
}

enum err page_case_absence_add(struct page *page)
{
    struct account stand_in = {0};
    int64_t id;
    int32_t from_day = page_day(page, "from", ABSENT_I32);
    int32_t to_day = page_day(page, "to", ABSENT_I32);
    struct str say = page_field(page, "say");
    struct str login = page_field(page, "login");
    enum err err = guard_account_by_login(page->w, login.ptr ? login : STR(""), &stand_in);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        page_field_error(page, "login", "没有这个登录名");
    } else {
        TRY(err);
        if (stand_in.role != page->session.account.role ||
            stand_in.id == page->session.account.id || !stand_in.is_active)
            page_field_error(page, "login", "代办人要是同岗位的另一个人");
    }
    if (from_day == ABSENT_I32 || to_day == ABSENT_I32 || to_day < from_day ||
        to_day < page->w->today_day)
        page_field_error(page, "to", "起止日期不对，如 2024-01-08");
    if (!say.ptr || str_trim(say).size == 0)
        page_field_error(page, "say", "请写明缘由");
    if (page->error_count > 0) {
        err = page_refuse_form(page);
        TRY(page_case_absence(page));
        return err;
    }
    TRY(case_stand_in_add(page->w, &page->session.account, &stand_in, from_day, to_day, say, &id));
    TRY(page_audit(page, "case.stand_in", "account", stand_in.id, say));
    doc_add_id(page->doc, "id", id);
    return page_see(page, STR("/case-absence?done=saved"));
}

enum err page_case_absence_end(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(case_stand_in_end(page->w, id, page->session.account.id));
    TRY(page_audit(page, "case.stand_in_ended", "account", id, STR("")));
    return page_see(page, STR("/case-absence?done=undone"));
}
