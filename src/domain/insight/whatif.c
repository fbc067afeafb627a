#include "domain/insight/whatif.h"

#include "base/day.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"

#include <stdlib.h>
#include <string.h>

/* What one side says of one key; absent when it says nothing. */
struct side {
    const struct incentive_policy *policy;
    struct eval_result *result;
    int64_t next, end; /* decisions of the rule at hand */
    int32_t statement; /* of the rule at hand, or -1 */
};

/* All decisions of one subject under the rule at hand. */
struct sum {
    int64_t base_fen, draft_fen;
    bool touched, base_granted, draft_granted;
};

struct comparison {
    const struct vocab *vocab;
    const struct world *world;
    struct arena *arena;
    struct whatif_report *report;
    int32_t group_capacity[WHATIF_BY_COUNT];
    struct side base, draft;
    struct sum *sums;       /* of the rule at hand, by subject row; all zero between rules */
    int32_t *touched_rows;  /* subject rows whose sum is not zero */
    int32_t touched_count;
    bool failed; /* out of memory */
};

/* Groups. */

static struct whatif_group *group_at(struct comparison *c, enum whatif_by by, int64_t key,
                                     struct str name)
{
    struct whatif_report *report = c->report;
    struct whatif_group *groups = report->groups[by];
    int32_t count = report->group_counts[by];
    for (int32_t i = 0; i < count; i++) {
        if (groups[i].key == key && str_equal(groups[i].name, name))
            return &groups[i];
    }
    if (count == c->group_capacity[by]) {
        int32_t capacity = count ? count * 2 : 32;
        struct whatif_group *grown =
            ARENA_NEW_ARRAY(c->arena, struct whatif_group, (size_t)capacity);
        c->failed = c->failed || !grown;
        if (!grown)
            return NULL;
        if (count)
            memcpy(grown, groups, (size_t)count * sizeof *grown);
        report->groups[by] = groups = grown;
        c->group_capacity[by] = capacity;
    }
    groups[count] = (struct whatif_group){.key = key, .name = name};
    report->group_counts[by]++;
    return &groups[count];
}

static const struct statement *statement_of(const struct side *side)
{
    return &side->policy->policy->statements[side->statement];
}

/* Words and funds come from the draft where it has the rule. */
static const struct side *speaking_side(const struct comparison *c)
{
    return c->draft.statement >= 0 ? &c->draft : &c->base;
}

static struct str fund_name(const struct side *side)
{
    int32_t fund = statement_of(side)->as.rule->fund;
    return fund >= 0 ? side->policy->policy->statements[fund].name : STR("");
}

static int64_t division_of(const struct comparison *c, int32_t table, int32_t row)
{
    for (int32_t owner; (owner = vocab_owner(c->vocab, table)) >= 0; table = owner)
        row = c->world->tables[table].owner_rows[row];
    int32_t field = vocab_field(c->vocab, table, STR("division"));
    return field < 0 ? ABSENT_I64
                     : column_value(&c->world->tables[table].columns[field], row);
}

/* Highest step of a person's certificates, 0 when there is none. */
static int64_t level_of(const struct comparison *c, int32_t person_row)
{
    const struct table_columns *certificates = &c->world->tables[REGISTRY_certificate];
    int32_t field = vocab_field(c->vocab, REGISTRY_certificate, STR("level"));
    int64_t highest = 0;
    for (int32_t row = certificates->first_row[person_row];
         row < certificates->first_row[person_row + 1]; row++) {
        int64_t level = column_value(&certificates->columns[field], row);
        if (level != ABSENT_I64 && level > highest)
            highest = level;
    }
    return highest;
}

/* Comparing one key. */

static bool is_granted(const struct decision *decision)
{
    return decision && decision->lane == LANE_GRANTED;
}

static int64_t known_fen(const struct decision *decision)
{
    return is_granted(decision) && decision->amount_fen != AMOUNT_IS_OPEN ? decision->amount_fen
                                                                           : 0;
}

static void add_to(struct whatif_change *change, const struct decision *base,
                   const struct decision *draft)
{
    change->base_fen += known_fen(base);
    change->draft_fen += known_fen(draft);
    change->base_open += is_granted(base) && base->amount_fen == AMOUNT_IS_OPEN;
    change->draft_open += is_granted(draft) && draft->amount_fen == AMOUNT_IS_OPEN;
    change->won_count += !is_granted(base) && is_granted(draft);
    change->lost_count += is_granted(base) && !is_granted(draft);
    bool both = is_granted(base) && is_granted(draft);
    change->more_count += both && known_fen(draft) > known_fen(base);
    change->less_count += both && known_fen(draft) < known_fen(base);
}

static bool differs(const struct decision *base, const struct decision *draft)
{
    return is_granted(base) != is_granted(draft) || known_fen(base) != known_fen(draft) ||
           (is_granted(base) && (base->amount_fen == AMOUNT_IS_OPEN) !=
                                    (draft->amount_fen == AMOUNT_IS_OPEN));
}

static void add_group(struct comparison *c, enum whatif_by by, int64_t key, struct str name,
                      const struct decision *base, const struct decision *draft)
{
    struct whatif_group *group = group_at(c, by, key, name);
    if (group)
        add_to(&group->change, base, draft);
}

/* Cases. */

static int64_t case_weight(const struct whatif_case *x)
{
    int64_t difference = llabs(x->draft_fen - x->base_fen);
    bool lane_changed = x->base_granted != x->draft_granted;
    return difference * 2 + lane_changed;
}

/* Keeps the cases that change most; on a tie the one that came first. */
static void keep_case(struct whatif_report *report, const struct whatif_case *candidate)
{
    if (case_weight(candidate) == 0)
        return;
    int32_t at = report->case_count;
    while (at > 0 && case_weight(&report->cases[at - 1]) < case_weight(candidate))
        at--;
    if (at == WHATIF_CASES_MAX)
        return;
    int32_t moved = report->case_count - at;
    if (report->case_count == WHATIF_CASES_MAX)
        moved--;
    else
        report->case_count++;
    memmove(&report->cases[at + 1], &report->cases[at], (size_t)moved * sizeof *candidate);
    report->cases[at] = *candidate;
}

static void add_case(struct comparison *c, int32_t subject_row, const struct decision *base,
                     const struct decision *draft)
{
    struct sum *sum = &c->sums[subject_row];
    if (!sum->touched)
        c->touched_rows[c->touched_count++] = subject_row;
    sum->touched = true;
    sum->base_fen += known_fen(base);
    sum->draft_fen += known_fen(draft);
    sum->base_granted |= is_granted(base);
    sum->draft_granted |= is_granted(draft);
}

/* A subject's decisions of a rule are one case, however many months they are. */
static void end_cases(struct comparison *c)
{
    const struct statement *statement = statement_of(speaking_side(c));
    int32_t table = statement->as.rule->subject;
    for (int32_t i = 0; i < c->touched_count; i++) {
        int32_t row = c->touched_rows[i];
        const struct sum *sum = &c->sums[row];
        struct whatif_case candidate = {
            .rule = statement->name, .table = table,
            .subject_id = c->world->tables[table].row_ids[row], .base_fen = sum->base_fen,
            .draft_fen = sum->draft_fen, .base_granted = sum->base_granted,
            .draft_granted = sum->draft_granted,
        };
        keep_case(c->report, &candidate);
        c->sums[row] = (struct sum){0};
    }
    c->touched_count = 0;
}

static bool take_sums(struct comparison *c)
{
    int32_t row_count = 0;
    for (int32_t table = 0; table < c->vocab->record_count; table++) {
        if (c->world->tables[table].row_count > row_count)
            row_count = c->world->tables[table].row_count;
    }
    c->sums = ARENA_NEW_ARRAY(c->arena, struct sum, (size_t)row_count);
    c->touched_rows = ARENA_NEW_ARRAY(c->arena, int32_t, (size_t)row_count);
    return c->sums && c->touched_rows;
}

static void compare_key(struct comparison *c, const struct decision *base,
                        const struct decision *draft, struct whatif_group *rule)
{
    const struct decision *any = draft ? draft : base;
    int32_t table = statement_of(speaking_side(c))->as.rule->subject;
    add_to(&rule->change, base, draft);
    add_to(&c->report->total, base, draft);
    add_case(c, any->subject_row, base, draft);
    if (!differs(base, draft))
        return;
    add_group(c, WHATIF_BY_FUND, 0, fund_name(speaking_side(c)), base, draft);
    add_group(c, WHATIF_BY_PERIOD, any->period, STR(""), base, draft);
    add_group(c, WHATIF_BY_DIVISION, division_of(c, table, any->subject_row), STR(""), base,
              draft);
    if (table == REGISTRY_person)
        add_group(c, WHATIF_BY_LEVEL, level_of(c, any->subject_row), STR(""), base, draft);
}

/* Comparing one rule: both sides' decisions stand in the order of period, subject and basis. */

static int compare_decisions(const struct decision *a, const struct decision *b)
{
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->subject_row != b->subject_row)
        return a->subject_row < b->subject_row ? -1 : 1;
    return a->basis_row < b->basis_row ? -1 : a->basis_row > b->basis_row;
}

static const struct decision *peek(const struct side *side)
{
    return side->next < side->end ? &side->result->decisions[side->next] : NULL;
}

static void open_rule(struct side *side, int32_t statement)
{
    const struct eval_result *result = side->result;
    side->statement = statement;
    side->next = side->end = 0;
    if (statement < 0)
        return;
    while (side->next < result->decision_count &&
           result->decisions[side->next].statement != statement)
        side->next++;
    side->end = side->next;
    while (side->end < result->decision_count &&
           result->decisions[side->end].statement == statement)
        side->end++;
}

static void compare_rule(struct comparison *c, int32_t base_statement, int32_t draft_statement)
{
    open_rule(&c->base, base_statement);
    open_rule(&c->draft, draft_statement);
    const struct side *side = speaking_side(c);
    const struct statement *statement = statement_of(side);
    struct whatif_group *rule = group_at(c, WHATIF_BY_RULE, c->report->group_counts[WHATIF_BY_RULE],
                                         statement->name);
    if (!rule)
        return;
    rule->article = side->policy->policy->articles[statement->article].heading;
    while (peek(&c->base) || peek(&c->draft)) {
        const struct decision *base = peek(&c->base), *draft = peek(&c->draft);
        int order = !base ? 1 : !draft ? -1 : compare_decisions(base, draft);
        compare_key(c, order <= 0 ? base : NULL, order >= 0 ? draft : NULL, rule);
        c->base.next += order <= 0;
        c->draft.next += order >= 0;
    }
    end_cases(c);
}

/* The rule of the same name in the document of the same number, or -1. */
static int32_t counterpart(const struct policy *from, int32_t statement, const struct policy *to,
                           const struct eval_result *to_result)
{
    const struct statement *wanted = &from->statements[statement];
    for (int32_t i = 0; i < to_result->total_count; i++) {
        const struct statement *other = &to->statements[to_result->totals[i].statement];
        if (str_equal(other->name, wanted->name) &&
            str_equal(to->documents[other->document].number,
                      from->documents[wanted->document].number))
            return to_result->totals[i].statement;
    }
    return -1;
}

static void compare_all(struct comparison *c)
{
    const struct policy *base = c->base.policy->policy, *draft = c->draft.policy->policy;
    for (int32_t i = 0; i < c->base.result->total_count && !c->failed; i++) {
        int32_t statement = c->base.result->totals[i].statement;
        compare_rule(c, statement, counterpart(base, statement, draft, c->draft.result));
    }
    for (int32_t i = 0; i < c->draft.result->total_count && !c->failed; i++) {
        int32_t statement = c->draft.result->totals[i].statement;
        if (counterpart(draft, statement, base, c->base.result) < 0)
            compare_rule(c, -1, statement);
    }
}

/* Words of the groups. */

static struct str period_words(struct arena *arena, int64_t period)
{
    enum { YEARS_END = 10000 }; /* months count from year 0: 2023-01 is 24276 */
    if (period == 0)
        return STR("一次性");
    char text[DAY_TEXT_SIZE];
    if (period < YEARS_END)
        return str_from(text_in(arena, "%d年", (int)period));
    return str_from(text_in(arena, "%s", month_text((int32_t)period, text)));
}

static void name_groups(struct comparison *c)
{
    struct whatif_report *report = c->report;
    const struct policy *policy = c->draft.policy->policy;
    struct type division = {TYPE_CODE, vocab_catalogue(c->vocab, STR("division"))};
    struct type level = {TYPE_ENUM, vocab_enum(c->vocab, STR("skill_level"))};
    for (int by = WHATIF_BY_FUND; by < WHATIF_BY_COUNT; by++) {
        for (int32_t i = 0; i < report->group_counts[by]; i++) {
            struct whatif_group *group = &report->groups[by][i];
            struct text_buf buf;
            text_init(&buf, c->arena);
            if (by == WHATIF_BY_FUND)
                text_add(&buf, group->name.size ? group->name : STR("不付款"));
            else if (by == WHATIF_BY_PERIOD)
                text_add(&buf, period_words(c->arena, group->key));
            else if (by == WHATIF_BY_LEVEL && group->key == 0)
                text_add_z(&buf, "无等级");
            else if (group->key == ABSENT_I64)
                text_add_z(&buf, "未填");
            else
                policy_print_value(&buf, policy, by == WHATIF_BY_LEVEL ? level : division,
                                   group->key, SPELLING_ZH);
            group->name = text_str(&buf);
        }
    }
}

static int compare_groups(const void *left, const void *right)
{
    const struct whatif_group *a = left, *b = right;
    return a->key < b->key ? -1 : a->key > b->key;
}

static void order_groups(struct whatif_report *report)
{
    for (int by = WHATIF_BY_PERIOD; by < WHATIF_BY_COUNT; by++) {
        if (report->group_counts[by] > 1)
            qsort(report->groups[by], (size_t)report->group_counts[by],
                  sizeof *report->groups[by], compare_groups);
    }
}

static enum err evaluate_both(struct comparison *c, int32_t as_of_day, struct fault *fault)
{
    struct eval_request request = {.as_of_day = as_of_day, .since_day = ABSENT_I32};
    TRY(eval_run(c->base.policy->program, c->world, &request, &c->base.result, fault));
    TRY(eval_run(c->draft.policy->program, c->world, &request, &c->draft.result, fault));
    if (!take_sums(c))
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    compare_all(c);
    name_groups(c);
    order_groups(c->report);
    return c->failed ? fault_set(fault, ERR_MEMORY, "no memory for the comparison") : ERR_OK;
}

enum err insight_whatif(struct work_env *env, const struct vocab *vocab,
                        const struct incentive_policy *base, const struct incentive_policy *draft,
                        const struct insight_request *request, struct arena *arena,
                        struct whatif_report **ret_report, struct fault *fault)
{
    enum { THREADS = 2 }; /* see incentive_sweep.c */
    struct whatif_report *report = ARENA_NEW(arena, struct whatif_report);
    if (!report)
        return fault_set(fault, ERR_MEMORY, "no memory for the comparison");
    report->as_of_day = request->as_of_day;
    struct world *world = NULL;
    TRY(registry_load_world_fast(env, vocab, request->known_at_ms, THREADS, &world, fault));
    struct comparison c = {.vocab = vocab, .world = world, .arena = arena, .report = report,
                           .base = {.policy = base}, .draft = {.policy = draft}};
    enum err err = evaluate_both(&c, request->as_of_day, fault);
    eval_result_free(c.base.result);
    eval_result_free(c.draft.result);
    world_free(world);
    if (err == ERR_OK)
        *ret_report = report;
    return err;
}
