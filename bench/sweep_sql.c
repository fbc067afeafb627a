#include "sweep_sql.h"

#include "base/clock.h"
#include "base/day.h"
#include "domain/registry/registry.h"
#include "rival_sql.h"

static enum err add_codes(struct work *w, const struct sweep_words *words)
{
    for (int32_t set = 0; set < SWEEP_SET_COUNT; set++)
        for (int32_t i = 0; i < words->sets[set].count; i++) {
            struct rival_code_add_in in = {.set_name = str_from(sweep_set_names[set]),
                                           .code = (int32_t)words->sets[set].codes[i]};
            TRY(rival_code_add(w, &in, NULL));
        }
    return ERR_OK;
}

static enum err prepare(struct work *w, void *context)
{
    const struct sweep_words *words = context;
    TRY(rival_code_table(w, NULL));
    TRY(rival_register_table(w, NULL));
    TRY(add_codes(w, words));
    for (int32_t i = 0; i < words->shortage->row_count; i++) {
        const struct catalogue_register_row *row = &words->shortage->rows[i];
        struct rival_register_add_in in = {
            .code = (int32_t)row->code, .from_day = row->from_day, .to_day = row->to_day};
        TRY(rival_register_add(w, &in, NULL));
    }
    return rival_analyze(w, NULL);
}

enum err sweep_sql_prepare(struct work_env *env, const struct sweep_words *words,
                           struct fault *fault)
{
    struct sweep_words copy = *words;
    return work_run(env, WORK_WRITE, prepare, &copy, fault);
}

/* ask_RULE runs the statement of a rule with its parameters. */
#define ASK(rule, statement, ...)                                                                  \
    static enum err ask_##rule(struct work *w, const struct sweep_days *d,                         \
                               struct sweep_figure *ret_figure)                                    \
    {                                                                                              \
        struct statement##_in in = {.as_of = d->as_of, __VA_ARGS__};                               \
        struct statement##_out out;                                                                \
        TRY(statement(w, &in, &out));                                                              \
        *ret_figure = (struct sweep_figure){out.granted_count, out.amount_fen};                    \
        return ERR_OK;                                                                             \
    }

#define YEAR .year_start = d->year_start
#define IN_FORCE .in_force = d->in_force

ASK(group_help, rival_group_help, )
ASK(shortage_training, rival_shortage_training, YEAR)
ASK(apprentice_firm, rival_apprentice_firms, YEAR)
ASK(order_training, rival_order_training, YEAR)
ASK(school_training, rival_school_training, YEAR)
ASK(part_time_teaching, rival_part_time_teaching, )
ASK(school_hiring, rival_school_hiring, .education_below = 0)
ASK(practice_post, rival_school_hiring, .education_below = education_bachelor)
ASK(school_programme, rival_school_programme, IN_FORCE)
ASK(carrier_building, rival_carrier_building, IN_FORCE, .last_day = d->carrier_last,
    .each_fen = SWEEP_CARRIER_FEN)
ASK(carrier_upper, rival_carrier_upper, IN_FORCE)
ASK(innovation_studio, rival_innovation_studio, IN_FORCE, .each_fen = SWEEP_STUDIO_FEN)
ASK(worldskills, rival_worldskills, IN_FORCE)
ASK(national_honour, rival_national_honour, IN_FORCE)
ASK(grand_award, rival_grand_award, .quota = SWEEP_GRAND_AWARD_QUOTA)
ASK(chief_selection, rival_chief_selection, .period_start = d->in_force,
    .term_months_ago = day_add_months(d->in_force, -SWEEP_CHIEF_TERM_MONTHS),
    .quota = SWEEP_CHIEF_QUOTA)
ASK(expert_award, rival_expert_award, IN_FORCE, .each_fen = SWEEP_EXPERT_FEN)
ASK(master_selection, rival_master_selection, )
ASK(master_award, rival_master_award, IN_FORCE)
ASK(leader_study, rival_honour_right, .set_name = STR("leading_honour"))
ASK(city_card, rival_honour_right, .set_name = STR("card_honour"))
ASK(contest_host, rival_contest_host, YEAR)
ASK(contest_support, rival_contest_support, YEAR)
ASK(expert_application, rival_expert_application, YEAR, .quota = SWEEP_EXPERT_QUOTA)
ASK(contest_promotion, rival_contest_promotion, YEAR)
ASK(worldskills_base, rival_worldskills_base, IN_FORCE)

static enum err ask_chief_allowance(struct work *w, const struct sweep_days *d,
                                    struct sweep_figure *ret_figure)
{
    struct sweep_figure sum = {0};
    int32_t first_month = day_month(d->year_start);
    for (int32_t month = first_month; month < first_month + d->month_count; month++) {
        int32_t month_start = month_first_day(month);
        int32_t month_end = month_last_day(month);
        struct rival_chief_allowance_month_in in = {
            .as_of = month_end < d->as_of ? month_end : d->as_of,
            .month_start = month_start,
            .term_months_ago = day_add_months(month_start, -SWEEP_CHIEF_TERM_MONTHS),
            .each_fen = SWEEP_MONTH_FEN,
        };
        struct rival_chief_allowance_month_out out;
        TRY(rival_chief_allowance_month(w, &in, &out));
        sum.granted_count += out.granted_count;
        sum.amount_fen += out.amount_fen;
    }
    *ret_figure = sum;
    return ERR_OK;
}

static enum err (*const asks[SWEEP_RULE_COUNT])(struct work *w, const struct sweep_days *d,
                                                struct sweep_figure *ret_figure) = {
#define RULE(name, statement) [SWEEP_##name] = ask_##name,
#define SET(name, catalogue, words)
#include "sweep.def"
#undef RULE
#undef SET
};

struct sql_run {
    const struct sweep_days *days;
    struct sweep_figure *figures;
    struct sweep_sql_times *times;
};

static enum err run(struct work *w, void *context)
{
    struct sql_run *run = context;
    run->times->total_ms = 0;
    for (int32_t rule = 0; rule < SWEEP_RULE_COUNT; rule++) {
        int64_t start_ns = clock_monotonic_ns();
        TRY(asks[rule](w, run->days, &run->figures[rule]));
        run->times->rule_ms[rule] = (double)(clock_monotonic_ns() - start_ns) / 1e6;
        run->times->total_ms += run->times->rule_ms[rule];
    }
    return ERR_OK;
}

enum err sweep_sql_run(struct work_env *env, const struct sweep_days *days,
                       struct sweep_figure *ret_figures, struct sweep_sql_times *ret_times,
                       struct fault *fault)
{
    struct sql_run context = {days, ret_figures, ret_times};
    return work_run(env, WORK_READ, run, &context, fault);
}
