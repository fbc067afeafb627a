/* whatif_forward.c — funds run forward: what falls due in each month, and when a budget runs dry.
 *
 * The sum as of the end of each month is evaluated; a month's cost is the sum's growth. The run
 * begins with the first month of from_day's year, because budgets are of calendar years. */
#include "domain/insight/whatif_compare.h"

#include "base/day.h"
#include "policy/program.h"

#include <string.h>

enum { ANY_YEAR = 0 }; /* a budget given with --budget for every year: override.c */

int32_t forward_first_month(const struct whatif_request *request)
{
    int32_t day = request->from_day == ABSENT_I32 ? request->as_of_day : request->from_day;
    return day_month(year_first_day(day_year(day)));
}

int32_t forward_month_count(const struct whatif_request *request)
{
    return day_month(request->as_of_day) - forward_first_month(request) + 1;
}

struct eval_request whatif_eval_request(const struct whatif_request *request)
{
    return (struct eval_request){ /* what is due: months find out when the money ends */
        .as_of_day = request->as_of_day,
        .without_budgets = true,
        .since_day = request->from_day == ABSENT_I32
                         ? ABSENT_I32
                         : year_first_day(day_year(request->from_day))};
}

/* Sums of all rules as of a day, since the first month. */
static enum err sums_on(const struct world *world, const struct program *program,
                        int32_t since_day, int32_t as_of_day, int64_t *ret_sums,
                        struct fault *fault)
{
    struct eval_request request = {.as_of_day = as_of_day, .since_day = since_day,
                                   .without_budgets = true};
    struct eval_result *result;
    TRY(eval_run(program, world, &request, &result, fault));
    for (int32_t i = 0; i < result->total_count; i++)
        ret_sums[result->totals[i].statement] = result->totals[i].amount_fen;
    eval_result_free(result);
    return ERR_OK;
}

/* Rights, titles and levels pay nothing, and nothing that is paid depends on them. */
static bool keep_grants(const struct program *program, struct program *ret_grants,
                        struct arena *scratch)
{
    *ret_grants = *program;
    ret_grants->plan_count = 0;
    ret_grants->plans = ARENA_NEW_ARRAY(scratch, struct plan, (size_t)program->plan_count);
    for (int32_t i = 0; ret_grants->plans && i < program->plan_count; i++)
        if (program->policy->statements[program->plans[i].statement].kind == STATEMENT_GRANT)
            ret_grants->plans[ret_grants->plan_count++] = program->plans[i];
    return ret_grants->plans != NULL;
}

enum err forward_evaluate(const struct world *world, const struct whatif_request *request,
                          struct forward_run *run, struct arena *scratch, struct fault *fault)
{
    int32_t first_month = forward_first_month(request);
    int32_t month_count = forward_month_count(request);
    int32_t width = run->policy->policy->statement_count;
    int32_t since_day = month_first_day(first_month);
    run->month_fen =
        ARENA_NEW_ARRAY(scratch, int64_t, (size_t)month_count * (size_t)width);
    int64_t *before = ARENA_NEW_ARRAY(scratch, int64_t, (size_t)width);
    int64_t *now = ARENA_NEW_ARRAY(scratch, int64_t, (size_t)width);
    struct program grants;
    if (!run->month_fen || !before || !now ||
        !keep_grants(run->policy->program, &grants, scratch))
        return fault_set(fault, ERR_MEMORY, "no memory for %d months", month_count);
    /* What falls due once and did so before: the run starts from there. */
    TRY(sums_on(world, &grants, since_day, since_day - 1, before, fault));
    for (int32_t m = 0; m < month_count; m++) {
        int32_t last_day = month_last_day(first_month + m);
        int32_t as_of_day = last_day < request->as_of_day ? last_day : request->as_of_day;
        TRY(sums_on(world, &grants, since_day, as_of_day, now, fault));
        for (int32_t s = 0; s < width; s++)
            run->month_fen[(size_t)m * (size_t)width + (size_t)s] = now[s] - before[s];
        memcpy(before, now, (size_t)width * sizeof *now);
    }
    return ERR_OK;
}

/* ---- the funds of two policies, by name ---- */

struct funding {
    const struct forward_run *runs[2];
    const struct whatif_request *request;
    struct arena *arena;
    struct whatif_report *report;
    int32_t fund_capacity;
};

static struct whatif_fund *fund_named(struct funding *f, struct str name)
{
    for (int32_t i = 0; i < f->report->fund_count; i++)
        if (str_equal(f->report->funds[i].name, name))
            return &f->report->funds[i];
    struct whatif_fund *fund = &f->report->funds[f->report->fund_count];
    *fund = (struct whatif_fund){.name = name, .source = STR("")};
    for (int side = 0; side < 2; side++)
        fund->month_fen[side] =
            ARENA_NEW_ARRAY(f->arena, int64_t, (size_t)f->report->month_count);
    if (!fund->month_fen[0] || !fund->month_fen[1])
        return NULL;
    f->report->fund_count++;
    return fund;
}

static bool add_side(struct funding *f, int side)
{
    const struct policy *policy = f->runs[side]->policy->policy;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *statement = &policy->statements[s];
        bool is_fund = statement->kind == STATEMENT_FUND && statement->as.fund->budget_count > 0;
        bool is_grant = statement->kind == STATEMENT_GRANT && statement->as.rule->fund >= 0;
        if (!is_fund && !is_grant)
            continue;
        int32_t at = is_fund ? s : statement->as.rule->fund;
        struct whatif_fund *fund = fund_named(f, policy->statements[at].name);
        if (!fund)
            return false;
        fund->source = policy->statements[at].as.fund->source;
        fund->when_short[side] = policy->statements[at].as.fund->when_short;
        for (int32_t m = 0; is_grant && m < f->report->month_count; m++)
            fund->month_fen[side][m] +=
                f->runs[side]->month_fen[(size_t)m * (size_t)policy->statement_count + (size_t)s];
    }
    return true;
}

static int64_t budget_of(const struct policy *policy, struct str name, int32_t year)
{
    int64_t found = ABSENT_I64;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *statement = &policy->statements[s];
        if (statement->kind != STATEMENT_FUND || !str_equal(statement->name, name))
            continue;
        for (int32_t i = 0; i < statement->as.fund->budget_count; i++) {
            const struct fund_budget *budget = &statement->as.fund->budgets[i];
            if (budget->year == year)
                return budget->amount_fen;
            if (budget->year == ANY_YEAR)
                found = budget->amount_fen;
        }
    }
    return found;
}

/* One year of one side: the months one after the other, what waits from last year first. */
static void run_year(const struct funding *f, const struct whatif_fund *fund, int side,
                     int64_t carried_fen, struct whatif_fund_year *year)
{
    int32_t first = year->year * 12 - f->report->first_month;
    int64_t budget_fen = budget_of(f->runs[side]->policy->policy, fund->name, year->year);
    int64_t sum_fen = carried_fen;
    year->budget_fen[side] = budget_fen;
    year->carried_fen[side] = carried_fen;
    year->dry_month[side] = ABSENT_I32;
    for (int32_t m = first; m < first + 12 && m < f->report->month_count; m++) {
        int64_t month_fen = fund->month_fen[side][m];
        sum_fen += month_fen;
        year->need_fen[side] += month_fen;
        bool is_dry = budget_fen != ABSENT_I64 && sum_fen > budget_fen;
        if (is_dry && year->dry_month[side] == ABSENT_I32)
            year->dry_month[side] = f->report->first_month + m;
    }
    bool is_short = budget_fen != ABSENT_I64 && sum_fen > budget_fen;
    year->short_fen[side] = is_short ? sum_fen - budget_fen : 0;
}

static bool run_years(struct funding *f, struct whatif_fund *fund)
{
    int32_t first_year = f->report->first_month / 12;
    fund->year_count = day_year(f->request->as_of_day) - first_year + 1;
    fund->years = ARENA_NEW_ARRAY(f->arena, struct whatif_fund_year, (size_t)fund->year_count);
    int64_t carried_fen[2] = {0, 0};
    for (int32_t y = 0; fund->years && y < fund->year_count; y++) {
        struct whatif_fund_year *year = &fund->years[y];
        year->year = first_year + y;
        for (int side = 0; side < 2; side++) {
            run_year(f, fund, side, carried_fen[side], year);
            bool waits = fund->when_short[side] == FUND_SHORT_QUEUE;
            carried_fen[side] = waits ? year->short_fen[side] : 0;
        }
    }
    return fund->years != NULL;
}

enum err forward_report(const struct forward_run *base, const struct forward_run *draft,
                        const struct whatif_request *request, struct arena *arena,
                        struct whatif_report *report, struct fault *fault)
{
    struct funding f = {.runs = {base, draft}, .request = request, .arena = arena,
                        .report = report};
    size_t fund_max = (size_t)base->policy->policy->statement_count +
                      (size_t)draft->policy->policy->statement_count;
    report->first_month = forward_first_month(request);
    report->month_count = forward_month_count(request);
    report->funds = ARENA_NEW_ARRAY(arena, struct whatif_fund, fund_max);
    bool done = report->funds && add_side(&f, 0) && add_side(&f, 1);
    for (int32_t i = 0; done && i < report->fund_count; i++)
        done = run_years(&f, &report->funds[i]);
    return done ? ERR_OK : fault_set(fault, ERR_MEMORY, "no memory for the funds");
}
