#include "page/page_case.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/money.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"
#include "page/app.h"
#include "page/page_case.h"
#include "page/page_line.h"
#include "page/page_list.h"
#include "page/page_rule.h"
#include "page/page_submission.h"

#include <inttypes.h>

/* Cases as a list: ranges, filters, clocks, totals; the batch bar under it. */

enum { ROWS_A_PAGE = 20, FILE_ROWS_MAX = 5000 };

enum case_desk page_case_desk(const struct page *page)
{
    if (page_may(page, PERM_CASE_REVIEW))
        return CASE_DESK_REVIEWER;
    if (page_may(page, PERM_CASE_APPROVE))
        return CASE_DESK_APPROVER;
    return page_may(page, PERM_PAYMENT) ? CASE_DESK_FINANCE : CASE_DESK_NOBODY;
}

struct case_setting page_case_setting(const struct page *page)
{
    const struct page_options *options = page_options_of(page);
    return (struct case_setting){.practice = options->case_practice,
                                 .policy = options->policy,
                                 .issuer = str_from(options->city_name),
                                 .city_division = options->city_division};
}

struct str page_case_state_words(struct page *page, enum case_state state)
{
    return str_from(page->lang == PAGE_EN ? case_states[state].label_en : case_states[state].label);
}

struct str page_case_act_words(struct page *page, enum case_act act)
{
    if (act == CASE_TAKEN_BACK)
        return page_say(page, "撤回上一步");
    if (act == CASE_FILLED)
        return page_say(page, "填金额");
    return str_from(page->lang == PAGE_EN ? case_acts[act].label_en : case_acts[act].label);
}

const char *page_case_mark(const struct incentive_case *subject, const char **ret_words)
{
    *ret_words = "已齐备";
    if (subject->held_count > 0) {
        *ret_words = "有风险提示";
        return "unmet";
    }
    if (subject->state == CASE_ASKED) {
        *ret_words = "差一项事实";
        return "ask";
    }
    if (subject->state == CASE_REFUSED) {
        *ret_words = "不予发放";
        return "unmet";
    }
    if (subject->entitlement_id == 0 && !case_states[subject->state].is_over) {
        *ret_words = "没有自动发现";
        return "ask";
    }
    if (subject->kind == CASE_MONEY && subject->amount_fen == ABSENT_I64) {
        *ret_words = "金额待定";
        return "ask";
    }
    return "met";
}

enum err page_case_name(struct page *page, const struct incentive_case *subject,
                        struct str *ret_name)
{
    int32_t table = subject->holder_record == 1 ? REGISTRY_person : REGISTRY_organisation;
    return registry_name(page->w, table, subject->holder_id, subject->holder_id, ret_name);
}

enum err page_add_case(struct page *page, struct doc *row, const struct incentive_case *subject)
{
    struct str name, payee;
    const char *words;
    const char *mark = page_case_mark(subject, &words);
    TRY(page_case_name(page, subject, &name));
    doc_add_id(row, "id", subject->id);
    doc_add_id(row, "holder_id", subject->holder_id);
    doc_add_text_z(row, "holder_record", subject->holder_record == 1 ? "person" : "organisation");
    doc_add_text(row, "name", name);
    doc_add_text_z(row, "kind", subject->kind == CASE_TITLE ? "title" : "money");
    doc_add_text(row, "rule", subject->rule_name);
    doc_add_text(row, "document", subject->document_number);
    doc_add_text_z(row, "state", case_states[subject->state].key);
    doc_page_text(row, "state_words", page_case_state_words(page, subject->state));
    doc_add_number(row, "version", subject->version);
    doc_add_text_z(row, "way", subject->way == CASE_APPLIED_FOR ? "applied" : "found");
    doc_page_text(row, "way_words",
                  page_say(page, subject->way == CASE_APPLIED_FOR ? "本人申请" : "自动发现"));
    doc_add_code(row, "division", subject->division, page_place_words(page, subject->division));
    if (subject->amount_fen != ABSENT_I64)
        doc_add_money(row, "amount", subject->amount_fen);
    doc_page_bool(row, "has_amount",
                  subject->amount_fen != ABSENT_I64 && subject->kind == CASE_MONEY);
    doc_add_money(row, "paid", subject->paid_fen);
    doc_add_money(row, "payable", case_payable_fen(subject));
    doc_page_bool(row, "has_paid", subject->paid_fen != 0);
    doc_page_z(row, "mark", mark);
    doc_page_text(row, "mark_words", page_say(page, words));
    if (subject->payee_id != 0) {
        TRY(registry_name(page->w, REGISTRY_organisation, subject->payee_id, subject->payee_id,
                          &payee));
        doc_add_id(row, "payee_id", subject->payee_id);
        doc_add_text(row, "payee", payee);
    }
    if (!case_states[subject->state].is_over)
        page_add_clock(page, row, subject->due_day);
    return ERR_OK;
}

/* ---- the filter ---- */

static const struct {
    const char *name, *words;
    enum case_range range;
} ranges[] = {{"mine", "等我办", CASE_RANGE_DESK},
              {"others", "等别人", CASE_RANGE_OTHERS},
              {"late", "超期", CASE_RANGE_LATE}};

static void read_range(struct page *page, struct case_filter *filter)
{
    struct str name = page_field(page, "range");
    bool only_looks = filter->desk == CASE_DESK_NOBODY;
    filter->range = only_looks ? CASE_RANGE_OTHERS : CASE_RANGE_DESK;
    for (size_t i = 0; name.ptr && i < sizeof ranges / sizeof ranges[0]; i++)
        if (str_equal_text(name, ranges[i].name) && !(only_looks && i == 0))
            filter->range = ranges[i].range;
    filter->state = case_state_by_key(page_field(page, "state"));
    if (filter->state != CASE_STATE_NONE)
        filter->range = CASE_RANGE_STATE;
    if (only_looks)
        filter->desk = 0;
}

static void read_after(struct page *page, struct case_filter *filter)
{
    struct str rest = page_field(page, "after"), first, second;
    int64_t due_day, id;
    if (rest.ptr && str_split(&rest, '_', &first) && str_split(&rest, '_', &second) &&
        str_to_i64(first, &due_day) && due_day > 0 && due_day <= DAY_MAX &&
        str_to_i64(second, &id)) {
        filter->after_due_day = (int32_t)due_day;
        filter->after_id = id;
    }
}

/* today, week: within three working days. */
static int32_t read_due(struct page *page)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    struct str due = page_field(page, "due");
    if (str_equal(due, STR("today")))
        return page->w->today_day;
    if (str_equal(due, STR("soon")) && calendar)
        return calendar_add_working_days(calendar, page->w->today_day, 3, NULL);
    return DAY_MAX;
}

enum err page_case_filter(struct page *page, struct case_filter *ret_filter)
{
    struct case_filter filter = {.desk = page_case_desk(page)};
    int32_t chosen;
    read_range(page, &filter);
    read_after(page, &filter);
    page_division_range(page, &chosen, &filter.division_min, &filter.division_max);
    filter.rule_id = page_number(page, "rule", 0, INT64_MAX, 0);
    filter.payee_id = page_number(page, "payee", 0, INT64_MAX, 0);
    filter.due_day_max = read_due(page);
    *ret_filter = filter;
    return ERR_OK;
}

struct str page_case_query(struct page *page, const struct case_filter *filter)
{
    struct text_buf *text = text_new(page->w->arena);
    struct str division = page_field(page, "division");
    struct str due = page_field(page, "due");
    if (!text)
        return STR("");
    text_format(text, "?state=%s", case_states[filter->state].key);
    if (filter->rule_id != 0)
        text_format(text, "&rule=%" PRId64, filter->rule_id);
    if (filter->payee_id != 0)
        text_format(text, "&payee=%" PRId64, filter->payee_id);
    int64_t code;
    if (division.ptr && str_to_i64(division, &code))
        text_format(text, "&division=%" PRId64, code);
    if (str_equal(due, STR("today")) || str_equal(due, STR("soon")))
        text_format(text, "&due=%.*s", STR_ARG(due));
    return text_str(text);
}

/* ---- the list ---- */

enum { WHO, RULE, AMOUNT, JUDGED, STATE_OF, DUE, PLACE, WAY, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [WHO] = {"name", "对象", COLUMN_PLAIN, false, false},
    [RULE] = {"rule", "事项", COLUMN_WIDE, false, false},
    [AMOUNT] = {"amount", "金额（元）", COLUMN_NUMBER, false, false},
    [JUDGED] = {"judged", "系统判断", COLUMN_PLAIN, false, false},
    [STATE_OF] = {"state", "状态", COLUMN_PLAIN, false, false},
    [DUE] = {"due", "到期", COLUMN_END, false, false},
    [PLACE] = {"division", "区划", COLUMN_PLAIN, true, false},
    [WAY] = {"way", "来源", COLUMN_PLAIN, true, false},
};

static struct str clock_words(struct page *page, const struct incentive_case *subject,
                              const char **ret_state)
{
    const struct calendar *calendar = page_options_of(page)->calendar;
    *ret_state = NULL;
    if (!calendar || subject->due_day == DAY_MAX || case_states[subject->state].is_over)
        return STR("");
    int32_t left =
        calendar_working_days_between(calendar, page->w->today_day, subject->due_day, NULL);
    bool is_late = subject->due_day < page->w->today_day;
    *ret_state = is_late ? "late" : left <= 1 ? "soon" : "wait";
    if (page->lang == PAGE_EN)
        return doc_format(page->doc, is_late ? "%d working days late" : "%d working days left",
                          (int)(is_late ? -left : left));
    return doc_format(page->doc, is_late ? "超期 %d 个工作日" : "剩 %d 个工作日",
                      (int)(is_late ? -left : left));
}

static enum err add_row(struct page *page, struct page_list *list, struct doc *json,
                        const struct incentive_case *subject)
{
    const char *words;
    struct str name;
    if (json)
        return page_add_case(page, doc_add_object(json, NULL), subject);
    TRY(page_case_name(page, subject, &name));
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[WHO] =
        (struct page_cell){name, doc_format(page->doc, "/cases/%" PRId64, subject->id), NULL};
    cells[RULE].words = subject->rule_name;
    if (subject->kind == CASE_MONEY && subject->amount_fen != ABSENT_I64)
        cells[AMOUNT].words = page_list_money(list, subject->amount_fen);
    else
        cells[AMOUNT].words = STR("—");
    cells[JUDGED].state = page_case_mark(subject, &words);
    cells[JUDGED].words = page_say(page, words);
    cells[STATE_OF].words = page_case_state_words(page, subject->state);
    cells[DUE].words = clock_words(page, subject, &cells[DUE].state);
    cells[PLACE].words = page_place_words(page, subject->division);
    cells[WAY].words = page_say(page, subject->way == CASE_APPLIED_FOR ? "本人申请" : "自动发现");
    return page_list_row(list, cells);
}

static enum err add_rows(struct page *page, struct page_list *list,
                         const struct case_filter *filter, int32_t *ret_count, struct str *ret_next)
{
    int32_t row_count_max =
        page_list_is_file(list)
            ? FILE_ROWS_MAX
            : (int32_t)page_number(page, "limit", 1, PAGE_ROWS_MAX, ROWS_A_PAGE);
    struct doc *json = page->is_api ? doc_add_list(page->doc, "cases") : NULL;
    struct incentive_case *cases;
    TRY(case_list(page->w, filter, row_count_max, &cases, ret_count));
    for (int32_t i = 0; i < *ret_count; i++)
        TRY(add_row(page, list, json, &cases[i]));
    *ret_next = (struct str){0};
    if (*ret_count == row_count_max)
        *ret_next = doc_format(page->doc, "%d_%" PRId64, (int)cases[*ret_count - 1].due_day,
                               cases[*ret_count - 1].id);
    return ERR_OK;
}

/* What the filter holds together; -1 when the kept figures do not tell. */
static enum err count_all(struct page *page, const struct case_filter *filter,
                          const struct case_totals *totals, int64_t *ret_count,
                          int64_t *ret_amount_fen)
{
    *ret_count = -1;
    *ret_amount_fen = 0;
    if (filter->due_day_max != DAY_MAX || filter->payee_id != 0)
        return ERR_OK;
    if (filter->range == CASE_RANGE_LATE)
        return filter->rule_id != 0 ? ERR_OK
                                    : case_count_late(page->w, filter->division_min,
                                                      filter->division_max, ret_count);
    *ret_count = 0;
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++) {
        bool is_in = filter->range == CASE_RANGE_STATE  ? s == (int32_t)filter->state
                     : filter->range == CASE_RANGE_DESK ? case_states[s].desk == filter->desk
                                                        : case_states[s].desk != CASE_DESK_NOBODY &&
                                                              case_states[s].desk != filter->desk;
        *ret_count += is_in ? totals->counts[s] : 0;
        *ret_amount_fen += is_in ? totals->amounts_fen[s] : 0;
    }
    return ERR_OK;
}

static enum err add_ranges(struct page *page, const struct case_filter *filter)
{
    struct doc *list = doc_page_list(page->doc, "ranges");
    bool only_looks = page_case_desk(page) == CASE_DESK_NOBODY;
    struct case_totals totals;
    TRY(case_totals_of(page->w, 0, page->session.scope.division_min,
                       page->session.scope.division_max, &totals));
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct case_filter of = {.range = ranges[i].range,
                                 .desk = filter->desk,
                                 .division_min = page->session.scope.division_min,
                                 .division_max = page->session.scope.division_max,
                                 .due_day_max = DAY_MAX};
        int64_t count, amount_fen;
        if (only_looks && i == 0)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        TRY(count_all(page, &of, &totals, &count, &amount_fen));
        doc_page_text(row, "words",
                      page_say(page, only_looks && i == 1 ? "在办" : ranges[i].words));
        doc_page_text(row, "href", doc_format(row, "/cases?range=%s", ranges[i].name));
        doc_page_bool(row, "is_here", filter->range == ranges[i].range);
        doc_add_number(row, "count", count);
    }
    return ERR_OK;
}

static enum err add_filters(struct page *page, const struct case_filter *filter, int32_t chosen)
{
    struct case_rule_totals *rules;
    int32_t rule_count;
    struct doc *list = doc_page_list(page->doc, "rules");
    TRY(case_totals_by_rule(page->w, filter->division_min, filter->division_max, &rules,
                            &rule_count));
    for (int32_t i = 0; i < rule_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rules[i].rule_id);
        doc_page_text(row, "name", rules[i].rule_name);
        doc_page_bool(row, "is_chosen", rules[i].rule_id == filter->rule_id);
    }
    struct doc *states = doc_page_list(page->doc, "states");
    for (int32_t s = 1; s < CASE_STATE_COUNT; s++) {
        struct doc *row = doc_add_object(states, NULL);
        doc_page_z(row, "key", case_states[s].key);
        doc_page_text(row, "label", page_case_state_words(page, (enum case_state)s));
        doc_page_bool(row, "is_chosen", (enum case_state)s == filter->state);
    }
    page_add_division_filter(page, chosen);
    doc_page_bool(page->doc, "due_today", str_equal(page_field(page, "due"), STR("today")));
    doc_page_bool(page->doc, "due_soon", str_equal(page_field(page, "due"), STR("soon")));
    return ERR_OK;
}

/* Buttons under the list: what a whole state can be decided to. */
static void add_batch_bar(struct page *page, const struct case_filter *filter,
                          const struct case_totals *totals)
{
    static const struct {
        enum case_state state;
        enum permission permission;
        const char *words;
    } batches[] = {{CASE_CHECKED, PERM_CASE_REVIEW, "成批通过已核对的"},
                   {CASE_APPROVAL, PERM_CASE_APPROVE, "成批审批"},
                   {CASE_CORRECTING, PERM_CASE_REVIEW, "成批通过补发"}};
    struct doc *list = doc_page_list(page->doc, "batches");
    bool is_any = false;
    for (size_t i = 0; i < sizeof batches / sizeof batches[0]; i++) {
        struct case_filter of = *filter;
        bool fits = filter->range == CASE_RANGE_DESK || filter->state == batches[i].state;
        bool is_empty = totals->counts[batches[i].state] == 0;
        if (!fits || is_empty || !page_may(page, batches[i].permission))
            continue;
        of.state = batches[i].state;
        struct doc *row = doc_add_object(list, NULL);
        struct str query = page_case_query(page, &of);
        doc_page_text(row, "words", page_say(page, batches[i].words));
        doc_page_text(row, "href", doc_format(row, "/case-batches/new%.*s", STR_ARG(query)));
        is_any = true;
    }
    doc_page_bool(page->doc, "has_batches", is_any);
}

static enum err add_total(struct page *page, const struct case_filter *filter, int32_t row_count,
                          struct str next)
{
    struct case_totals totals;
    int64_t count, amount_fen;
    TRY(case_totals_of(page->w, filter->rule_id, filter->division_min, filter->division_max,
                       &totals));
    TRY(count_all(page, filter, &totals, &count, &amount_fen));
    page_pager(page, row_count, count, next);
    if (count >= 0)
        doc_add_number(page->doc, "total", count);
    page_add_sum(page, page->doc, "amount", amount_fen);
    doc_page_bool(page->doc, "has_sum", amount_fen != 0);
    doc_page_bool(page->doc, "has_cases", row_count > 0);
    add_batch_bar(page, filter, &totals);
    if (filter->range == CASE_RANGE_DESK && count >= 0)
        page_title(page, doc_format(page->doc,
                                    page->lang == PAGE_EN ? "%" PRId64 " cases wait for me"
                                                          : "等我办的 %" PRId64 " 件",
                                    count));
    else
        page_title(page, page_say(page, "办件"));
    return ERR_OK;
}

enum err page_cases(struct page *page)
{
    struct case_filter filter;
    struct page_list *list;
    int32_t count, chosen, division_min, division_max;
    struct str next;
    TRY(page_case_filter(page, &filter));
    page_division_range(page, &chosen, &division_min, &division_max);
    TRY(page_list_open(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, &filter, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    TRY(add_ranges(page, &filter));
    TRY(add_filters(page, &filter, chosen));
    TRY(add_total(page, &filter, count, next));
    return page_list_close(list, "办件");
}

/* ---- groups: paid through an employer, school or studio ---- */

enum err page_case_groups(struct page *page)
{
    struct case_filter filter;
    struct case_payee *payees;
    int32_t count;
    TRY(page_case_filter(page, &filter));
    enum case_state state = filter.state != CASE_STATE_NONE ? filter.state : CASE_CHECKED;
    TRY(case_payees_of(page->w, state, filter.division_min, filter.division_max, &payees, &count));
    struct doc *list = doc_add_list(page->doc, "groups");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        struct str name;
        TRY(registry_name(page->w, REGISTRY_organisation, payees[i].payee_id, payees[i].payee_id,
                          &name));
        doc_add_id(row, "payee_id", payees[i].payee_id);
        doc_add_text(row, "name", name);
        doc_add_number(row, "count", payees[i].case_count);
        page_add_sum(page, row, "amount", payees[i].amount_fen);
        doc_page_text(row, "href",
                      doc_format(row, "/cases?state=%s&payee=%" PRId64, case_states[state].key,
                                 payees[i].payee_id));
    }
    doc_page_bool(page->doc, "has_groups", count > 0);
    doc_page_text(page->doc, "state_words", page_case_state_words(page, state));
    page_title(page, page_say(page, "由单位、学校、工作室代收的"));
    return ERR_OK;
}
