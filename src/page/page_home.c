#include "base/calendar.h"
#include "base/day.h"
#include "domain/incentive/incentive_night.h"
#include "page/app.h"

#include <inttypes.h>

/* The front page: for everybody what is in force and what was found last night, for who is signed
 * in what waits. Figures are stored ones, whatever the size of the city. */

/* ---- policies in force */

/* Divisions of a city are 370800 to 370899; a document of the province or the state counts too. */
static bool speaks_here(int32_t city_division, int64_t division)
{
    if (city_division == 0 || division <= 0 || division == ABSENT_I64)
        return true;
    if (division % 10000 == 0)
        return division / 10000 == city_division / 10000;
    return division / 100 == city_division / 100;
}

static void add_policies(struct page *page)
{
    const struct policy *policy = page_options_of(page)->policy->policy;
    struct doc *list = doc_add_list(page->doc, "policies");
    int64_t count = 0;
    for (int32_t i = 0; i < policy->document_count; i++) {
        const struct document *document = &policy->documents[i];
        if (document->in_force_day > page->w->today_day ||
            document->ends_day < page->w->today_day ||
            !speaks_here(page_options_of(page)->city_division, document->division))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "number", document->number);
        doc_add_text(row, "title", document->title);
        doc_add_day(row, "in_force", document->in_force_day);
        doc_add_day(row, "ends", document->ends_day);
        count++;
    }
    doc_add_number(page->doc, "policy_count", count);
}

/* ---- last night */

static enum err add_night(struct page *page)
{
    struct night night;
    enum err err = incentive_night(page->w, &night);
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

enum clock_of { CLOCK_NONE, CLOCK_MONTH, CLOCK_YEAR };

/* What each role does; a row shows when the role may and the page is there. */
static const struct {
    const char *name, *hint, *path;
    enum permission permission;
    enum clock_of clock;
} tasks[] = {
    {"审核差一项事实的待遇", "系统已算好，只等一项事实核实", "/found?lane=ask", PERM_PERSON_EDIT,
     CLOCK_MONTH},
    {"看本月新发现的待遇", "按规则列出人数和金额，可以导出名单", "/found", PERM_FOUND_READ,
     CLOCK_MONTH},
    {"核对多发、少发的差额", "事实或政策变了以后，原来的结果差多少", "/found/differences",
     PERM_FOUND_READ, CLOCK_MONTH},
    {"合并疑似重复人员", "姓名、生日相同，电话或账号也相同", "/duplicates", PERM_DUPLICATES,
     CLOCK_MONTH},
    {"会签政策草案", "起草人送来的草案，第二人复核", "/policy/drafts", PERM_POLICY_APPROVE,
     CLOCK_NONE},
    {"起草、测算政策", "改一个数，先看花多少钱、谁受影响", "/policy/drafts", PERM_POLICY_DRAFT,
     CLOCK_NONE},
    {"看哪些目标要推", "文件写明的数，按文件的口径算", "/insight", PERM_INSIGHT, CLOCK_YEAR},
    {"抽查操作记录", "谁看了证件号码明文，理由是什么", "/admin/audit", PERM_AUDIT, CLOCK_MONTH},
    {"管理账户", "新人开户，离岗的停用", "/admin/accounts", PERM_ACCOUNTS, CLOCK_NONE},
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

enum { CLOCK_DAYS_MAX = 23 }; /* working days of a month: as many ticks fit */

static void add_clock(struct page *page, struct doc *row, enum clock_of clock)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    if (clock == CLOCK_NONE || !calendar)
        return;
    int32_t left =
        calendar_working_days_between(calendar, page->w->today_day,
                                      end_of(clock, page->w->today_day), NULL);
    doc_add_number(row, "working_days_left", left);
    doc_page_bool(row, "has_clock", true);
    doc_page_bool(row, "is_today", left == 0);
    struct doc *ticks = doc_page_list(row, "ticks");
    for (int32_t i = 0; i < CLOCK_DAYS_MAX && clock == CLOCK_MONTH; i++) {
        struct doc *tick = doc_add_object(ticks, NULL);
        doc_page_text(tick, "x", doc_format(tick, "%" PRId32, i * 8));
        doc_page_z(tick, "css", i < CLOCK_DAYS_MAX - left ? "run is-ash" : "run");
    }
    doc_page_bool(row, "has_ticks", clock == CLOCK_MONTH);
}

static void add_tasks(struct page *page)
{
    struct doc *list = doc_add_list(page->doc, "tasks");
    int64_t count = 0;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        if (!page_may(page, tasks[i].permission) || !is_there(tasks[i].path))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "name", page_say(page, tasks[i].name));
        doc_page_text(row, "hint", page_say(page, tasks[i].hint));
        doc_add_text_z(row, "path", tasks[i].path);
        add_clock(page, row, tasks[i].clock);
        count++;
    }
    doc_page_bool(page->doc, "has_tasks", count > 0);
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
    if (is_staff)
        add_tasks(page);
    page_title(page, page_say(page, is_staff ? "今天要办的事" : "够条件的，不用来申请"));
    return ERR_OK;
}
