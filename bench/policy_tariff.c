#include "policy_tariff.h"

#include "base/day.h"
#include "policy/scalar.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const tariff_rule_labels[RULE_COUNT] = {
#define RULE(name, statement, fund) [RULE_##name] = statement,
    TARIFF_RULES(RULE)
#undef RULE
};

const enum tariff_fund tariff_rule_funds[RULE_COUNT] = {
#define RULE(name, statement, fund) [RULE_##name] = FUND_##fund,
    TARIFF_RULES(RULE)
#undef RULE
};

const char *const tariff_fund_labels[FUND_COUNT] = {"talent", "unemployment insurance",
                                                    "employment", "competition"};

struct reader {
    const struct policy *policy;
    const struct vocab *vocab;
    struct fault *fault;
    struct tariff *tariff;
};

/* NULL when there is none; the fault says so. */
static const struct statement *find(struct reader *r, const char *name, enum statement_kind kind)
{
    for (int32_t i = 0; i < r->policy->statement_count; i++) {
        const struct statement *statement = &r->policy->statements[i];
        if (statement->kind == kind && str_equal_text(statement->name, name))
            return statement;
    }
    fault_set(r->fault, ERR_NOT_FOUND, "the workload has no statement %s", name);
    return NULL;
}

static enum err number(struct reader *r, const char *name, int64_t key, int64_t *ret_value)
{
    const struct statement *statement = find(r, name, STATEMENT_PARAMETER);
    if (!statement)
        return ERR_NOT_FOUND;
    int64_t value = parameter_value(statement->as.parameter, key, r->tariff->as_of_day);
    if (value == ABSENT_I64 || value > INT32_MAX)
        return fault_set(r->fault, ERR_NOT_FOUND, "%s has no value that fits", name);
    *ret_value = value;
    return ERR_OK;
}

static enum err number_into(struct reader *r, const char *name, int32_t *ret_value)
{
    int64_t value = 0;
    TRY(number(r, name, 0, &value));
    *ret_value = (int32_t)value;
    return ERR_OK;
}

/* A parameter by level; levels without a value are 0. */
static enum err levels_into(struct reader *r, const char *name, int32_t *ret_values)
{
    const struct statement *statement = find(r, name, STATEMENT_PARAMETER);
    if (!statement)
        return ERR_NOT_FOUND;
    for (int32_t level = 0; level < LEVELS; level++) {
        int64_t value =
            parameter_value(statement->as.parameter, level, r->tariff->as_of_day);
        ret_values[level] = value == ABSENT_I64 ? 0 : (int32_t)value;
    }
    return ERR_OK;
}

/* Last birthday of those who are at least so old. */
static enum err birth_into(struct reader *r, const char *name, int32_t *ret_day)
{
    int64_t age = 0;
    TRY(number(r, name, 0, &age));
    int32_t day = r->tariff->as_of_day - (int32_t)age * 365 + 1;
    while (day_years_between(day, r->tariff->as_of_day) < age)
        day--;
    *ret_day = day;
    return ERR_OK;
}

static enum err tables_into(struct reader *r)
{
    const struct statement *prize = find(r, "竞赛奖金", STATEMENT_TABLE);
    const struct statement *promoted = find(r, "晋升等级", STATEMENT_TABLE);
    if (!prize || !promoted)
        return ERR_NOT_FOUND;
    for (int64_t tier = 0; tier < TIERS; tier++) {
        r->tariff->promoted_level[tier] = (int8_t)table_value(promoted->as.table, &tier);
        for (int64_t place = 0; place < PLACES; place++) {
            int64_t args[2] = {tier, place};
            r->tariff->prize_fen[tier][place] = (int32_t)table_value(prize->as.table, args);
        }
    }
    return ERR_OK;
}

static enum err best_into(struct reader *r, enum tariff_rule rule, int32_t *ret_best)
{
    const struct statement *statement = find(r, tariff_rule_labels[rule], STATEMENT_GRANT);
    if (!statement)
        return ERR_NOT_FOUND;
    int32_t best = statement->as.rule->best_count;
    if (best < 1 || best > BEST_MAX)
        return fault_set(r->fault, ERR_NOT_FOUND, "%s: the best 1 to %d only, not %d",
                         tariff_rule_labels[rule], BEST_MAX, best);
    *ret_best = best;
    return ERR_OK;
}

static void register_into(struct reader *r, const char *name, uint8_t mark, uint8_t *ret_marks)
{
    int32_t index = vocab_register(r->vocab, str_from(name));
    check(index >= 0);
    const struct catalogue_register *reg = &r->vocab->registers[index];
    for (int32_t i = 0; i < reg->row_count; i++)
        if (reg->rows[i].from_day <= r->tariff->as_of_day &&
            r->tariff->as_of_day <= reg->rows[i].to_day)
            ret_marks[reg->rows[i].code] = mark;
}

static enum err classes_into(struct reader *r)
{
    static const char *const names[] = {"E类津贴", "D类津贴", "C类津贴", "B类津贴", "A类津贴"};
    for (int32_t i = 0; i < 5; i++)
        TRY(number_into(r, names[i], &r->tariff->class_fen[i + 1]));
    return ERR_OK;
}

static enum err amounts_into(struct reader *r)
{
    struct tariff *t = r->tariff;
    TRY(levels_into(r, "技师津贴标准", t->technician_fen));
    TRY(levels_into(r, "提升补贴标准", t->upgrade_fen));
    TRY(levels_into(r, "学徒补贴标准", t->apprentice_fen));
    TRY(levels_into(r, "免收评价费", t->promotion_fen));
    TRY(number_into(r, "称号奖金", &t->title_fen));
    TRY(number_into(r, "一档学时补贴", &t->hour_fen[0]));
    TRY(number_into(r, "二档学时补贴", &t->hour_fen[1]));
    TRY(number_into(r, "三档学时补贴", &t->hour_fen[2]));
    TRY(number_into(r, "培训补贴上限", &t->training_fen_max));
    TRY(number_into(r, "年度合计上限", &t->together_fen_max));
    TRY(classes_into(r));
    return tables_into(r);
}

enum err tariff_read(const struct policy *policy, const struct vocab *vocab, int64_t people,
                     int32_t as_of_day, struct tariff *ret_tariff, struct fault *fault)
{
    struct tariff t = {.as_of_day = as_of_day,
                       .year_start_day = year_first_day(day_year(as_of_day))};
    struct reader r = {policy, vocab, fault, &t};
    int64_t share_millionths = 0;
    TRY(amounts_into(&r));
    TRY(birth_into(&r, "最低年龄", &t.birth_last_adult));
    TRY(birth_into(&r, "年龄上限", &t.birth_last_old));
    TRY(birth_into(&r, "青年年龄", &t.birth_last_senior));
    TRY(number_into(&r, "参保要求", &t.insured_least));
    TRY(number_into(&r, "资深参保", &t.insured_long));
    TRY(number_into(&r, "学徒学时", &t.apprentice_hours_least));
    TRY(number_into(&r, "培训学时", &t.training_hours_least));
    TRY(best_into(&r, RULE_upgrade, &t.upgrade_best));
    TRY(best_into(&r, RULE_training, &t.training_best));
    TRY(number(&r, "授称号比例", 0, &share_millionths));
    t.title_quota = people * share_millionths / RATE_ONE;
    register_into(&r, "紧缺职业目录", 1, t.is_short);
    register_into(&r, "二档培训职业目录", 1, t.price_tier);
    register_into(&r, "三档培训职业目录", 2, t.price_tier);
    *ret_tariff = t;
    return ERR_OK;
}

/* ---- comparing ---- */

static int32_t tell(int32_t told, const char *ours_name, const char *theirs_name, const char *what,
                    int64_t ours, int64_t theirs)
{
    enum { TOLD_MAX = 8 };
    if (ours != theirs && told < TOLD_MAX)
        printf("  DIFFERENT %s: %s %" PRId64 ", %s %" PRId64 "\n", what, ours_name, ours,
               theirs_name, theirs);
    return told + (ours != theirs);
}

void outcome_join(struct outcome *sum, const struct outcome *part)
{
    for (int32_t rule = 0; rule < RULE_COUNT; rule++) {
        sum->person_count[rule] += part->person_count[rule];
        sum->amount_fen[rule] += part->amount_fen[rule];
    }
    for (int32_t region = 0; region <= TOWN_REGIONS; region++)
        for (int32_t fund = 0; fund < FUND_COUNT; fund++)
            sum->region_fund_fen[region][fund] += part->region_fund_fen[region][fund];
}

bool outcome_equal(const char *ours_name, const struct outcome *ours, const char *theirs_name,
                   const struct outcome *theirs)
{
    int32_t told = 0;
    char what[96];
    for (int32_t rule = 0; rule < RULE_COUNT; rule++) {
        snprintf(what, sizeof what, "persons of %s", tariff_rule_labels[rule]);
        told = tell(told, ours_name, theirs_name, what, ours->person_count[rule],
                    theirs->person_count[rule]);
        snprintf(what, sizeof what, "fen of %s", tariff_rule_labels[rule]);
        told = tell(told, ours_name, theirs_name, what, ours->amount_fen[rule],
                    theirs->amount_fen[rule]);
    }
    for (int32_t region = 1; region <= TOWN_REGIONS; region++)
        for (int32_t fund = 0; fund < FUND_COUNT; fund++) {
            snprintf(what, sizeof what, "fen of region %d, fund %s", region,
                     tariff_fund_labels[fund]);
            told = tell(told, ours_name, theirs_name, what, ours->region_fund_fen[region][fund],
                        theirs->region_fund_fen[region][fund]);
        }
    told = tell(told, ours_name, theirs_name, "the checksum", ours->checksum, theirs->checksum);
    return told == 0;
}

/* ---- columns ---- */

static const void *copy_wider(struct town_cells *cells, const struct column *column,
                              int32_t row_count, enum column_width width)
{
    size_t size = column_width_size(width);
    char *copy = malloc((size_t)row_count * size + 1);
    check(copy);
    check(cells->copy_count < (int32_t)(sizeof cells->copies / sizeof cells->copies[0]));
    for (int32_t row = 0; row < row_count; row++) {
        int64_t value = column_value(column, row);
        memcpy(copy + (size_t)row * size, &value, size); /* the machine is little-endian */
    }
    cells->copies[cells->copy_count++] = copy;
    return copy;
}

static const void *bind(struct town_cells *cells, const struct world *world, int32_t table,
                        int32_t field, enum column_width width)
{
    const struct column *column = &world->tables[table].columns[field];
    check(column->width <= width);
    check(!column->has_absent);
    if (column->width == width)
        return column->cells;
    return copy_wider(cells, column, world->tables[table].row_count, width);
}

#define CELLS(record, field, width)                                                                \
    c->record##_##field = bind(c, world, TOWN_##record, TOWN_##record##_##field, COLUMN_##width)
#define PERSON(field, width)                                                                       \
    c->field = bind(c, world, TOWN_person, TOWN_person_##field, COLUMN_##width)

void town_cells_of(const struct world *world, struct town_cells *ret_cells)
{
    struct town_cells *c = ret_cells;
    *c = (struct town_cells){
        .person_count = world->tables[TOWN_person].row_count,
        .cert_first = world->tables[TOWN_cert].first_row,
        .cert_owner = world->tables[TOWN_cert].owner_rows,
        .train_first = world->tables[TOWN_train].first_row,
        .train_owner = world->tables[TOWN_train].owner_rows,
        .award_first = world->tables[TOWN_award].first_row,
        .award_owner = world->tables[TOWN_award].owner_rows,
        .paid_first = world->tables[TOWN_paid].first_row,
    };
    PERSON(birth_day, I16);
    PERSON(employer, I32);
    PERSON(insured_months, I16);
    PERSON(region, I8);
    PERSON(job, I8);
    PERSON(titled, I8);
    CELLS(cert, occupation, I16);
    CELLS(cert, level, I8);
    CELLS(cert, kind, I8);
    c->cert_issued = bind(c, world, TOWN_cert, TOWN_cert_issued_day, COLUMN_I16);
    CELLS(train, occupation, I16);
    CELLS(train, hours, I16);
    CELLS(train, form, I8);
    CELLS(train, target, I8);
    CELLS(train, passed, I8);
    c->train_end = bind(c, world, TOWN_train, TOWN_train_end_day, COLUMN_I16);
    CELLS(award, occupation, I16);
    CELLS(award, tier, I8);
    CELLS(award, place, I8);
    c->award_day = bind(c, world, TOWN_award, TOWN_award_award_day, COLUMN_I16);
    CELLS(paid, occupation, I16);
    CELLS(paid, level, I8);
}

void town_cells_done(struct town_cells *cells)
{
    for (int32_t i = 0; i < cells->copy_count; i++)
        free(cells->copies[i]);
    cells->copy_count = 0;
}
