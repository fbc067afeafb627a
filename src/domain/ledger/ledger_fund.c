#include "domain/ledger/ledger_fund.h"

#include "base/id.h"
#include "base/money.h"
#include "domain/ledger/ledger_line.h"
#include "domain/ledger/ledger_post.h"
#include "store/event.h"

#include <inttypes.h>

const struct ledger_words ledger_fund_kind_words[LEDGER_FUND_KIND_COUNT] = {
    [LEDGER_FUND_SPECIAL] = {"special", "专项资金", "special fund"},
    [LEDGER_FUND_INSURANCE] = {"insurance", "保险基金", "insurance fund"},
    [LEDGER_FUND_HIGHER] = {"higher", "上级补助", "subsidy of a higher level"},
    [LEDGER_FUND_OTHER] = {"other", "其他", "other"},
};

const struct ledger_words ledger_virement_words[LEDGER_VIREMENT_STATE_COUNT] = {
    [LEDGER_VIREMENT_ASKED] = {"asked", "待批准", "waiting"},
    [LEDGER_VIREMENT_APPROVED] = {"approved", "已批准", "approved"},
    [LEDGER_VIREMENT_DECLINED] = {"declined", "未批准", "declined"},
};

_Static_assert((int)LEDGER_YEAR_OPEN == (int)LEDGER_YEAR_IS_OPEN, "one numbering");
_Static_assert((int)LEDGER_YEAR_CLOSED == (int)LEDGER_YEAR_IS_CLOSED, "one numbering");

/* ---- funds */

enum err ledger_fund_by_name(struct work *w, struct str name, struct ledger_fund *ret_fund)
{
    struct ledger_fund_named_out row;
    TRY(ledger_fund_named(w, &(struct ledger_fund_named_in){name}, &row));
    *ret_fund = (struct ledger_fund){row.id, row.name, row.source,
                                     (enum ledger_fund_kind)row.kind};
    return ERR_OK;
}

enum err ledger_fund_read(struct work *w, int64_t id, struct ledger_fund *ret_fund)
{
    struct ledger_fund_by_id_out row;
    TRY(ledger_fund_by_id(w, &(struct ledger_fund_by_id_in){id}, &row));
    *ret_fund = (struct ledger_fund){row.id, row.name, row.source,
                                     (enum ledger_fund_kind)row.kind};
    return ERR_OK;
}

enum err ledger_fund_put(struct work *w, const struct ledger_fund *fund, int64_t *ret_id)
{
    if (fund->name.size == 0)
        return fail(w, ERR_INPUT, "资金应有名称");
    struct ledger_fund there;
    enum err err = ledger_fund_by_name(w, fund->name, &there);
    if (err == ERR_OK) {
        *ret_id = there.id;
        return ERR_OK;
    }
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    struct ledger_fund_insert_in in = {
        id_next(w->ids), fund->name, fund->source.ptr ? fund->source : STR(""),
        (int32_t)(fund->kind != 0 ? fund->kind : LEDGER_FUND_SPECIAL), w->now_ms,
        w->actor.account_id};
    TRY(ledger_fund_insert(w, &in, NULL));
    *ret_id = in.id;
    return event_append(w, &(struct event){.kind = STR("ledger.fund"), .subject_id = in.id});
}

enum err ledger_funds(struct work *w, struct ledger_fund **ret_funds, int32_t *ret_fund_count)
{
    struct ledger_fund *funds = ARENA_NEW_ARRAY(w->arena, struct ledger_fund, LEDGER_FUNDS_MAX);
    if (!funds)
        return fail(w, ERR_MEMORY, "no memory for the funds");
    struct cursor cursor;
    TRY(ledger_fund_page(w, &(struct ledger_fund_page_in){LEDGER_FUNDS_MAX}, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < LEDGER_FUNDS_MAX) {
        struct ledger_fund_page_out row;
        TRY(ledger_fund_page_next(&cursor, &row, &more));
        if (!more)
            break;
        funds[count++] = (struct ledger_fund){row.id, str_copy(w->arena, row.name),
                                              str_copy(w->arena, row.source),
                                              (enum ledger_fund_kind)row.kind};
    }
    cursor_close(&cursor);
    *ret_funds = funds;
    *ret_fund_count = count;
    return ERR_OK;
}

enum err ledger_line_put(struct work *w, int64_t fund_id, int32_t year, int32_t division,
                         struct str earmark, int64_t *ret_line_id)
{
    if (year < 1990 || year > 2200)
        return fail(w, ERR_INPUT, "年度%d不对", year);
    struct str purpose = earmark.ptr ? earmark : STR("");
    struct ledger_fund fund;
    TRY(ledger_fund_read(w, fund_id, &fund));
    TRY(ledger_year_put(w, &(struct ledger_year_put_in){fund_id, year, w->now_ms}, NULL));
    struct ledger_line_put_row_in in = {id_next(w->ids), fund_id, year, division, purpose,
                                        w->now_ms};
    TRY(ledger_line_put_row(w, &in, NULL));
    struct ledger_line_at_out row;
    TRY(ledger_line_at(w, &(struct ledger_line_at_in){fund_id, year, division, purpose}, &row));
    *ret_line_id = row.id;
    return ERR_OK;
}

/* ---- years */

enum err ledger_years(struct work *w, int64_t fund_id, struct ledger_year **ret_years,
                      int32_t *ret_year_count)
{
    struct ledger_year *years = ARENA_NEW_ARRAY(w->arena, struct ledger_year, LEDGER_YEARS_MAX);
    if (!years)
        return fail(w, ERR_MEMORY, "no memory for the years of a fund");
    struct ledger_year_page_in in = {fund_id, LEDGER_YEARS_MAX};
    struct cursor cursor;
    TRY(ledger_year_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < LEDGER_YEARS_MAX) {
        struct ledger_year_page_out row;
        TRY(ledger_year_page_next(&cursor, &row, &more));
        if (!more)
            break;
        years[count++] = (struct ledger_year){
            fund_id, row.year, (enum ledger_year_state)row.state, row.opened_ms, row.closed_ms,
            str_copy(w->arena, row.closer_name)};
    }
    cursor_close(&cursor);
    *ret_years = years;
    *ret_year_count = count;
    return ERR_OK;
}

/* Money that is under way keeps a year open. */
static enum err check_settled(struct work *w, const struct ledger_line *line)
{
    static const enum ledger_account under_way[] = {
        LEDGER_ACCOUNT_RESERVED, LEDGER_ACCOUNT_TRANSIT, LEDGER_ACCOUNT_RETURNED};
    for (size_t i = 0; i < sizeof under_way / sizeof under_way[0]; i++) {
        int64_t amount_fen = line->balance.accounts_fen[under_way[i]];
        if (amount_fen == 0)
            continue;
        fail(w, ERR_LEDGER_STATE, "%d年度还有%s%s", line->year,
             ledger_account_words[under_way[i]].label, money_text_in(w->arena, amount_fen));
        return fault_hint(&w->fault, "付清、撤销或核对到零以后再结账。");
    }
    return ERR_OK;
}

static enum err set_year(struct work *w, int64_t fund_id, int32_t year,
                         enum ledger_year_state from, enum ledger_year_state to)
{
    bool closes = to == LEDGER_YEAR_CLOSED;
    struct ledger_year_set_in in = {
        .fund_id = fund_id, .year = year, .from_state = (int32_t)from, .state = (int32_t)to,
        .closed_ms = closes ? w->now_ms : 0, .closer_id = closes ? w->actor.account_id : 0,
        .closer_name = closes && w->actor.name.ptr ? w->actor.name : STR("")};
    int64_t changed_count;
    TRY(ledger_year_set(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_LEDGER_STATE, closes ? "%d年度没有开账或已经结账" : "%d年度没有结账",
                    year);
    struct event event = {
        .kind = closes ? STR("ledger.year_closed") : STR("ledger.year_reopened"),
        .subject_id = fund_id,
        .detail = str_from(text_in(w->arena, "{\"year\":%d}", year)),
    };
    return event_append(w, &event);
}

enum err ledger_year_close(struct work *w, int64_t fund_id, int32_t year)
{
    struct ledger_line_filter filter = {.fund_id = fund_id, .year = year};
    struct ledger_line *lines;
    int32_t count;
    TRY(ledger_lines(w, &filter, &lines, &count));
    int64_t *ids = ARENA_NEW_ARRAY(w->arena, int64_t, (size_t)count);
    if (!ids)
        return fail(w, ERR_MEMORY, "no memory for %d lines", count);
    for (int32_t i = 0; i < count; i++)
        ids[i] = lines[i].id;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, ids, count, &set));
    for (int32_t i = 0; i < set.line_count; i++)
        TRY(check_settled(w, &set.lines[i]));
    return set_year(w, fund_id, year, LEDGER_YEAR_OPEN, LEDGER_YEAR_CLOSED);
}

enum err ledger_year_reopen(struct work *w, int64_t fund_id, int32_t year)
{
    struct ledger_year_of_out row;
    TRY(ledger_year_of(w, &(struct ledger_year_of_in){fund_id, year}, &row));
    if (row.closer_id != 0 && row.closer_id == w->actor.account_id)
        return fail(w, ERR_LEDGER_OWN, "结账的人不能自己反结账");
    return set_year(w, fund_id, year, LEDGER_YEAR_CLOSED, LEDGER_YEAR_OPEN);
}

/* ---- virements */

static enum err check_virement(struct work *w, const struct ledger_virement *virement)
{
    if (virement->from_line_id == 0 && virement->to_line_id == 0)
        return fail(w, ERR_INPUT, "要写明从哪一项调出或调入哪一项");
    if (virement->from_line_id == virement->to_line_id)
        return fail(w, ERR_INPUT, "调出和调入是同一项");
    if (virement->amount_fen <= 0 || virement->amount_fen > LEDGER_AMOUNT_MAX_FEN)
        return fail(w, ERR_OVERFLOW, "金额%s超出范围",
                    money_text_in(w->arena, virement->amount_fen));
    if (str_trim(virement->reason).size == 0)
        return fail(w, ERR_INPUT, "要写明理由");
    struct ledger_line from = {0}, to = {0};
    if (virement->from_line_id != 0)
        TRY(ledger_line_read(w, virement->from_line_id, &from));
    if (virement->to_line_id != 0)
        TRY(ledger_line_read(w, virement->to_line_id, &to));
    if (from.id != 0 && to.id != 0 && from.fund_id != to.fund_id)
        return fail(w, ERR_INPUT, "只能在同一项资金里调剂");
    if ((from.id != 0 && !from.year_is_open) || (to.id != 0 && !to.year_is_open))
        return fail(w, ERR_LEDGER_YEAR, "这一年度已经结账");
    return ERR_OK;
}

enum err ledger_virement_ask(struct work *w, const struct ledger_virement *virement,
                             int64_t *ret_id)
{
    TRY(check_virement(w, virement));
    struct ledger_virement_insert_in in = {
        .id = id_next(w->ids),
        .from_line_id = virement->from_line_id,
        .to_line_id = virement->to_line_id,
        .amount_fen = virement->amount_fen,
        .document = virement->document.ptr ? virement->document : STR(""),
        .reason = virement->reason,
        .asker_id = w->actor.account_id,
        .asker_name = w->actor.name.ptr ? w->actor.name : STR(""),
        .asked_ms = w->now_ms,
    };
    TRY(ledger_virement_insert(w, &in, NULL));
    *ret_id = in.id;
    return event_append(w, &(struct event){.kind = STR("ledger.virement_asked"),
                                           .subject_id = in.id});
}

static struct ledger_virement virement_of(struct work *w,
                                          const struct ledger_virement_page_out *row)
{
    return (struct ledger_virement){
        .id = row->id,
        .state = (enum ledger_virement_state)row->state,
        .from_line_id = row->from_line_id,
        .to_line_id = row->to_line_id,
        .amount_fen = row->amount_fen,
        .document = str_copy(w->arena, row->document),
        .reason = str_copy(w->arena, row->reason),
        .asker_id = row->asker_id,
        .asker_name = str_copy(w->arena, row->asker_name),
        .decider_name = str_copy(w->arena, row->decider_name),
        .words = str_copy(w->arena, row->words),
        .asked_ms = row->asked_ms,
        .decided_ms = row->decided_ms,
    };
}

_Static_assert(sizeof(struct ledger_virement_by_id_out) ==
                   sizeof(struct ledger_virement_page_out), "same columns");

enum err ledger_virement_read(struct work *w, int64_t id, struct ledger_virement *ret_virement)
{
    struct ledger_virement_by_id_in in = {id};
    struct ledger_virement_page_out row;
    TRY(stmt_struct_one(w, &ledger_virement_by_id_stmt, &in, &row));
    *ret_virement = virement_of(w, &row);
    return ERR_OK;
}

enum err ledger_virements(struct work *w, enum ledger_virement_state state, int64_t before_id,
                          int32_t row_count_max, struct ledger_virement **ret_rows,
                          int32_t *ret_row_count)
{
    struct ledger_virement_page_in in = {(int32_t)state, before_id > 0 ? before_id : INT64_MAX,
                                         row_count_max};
    struct ledger_virement *rows =
        ARENA_NEW_ARRAY(w->arena, struct ledger_virement, (size_t)row_count_max);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for %d rows", row_count_max);
    struct cursor cursor;
    TRY(ledger_virement_page(w, &in, &cursor));
    int32_t count = 0;
    bool more = true;
    while (count < row_count_max) {
        struct ledger_virement_page_out row;
        TRY(ledger_virement_page_next(&cursor, &row, &more));
        if (!more)
            break;
        rows[count++] = virement_of(w, &row);
    }
    cursor_close(&cursor);
    *ret_rows = rows;
    *ret_row_count = count;
    return ERR_OK;
}

static enum err decide(struct work *w, const struct ledger_virement *virement,
                       enum ledger_virement_state state, struct str words)
{
    if (virement->asker_id == w->actor.account_id)
        return fail(w, ERR_LEDGER_OWN, "申请人不能自己批准");
    struct ledger_virement_decide_in in = {
        virement->id, (int32_t)state, w->actor.account_id,
        w->actor.name.ptr ? w->actor.name : STR(""), w->now_ms, words.ptr ? words : STR("")};
    int64_t changed_count;
    TRY(ledger_virement_decide(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_LEDGER_STATE, "这件申请已经办过");
    struct event event = {.kind = STR("ledger.virement_decided"), .subject_id = virement->id};
    return event_append(w, &event);
}

enum err ledger_virement_approve(struct work *w, int64_t id, struct str words)
{
    struct ledger_virement virement;
    TRY(ledger_virement_read(w, id, &virement));
    TRY(decide(w, &virement, LEDGER_VIREMENT_APPROVED, words));
    int64_t line_ids[2];
    int32_t line_count = 0;
    if (virement.from_line_id != 0)
        line_ids[line_count++] = virement.from_line_id;
    if (virement.to_line_id != 0)
        line_ids[line_count++] = virement.to_line_id;
    struct ledger_lines_locked set;
    TRY(ledger_lock(w, line_ids, line_count, &set));
    struct ledger_posting_given postings[2];
    int32_t count = 0;
    struct ledger_posting_given given = {
        .amount_fen = virement.amount_fen,
        .subject = str_from(text_in(w->arena, "v%" PRId64, id)),
        .article = virement.document,
        .words = virement.reason,
    };
    if (virement.from_line_id != 0) {
        given.move = LEDGER_MOVE_CUT;
        given.line = ledger_locked_line(&set, virement.from_line_id);
        postings[count++] = given;
    }
    if (virement.to_line_id != 0) {
        given.move = LEDGER_MOVE_GRANT;
        given.line = ledger_locked_line(&set, virement.to_line_id);
        postings[count++] = given;
    }
    return ledger_post(w, postings, count);
}

enum err ledger_virement_decline(struct work *w, int64_t id, struct str words)
{
    struct ledger_virement virement;
    TRY(ledger_virement_read(w, id, &virement));
    return decide(w, &virement, LEDGER_VIREMENT_DECLINED, words);
}
