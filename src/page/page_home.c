#include "base/calendar.h"
#include "base/clock.h"
#include "base/day.h"
#include "domain/gate/gate.h"
#include "domain/incentive/incentive_draft.h"
#include "domain/incentive/case_list.h"
#include "domain/incentive/incentive_found.h"
#include "domain/news/news_notice.h"
#include "domain/news/news_objection.h"
#include "domain/registry/submission.h"
#include "page/app.h"
#include "page/page_rule.h"
#include "page/page_submission.h"
#include "page/promise.h"
#include "page/upload.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The front page: for everybody what is in force and what was found last night, for who is signed
 * in what waits. Figures are stored ones, whatever the size of the city. */

/* ---- policies in force */

static void add_policies(struct page *page)
{
    const struct policy *policy = page_options_of(page)->policy->policy;
    struct doc *list = doc_add_list(page->doc, "policies");
    int64_t count = 0;
    for (int32_t i = 0; i < policy->document_count; i++) {
        const struct document *document = &policy->documents[i];
        if (document->in_force_day > page->w->today_day ||
            document->ends_day < page->w->today_day || !page_speaks_here(page, document))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "number", document->number);
        doc_add_text(row, "title", document->title);
        struct str slug = page_document_slug(page, i);
        doc_page_text(row, "href", doc_format(row, "/policy/%.*s", STR_ARG(slug)));
        doc_add_day(row, "in_force", document->in_force_day);
        doc_add_day(row, "ends", document->ends_day);
        count++;
    }
    doc_add_number(page->doc, "policy_count", count);
}

/* ---- last night */

static enum err add_night(struct page *page)
{
    struct found_sweep night;
    enum err err = incentive_last_sweep(page->w, &night);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    TRY(err);
    int64_t held = night.new_count + night.changed_count + night.unchanged_count;
    struct doc *row = doc_add_object(page->doc, "night");
    doc_add_day(row, "as_of", night.as_of_day);
    doc_add_instant(row, "finished", night.finished_ms);
    doc_add_number(row, "new", night.new_count);
    doc_add_number(row, "changed", night.changed_count);
    doc_add_number(row, "ended", night.ended_count);
    doc_add_number(row, "held", held);
    return ERR_OK;
}

/* ---- tasks */

/* What is counted for a task: from indexes over what waits, or from kept figures. */
enum count_of {
    COUNT_NONE,
    COUNT_SUBMISSIONS,
    COUNT_ASKS,
    COUNT_GRANTED,
    COUNT_DRAFTS,
    COUNT_IMPORTS,
    COUNT_OBJECTIONS,
    COUNT_NOTICES,
    COUNT_CASES,
    COUNT_LATE,
    COUNT_HELD
};
enum clock_of { CLOCK_NONE, CLOCK_ANSWER, CLOCK_MONTH, CLOCK_YEAR };

/* What each role does; a row shows when the role may and the page is there. */
static const struct task {
    const char *name, *hint, *path;
    enum permission permission;
    enum count_of count;
    enum clock_of clock;
} tasks[] = {
    {"审核办件", "系统核对过的，齐备的可以成批通过", "/cases", PERM_CASE_REVIEW, COUNT_CASES,
     CLOCK_ANSWER},
    {"审批办件", "县区审核过的，同意就预留资金并公示", "/cases", PERM_CASE_APPROVE, COUNT_CASES,
     CLOCK_ANSWER},
    {"看超期的办件", "过了办理期限，要催一催", "/cases?range=late", PERM_CASE_READ, COUNT_LATE,
     CLOCK_NONE},
    {"看拨付前停下来的案件", "看了事实，说明理由放行，或者不付", "/gate", PERM_GATE_DECIDE,
     COUNT_HELD, CLOCK_NONE},
    {"核实本人和单位补报的事实", "核实了才登记，登记了当天重算", "/submissions", PERM_PERSON_EDIT,
     COUNT_SUBMISSIONS, CLOCK_ANSWER},
    {"会签政策草案", "起草人送来的草案，第二人复核", "/policy/drafts", PERM_POLICY_APPROVE,
     COUNT_DRAFTS, CLOCK_ANSWER},
    {"确认核对过的导入", "文件已核对，看过再导入", "/imports", PERM_IMPORT, COUNT_IMPORTS,
     CLOCK_NONE},
    {"审核差一项事实的待遇", "系统已算好，只等一项事实核实", "/found", PERM_PERSON_EDIT, COUNT_ASKS,
     CLOCK_MONTH},
    {"看本月新发现的待遇", "按规则列出人数和金额，可以导出名单", "/found", PERM_FOUND_READ,
     COUNT_GRANTED, CLOCK_MONTH},
    {"处理对公示的异议", "处理完以前公示不结束，钱不发放", "/news/objections", PERM_NOTICE,
     COUNT_OBJECTIONS, CLOCK_ANSWER},
    {"核对、发布公示", "别人起草的，逐处核对个人信息以后发布", "/news/notices", PERM_NOTICE,
     COUNT_NOTICES, CLOCK_NONE},
    {"核对多发、少发的差额", "事实或政策变了以后，原来的结果差多少", "/found/differences",
     PERM_FOUND_READ, COUNT_NONE, CLOCK_MONTH},
    {"合并疑似重复人员", "姓名、生日相同，电话或账号也相同", "/duplicates", PERM_DUPLICATES,
     COUNT_NONE, CLOCK_MONTH},
    {"起草、测算政策", "改一个数，先看花多少钱、谁受影响", "/policy/drafts", PERM_POLICY_DRAFT,
     COUNT_NONE, CLOCK_NONE},
    {"看哪些目标要推", "文件写明的数，按文件的口径算", "/insight", PERM_INSIGHT, COUNT_NONE,
     CLOCK_YEAR},
    {"抽查操作记录", "谁看了证件号码明文，理由是什么", "/admin/audit", PERM_AUDIT, COUNT_NONE,
     CLOCK_MONTH},
    {"管理账户", "新人开户，离岗的停用", "/admin/accounts", PERM_ACCOUNTS, COUNT_NONE, CLOCK_NONE},
};
enum { TASKS = sizeof tasks / sizeof tasks[0], IMPORTS_LOOKED_AT = 20 };

struct waiting {
    const struct task *task;
    int64_t count;   /* -1: not counted */
    int32_t due_day; /* DAY_MAX: no clock */
};

/* A path leads somewhere when a route of it is there. */
static bool is_there(const char *path)
{
    struct str rest = str_from(path);
    struct str bare;
    str_split(&rest, '?', &bare);
    for (int32_t i = 0; i < page_route_count; i++)
        if (page_routes[i].method == HTTP_GET && str_equal_text(bare, page_routes[i].pattern))
            return true;
    return false;
}

static int32_t end_of(enum clock_of clock, int32_t today_day)
{
    int32_t year, month, day_of_month, end_day;
    day_to_civil(today_day, &year, &month, &day_of_month);
    bool next_year = clock == CLOCK_YEAR || month == 12;
    if (!day_from_civil(next_year ? year + 1 : year, next_year ? 1 : month + 1, 1, &end_day))
        return today_day;
    return end_day - 1;
}

struct found_sum {
    bool is_counted;
    struct found_totals totals;
};

static enum err read_found(struct page *page, struct found_sum *ret_sum)
{
    const struct scope *scope = &page->session.scope;
    struct found_figures figures;
    *ret_sum = (struct found_sum){0};
    TRY(incentive_found_figures(page->w, scope->division_min, scope->division_max, &figures));
    ret_sum->is_counted = figures.counted_ms != ABSENT_I64;
    ret_sum->totals = found_figures_total(&figures);
    return ERR_OK;
}

static enum err count_drafts(struct page *page, struct waiting *waiting)
{
    const struct page_options *options = page_options_of(page);
    struct draft *drafts;
    int32_t count;
    TRY(draft_list(page->w, DRAFT_SUBMITTED, 0, DRAFT_ROWS_MAX, &drafts, &count));
    waiting->count = count;
    if (count > 0) /* the oldest is the last of the list */
        waiting->due_day = promise_due_day(options->promises, options->calendar, "draft",
                                           clock_city_day(drafts[count - 1].submitted_ms));
    return ERR_OK;
}

static enum err count_imports(struct page *page, struct waiting *waiting)
{
    struct upload *uploads;
    int32_t count;
    struct upload_filter filter = {.account_id = page->session.account.id,
                                   .table = -1,
                                   .after_id = INT64_MAX,
                                   .row_count_max = IMPORTS_LOOKED_AT};
    TRY(upload_list(page->w, &filter, &uploads, &count));
    waiting->count = 0;
    for (int32_t i = 0; i < count; i++)
        waiting->count += uploads[i].state == UPLOAD_CHECKED;
    return ERR_OK;
}

static enum err count_notices(struct page *page, struct waiting *waiting)
{
    const struct scope *scope = &page->session.scope;
    struct notice *notices;
    int32_t count;
    TRY(news_notice_list(page->w, NOTICE_OFFERED, scope->division_min, scope->division_max,
                         INT64_MAX, NOTICE_ROWS_MAX, &notices, &count));
    waiting->count = 0;
    for (int32_t i = 0; i < count; i++)
        waiting->count += notices[i].maker_id != page->session.account.id;
    return ERR_OK;
}

static enum err count_cases(struct page *page, struct waiting *waiting)
{
    const struct scope *scope = &page->session.scope;
    enum case_desk desk =
        waiting->task->permission == PERM_CASE_REVIEW ? CASE_DESK_REVIEWER : CASE_DESK_APPROVER;
    struct case_totals totals;
    int64_t amount_fen;
    TRY(case_totals_of(page->w, 0, scope->division_min, scope->division_max, &totals));
    case_totals_of_desk(&totals, desk, &waiting->count, &amount_fen);
    return case_desk_due(page->w, desk, scope->division_min, scope->division_max,
                         &waiting->due_day);
}

static enum err count_one(struct page *page, const struct found_sum *found, struct waiting *waiting)
{
    const struct scope *scope = &page->session.scope;
    switch (waiting->task->count) {
    case COUNT_SUBMISSIONS:
        return submission_waiting_count(page->w, scope->division_min, scope->division_max,
                                        &waiting->count, &waiting->due_day);
    case COUNT_DRAFTS:
        return count_drafts(page, waiting);
    case COUNT_OBJECTIONS:
        return news_objection_waiting_count(page->w, scope->division_min, scope->division_max,
                                            &waiting->count, &waiting->due_day);
    case COUNT_NOTICES:
        return count_notices(page, waiting);
    case COUNT_IMPORTS:
        return count_imports(page, waiting);
    case COUNT_ASKS:
        waiting->count = found->is_counted ? found->totals.ask_count : -1;
        return ERR_OK;
    case COUNT_GRANTED:
        waiting->count = found->is_counted ? found->totals.granted_count : -1;
        return ERR_OK;
    case COUNT_CASES:
        return count_cases(page, waiting);
    case COUNT_LATE:
        return case_count_late(page->w, scope->division_min, scope->division_max, &waiting->count);
    case COUNT_HELD:
        return gate_held_count(page->w, scope->division_min, scope->division_max,
                               &waiting->count);
    case COUNT_NONE:
        break;
    }
    return ERR_OK;
}

/* By clock, never by kind; what has none comes last. */
static int compare_waiting(const void *a, const void *b)
{
    const struct waiting *left = a;
    const struct waiting *right = b;
    if (left->due_day != right->due_day)
        return left->due_day < right->due_day ? -1 : 1;
    return left->task < right->task ? -1 : left->task > right->task;
}

enum { CLOCK_DAYS_MAX = 23 }; /* working days of a month: as many ticks fit */

static void add_ticks(struct doc *row, int32_t left)
{
    struct doc *ticks = doc_page_list(row, "ticks");
    for (int32_t i = 0; i < CLOCK_DAYS_MAX; i++) {
        struct doc *tick = doc_add_object(ticks, NULL);
        doc_page_text(tick, "x", doc_format(tick, "%" PRId32, i * 8));
        doc_page_z(tick, "css", i < CLOCK_DAYS_MAX - left ? "run is-ash" : "run");
    }
    doc_page_bool(row, "has_ticks", true);
}

static void add_task(struct page *page, struct doc *list, const struct waiting *waiting)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    const struct task *task = waiting->task;
    struct doc *row = doc_add_object(list, NULL);
    doc_add_text(row, "name", page_say(page, task->name));
    doc_page_text(row, "hint", page_say(page, task->hint));
    doc_add_text_z(row, "path", task->path);
    if (waiting->count >= 0)
        doc_add_number(row, "count", waiting->count);
    doc_page_bool(row, "has_count", waiting->count >= 0);
    page_add_clock(page, row, waiting->due_day);
    if (calendar && task->clock == CLOCK_MONTH)
        add_ticks(row, calendar_working_days_between(calendar, page->w->today_day, waiting->due_day,
                                                     NULL));
}

static enum err add_tasks(struct page *page, const struct found_sum *found)
{
    struct waiting waiting[TASKS];
    int32_t count = 0, task_count = 0;
    for (int32_t i = 0; i < TASKS; i++) {
        const struct task *task = &tasks[i];
        if (!page_may(page, task->permission) || !is_there(task->path))
            continue;
        bool by_calendar = task->clock == CLOCK_MONTH || task->clock == CLOCK_YEAR;
        waiting[count] = (struct waiting){
            task, -1, by_calendar ? end_of(task->clock, page->w->today_day) : DAY_MAX};
        TRY(count_one(page, found, &waiting[count]));
        if (waiting[count].due_day == ABSENT_I32)
            waiting[count].due_day = DAY_MAX;
        count++;
    }
    qsort(waiting, (size_t)count, sizeof waiting[0], compare_waiting);
    struct doc *list = doc_add_list(page->doc, "tasks");
    struct doc *clear = doc_page_list(page->doc, "clear");
    for (int32_t i = 0; i < count; i++) {
        add_task(page, waiting[i].count == 0 ? clear : list, &waiting[i]);
        task_count += waiting[i].count != 0;
    }
    doc_page_bool(page->doc, "has_tasks", task_count > 0);
    doc_page_bool(page->doc, "has_clear", task_count < count);
    doc_page_text(page->doc, "rendered_ms", doc_format(page->doc, "%" PRId64, clock_now_ms()));
    return ERR_OK;
}

static void add_found(struct page *page, const struct found_sum *found)
{
    struct doc *row = doc_add_object(page->doc, "found");
    doc_add_number(row, "granted", found->totals.granted_count);
    doc_add_number(row, "ask", found->totals.ask_count);
    doc_add_number(row, "open", found->totals.open_count);
    doc_add_money(row, "amount", found->totals.amount_fen);
    doc_page_bool(row, "has_open", found->totals.open_count > 0);
    doc_page_bool(row, "opens_found", page_may(page, PERM_FOUND_READ));
}

/* ---- live */

static int32_t tasks_channel(struct page_app *app)
{
    return app->hub ? live_channel(app->hub, STR("tasks")) : -1;
}

void page_tell_tasks(struct page_app *app)
{
    char text[64];
    int32_t channel = tasks_channel(app);
    int size = snprintf(text, sizeof text, "{\"at\":%" PRId64 "}", clock_now_ms());
    if (channel >= 0)
        live_publish(app->hub, channel, (struct str){text, (size_t)size});
}

void page_tasks_changed(struct page *page)
{
    page_tell_tasks(page->app);
}

enum err page_tasks_live(struct page *page)
{
    int32_t channel = tasks_channel(page->app);
    if (channel < 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    page->reply->live_channel = channel + 1;
    page->reply->content_type = STR("text/event-stream");
    page->is_sent = true;
    return ERR_OK;
}

static void add_today(struct page *page)
{
    static const char *const weekdays[] = {"星期一", "星期二", "星期三", "星期四",
                                           "星期五", "星期六", "星期日"};
    int32_t today_day = page->w->today_day;
    doc_add_day(page->doc, "today", today_day);
    doc_page_text(page->doc, "weekday", page_say(page, weekdays[day_of_week(today_day) - 1]));
    const struct calendar *calendar = page_options_of(page)->calendar;
    if (calendar)
        doc_add_number(page->doc, "working_days_left",
                       calendar_working_days_between(calendar, today_day,
                                                     end_of(CLOCK_MONTH, today_day), NULL));
    doc_page_bool(page->doc, "has_calendar", calendar != NULL);
}

enum err page_home(struct page *page)
{
    bool is_staff = page->session.account.id != 0 &&
                    guard_roles[page->session.account.role].scope == SCOPE_DIVISION;
    if (!page->is_api && page_may(page, PERM_OWN_PERSON))
        return page_see(page, STR("/my"));
    if (!page->is_api && page_may(page, PERM_OWN_ORGANISATION))
        return page_see(page, STR("/our"));
    add_policies(page);
    TRY(add_night(page));
    add_today(page);
    doc_page_bool(page->doc, "is_staff", is_staff);
    doc_page_bool(page->doc, "has_policy", is_there("/policy"));
    if (is_staff) {
        struct found_sum found;
        TRY(read_found(page, &found));
        TRY(add_tasks(page, &found));
        if (found.is_counted)
            add_found(page, &found);
    }
    page_title(page, page_say(page, is_staff ? "今天要办的事" : "够条件的，不用来申请"));
    return ERR_OK;
}
