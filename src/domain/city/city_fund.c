#include "domain/city/city_fund.h"

#include "base/csv_file.h"
#include "base/day.h"
#include "domain/ledger/ledger_fund.h"

enum { ROWS_MAX = 200, YEARS_BEFORE = 1, YEARS = 3, ASKER = -1, APPROVER = -2 };

struct filling {
    struct csv_table table;
    struct work_env env;
    const struct city_plan *plan;
    const struct csv_row *row;
    int64_t yuan_per_thousand;
    struct fault *fault;
};

static enum err grant(struct work *w, const struct filling *filling, int64_t fund_id, int32_t year)
{
    struct ledger_virement virement = {
        .amount_fen = filling->yuan_per_thousand * filling->plan->given.people / 1000 * 100,
        .document = filling->row->cells[4], .reason = STR("年初下达（演示）")};
    int64_t id;
    TRY(ledger_line_put(w, fund_id, year, 0, STR(""), &virement.to_line_id));
    w->actor = (struct actor){ASKER, STR("财务（演示）")};
    TRY(ledger_virement_ask(w, &virement, &id));
    w->actor = (struct actor){APPROVER, STR("局领导（演示）")};
    return ledger_virement_approve(w, id, STR("同意"));
}

static enum err fill_step(struct work *w, void *context)
{
    const struct filling *filling = context;
    const struct str *cells = filling->row->cells;
    struct ledger_fund fund = {.name = cells[1], .source = cells[2],
                               .kind = str_equal_text(cells[2], "失业保险基金")
                                           ? LEDGER_FUND_INSURANCE
                                           : LEDGER_FUND_SPECIAL};
    TRY(ledger_fund_put(w, &fund, &fund.id));
    int32_t first = day_year(filling->plan->given.today_day) - YEARS_BEFORE;
    for (int32_t year = first; year < first + YEARS; year++)
        TRY(grant(w, filling, fund.id, year));
    return ERR_OK;
}

static enum err take_row(void *context, const struct csv_row *row, struct fault *fault)
{
    struct filling *filling = context;
    if (!str_to_i64(row->cells[3], &filling->yuan_per_thousand) ||
        filling->yuan_per_thousand < 1 || filling->yuan_per_thousand > 10000000)
        return csv_table_refuse(&filling->table, row, fault, "：每千人金额应为1至10000000元");
    if (row->cells[0].size > 0 && !str_equal(row->cells[0], filling->plan->profile->name))
        return ERR_OK;
    filling->row = row;
    return work_run(&filling->env, WORK_WRITE, fill_step, filling, fault);
}

enum err city_fund_fill(struct work_env *env, const struct city_plan *plan, const char *path,
                        struct fault *fault)
{
    struct filling filling = {.env = *env, .plan = plan};
    filling.table = (struct csv_table){
        path, "city,fund,source,yuan_per_thousand,document", take_row, &filling, ROWS_MAX};
    return csv_table_read(&filling.table, fault);
}
