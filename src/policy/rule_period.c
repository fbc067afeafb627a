#include "policy/rule_period.h"

#include "base/day.h"

static int64_t year_of(int32_t day)
{
    return day_month(day) / 12;
}

static int32_t least_day(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* Months one period of a kind has; 0 for PERIOD_ONCE. */
static int32_t period_months(enum period_kind kind, int32_t period_years)
{
    switch (kind) {
    case PERIOD_ONCE:
    case PERIOD_WEEK: /* of no month */
        return 0;
    case PERIOD_MONTH:
        return 1;
    case PERIOD_YEAR:
        return 12;
    case PERIOD_YEARS:
        return 12 * (period_years > 0 ? period_years : 1);
    }
    return 0;
}

static const struct document *document_of(const struct policy *policy, int32_t statement)
{
    return &policy->documents[policy->statements[statement].document];
}

/* The periods of a rule stand in steps from the first month of the year in force. */
struct steps {
    int64_t base_month; /* first month of step 0 */
    int32_t months;     /* of one step */
    int64_t first, end; /* steps evaluated; first == end: none */
};

static int64_t step_of_month(const struct steps *steps, int64_t month)
{
    int64_t distance = month - steps->base_month;
    return distance >= 0 ? distance / steps->months
                         : -((-distance + steps->months - 1) / steps->months);
}

static struct steps steps_of(const struct policy *policy, int32_t statement,
                             const struct eval_request *request)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    const struct document *document = document_of(policy, statement);
    struct steps steps = {.months = period_months(rule->period, rule->period_years)};
    int32_t last_day = least_day(request->as_of_day,
                                 statement_ends_day(policy, &policy->statements[statement]));
    if (last_day < document->in_force_day)
        return steps;
    if (rule->period == PERIOD_ONCE) {
        steps.end = 1;
        return steps;
    }
    steps.base_month = year_of(document->in_force_day) * 12;
    int64_t since_month = year_of(request->as_of_day) * 12;
    if (request->since_day != ABSENT_I32) {
        since_month = day_month(request->since_day);
        since_month += month_first_day((int32_t)since_month) != request->since_day;
        steps.first = step_of_month(&steps, since_month + steps.months - 1);
    } else if (!rule->reaches_back) {
        steps.first = step_of_month(&steps, rule->period == PERIOD_YEARS
                                                ? day_month(request->as_of_day)
                                                : since_month);
    }
    int64_t in_force_step = step_of_month(&steps, day_month(document->in_force_day));
    bool from_the_start = steps.first < in_force_step ||
                          (rule->reaches_back && request->since_day == ABSENT_I32);
    steps.first = from_the_start ? in_force_step : steps.first;
    steps.end = step_of_month(&steps, day_month(last_day)) + 1;
    if (steps.end < steps.first)
        steps.end = steps.first;
    return steps;
}

int32_t rule_period_count(const struct policy *policy, int32_t statement,
                          const struct eval_request *request)
{
    struct steps steps = steps_of(policy, statement, request);
    return (int32_t)(steps.end - steps.first);
}

static struct rule_period period_at_month(const struct policy *policy, int32_t statement,
                                          int64_t month, int32_t months, int32_t as_of_day)
{
    const struct document *document = document_of(policy, statement);
    int32_t ends_day = statement_ends_day(policy, &policy->statements[statement]);
    enum period_kind kind = policy->statements[statement].as.rule->period;
    struct rule_period period;
    if (kind == PERIOD_ONCE) {
        period = (struct rule_period){0, {document->in_force_day, ends_day, 0}};
    } else {
        int32_t first_day = month_first_day((int32_t)month);
        int32_t last_day = month_first_day((int32_t)month + months) - 1;
        period.key = (int32_t)(kind == PERIOD_MONTH ? month : month / 12);
        period.moment.period_start_day =
            first_day > document->in_force_day ? first_day : document->in_force_day;
        period.moment.period_end_day = least_day(last_day, ends_day);
    }
    period.moment.as_of_day = least_day(as_of_day, period.moment.period_end_day);
    return period;
}

struct rule_period rule_period_at(const struct policy *policy, int32_t statement,
                                  const struct eval_request *request, int32_t index)
{
    struct steps steps = steps_of(policy, statement, request);
    int64_t month = steps.base_month + (steps.first + index) * steps.months;
    return period_at_month(policy, statement, month, steps.months, request->as_of_day);
}

struct rule_period rule_period_of(const struct policy *policy, int32_t statement, int32_t key,
                                  int32_t as_of_day)
{
    const struct rule *rule = policy->statements[statement].as.rule;
    int64_t month = rule->period == PERIOD_MONTH ? key : (int64_t)key * 12;
    return period_at_month(policy, statement, month,
                           period_months(rule->period, rule->period_years), as_of_day);
}

struct rule_period calendar_period(enum period_kind kind, int32_t period_years, int32_t base_year,
                                   int32_t day)
{
    struct rule_period period = {0, {INT32_MIN + 1, INT32_MAX, day}};
    if (kind == PERIOD_ONCE)
        return period;
    if (kind == PERIOD_WEEK) {
        period.key = day - day_of_week(day) + 1;
        period.moment.period_start_day = period.key;
        period.moment.period_end_day = period.key + 6;
        return period;
    }
    struct steps steps = {.base_month = (int64_t)base_year * 12,
                          .months = period_months(kind, period_years)};
    int64_t month = day_month(day);
    if (kind != PERIOD_MONTH)
        month = steps.base_month + step_of_month(&steps, month) * steps.months;
    period.key = (int32_t)(kind == PERIOD_MONTH ? month : month / 12);
    period.moment.period_start_day = month_first_day((int32_t)month);
    period.moment.period_end_day = month_first_day((int32_t)month + steps.months) - 1;
    return period;
}
