/* explain_print.c — an explanation in the words of an office: the answer, why, by what text, then
 * condition by condition with the facts that were read. Conditions are the document's own words in
 * the language asked for. */
#include "policy/explain_value.h"

#include "base/day.h"
#include "policy/budget.h"
#include "policy/scalar.h"
#include "policy/settle.h"

#include <inttypes.h>

enum { ROWS_SHOWN_MAX = 6, KEYS_SHOWN_MAX = 12 };

struct printing {
    struct explain_words words;
    struct text_buf *buf;
    const struct policy *policy;
    const struct world *world;
    const struct explanation *explanation;
    bool *parameter_told; /* for each statement; NULL without memory: told again then */
};

static const char *either(const struct printing *p, const char *zh, const char *en)
{
    return explain_either(&p->words, zh, en);
}

static void print_typed(struct printing *p, struct type type, int64_t value)
{
    if (type.kind == TYPE_DAY)
        explain_add_day(&p->words, value);
    else
        policy_print_value(p->buf, p->policy, type, value, p->words.spelling);
}

static void print_money(struct printing *p, int64_t fen)
{
    print_typed(p, (struct type){TYPE_MONEY, -1}, fen);
}

static const struct rule *rule_of(const struct printing *p)
{
    return p->policy->statements[p->explanation->statement].as.rule;
}

/* ---- facts ---- */

/* Facts of one row from `first` on, after the row itself; returns the first fact of another row. */
static int32_t print_row_facts(struct printing *p, const struct explain_fact *facts, int32_t count,
                               int32_t first)
{
    const struct explain_fact *fact = &facts[first];
    bool is_subject = fact->table == p->explanation->table &&
                      fact->row == p->explanation->subject_row;
    if (!is_subject) {
        explain_add_row(&p->words, fact->table, fact->row);
        text_add_z(p->buf, either(p, "：", ": "));
    }
    int32_t i = first;
    for (; i < count && facts[i].table == fact->table && facts[i].row == fact->row; i++) {
        if (i > first)
            text_add_z(p->buf, either(p, "、", ", "));
        explain_add_field(&p->words, facts[i].table, facts[i].field);
        text_add_byte(p->buf, ' ');
        explain_add_value(&p->words, facts[i].table, facts[i].field, facts[i].value);
    }
    return i;
}

static void print_fact_lines(struct printing *p, const struct explain_fact *facts, int32_t count,
                             size_t indent)
{
    int32_t shown = 0;
    for (int32_t i = 0; i < count && shown < ROWS_SHOWN_MAX; shown++) {
        text_add_repeat(p->buf, ' ', indent);
        i = print_row_facts(p, facts, count, i);
        text_add_byte(p->buf, '\n');
        if (i < count && shown + 1 == ROWS_SHOWN_MAX) {
            text_add_repeat(p->buf, ' ', indent);
            text_format(p->buf, either(p, "另有 %d 项事实\n", "and %d more facts\n"), count - i);
        }
    }
}

/* ---- parameters ---- */

static void print_keyed_values(struct printing *p, const struct parameter *parameter,
                               const struct parameter_row *row)
{
    const struct type key_type = {TYPE_ENUM, parameter->key_enum};
    for (int32_t i = 0; i < row->value_count && i < KEYS_SHOWN_MAX; i++) {
        if (i > 0)
            text_add_z(p->buf, either(p, "、", ", "));
        if (row->keys) {
            print_typed(p, key_type, row->keys[i]);
            text_add_byte(p->buf, ' ');
        }
        print_typed(p, parameter->type, row->values[i]);
    }
    if (row->value_count > KEYS_SHOWN_MAX)
        text_add_z(p->buf, either(p, "等", " ..."));
}

static void print_parameter(struct printing *p, const struct expr *expr, size_t indent)
{
    const struct statement *statement = &p->policy->statements[expr->statement];
    int64_t day = p->explanation->anchor_day;
    const struct parameter_row *row =
        day == ABSENT_I64 ? NULL : parameter_row_on(statement->as.parameter, day);
    if (p->parameter_told && p->parameter_told[expr->statement])
        return;
    if (p->parameter_told)
        p->parameter_told[expr->statement] = true;
    text_add_repeat(p->buf, ' ', indent);
    text_format(p->buf, "%s %.*s", either(p, "参数", "parameter"), STR_ARG(statement->name));
    if (row) {
        text_add_z(p->buf, " = ");
        print_keyed_values(p, statement->as.parameter, row);
        text_add_z(p->buf, either(p, "（", " (from "));
        explain_add_day(&p->words, row->from_day);
        text_add_z(p->buf, either(p, "起", ""));
        if (row->assumed)
            text_format(p->buf, "%s%.*s", either(p, "；假定：", "; assumed: "),
                        STR_ARG(row->reason));
        else if (row->cites.text.size > 0)
            text_format(p->buf, "%s「%.*s」", either(p, "；原文", "; text "),
                        STR_ARG(row->cites.text));
        text_add_z(p->buf, either(p, "）", ")"));
    }
    text_add_byte(p->buf, '\n');
}

/* Parameters named in a condition; what stands inside a selection has lines of its own. */
static void print_parameters(struct printing *p, const struct expr *expr, size_t indent)
{
    if (expr->kind == EXPR_PARAMETER)
        print_parameter(p, expr, indent);
    bool has_own_lines =
        expr->kind == EXPR_AND || expr->kind == EXPR_OR || expr->kind == EXPR_NOT;
    for (int32_t i = 0; i < expr->child_count && !has_own_lines; i++)
        print_parameters(p, expr->children[i], indent);
}

/* ---- conditions ---- */

static void print_row_counts(struct printing *p, const struct explain_step *step)
{
    if (step->row_in_count < 0)
        return;
    if (step->row_in_count == 0)
        text_add_z(p->buf, either(p, "（没有记录）", " (no records)"));
    else
        text_format(p->buf, either(p, "（%d 条中 %d 条）", " (of %d records %d)"),
                    step->row_in_count, step->row_out_count);
}

static bool is_selection(const struct expr *condition)
{
    return condition->kind == EXPR_AGGREGATE && condition->where &&
           (condition->aggregate == AGGREGATE_HAS || condition->aggregate == AGGREGATE_HAS_NO);
}

static void print_condition(struct printing *p, const struct explain_step *step, bool has_parts)
{
    if (has_parts && is_selection(step->condition))
        explain_add_selection(&p->words, step->condition);
    else
        explain_add_condition(&p->words, step->condition);
    print_row_counts(p, step);
}

static void print_step(struct printing *p, const struct explain_step *step, bool has_parts)
{
    static const char *const outcomes_zh[] = {"否", "是", "不明"};
    static const char *const outcomes_en[] = {"no", "yes", "unknown"};
    bool is_own = step->statement == p->explanation->statement;
    size_t indent = (size_t)step->depth * 2 + (is_own ? 2 : 4);
    text_add_repeat(p->buf, ' ', indent);
    text_format(p->buf, "[%s] ", either(p, outcomes_zh[step->outcome], outcomes_en[step->outcome]));
    print_condition(p, step, has_parts);
    text_add_byte(p->buf, '\n');
    print_fact_lines(p, step->facts, step->fact_count, indent + 4);
    print_parameters(p, step->condition, indent + 4);
}

static void print_steps(struct printing *p)
{
    int32_t statement = p->explanation->statement;
    for (int32_t i = 0; i < p->explanation->step_count; i++) {
        const struct explain_step *step = &p->explanation->steps[i];
        if (step->statement != statement) {
            statement = step->statement;
            const struct statement *other = &p->policy->statements[statement];
            bool is_exclusion = other->kind == STATEMENT_NOT_APPLICABLE;
            text_format(p->buf, "  %s %.*s\n",
                        is_exclusion ? either(p, "不适用", "not applicable")
                                     : either(p, "例外", "exception"),
                        STR_ARG(other->name));
        }
        bool has_parts =
            i + 1 < p->explanation->step_count && step[1].depth > step->depth;
        print_step(p, step, has_parts);
    }
}

/* ---- why not ---- */

static const struct quota *quota_of(const struct policy *policy, int32_t statement)
{
    const struct quota *own = &policy->statements[statement].as.rule->quota;
    if (own->present)
        return own;
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++)
            if (settlement->clauses[c].kind == SETTLEMENT_QUOTA &&
                settlement->clauses[c].rules[0] == statement)
                return &settlement->clauses[c].quota;
    }
    return NULL;
}

static void print_full_quota(struct printing *p)
{
    const struct quota *quota = quota_of(p->policy, p->explanation->statement);
    int64_t limit = quota && quota->limit
                        ? reference_value(p->policy, p->world, quota->limit, -1, -1,
                                          &p->explanation->moment)
                        : ABSENT_I64;
    text_add_z(p->buf, either(p, "条件都满足，但名额", "every condition holds, but the quota"));
    if (limit != ABSENT_I64)
        text_format(p->buf, either(p, "（%" PRId64 " 个）", " of %" PRId64), limit);
    text_add_z(p->buf, either(p, "已由排在前面的占满", " is taken by those who stand before"));
}

/* A conjunct of a selection: what it left none of. */
static void print_failed_rows(struct printing *p, const struct explain_step *step)
{
    const struct explain_step *selection = step; /* the step above */
    while (selection > p->explanation->steps && selection->depth >= step->depth)
        selection--;
    const struct record_desc *record =
        &p->policy->vocab->records[selection->condition->table];
    const char *label = either(p, record->label_zh, record->name);
    if (step->row_in_count < selection->row_in_count)
        text_format(p->buf,
                    either(p, "%d 条%s中，满足前面条件的 %d 条不满足“",
                           "of %d %s records the %d that come so far do not meet \""),
                    selection->row_in_count, label, step->row_in_count);
    else if (step->row_in_count == 1)
        text_format(p->buf, either(p, "唯一一条%s不满足“", "the only %s does not meet \""), label);
    else
        text_format(p->buf,
                    either(p, "%d 条%s都不满足“", "none of %d %s records meets \""),
                    step->row_in_count, label);
}

static void print_failed_step(struct printing *p, const struct explain_step *step)
{
    const struct expr *condition = step->condition;
    bool is_empty = condition->kind == EXPR_AGGREGATE && step->row_in_count == 0 &&
                    condition->aggregate == AGGREGATE_HAS;
    if (is_empty) {
        const struct record_desc *record = &p->policy->vocab->records[condition->table];
        text_format(p->buf, either(p, "没有%s", "there is no %s"),
                    either(p, record->label_zh, record->name));
        return;
    }
    if (step->row_in_count > 0 && step->in_selection)
        print_failed_rows(p, step);
    else
        text_add_z(p->buf, either(p, "不满足“", "this does not hold: \""));
    explain_add_condition(&p->words, condition);
    text_add_z(p->buf, either(p, "”", "\""));
    if (step->fact_count == 0)
        return;
    text_add_z(p->buf, either(p, "：", ": "));
    int32_t next = print_row_facts(p, step->facts, step->fact_count, 0);
    if (next < step->fact_count)
        text_add_z(p->buf, either(p, "等", ", ..."));
}

/* What overrides the rule when all of its conditions hold; -1 when nothing does. */
static int32_t exclusion_of(const struct explanation *explanation)
{
    int32_t found = -1;
    bool holds = false;
    for (int32_t i = 0; i <= explanation->step_count; i++) {
        const struct explain_step *step =
            i < explanation->step_count ? &explanation->steps[i] : NULL;
        bool is_new = !step || step->statement != found;
        if (is_new && found >= 0 && found != explanation->statement && holds)
            return found;
        if (is_new) {
            found = step ? step->statement : -1;
            holds = true;
        }
        holds = holds && step && (step->depth > 0 || step->outcome == TRUTH_YES);
    }
    return -1;
}

static void print_reason(struct printing *p)
{
    const struct statement *statement = &p->policy->statements[p->explanation->statement];
    const struct document *document = &p->policy->documents[statement->document];
    const struct explain_step *step = explain_deciding_step(p->policy, p->explanation);
    int32_t exclusion = exclusion_of(p->explanation);
    if (p->explanation->moment.as_of_day < document->in_force_day) {
        text_add_z(p->buf, either(p, "文件要到 ", "the document is in force only from "));
        explain_add_day(&p->words, document->in_force_day);
        text_add_z(p->buf, either(p, " 才施行", ""));
    } else if (p->explanation->quota_is_full) {
        print_full_quota(p);
    } else if (step) {
        print_failed_step(p, step);
    } else if (exclusion >= 0) {
        text_format(p->buf, either(p, "属于“%.*s”的情形", "the case of \"%.*s\" applies"),
                    STR_ARG(p->policy->statements[exclusion].name));
    } else if (p->explanation->basis_row >= 0 &&
               (rule_of(p)->best_count > 0 || rule_of(p)->distinct_count > 0)) {
        text_add_z(p->buf, either(p, "已有更优的一笔，不重复享受",
                                  "a better one is granted already"));
    } else {
        text_add_z(p->buf, either(p, "算得的金额为零", "the amount comes to zero"));
    }
}

/* ---- the answer ---- */

static void print_missing_rows(struct printing *p, size_t indent)
{
    const struct explanation *e = p->explanation;
    for (int32_t i = 0; i < e->missing_count;) {
        text_add_repeat(p->buf, ' ', indent);
        i = print_row_facts(p, e->missing, e->missing_count, i);
        text_add_byte(p->buf, '\n');
    }
}

static void print_missing(struct printing *p)
{
    text_format(p->buf,
                either(p, "  补齐下列 %d 项事实即可判定：\n", "  what would settle it (%d):\n"),
                p->explanation->missing_count);
    print_missing_rows(p, 4);
}

static void print_open_amount(struct printing *p)
{
    const struct rule *rule = rule_of(p);
    bool has_ceiling = p->explanation->gross_fen != AMOUNT_IS_OPEN &&
                       rule->amount_kind == AMOUNT_UP_TO;
    if (has_ceiling) {
        text_add_z(p->buf, either(p, "不超过 ", "at most "));
        print_money(p, p->explanation->gross_fen);
        text_add_z(p->buf, either(p, "，", ", "));
    }
    if (rule->amount_kind == AMOUNT_ON_TOP)
        text_format(p->buf, either(p, "在%.*s的奖补之上另行核定", "on top of what %.*s grants"),
                    STR_ARG(rule->amount_owner));
    else if (rule->amount_owner.size > 0)
        text_format(p->buf, either(p, "待%.*s核定", "to be set by %.*s"),
                    STR_ARG(rule->amount_owner));
    else
        text_add_z(p->buf, has_ceiling ? either(p, "按实际支出核定", "by actual cost")
                                       : either(p, "待核定", "to be set"));
}

static void print_spent_fund(struct printing *p, const struct statement *fund)
{
    static const char *const zh[] = {"停发", "排队", "按比例"};
    static const char *const en[] = {"payment stops", "it waits in the queue", "in proportion"};
    enum fund_short when_short = fund->as.fund->when_short;
    text_format(p->buf,
                either(p, "，资金“%.*s”用完：%s，现发 ", ", fund \"%.*s\" is spent: %s, now "),
                STR_ARG(fund->name), either(p, zh[when_short], en[when_short]));
}

static void print_settlement(struct printing *p)
{
    const struct explanation *e = p->explanation;
    bool is_cut = e->gross_fen != e->amount_fen && e->gross_fen != AMOUNT_IS_OPEN &&
                  e->amount_fen != AMOUNT_IS_OPEN;
    if (!is_cut)
        return;
    int32_t statement = -1;
    const struct settlement_clause *clause =
        e->cut_by >= 0 ? cut_clause(p->policy, e->cut_by, &statement) : NULL;
    text_add_z(p->buf, either(p, "  结算 合并前 ", "  settlement: "));
    print_money(p, e->gross_fen);
    text_add_z(p->buf, either(p, "", " before"));
    if (clause && clause->kind == SETTLEMENT_CLAW_BACK)
        text_format(p->buf,
                    either(p, "，按“%.*s”追回（%.*s），留 ",
                           ", taken back by \"%.*s\" (%.*s), left "),
                    STR_ARG(p->policy->statements[statement].name),
                    STR_ARG(clause->keys[0]->span.text));
    else if (clause)
        text_format(p->buf, either(p, "，按“%.*s”减至 ", ", cut by \"%.*s\" to "),
                    STR_ARG(p->policy->statements[statement].name));
    else if (budget_fund(p->policy, e->cut_by) >= 0)
        print_spent_fund(p, &p->policy->statements[budget_fund(p->policy, e->cut_by)]);
    else
        text_add_z(p->buf, either(p, "，结算后 ", ", after "));
    print_money(p, e->amount_fen);
    text_add_byte(p->buf, '\n');
}

static void print_amount(struct printing *p)
{
    text_format(p->buf, "  %s ", either(p, "金额", "amount"));
    if (p->explanation->amount_fen == AMOUNT_IS_OPEN)
        print_open_amount(p);
    else
        print_money(p, p->explanation->amount_fen);
    text_add_byte(p->buf, '\n');
    if (rule_of(p)->amount)
        print_parameters(p, rule_of(p)->amount, 4);
    print_settlement(p);
    if (p->explanation->payee_row < 0 || !rule_of(p)->payee)
        return;
    text_format(p->buf, "  %s ", either(p, "收款", "paid to"));
    explain_add_row(&p->words, rule_of(p)->payee->type.target, p->explanation->payee_row);
    text_add_byte(p->buf, '\n');
}

static int64_t on_basis(const struct printing *p, const struct expr *expr)
{
    const struct rule *rule = rule_of(p);
    bool each = rule->each >= 0;
    return reference_value(p->policy, p->world, expr, each ? rule->each : rule->subject,
                           each ? p->explanation->basis_row : p->explanation->subject_row,
                           &p->explanation->moment);
}

/* What is given besides money: a title with its term, a level, a right. */
static void print_conferred(struct printing *p)
{
    const struct rule *rule = rule_of(p);
    bool is_level = p->policy->statements[p->explanation->statement].kind == STATEMENT_PROMOTE;
    if (rule->confers) {
        text_format(p->buf, "  %s ",
                    is_level ? either(p, "晋升", "promoted to") : either(p, "授予", "title"));
        print_typed(p, rule->confers->type, on_basis(p, rule->confers));
        if (rule->term) {
            text_add_z(p->buf, either(p, "，管理期 ", ", for "));
            print_typed(p, rule->term->type, on_basis(p, rule->term));
        }
        text_add_byte(p->buf, '\n');
    }
    if (rule->right.size > 0)
        text_format(p->buf, "  %s %.*s\n", either(p, "准予", "right"), STR_ARG(rule->right));
    if (rule->roster.size > 0)
        text_format(p->buf, "  %s %.*s\n", either(p, "名单", "roster"), STR_ARG(rule->roster));
}

static void print_source(struct printing *p)
{
    const struct statement *statement = &p->policy->statements[p->explanation->statement];
    struct str number = p->policy->documents[statement->document].number;
    if (statement->article >= 0 && statement->article < p->policy->article_count) {
        text_format(p->buf, "  %s %.*s", either(p, "依据", "article"),
                    STR_ARG(p->policy->articles[statement->article].heading));
        if (number.size > 0)
            text_format(p->buf, " · %.*s", STR_ARG(number));
        text_add_byte(p->buf, '\n');
    }
    for (int32_t i = 0; i < statement->cite_count; i++)
        text_format(p->buf, "  %s 「%.*s」\n", either(p, "原文", "text"),
                    STR_ARG(statement->cites[i].text));
}

static void print_period(struct printing *p)
{
    const struct reference_moment *moment = &p->explanation->moment;
    int32_t year = day_year(moment->period_start_day);
    char text[DAY_TEXT_SIZE];
    text_add_z(p->buf, "  ");
    switch (rule_of(p)->period) {
    case PERIOD_ONCE:
    case PERIOD_WEEK:
        break;
    case PERIOD_MONTH:
        text_format(p->buf, either(p, "期间 %s，", "period %s, "),
                    month_text(day_month(moment->period_start_day), text));
        break;
    case PERIOD_YEAR:
        text_format(p->buf, either(p, "期间 %d年，", "period %d, "), year);
        break;
    case PERIOD_YEARS:
        text_format(p->buf, either(p, "期间 %d至%d年，", "period %d to %d, "), year,
                    day_year(moment->period_end_day));
        break;
    }
    text_format(p->buf, "%s ", either(p, "截至", "as of"));
    explain_add_day(&p->words, moment->as_of_day);
    text_add_byte(p->buf, '\n');
}

static void print_head(struct printing *p)
{
    static const char *const lanes_zh[] = {"不符合", "待补充", "符合"};
    static const char *const lanes_en[] = {"refused", "facts missing", "granted"};
    const struct explanation *e = p->explanation;
    const char *colon = either(p, "：", ": ");
    text_format(p->buf, "%.*s%s", STR_ARG(p->policy->statements[e->statement].name), colon);
    explain_add_row(&p->words, e->table, e->subject_row);
    text_format(p->buf, "%s%s\n", colon, either(p, lanes_zh[e->lane], lanes_en[e->lane]));
}

static struct printing printing_of(struct text_buf *buf, const struct policy *policy,
                                   const struct world *world,
                                   const struct explanation *explanation,
                                   enum policy_spelling spelling, explain_name *name_of,
                                   void *context)
{
    return (struct printing){
        .words = {buf, policy, world, spelling, name_of, context,
                  ARENA_NEW(buf->arena, struct explain_rows)},
        .buf = buf, .policy = policy, .world = world, .explanation = explanation,
        .parameter_told = ARENA_NEW_ARRAY(buf->arena, bool, (size_t)policy->statement_count)};
}

void explain_print_reason(struct text_buf *buf, const struct policy *policy,
                          const struct world *world, const struct explanation *explanation,
                          enum policy_spelling spelling, explain_name *name_of, void *context)
{
    struct printing p =
        printing_of(buf, policy, world, explanation, spelling, name_of, context);
    print_reason(&p);
}

void explain_print(struct text_buf *buf, const struct policy *policy, const struct world *world,
                   const struct explanation *explanation, enum policy_spelling spelling,
                   explain_name *name_of, void *context)
{
    struct printing p =
        printing_of(buf, policy, world, explanation, spelling, name_of, context);
    print_head(&p);
    if (explanation->lane == LANE_REFUSED) {
        text_add_z(buf, either(&p, "  不符合，因为", "  refused: "));
        print_reason(&p);
        text_add_z(buf, either(&p, "。\n", ".\n"));
    } else if (explanation->lane == LANE_ASK) {
        print_missing(&p);
    } else {
        print_conferred(&p);
        if (rule_of(&p)->amount_kind != AMOUNT_NONE)
            print_amount(&p);
    }
    print_source(&p);
    print_period(&p);
    print_steps(&p);
}

/* ---- in pieces ---- */

static void tell_into(struct printing *p, struct text_buf *buf)
{
    p->buf = buf;
    p->words.buf = buf;
}

const struct explain_told *explain_tell(struct arena *arena, const struct policy *policy,
                                        const struct world *world,
                                        const struct explanation *explanation,
                                        enum policy_spelling spelling, explain_name *name_of,
                                        void *context)
{
    struct explain_told *told =
        ARENA_NEW_ARRAY(arena, struct explain_told, (size_t)explanation->step_count + 1);
    struct text_buf condition, facts, parameters;
    text_init(&condition, arena);
    struct printing p =
        printing_of(&condition, policy, world, explanation, spelling, name_of, context);
    bool is_whole = told != NULL;
    for (int32_t i = 0; is_whole && i < explanation->step_count; i++) {
        const struct explain_step *step = &explanation->steps[i];
        bool has_parts = i + 1 < explanation->step_count && step[1].depth > step->depth;
        text_init(&condition, arena);
        text_init(&facts, arena);
        text_init(&parameters, arena);
        tell_into(&p, &condition);
        print_condition(&p, step, has_parts);
        tell_into(&p, &facts);
        print_fact_lines(&p, step->facts, step->fact_count, 0);
        tell_into(&p, &parameters);
        print_parameters(&p, step->condition, 0);
        told[i] =
            (struct explain_told){text_str(&condition), text_str(&facts), text_str(&parameters)};
        is_whole = !condition.failed && !facts.failed && !parameters.failed;
    }
    return is_whole ? told : NULL;
}

void explain_tell_amount(struct text_buf *buf, const struct policy *policy,
                         const struct world *world, const struct explanation *explanation,
                         enum policy_spelling spelling, explain_name *name_of, void *context)
{
    struct printing p =
        printing_of(buf, policy, world, explanation, spelling, name_of, context);
    print_amount(&p);
}

void explain_tell_missing(struct text_buf *buf, const struct policy *policy,
                          const struct world *world, const struct explanation *explanation,
                          enum policy_spelling spelling, explain_name *name_of, void *context)
{
    struct printing p =
        printing_of(buf, policy, world, explanation, spelling, name_of, context);
    print_missing_rows(&p, 0);
}
