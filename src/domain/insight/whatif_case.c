/* whatif_case.c — the cases that change most, explained under both policies side by side. */
#include "domain/insight/whatif_compare.h"

#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"
#include "policy/explain.h"
#include "policy/scalar.h"
#include "policy/settle.h"

#include <inttypes.h>
#include <string.h>

struct case_telling {
    struct comparison *c;
    struct work *w;
    struct whatif_case *row;
    const struct whatif_candidate *candidate;
    struct text_buf why;
    struct fault *fault;
};

static bool in_chinese(const struct case_telling *t)
{
    return t->c->request->spelling == SPELLING_ZH;
}

static const char *either(const struct case_telling *t, const char *zh, const char *en)
{
    return in_chinese(t) ? zh : en;
}

static struct str name_of(void *context, int32_t table, int32_t row)
{
    const struct case_telling *t = context;
    const struct table_columns *rows = &t->c->world->tables[table];
    int32_t owner = registry_owner(table);
    int64_t id = rows->row_ids[row];
    int64_t owner_id =
        owner < 0 ? id : t->c->world->tables[owner].row_ids[rows->owner_rows[row]];
    struct str name;
    if (registry_name(t->w, table, owner_id, id, &name) != ERR_OK || name.size == 0)
        return (struct str){NULL, 0};
    return name;
}

/* ---- the decisions of the case ---- */

struct case_side {
    const struct side *side;
    int32_t statement;
    const struct decision *first; /* the first that the other side does not have like this */
};

static void add_sums(const struct case_side *side, int32_t subject_row, int64_t *fen,
                     int32_t *count)
{
    int64_t first, end;
    whatif_range(side->side->result, side->statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &side->side->result->decisions[i];
        if (decision->subject_row != subject_row || !whatif_is_granted(decision))
            continue;
        *fen += whatif_known_fen(decision);
        ++*count;
    }
}

static const struct decision *same_key(const struct case_side *side,
                                       const struct decision *wanted)
{
    int64_t first, end;
    whatif_range(side->side->result, side->statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &side->side->result->decisions[i];
        if (decision->subject_row == wanted->subject_row &&
            decision->basis_row == wanted->basis_row && decision->period == wanted->period)
            return decision;
    }
    return NULL;
}

/* The first decision of one side that stands otherwise on the other; both sides get it. */
static const struct decision *first_difference(struct case_side *own, struct case_side *other,
                                               int32_t subject_row)
{
    int64_t first, end;
    whatif_range(own->side->result, own->statement, &first, &end);
    for (int64_t i = first; i < end; i++) {
        const struct decision *decision = &own->side->result->decisions[i];
        if (decision->subject_row != subject_row)
            continue;
        const struct decision *twin = same_key(other, decision);
        if (!whatif_differs(decision, twin))
            continue;
        own->first = decision;
        other->first = twin;
        return decision;
    }
    return NULL;
}

/* ---- why ---- */

static enum err explain_side(struct case_telling *t, const struct case_side *side,
                             const struct decision *key, struct explanation **ret_explanation)
{
    *ret_explanation = NULL;
    if (side->statement < 0)
        return ERR_OK;
    const struct policy *policy = side->side->policy->policy;
    const struct rule *rule = policy->statements[side->statement].as.rule;
    TRY(explain_rule(t->c->arena, policy, t->c->world, side->statement, key->subject_row,
                     rule->each >= 0 ? key->basis_row : -1, key->period,
                     t->c->request->as_of_day, ret_explanation, t->fault));
    struct explanation *e = *ret_explanation;
    if (e->lane == LANE_GRANTED && !whatif_is_granted(side->first)) {
        e->lane = LANE_REFUSED; /* every condition holds: others stand before it */
        e->quota_is_full = true;
    }
    return ERR_OK;
}

static void add_reason(struct case_telling *t, const struct case_side *side,
                       const struct explanation *explanation)
{
    explain_print_reason(&t->why, side->side->policy->policy, t->c->world, explanation,
                         t->c->request->spelling, name_of, t);
}

static void add_value(struct case_telling *t, const struct policy *policy, struct type type,
                      int64_t value)
{
    if (value == ABSENT_I64)
        text_add_z(&t->why, either(t, "不明", "unknown"));
    else
        policy_print_value(&t->why, policy, type, value, t->c->request->spelling);
}

/* Parameters of an amount whose value differs between the two policies. */
static void add_parameters(struct case_telling *t, const struct expr *expr,
                           const struct policy *base, const struct policy *draft,
                           const struct explanation *e, int32_t *told, int32_t depth)
{
    enum { DEPTH_MAX = 16, TOLD_MAX = 2 };
    if (!expr || depth > DEPTH_MAX || *told == TOLD_MAX)
        return;
    if (expr->kind == EXPR_PARAMETER) {
        int32_t other = whatif_counterpart(draft, expr->statement, base);
        const struct rule *rule = draft->statements[e->statement].as.rule;
        int32_t table = rule->each >= 0 ? rule->each : rule->subject;
        int64_t key = expr->child_count > 0
                          ? reference_value(draft, t->c->world, expr->children[0], table,
                                            e->basis_row, &e->moment)
                          : 0;
        const struct parameter *now = draft->statements[expr->statement].as.parameter;
        int64_t draft_value = parameter_value(now, key, e->anchor_day);
        int64_t base_value =
            other < 0 ? ABSENT_I64
                      : parameter_value(base->statements[other].as.parameter, key, e->anchor_day);
        if (draft_value != base_value && e->anchor_day != ABSENT_I64) {
            text_format(&t->why, either(t, "，参数“%.*s”由 ", ", parameter '%.*s' from "),
                        STR_ARG(draft->statements[expr->statement].name));
            add_value(t, draft, now->type, base_value);
            text_add_z(&t->why, either(t, " 变为 ", " to "));
            add_value(t, draft, now->type, draft_value);
            ++*told;
        }
    }
    for (int32_t i = 0; i < expr->child_count; i++)
        add_parameters(t, expr->children[i], base, draft, e, told, depth + 1);
    if (expr->kind == EXPR_DEFINE)
        add_parameters(t, draft->statements[expr->statement].as.define->value, base, draft, e,
                       told, depth + 1);
}

static void add_amount(struct case_telling *t, const struct decision *decision)
{
    if (decision->amount_fen == AMOUNT_IS_OPEN)
        text_add_z(&t->why, either(t, "待定", "an open amount"));
    else
        policy_print_value(&t->why, t->c->base.policy->policy, (struct type){TYPE_MONEY, -1},
                           decision->amount_fen, t->c->request->spelling);
}

static void tell_amounts(struct case_telling *t, const struct case_side *base,
                         const struct case_side *draft, const struct explanation *explanation)
{
    const struct policy *old = base->side->policy->policy, *new = draft->side->policy->policy;
    bool many = t->row->base_count > 1 || t->row->draft_count > 1;
    text_add_z(&t->why, many ? either(t, "每笔由 ", "each from ") : either(t, "由 ", "from "));
    add_amount(t, base->first);
    text_add_z(&t->why, either(t, " 变为 ", " to "));
    add_amount(t, draft->first);
    int32_t told = 0;
    const struct rule *rule = new->statements[draft->statement].as.rule;
    add_parameters(t, rule->amount, old, new, explanation, &told, 0);
    if (draft->first->cut_by >= 0 && base->first->cut_by != draft->first->cut_by)
        text_add_z(&t->why, either(t, "，由结算条款扣减", ", cut by a settlement clause"));
    if (draft->first->exception >= 0 && base->first->exception < 0)
        text_format(&t->why, either(t, "，适用例外“%.*s”", ", by the exception '%.*s'"),
                    STR_ARG(new->statements[draft->first->exception].name));
}

static void tell_count(struct case_telling *t)
{
    const struct whatif_case *row = t->row;
    if (row->base_count != row->draft_count && row->base_count > 0 && row->draft_count > 0)
        text_format(&t->why, either(t, "由 %d 笔变为 %d 笔：", "from %d to %d payments: "),
                    row->base_count, row->draft_count);
}

/* The condition that decides, and what the parameters in it were and are. */
static void add_decider(struct case_telling *t, const struct case_side *refuser,
                        const struct explanation *refused, const struct case_side *base,
                        const struct case_side *draft, const struct explanation *draft_told)
{
    add_reason(t, refuser, refused);
    const struct policy *new = draft->side->policy->policy;
    const struct explain_step *step =
        refused->quota_is_full
            ? NULL
            : explain_deciding_step(refuser->side->policy->policy, refused);
    if (!step || !draft_told)
        return;
    int32_t told = 0;
    for (int32_t i = 0; i < draft_told->step_count && told == 0; i++) {
        const struct expr *condition = draft_told->steps[i].condition;
        bool is_same = refuser == draft ? condition == step->condition
                                        : str_equal(condition->span.text,
                                                    step->condition->span.text);
        if (is_same)
            add_parameters(t, condition, base->side->policy->policy, new, draft_told, &told, 0);
    }
}

static void tell_why(struct case_telling *t, const struct case_side *base,
                     const struct case_side *draft, const struct explanation *base_told,
                     const struct explanation *draft_told)
{
    bool base_granted = whatif_is_granted(base->first);
    bool draft_granted = whatif_is_granted(draft->first);
    tell_count(t);
    if (base->statement < 0) {
        text_add_z(&t->why, either(t, "草案新设这一项", "the draft brings this in"));
    } else if (draft->statement < 0) {
        text_add_z(&t->why, either(t, "草案取消这一项", "the draft leaves this out"));
    } else if (base_granted && draft_granted) {
        tell_amounts(t, base, draft, draft_told);
    } else if (draft_granted) {
        text_add_z(&t->why, either(t, "现行", "in force: "));
        add_decider(t, base, base_told, base, draft, draft_told);
        text_add_z(&t->why, either(t, "，草案的条件都满足", "; the draft's conditions all hold"));
    } else {
        text_add_z(&t->why, either(t, "草案下", "under the draft "));
        if (draft_told->lane == LANE_ASK)
            text_add_z(&t->why, either(t, "有条件待核实", "a fact is missing"));
        else
            add_decider(t, draft, draft_told, base, draft, draft_told);
    }
}

/* ---- the conditions that stand otherwise ---- */

static struct str step_words(struct case_telling *t, const struct policy *policy,
                             const struct explain_step *step)
{
    struct text_buf buf;
    text_init(&buf, t->c->arena);
    policy_print_expr(&buf, policy, step->condition, t->c->request->spelling);
    struct str words = text_str(&buf);
    return words.size > 0 ? words : step->condition->span.text;
}

static struct str outcome_words(const struct case_telling *t, const struct explain_step *step)
{
    static const char *const zh[] = {"否", "是", "不明"};
    static const char *const en[] = {"no", "yes", "unknown"};
    return step ? str_from(either(t, zh[step->outcome], en[step->outcome])) : STR("");
}

enum { STEPS_COMPARED_MAX = 128 };

static void add_step(struct case_telling *t, struct str words, const struct explain_step *base,
                     const struct explain_step *draft)
{
    if (t->row->reason_count < WHATIF_REASONS_MAX)
        t->row->reasons[t->row->reason_count++] =
            (struct whatif_reason){words, outcome_words(t, base), outcome_words(t, draft)};
}

/* Steps of the same words are the same condition, in their order. */
static void tell_conditions(struct case_telling *t, const struct policy *base_policy,
                            const struct explanation *base, const struct policy *draft_policy,
                            const struct explanation *draft)
{
    struct str words[STEPS_COMPARED_MAX];
    bool taken[STEPS_COMPARED_MAX] = {false};
    int32_t draft_count = 0;
    for (; draft_count < draft->step_count && draft_count < STEPS_COMPARED_MAX; draft_count++)
        words[draft_count] = step_words(t, draft_policy, &draft->steps[draft_count]);
    for (int32_t i = 0; i < base->step_count && i < STEPS_COMPARED_MAX; i++) {
        struct str own = step_words(t, base_policy, &base->steps[i]);
        int32_t k = 0;
        while (k < draft_count && (taken[k] || base->steps[i].depth != draft->steps[k].depth ||
                                   !str_equal(own, words[k])))
            k++;
        if (k == draft_count) {
            add_step(t, own, &base->steps[i], NULL);
            continue;
        }
        taken[k] = true;
        if (base->steps[i].outcome != draft->steps[k].outcome)
            add_step(t, own, &base->steps[i], &draft->steps[k]);
    }
    for (int32_t k = 0; k < draft_count; k++)
        if (!taken[k])
            add_step(t, words[k], NULL, &draft->steps[k]);
}

static enum err tell_case(struct case_telling *t)
{
    struct comparison *c = t->c;
    struct whatif_case *row = t->row;
    int32_t subject = t->candidate->subject_row;
    struct case_side base = {.side = &c->base, .statement = t->candidate->base_statement};
    struct case_side draft = {.side = &c->draft, .statement = t->candidate->draft_statement};
    row->base_fen = row->draft_fen = 0;
    add_sums(&base, subject, &row->base_fen, &row->base_count);
    add_sums(&draft, subject, &row->draft_fen, &row->draft_count);
    row->base_granted = row->base_count > 0;
    row->draft_granted = row->draft_count > 0;
    const struct decision *key = first_difference(&base, &draft, subject);
    if (!key)
        key = first_difference(&draft, &base, subject);
    row->division = whatif_division_name(c->vocab, c->arena,
                                         whatif_division(c, row->table, subject),
                                         c->request->spelling);
    struct str name = name_of(t, row->table, subject);
    row->name = name.ptr ? str_copy(c->arena, name) : STR("");
    row->why = STR("");
    if (!key)
        return ERR_OK;
    struct explanation *base_told, *draft_told;
    TRY(explain_side(t, &base, key, &base_told));
    TRY(explain_side(t, &draft, key, &draft_told));
    text_init(&t->why, c->arena);
    tell_why(t, &base, &draft, base_told, draft_told);
    row->why = text_str(&t->why);
    if (base_told && draft_told)
        tell_conditions(t, c->base.policy->policy, base_told, c->draft.policy->policy,
                        draft_told);
    return t->why.failed ? fault_set(t->fault, ERR_MEMORY, "no memory for the cases") : ERR_OK;
}

enum err whatif_explain_cases(struct comparison *c, struct work *w, struct fault *fault)
{
    for (int32_t i = 0; i < c->report->case_count; i++) {
        struct case_telling t = {.c = c, .w = w, .row = &c->report->cases[i],
                                 .candidate = &c->candidates[i], .fault = fault};
        t.row->reason_count = 0;
        TRY(tell_case(&t));
    }
    return ERR_OK;
}
