#include "domain/gate/gate.h"

#include "base/id.h"
#include "domain/gate/gate_look.h"
#include "gate_sql.h"
#include "policy/eval.h"
#include "policy/reference.h"
#include "store/event.h"

#include <inttypes.h>
#include <string.h>

const struct gate_link_desc gate_links[GATE_LINK_END] = {
#define LINK(code, name, zh, en) [code] = {#name, zh, en},
#include "domain/gate/gate_link.def"
#undef LINK
};

static const char *const word_names[GATE_WORD_COUNT] = {
    [GATE_RECENT_SINCE] = "近期案件起始日",
    [GATE_INSURED_SINCE] = "单位参保起始日",
    [GATE_PRESENCE_SINCE] = "同时两处起始日",
    [GATE_LINE_LOW] = "贴线下限",
    [GATE_LINE_HIGH] = "贴线上限",
    [GATE_FULL_DAY_HOURS] = "全日课时",
};

/* ---- rules */

static bool is_on_claims(const struct statement *statement)
{
    return statement->kind == STATEMENT_DUTY && statement->as.duty &&
           statement->as.duty->subject == REGISTRY_payment_claim;
}

enum err gate_rules_of(const struct policy *policy, struct gate_rules *ret_rules,
                       struct fault *fault)
{
    struct gate_rules rules = {.policy = policy};
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (!is_on_claims(&policy->statements[s]))
            continue;
        if (rules.duty_count == GATE_RULES_MAX)
            return fault_set(fault, ERR_LIMIT, "more than %d rules on claims", (int)GATE_RULES_MAX);
        rules.duties[rules.duty_count++] = s;
    }
    for (int32_t i = 0; i < GATE_WORD_COUNT && rules.duty_count > 0; i++) {
        int32_t s = policy_statement(policy, str_from(word_names[i]));
        bool fits = s >= 0 && policy->statements[s].kind == STATEMENT_DEFINE &&
                    policy->statements[s].as.define &&
                    policy->statements[s].as.define->subject == REGISTRY_payment_claim &&
                    policy->statements[s].as.define->value;
        if (!fits)
            return fault_set(fault, ERR_GATE_RULES, "核查文件没有在“案件”上定义“%s”",
                             word_names[i]);
        rules.words[i] = s;
    }
    *ret_rules = rules;
    return ERR_OK;
}

/* ---- looking at one claim */

struct checking {
    struct work *w;
    const struct gate_rules *rules;
    struct gate_look look;
    struct world *world; /* of this one claim */
};

static enum err make_world(struct checking *c)
{
    world_free(c->world);
    c->world = NULL;
    TRY(world_new(c->rules->policy->vocab, &c->world, &c->w->fault));
    TRY(world_append(c->world, REGISTRY_payment_claim, 1, 0, c->look.values, &c->w->fault));
    return world_seal(c->world, &c->w->fault);
}

static struct reference_moment moment_of(const struct work *w)
{
    return (struct reference_moment){w->today_day, w->today_day, w->today_day};
}

static void read_words(struct checking *c)
{
    const struct policy *policy = c->rules->policy;
    struct reference_moment moment = moment_of(c->w);
    for (int32_t i = 0; i < GATE_WORD_COUNT; i++) {
        const struct statement *word = &policy->statements[c->rules->words[i]];
        if (statement_holds_on(policy, word, c->w->today_day))
            c->look.words[i] = reference_value(policy, c->world, word->as.define->value,
                                               REGISTRY_payment_claim, 0, &moment);
    }
}

static enum err keep_claim(struct work *w, const struct gate_look *look)
{
    const struct gate_claim *claim = look->claim;
    struct gate_claim_put_in in = {
        .claim_id = claim->claim_id,
        .rule_name = claim->rule,
        .document = claim->document,
        .holder_record = str_from(registry_records[claim->holder_table].name),
        .holder_id = claim->holder_id,
        .basis_id = claim->basis_table >= 0 ? claim->basis_id : 0,
        .body_id = claim->body_id,
        .provider_id = look->provider_id,
        .course_day = look->course_day,
        .occupation = look->occupation == ABSENT_I32 ? 0 : look->occupation,
        .level = look->level == ABSENT_I32 ? 0 : look->level,
        .division = look->division,
        .claimed_day = claim->claimed_day,
        .amount_fen = claim->amount_fen == ABSENT_I64 ? 0 : claim->amount_fen,
        .is_filled = claim->amount_filled,
        .proof = claim->proof,
        .state = GATE_PASSED,
        .checked_ms = w->now_ms,
    };
    return gate_claim_put(w, &in, NULL);
}

/* ---- what a duty reads, and how it is said */

static uint64_t fields_of(const struct policy *policy, const struct expr *expr)
{
    uint64_t fields = 0;
    if (!expr)
        return 0;
    if (expr->kind == EXPR_FIELD && expr->table == REGISTRY_payment_claim && expr->field >= 0)
        fields |= UINT64_C(1) << expr->field;
    if (expr->kind == EXPR_DEFINE && policy->statements[expr->statement].as.define)
        fields |= fields_of(policy, policy->statements[expr->statement].as.define->value);
    for (int32_t i = 0; i < expr->child_count; i++)
        fields |= fields_of(policy, expr->children[i]);
    return fields;
}

static uint64_t fields_of_duty(const struct policy *policy, const struct duty *duty)
{
    return fields_of(policy, duty->where) | fields_of(policy, duty->measure) |
           fields_of(policy, duty->owed);
}

static struct type type_of_field(const struct field_desc *field)
{
    static const enum type_kind kinds[] = {[FIELD_DAY] = TYPE_DAY,
                                           [FIELD_COUNT] = TYPE_COUNT,
                                           [FIELD_MONEY] = TYPE_MONEY,
                                           [FIELD_BOOL] = TYPE_BOOL};
    return (struct type){kinds[field->type], -1};
}

/* 同账号人数 7，不超过 2 */
static struct str measure_of(struct work *w, const struct policy *policy, const struct duty *duty,
                             const struct gate_look *look, const struct duty_state *state)
{
    static const char *const limits[] = {
        [OP_EQUAL] = "等于", [OP_GREATER_EQUAL] = "至少", [OP_LESS_EQUAL] = "不超过"};
    const struct record_desc *record = &registry_records[REGISTRY_payment_claim];
    uint64_t fields = fields_of_duty(policy, duty);
    struct text_buf text;
    text_init(&text, w->arena);
    for (int32_t i = 0; i < record->field_count; i++) {
        if (!(fields >> i & 1))
            continue;
        text_format(&text, "%s%s ", text.size > 0 ? "、" : "", record->fields[i].label_zh);
        policy_print_value(&text, policy, type_of_field(&record->fields[i]), look->values[i],
                           SPELLING_ZH);
    }
    if (duty->measure->kind == EXPR_FIELD) {
        text_format(&text, "，应%s ", limits[duty->op]);
        policy_print_value(&text, policy, duty->owed->type, state->owed, SPELLING_ZH);
    }
    return text_str(&text);
}

static enum err keep_evidence(struct work *w, int64_t finding_id, const struct gate_evidence *rows,
                              int32_t row_count)
{
    for (int32_t i = 0; i < row_count; i++) {
        struct gate_evidence_insert_in in = {
            .finding_id = finding_id,
            .number = i + 1,
            .kind = (int32_t)rows[i].link,
            .record = rows[i].table < 0 ? STR("") : str_from(registry_records[rows[i].table].name),
            .record_id = rows[i].record_id,
            .other_claim = rows[i].other_claim,
            .from_day = rows[i].from_day,
            .to_day = rows[i].to_day,
            .amount_fen = rows[i].amount_fen,
            .division = rows[i].division,
        };
        TRY(gate_evidence_insert(w, &in, NULL));
    }
    return ERR_OK;
}

static enum err add_finding(struct checking *c, const struct duty_state *state)
{
    struct work *w = c->w;
    const struct policy *policy = c->rules->policy;
    const struct statement *statement = &policy->statements[state->statement];
    const struct duty *duty = statement->as.duty;
    struct gate_evidence *rows = ARENA_NEW_ARRAY(w->arena, struct gate_evidence, GATE_EVIDENCE_MAX);
    int32_t row_count;
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the evidence of a claim");
    struct gate_finding_insert_in in = {
        .id = id_next(w->ids),
        .claim_id = c->look.claim->claim_id,
        .rule_name = statement->name,
        .document = policy->documents[statement->document].number,
        .article = policy->articles[statement->article].heading,
        .said = duty->warning.size > 0 ? duty->warning : statement->name,
        .advice = duty->consequence.ptr ? duty->consequence : STR(""),
        .measure = measure_of(w, policy, duty, &c->look, state),
        .done = state->done,
        .owed = state->owed,
        .found_ms = w->now_ms,
    };
    if (!in.measure.ptr)
        return fail(w, ERR_MEMORY, "no memory for the evidence of a claim");
    TRY(gate_finding_insert(w, &in, NULL));
    TRY(gate_look_evidence(&c->look, fields_of_duty(policy, duty), rows, &row_count));
    return keep_evidence(w, in.id, rows, row_count);
}

/* ---- bringing findings in line */

static uint64_t distance(int64_t done, int64_t owed)
{
    return done > owed ? (uint64_t)done - (uint64_t)owed : (uint64_t)owed - (uint64_t)done;
}

static const struct gate_finding *newest_of(const struct gate_finding *findings, int32_t count,
                                            struct str rule)
{
    for (int32_t i = count - 1; i >= 0; i--)
        if (str_equal(findings[i].rule, rule))
            return &findings[i];
    return NULL;
}

static enum err lapse(struct work *w, const struct gate_finding *finding)
{
    struct gate_finding_set_state_in in = {finding->id, GATE_LAPSED};
    return gate_finding_set_state(w, &in, NULL);
}

static enum err align(struct checking *c, const struct duty_state *states, int32_t state_count)
{
    struct gate_finding *before;
    int32_t before_count;
    TRY(gate_findings(c->w, c->look.claim->claim_id, &before, &before_count));
    for (int32_t i = 0; i < c->rules->duty_count; i++) {
        const struct duty_state *state = NULL;
        for (int32_t s = 0; s < state_count; s++)
            if (states[s].statement == c->rules->duties[i])
                state = &states[s];
        /* What is not known is not held against anybody. */
        bool fails = state && !state->met && state->done != ABSENT_I64 && state->owed != ABSENT_I64;
        const struct gate_finding *last =
            newest_of(before, before_count, c->rules->policy->statements[c->rules->duties[i]].name);
        bool is_open = last && last->state == GATE_OPEN;
        bool stands = is_open || (last && last->state == GATE_CONFIRMED) ||
                      (fails && last && last->state == GATE_CLEARED &&
                       distance(state->done, state->owed) <= distance(last->done, last->owed));
        if (fails && !stands)
            TRY(add_finding(c, state));
        if (!fails && is_open)
            TRY(lapse(c->w, last));
    }
    return ERR_OK;
}

static enum err check_kept(struct checking *c)
{
    struct duty_state *states;
    int32_t state_count;
    enum gate_claim_state state;
    TRY(make_world(c));
    read_words(c);
    TRY(gate_look_all(&c->look));
    TRY(make_world(c));
    TRY(eval_duties(c->w->arena, c->rules->policy, c->world, c->w->today_day, &states, &state_count,
                    &c->w->fault));
    TRY(align(c, states, state_count));
    return gate_settle_state(c->w, c->look.claim->claim_id, &state);
}

/* Findings that stand of one claim, behind those told already. */
static enum err tell(struct work *w, int64_t claim_id, struct gate_finding **told,
                     int32_t *told_count, int32_t *capacity)
{
    struct gate_finding *findings;
    int32_t count;
    TRY(gate_findings(w, claim_id, &findings, &count));
    for (int32_t i = 0; i < count; i++) {
        if (findings[i].state != GATE_OPEN && findings[i].state != GATE_CONFIRMED)
            continue;
        if (*told_count == *capacity) {
            int32_t larger = *capacity ? *capacity * 2 : 16;
            struct gate_finding *rows =
                ARENA_NEW_ARRAY(w->arena, struct gate_finding, (size_t)larger);
            if (!rows)
                return fail(w, ERR_MEMORY, "no memory for the findings of the gate");
            if (*told_count > 0)
                memcpy(rows, *told, (size_t)*told_count * sizeof *rows);
            *told = rows;
            *capacity = larger;
        }
        (*told)[(*told_count)++] = findings[i];
    }
    return ERR_OK;
}

enum err gate_check(struct work *w, const struct gate_rules *rules, const struct gate_claim *claims,
                    int32_t claim_count, struct gate_finding **ret_findings,
                    int32_t *ret_finding_count)
{
    struct checking c = {.w = w, .rules = rules};
    struct gate_finding *told = NULL;
    int32_t told_count = 0, capacity = 0;
    enum err err = ERR_OK;
    /* All are kept before the first is looked at: they count for each other. */
    for (int32_t i = 0; i < claim_count && err == ERR_OK; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        err = gate_look_begin(w, rules, &claims[i], &c.look);
        if (err == ERR_OK)
            err = keep_claim(w, &c.look);
        arena_rewind(w->arena, mark);
    }
    for (int32_t i = 0; i < claim_count && err == ERR_OK && rules->duty_count > 0; i++) {
        struct arena_mark mark = arena_mark(w->arena);
        err = gate_look_begin(w, rules, &claims[i], &c.look);
        if (err == ERR_OK)
            err = check_kept(&c);
        arena_rewind(w->arena, mark);
    }
    world_free(c.world);
    for (int32_t i = 0; i < claim_count && err == ERR_OK; i++)
        err = tell(w, claims[i].claim_id, &told, &told_count, &capacity);
    TRY(err);
    *ret_findings = told;
    *ret_finding_count = told_count;
    return ERR_OK;
}

/* ---- claims */

enum err gate_withdraw(struct work *w, int64_t claim_id)
{
    struct gate_claim_set_state_in in = {claim_id, GATE_WITHDRAWN, w->now_ms};
    int64_t changed_count;
    TRY(gate_claim_set_state(w, &in, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_NOT_FOUND, "没有这件案件：%" PRId64, claim_id);
    struct event event = {
        .kind = STR("gate.withdrawn"), .subject_id = claim_id, .detail = STR("{}")};
    return event_append(w, &event);
}

enum err gate_state(struct work *w, int64_t claim_id, enum gate_claim_state *ret_state)
{
    struct gate_claim_by_id_in in = {claim_id};
    struct gate_claim_by_id_out row;
    TRY(gate_claim_by_id(w, &in, &row));
    *ret_state = (enum gate_claim_state)row.state;
    return ERR_OK;
}

enum err gate_claim_read(struct work *w, int64_t claim_id, struct gate_claim_line *ret_line)
{
    struct gate_claim_by_id_in in = {claim_id};
    struct gate_claim_by_id_out row;
    TRY(gate_claim_by_id(w, &in, &row));
    *ret_line = (struct gate_claim_line){
        .claim_id = claim_id,
        .rule = row.rule_name,
        .document = row.document,
        .holder_table = registry_table_by_name(row.holder_record),
        .holder_id = row.holder_id,
        .body_id = row.body_id,
        .provider_id = row.provider_id,
        .occupation = row.occupation ? row.occupation : ABSENT_I32,
        .level = row.level ? row.level : ABSENT_I32,
        .division = row.division,
        .claimed_day = row.claimed_day,
        .amount_fen = row.amount_fen ? row.amount_fen : ABSENT_I64,
        .state = (enum gate_claim_state)row.state,
        .checked_ms = row.checked_ms,
    };
    return ERR_OK;
}

enum err gate_held(struct work *w, int32_t division_min, int32_t division_max,
                   int64_t before_claim_id, int32_t row_count_max,
                   struct gate_claim_line **ret_lines, int32_t *ret_count)
{
    int64_t ids[GATE_ROWS_MAX];
    struct gate_claims_held_in in = {division_min, division_max, before_claim_id, row_count_max};
    struct gate_claims_held_out row;
    struct cursor cursor;
    bool more;
    int32_t count = 0;
    check(row_count_max <= GATE_ROWS_MAX);
    TRY(gate_claims_held(w, &in, &cursor));
    TRY(gate_claims_held_next(&cursor, &row, &more));
    while (more) {
        ids[count++] = row.claim_id;
        TRY(gate_claims_held_next(&cursor, &row, &more));
    }
    struct gate_claim_line *lines =
        ARENA_NEW_ARRAY(w->arena, struct gate_claim_line, (size_t)count + 1);
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for the claims held");
    for (int32_t i = 0; i < count; i++)
        TRY(gate_claim_read(w, ids[i], &lines[i]));
    *ret_lines = lines;
    *ret_count = count;
    return ERR_OK;
}

enum err gate_held_count(struct work *w, int32_t division_min, int32_t division_max,
                         int64_t *ret_count)
{
    struct gate_claims_held_count_in in = {division_min, division_max, GATE_COUNTED_MAX};
    struct gate_claims_held_count_out row;
    TRY(gate_claims_held_count(w, &in, &row));
    *ret_count = row.held_count;
    return ERR_OK;
}
