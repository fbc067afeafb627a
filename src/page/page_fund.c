#include "base/day.h"
#include "base/money.h"
#include "domain/ledger/ledger_debt.h"
#include "domain/ledger/ledger_fund.h"
#include "page/app.h"
#include "page/page_chart.h"
#include "page/page_line.h"
#include "page/page_list.h"

#include <inttypes.h>

/* Funds: the budget lines of a year with what became of their money, one line with its flows, and
 * changes of budget that one asks for and another decides. */

enum { POSTINGS_SHOWN = 30, REASON_CHARACTERS_MIN = 4, ARTICLES_SHOWN = 12, MONTHS = 12 };

static struct str words_of(const struct page *page, const struct ledger_words *words)
{
    return str_from(page->lang == PAGE_EN ? words->label_en : words->label);
}

static struct ledger_line_filter filter_of(const struct page *page)
{
    return (struct ledger_line_filter){
        .year = (int32_t)page_number(page, "year", 1990, 2200, day_year(page->w->today_day)),
        .division_min = page->session.scope.division_min,
        .division_max = page->session.scope.division_max};
}

static struct str place_words(struct page *page, int32_t division)
{
    return division == 0 ? page_say(page, "全市") : page_place_words(page, division);
}

/* ---- the lines of a year */

enum { FUND, PLACE, EARMARK, GRANTED, RESERVED, TRANSIT, PAID, RETURNED, AVAILABLE, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [FUND] = {"fund", "资金", COLUMN_WIDE, false, ORDER_NONE},
    [PLACE] = {"division", "区划", COLUMN_PLAIN, false, ORDER_NONE},
    [EARMARK] = {"earmark", "专用于", COLUMN_PLAIN, true, ORDER_NONE},
    [GRANTED] = {"granted", "下达", COLUMN_NUMBER, false, ORDER_NONE},
    [RESERVED] = {"reserved", "已预留", COLUMN_NUMBER, false, ORDER_NONE},
    [TRANSIT] = {"transit", "在途", COLUMN_NUMBER, false, ORDER_NONE},
    [PAID] = {"paid", "已付", COLUMN_NUMBER, false, ORDER_NONE},
    [RETURNED] = {"returned", "退回", COLUMN_NUMBER, true, ORDER_NONE},
    [AVAILABLE] = {"available", "可用", COLUMN_NUMBER, false, ORDER_NONE},
};

static void add_balance(struct doc *row, const struct ledger_line *line)
{
    const int64_t *accounts = line->balance.accounts_fen;
    doc_add_id(row, "id", line->id);
    doc_add_text(row, "fund", line->fund);
    doc_add_number(row, "year", line->year);
    doc_add_number(row, "division", line->division);
    doc_add_text(row, "earmark", line->earmark);
    doc_add_bool(row, "is_open", line->year_is_open);
    doc_add_money(row, "granted_yuan", ledger_granted_fen(&line->balance));
    doc_add_money(row, "available_yuan", accounts[LEDGER_ACCOUNT_AVAILABLE]);
    doc_add_money(row, "reserved_yuan", accounts[LEDGER_ACCOUNT_RESERVED]);
    doc_add_money(row, "transit_yuan", accounts[LEDGER_ACCOUNT_TRANSIT]);
    doc_add_money(row, "paid_yuan", accounts[LEDGER_ACCOUNT_PAID]);
    doc_add_money(row, "returned_yuan", accounts[LEDGER_ACCOUNT_RETURNED]);
    doc_add_money(row, "recoverable_yuan", accounts[LEDGER_ACCOUNT_RECOVERABLE]);
}

static struct str money_words(struct page *page, int64_t amount_fen)
{
    return str_from(money_text_in(page->w->arena, amount_fen));
}

static enum err add_line(struct page *page, struct page_list *list, const struct ledger_line *line)
{
    const int64_t *accounts = line->balance.accounts_fen;
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[FUND] =
        (struct page_cell){line->fund, doc_format(page->doc, "/funds/%" PRId64, line->id), NULL};
    cells[PLACE].words = place_words(page, line->division);
    cells[EARMARK].words = line->earmark;
    cells[GRANTED].words = money_words(page, ledger_granted_fen(&line->balance));
    cells[RESERVED].words = money_words(page, accounts[LEDGER_ACCOUNT_RESERVED]);
    cells[TRANSIT].words = money_words(page, accounts[LEDGER_ACCOUNT_TRANSIT]);
    cells[PAID].words = money_words(page, accounts[LEDGER_ACCOUNT_PAID]);
    cells[RETURNED].words = money_words(page, accounts[LEDGER_ACCOUNT_RETURNED]);
    cells[AVAILABLE].words = money_words(page, accounts[LEDGER_ACCOUNT_AVAILABLE]);
    return page_list_row(list, cells);
}

static enum err add_lines(struct page *page, struct page_list *list,
                          const struct ledger_line *lines, int32_t count)
{
    struct doc *json = page->is_api ? doc_add_list(page->doc, "lines") : NULL;
    for (int32_t i = 0; i < count; i++) {
        if (json)
            add_balance(doc_add_object(json, NULL), &lines[i]);
        else
            TRY(add_line(page, list, &lines[i]));
    }
    return ERR_OK;
}

enum err page_funds(struct page *page)
{
    struct ledger_line_filter filter = filter_of(page);
    struct ledger_line *lines;
    int32_t count;
    struct page_list *list;
    int64_t granted_fen = 0, spent_fen = 0;
    TRY(ledger_lines(page->w, &filter, &lines, &count));
    for (int32_t i = 0; i < count; i++) {
        granted_fen += ledger_granted_fen(&lines[i].balance);
        spent_fen += ledger_spent_fen(&lines[i].balance);
    }
    TRY(page_list_open_whole(page, columns, COLUMN_COUNT, &list));
    enum err err = add_lines(page, list, lines, count);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    doc_add_number(page->doc, "year", filter.year);
    doc_page_text(page->doc, "year_before", doc_format(page->doc, "%d", (int)filter.year - 1));
    doc_page_text(page->doc, "year_after", doc_format(page->doc, "%d", (int)filter.year + 1));
    doc_page_text(page->doc, "year_words", doc_format(page->doc, "%d", (int)filter.year));
    doc_add_money(page->doc, "granted_yuan", granted_fen);
    doc_add_money(page->doc, "spent_yuan", spent_fen);
    doc_page_bool(page->doc, "has_lines", count > 0);
    doc_page_bool(page->doc, "may_ask", page_may(page, PERM_BUDGET));
    doc_page_bool(page->doc, "may_pay", page_may(page, PERM_PAYMENT));
    page_title(page, doc_format(page->doc, page->lang == PAGE_EN ? "Funds %d" : "%d年度资金",
                                (int)filter.year));
    return page_list_close(list, "资金");
}

/* ---- one line */

static enum err read_line(struct page *page, struct ledger_line *ret_line)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(ledger_line_read(page->w, id, ret_line));
    return ret_line->division == 0 ? ERR_OK : page_see_division(page, ret_line->division);
}

struct article_sum {
    struct str article;
    int64_t amount_fen, count;
};

static void add_articles(struct page *page, const struct ledger_flow *flows, int32_t flow_count)
{
    struct article_sum sums[ARTICLES_SHOWN] = {0};
    int32_t count = 0;
    for (int32_t i = 0; i < flow_count; i++) {
        int32_t k = 0;
        while (k < count && !str_equal(sums[k].article, flows[i].article))
            k++;
        if (k == ARTICLES_SHOWN)
            continue;
        if (k == count)
            sums[count++].article = flows[i].article;
        sums[k].amount_fen += flows[i].amount_fen;
        sums[k].count += flows[i].entry_count;
    }
    struct doc *list = doc_add_list(page->doc, "articles");
    for (int32_t k = 0; k < count; k++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "article", sums[k].article);
        doc_add_number(row, "payment_count", sums[k].count);
        doc_add_money(row, "paid_yuan", sums[k].amount_fen);
    }
    doc_page_bool(page->doc, "has_articles", count > 0);
}

/* Paid beside reserved, month by month. */
static enum err add_flows(struct page *page, const struct ledger_line *line)
{
    struct ledger_flow *paid, *available;
    int32_t paid_count, available_count;
    int32_t first = year_first_day(line->year), last = year_last_day(line->year);
    struct chart_point points[MONTHS] = {0};
    TRY(ledger_flows(page->w, line->id, LEDGER_ACCOUNT_PAID, first, last, &paid, &paid_count));
    TRY(ledger_flows(page->w, line->id, LEDGER_ACCOUNT_AVAILABLE, first, last, &available,
                     &available_count));
    for (int32_t i = 0; i < MONTHS; i++)
        points[i].label = doc_format(page->doc, "%d", (int)i + 1);
    for (int32_t i = 0; i < available_count; i++)
        if (available[i].amount_fen < 0)
            points[day_month(available[i].day) % MONTHS].value -= available[i].amount_fen / 100;
    for (int32_t i = 0; i < paid_count; i++)
        points[day_month(paid[i].day) % MONTHS].second += paid[i].amount_fen / 100;
    struct doc *months = doc_add_list(page->doc, "months");
    for (int32_t i = 0; i < MONTHS; i++) {
        struct doc *row = doc_add_object(months, NULL);
        doc_add_number(row, "month", i + 1);
        doc_add_money(row, "reserved_yuan", points[i].value * 100);
        doc_add_money(row, "paid_yuan", points[i].second * 100);
    }
    bool has_flows = paid_count + available_count > 0;
    doc_page_bool(page->doc, "has_flows", has_flows);
    if (has_flows)
        page_chart_bars(page, page->doc, "chart", points, MONTHS);
    add_articles(page, paid, paid_count);
    return ERR_OK;
}

static enum err add_forecast(struct page *page, const struct ledger_line *line)
{
    struct ledger_forecast forecast;
    if (line->year != day_year(page->w->today_day))
        return ERR_OK;
    TRY(ledger_forecast(page->w, line, NULL, 0, &forecast));
    struct doc *row = doc_add_object(page->doc, "forecast");
    doc_add_money(row, "pace_yuan", forecast.pace_fen);
    doc_add_money(row, "missing_yuan", forecast.missing_fen);
    doc_add_bool(row, "is_dry", forecast.dry_day != DAY_MAX);
    if (forecast.dry_day != DAY_MAX)
        doc_add_day(row, "dry_day", forecast.dry_day);
    return ERR_OK;
}

static enum err add_postings(struct page *page, const struct ledger_line *line)
{
    struct ledger_posting *rows;
    int32_t count;
    TRY(ledger_postings(page->w, line->id, INT64_MAX, INT64_MAX, POSTINGS_SHOWN, &rows, &count));
    struct doc *list = doc_add_list(page->doc, "postings");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", rows[i].id);
        doc_add_instant(row, "posted", rows[i].at_ms);
        doc_add_text_z(row, "move", ledger_move_words[rows[i].move].name);
        doc_page_text(row, "move_words", words_of(page, &ledger_move_words[rows[i].move]));
        doc_add_money(row, "amount_yuan", rows[i].amount_fen);
        doc_add_text(row, "article", rows[i].article);
        doc_add_text(row, "actor", rows[i].actor);
        if (rows[i].case_id != 0)
            doc_add_id(row, "case_id", rows[i].case_id);
    }
    doc_page_bool(page->doc, "has_postings", count > 0);
    return ERR_OK;
}

enum err page_fund_show(struct page *page)
{
    struct ledger_line line;
    TRY(read_line(page, &line));
    add_balance(page->doc, &line);
    doc_page_text(page->doc, "place", place_words(page, line.division));
    doc_page_text(page->doc, "year_words", doc_format(page->doc, "%d", (int)line.year));
    TRY(add_forecast(page, &line));
    TRY(add_flows(page, &line));
    TRY(add_postings(page, &line));
    doc_page_bool(page->doc, "may_ask", page_may(page, PERM_BUDGET) && line.year_is_open);
    doc_page_bool(page->doc, "may_close", page_may(page, PERM_BUDGET_APPROVE));
    int64_t available_fen = line.balance.accounts_fen[LEDGER_ACCOUNT_AVAILABLE];
    page_title(page,
               doc_format(page->doc, page->lang == PAGE_EN ? "%.*s: %s left" : "%.*s：还有 %s",
                          STR_ARG(line.fund), money_text_in(page->w->arena, available_fen)));
    return ERR_OK;
}

enum err page_fund_close(struct page *page)
{
    struct ledger_line line;
    TRY(read_line(page, &line));
    TRY(line.year_is_open ? ledger_year_close(page->w, line.fund_id, line.year)
                          : ledger_year_reopen(page->w, line.fund_id, line.year));
    TRY(page_audit(page, line.year_is_open ? "fund.closed" : "fund.reopened", "ledger_year",
                   line.fund_id, doc_format(page->doc, "%d", (int)line.year)));
    return page_see(page, doc_format(page->doc, "/funds/%" PRId64, line.id));
}

/* ---- asking for budget */

static enum err show_ask(struct page *page)
{
    static const char *const kept[] = {"fund",          "source",   "amount", "division",
                                       "from_division", "document", "reason"};
    struct ledger_fund *funds;
    int32_t count;
    TRY(ledger_funds(page->w, &funds, &count));
    struct doc *list = doc_add_list(page->doc, "funds");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_id(row, "id", funds[i].id);
        doc_add_text(row, "name", funds[i].name);
        doc_add_text(row, "source", funds[i].source);
    }
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        doc_page_text(page->doc, kept[i], page_field(page, kept[i]));
    doc_page_text(page->doc, "year_words", doc_format(page->doc, "%d", (int)filter_of(page).year));
    page_title(page, page_say(page, "申请预算"));
    return ERR_OK;
}

enum err page_fund_ask_form(struct page *page)
{
    return show_ask(page);
}

static enum err check_ask(struct page *page, struct ledger_virement *virement)
{
    if (page_field(page, "fund").size == 0)
        page_field_error(page, "fund", "请写资金名称，与政策文件一致。");
    if (!money_parse(page_field(page, "amount"), &virement->amount_fen) ||
        virement->amount_fen <= 0 || virement->amount_fen > LEDGER_AMOUNT_MAX_FEN)
        page_field_error(page, "amount", "请写大于零的金额，如 500万元。");
    if (str_character_count(page_field(page, "reason")) < REASON_CHARACTERS_MIN)
        page_field_error(page, "reason", "请写明理由，至少四个字。");
    virement->reason = page_field(page, "reason");
    virement->document = page_field(page, "document");
    return page->error_count > 0 ? ERR_FORM : ERR_OK;
}

enum err page_fund_ask(struct page *page)
{
    struct ledger_virement virement = {0};
    int64_t id;
    if (check_ask(page, &virement) != ERR_OK) {
        TRY(show_ask(page));
        return page_refuse_form(page);
    }
    int32_t year = filter_of(page).year;
    struct ledger_fund fund = {.name = page_field(page, "fund"),
                               .source = page_field(page, "source")};
    TRY(ledger_fund_put(page->w, &fund, &fund.id));
    TRY(ledger_line_put(page->w, fund.id, year,
                        (int32_t)page_number(page, "division", 0, 999999, 0), STR(""),
                        &virement.to_line_id));
    int32_t from = (int32_t)page_number(page, "from_division", 0, 999999, -1);
    if (from >= 0)
        TRY(ledger_line_put(page->w, fund.id, year, from, STR(""), &virement.from_line_id));
    TRY(ledger_virement_ask(page->w, &virement, &id));
    TRY(page_audit(page, "fund.asked", "ledger_virement", id, virement.reason));
    doc_add_id(page->doc, "id", id);
    return page_see(page, STR("/funds/requests?done=asked"));
}

/* ---- deciding */

enum { REQUESTS_SHOWN = 50 };

static enum err line_words(struct page *page, int64_t line_id, struct str *ret_words)
{
    struct ledger_line line;
    *ret_words = STR("");
    if (line_id == 0)
        return ERR_OK;
    TRY(ledger_line_read(page->w, line_id, &line));
    *ret_words = doc_format(page->doc, "%.*s %d %.*s", STR_ARG(line.fund), (int)line.year,
                            STR_ARG(place_words(page, line.division)));
    return ERR_OK;
}

enum err page_fund_requests(struct page *page)
{
    struct ledger_virement *rows;
    int32_t count;
    TRY(ledger_virements(page->w, 0, page_number(page, "after", 1, INT64_MAX, 0), REQUESTS_SHOWN,
                         &rows, &count));
    struct doc *list = doc_add_list(page->doc, "requests");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        struct str from, to;
        TRY(line_words(page, rows[i].from_line_id, &from));
        TRY(line_words(page, rows[i].to_line_id, &to));
        bool is_open = rows[i].state == LEDGER_VIREMENT_ASKED;
        doc_add_id(row, "id", rows[i].id);
        doc_add_text_z(row, "state", ledger_virement_words[rows[i].state].name);
        doc_page_text(row, "state_words", words_of(page, &ledger_virement_words[rows[i].state]));
        doc_page_z(row, "state_css",
                   is_open                                     ? "soon"
                   : rows[i].state == LEDGER_VIREMENT_APPROVED ? "done"
                                                               : "unmet");
        doc_add_text(row, "from_line", from);
        doc_add_text(row, "to_line", to);
        doc_add_money(row, "amount_yuan", rows[i].amount_fen);
        doc_add_text(row, "document", rows[i].document);
        doc_add_text(row, "reason", rows[i].reason);
        doc_add_text(row, "asker", rows[i].asker_name);
        doc_add_instant(row, "asked", rows[i].asked_ms);
        doc_add_text(row, "decider", rows[i].decider_name);
        doc_add_text(row, "words", rows[i].words);
        doc_page_bool(row, "may_decide",
                      is_open && page_may(page, PERM_BUDGET_APPROVE) &&
                          rows[i].asker_id != page->session.account.id);
    }
    struct str next = count == REQUESTS_SHOWN
                          ? doc_format(page->doc, "%" PRId64, rows[count - 1].id)
                          : (struct str){0};
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_requests", count > 0);
    doc_page_bool(page->doc, "may_ask", page_may(page, PERM_BUDGET));
    page_title(page, page_say(page, "预算申请"));
    return ERR_OK;
}

enum err page_fund_approve(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(ledger_virement_approve(page->w, id, page_field(page, "words")));
    TRY(page_audit(page, "fund.approved", "ledger_virement", id, page_field(page, "words")));
    return page_see(page, STR("/funds/requests?done=approved"));
}

enum err page_fund_decline(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(ledger_virement_decline(page->w, id, page_field(page, "words")));
    TRY(page_audit(page, "fund.declined", "ledger_virement", id, page_field(page, "words")));
    return page_see(page, STR("/funds/requests?done=declined"));
}
