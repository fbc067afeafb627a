#include "domain/incentive/incentive.h"

#include "base/day.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "domain/registry/snapshot.h"
#include "incentive_sql.h"
#include "policy/budget.h"
#include "policy/policy_files.h"

#include <inttypes.h>
#include <string.h>

enum err incentive_policy_read(struct arena *arena, const struct vocab *vocab, const char *path,
                               struct incentive_policy *ret_policy, struct findings *ret_findings,
                               struct fault *fault)
{
    struct incentive_policy read = {0};
    struct policy_source *sources;
    TRY(policy_sources_read(arena, path, &sources, &read.source_count, fault));
    read.sources = sources;
    *ret_policy = read; /* findings point into the sources, also when the policy has errors */
    TRY(policy_read(arena, vocab, sources, read.source_count, &read.policy, ret_findings, fault));
    TRY(program_compile(arena, read.policy, &read.program, fault));
    *ret_policy = read;
    return ERR_OK;
}

enum err incentive_read(struct work *w, int64_t entitlement_id, struct entitlement *ret_entitlement)
{
    struct entitlement_by_id_out row;
    enum err err = entitlement_by_id(w, &(struct entitlement_by_id_in){.id = entitlement_id}, &row);
    if (err == ERR_NOT_FOUND) {
        fail(w, ERR_NOT_FOUND, "没有编号为 %" PRId64 " 的权益", entitlement_id);
        return fault_hint(&w->fault, "用 baigong found --rule 项目 列出权益编号。");
    }
    TRY(err);
    *ret_entitlement = (struct entitlement){
        .id = entitlement_id, .holder_id = row.holder_id, .known_ms = row.known_ms,
        .gone_ms = row.gone_ms, .document_number = row.document_number,
        .rule_name = row.rule_name, .subject_record = row.subject_record,
        .basis_record = row.basis_record, .subject_id = row.subject_id,
        .basis_id = row.basis_id, .period = row.period, .lane = (enum lane)row.lane,
        .amount_fen = row.amount_fen, .gross_fen = row.gross_fen, .payee_id = row.payee_id,
        .edition_id = row.edition_id, .as_of_day = row.as_of_day,
    };
    return ERR_OK;
}

static struct entitlement_line line_of(struct arena *arena, const struct entitlement_page_out *row)
{
    return (struct entitlement_line){
        .id = row->id, .holder_id = row->holder_id,
        .subject_record = str_copy(arena, row->subject_record),
        .basis_record = str_copy(arena, row->basis_record),
        .subject_id = row->subject_id, .basis_id = row->basis_id, .period = row->period,
        .amount_fen = row->amount_fen,
    };
}

enum err incentive_list(struct work *w, struct str document_number, struct str rule_name,
                        enum lane lane, int64_t after_id, int32_t row_count_max,
                        struct entitlement_line **ret_lines, int32_t *ret_line_count)
{
    struct entitlement_line *lines =
        ARENA_NEW_ARRAY(w->arena, struct entitlement_line, (size_t)row_count_max);
    if (!lines)
        return fail(w, ERR_MEMORY, "no memory for a list of %d entitlements", row_count_max);
    struct rule_by_name_out rule;
    enum err err = rule_by_name(
        w, &(struct rule_by_name_in){.document_number = document_number, .name = rule_name},
        &rule);
    *ret_lines = lines;
    *ret_line_count = 0;
    if (err == ERR_NOT_FOUND) /* never swept */
        return ERR_OK;
    TRY(err);
    struct entitlement_page_in in = {.rule_id = rule.id, .lane = lane, .after_id = after_id,
                                     .row_count_max = row_count_max};
    struct cursor cursor;
    TRY(entitlement_page(w, &in, &cursor));
    int32_t count = 0;
    for (;;) {
        struct entitlement_page_out row;
        bool more;
        TRY(entitlement_page_next(&cursor, &row, &more));
        if (!more)
            break;
        lines[count++] = line_of(w->arena, &row);
    }
    *ret_line_count = count;
    return ERR_OK;
}

enum err incentive_figures(struct work *w, struct str document_number, struct str rule_name,
                           struct entitlement_figures *ret_figures)
{
    struct rule_by_name_out rule;
    enum err err = rule_by_name(
        w, &(struct rule_by_name_in){.document_number = document_number, .name = rule_name},
        &rule);
    if (err == ERR_NOT_FOUND) { /* never swept */
        *ret_figures = (struct entitlement_figures){0};
        return ERR_OK;
    }
    TRY(err);
    struct entitlement_figures_out granted, ask;
    TRY(entitlement_figures(
        w, &(struct entitlement_figures_in){.rule_id = rule.id, .lane = LANE_GRANTED}, &granted));
    TRY(entitlement_figures(
        w, &(struct entitlement_figures_in){.rule_id = rule.id, .lane = LANE_ASK}, &ask));
    *ret_figures = (struct entitlement_figures){
        .granted_count = granted.row_count,
        .holder_count = granted.holder_count,
        .open_count = granted.open_count,
        .ask_count = ask.row_count,
        .amount_fen = granted.amount_fen == ABSENT_I64 ? 0 : granted.amount_fen,
    };
    return ERR_OK;
}

enum err incentive_latest_day(struct work *w, int32_t *ret_day)
{
    struct sweep_latest_day_out latest;
    TRY(sweep_latest_day(w, &latest));
    *ret_day = latest.as_of_day;
    return ERR_OK;
}

/* The documents of an edition as they were stored with it. */
static enum err edition_sources(struct work *w, struct arena *arena, int64_t edition_id,
                                struct policy_source **ret_sources, int32_t *ret_count)
{
    enum { DOCUMENTS_MAX = 1000 }; /* of one edition: far above a province's */
    struct policy_source *sources = ARENA_NEW_ARRAY(arena, struct policy_source, DOCUMENTS_MAX);
    if (!sources)
        return fail(w, ERR_MEMORY, "no memory for the documents of an edition");
    int32_t count = 0;
    struct cursor cursor;
    TRY(edition_documents(w, &(struct edition_documents_in){.edition_id = edition_id}, &cursor));
    for (;;) {
        struct edition_documents_out row;
        bool more;
        TRY(edition_documents_next(&cursor, &row, &more));
        if (!more)
            break;
        check(count < DOCUMENTS_MAX);
        sources[count].path = str_copy(arena, row.path);
        sources[count].text = str_copy(arena, row.body);
        if (!sources[count].path.ptr || !sources[count].text.ptr)
            return fail(w, ERR_MEMORY, "no memory for the documents of an edition");
        count++;
    }
    cursor_close(&cursor);
    *ret_sources = sources;
    *ret_count = count;
    return ERR_OK;
}

enum err incentive_edition_policy(struct work *w, const struct vocab *vocab, int64_t edition_id,
                                  struct policy **ret_policy)
{
    struct policy_source *sources;
    int32_t count;
    TRY(edition_sources(w, w->arena, edition_id, &sources, &count));
    struct findings findings = {0};
    return policy_read(w->arena, vocab, sources, count, ret_policy, &findings, &w->fault);
}

struct edition_then {
    struct arena *arena;
    int64_t known_at_ms;
    const uint8_t *hash; /* of the policy in use, 32 bytes */
    struct policy_source *sources;
    int32_t source_count;
};

static enum err read_edition_then(struct work *w, void *context)
{
    struct edition_then *then = context;
    struct edition_at_in at = {.known_at_ms = then->known_at_ms};
    struct edition_at_out edition;
    enum err err = edition_at(w, &at, &edition);
    then->sources = NULL;
    if (err == ERR_NOT_FOUND) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    TRY(err);
    bool is_same = edition.hash.size == 32 && memcmp(edition.hash.ptr, then->hash, 32) == 0;
    return is_same ? ERR_OK
                   : edition_sources(w, then->arena, edition.id, &then->sources,
                                     &then->source_count);
}

enum err incentive_policy_at(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                             int64_t known_at_ms, struct incentive_policy *policy,
                             bool *ret_is_another, struct fault *fault)
{
    struct edition_then then = {
        .arena = arena, .known_at_ms = known_at_ms, .hash = policy->policy->hash};
    TRY(work_run(env, WORK_READ, read_edition_then, &then, fault));
    *ret_is_another = then.sources != NULL;
    if (!then.sources)
        return ERR_OK;
    struct incentive_policy read = {.sources = then.sources, .source_count = then.source_count};
    struct findings findings = {.arena = arena};
    TRY(policy_read(arena, vocab, then.sources, then.source_count, &read.policy, &findings,
                    fault));
    TRY(program_compile(arena, read.policy, &read.program, fault));
    *policy = read;
    return ERR_OK;
}

static enum err rule_statement(struct work *w, const struct policy *policy, struct str name,
                               int32_t *ret_statement)
{
    int32_t statement = policy_statement(policy, name);
    bool is_rule = statement >= 0 && policy->statements[statement].kind >= STATEMENT_GRANT &&
                   policy->statements[statement].kind <= STATEMENT_ADMIT;
    if (!is_rule)
        return fail(w, ERR_NOT_FOUND, "政策里没有“%.*s”这个项目",
                    STR_ARG(name));
    *ret_statement = statement;
    return ERR_OK;
}

static enum err row_of(struct work *w, const struct world *world, int32_t table, int64_t id,
                       int32_t *ret_row)
{
    int32_t row = world_row(world, table, id);
    if (row < 0)
        return fail(w, ERR_NOT_FOUND, "当时还不知道%s %" PRId64,
                    world->vocab->records[table].label_zh, id);
    *ret_row = row;
    return ERR_OK;
}

static enum err explain_in_world(struct work *w, const struct vocab *vocab,
                                 struct entitlement_explanation *e)
{
    const struct entitlement *entitlement = &e->entitlement;
    int32_t statement = -1, subject_row = -1, basis_row = -1;
    TRY(rule_statement(w, e->policy, entitlement->rule_name, &statement));
    int32_t subject = vocab_table(vocab, entitlement->subject_record);
    int32_t basis = vocab_table(vocab, entitlement->basis_record);
    if (subject < 0 || basis < 0)
        return fail(w, ERR_SCHEMA, "entitlement %" PRId64 " names a record this program lacks",
                    entitlement->id);
    TRY(row_of(w, e->world, subject, entitlement->subject_id, &subject_row));
    TRY(row_of(w, e->world, basis, entitlement->basis_id, &basis_row));
    TRY(explain_rule(w->arena, e->policy, e->world, statement, subject_row, basis_row,
                     entitlement->period, entitlement->as_of_day, &e->explanation, &w->fault));
    /* Quotas, caps and exclusions look at other grants too: the amount is what was decided. */
    e->explanation->amount_fen =
        entitlement->amount_fen == ABSENT_I64 ? AMOUNT_IS_OPEN : entitlement->amount_fen;
    e->explanation->gross_fen =
        entitlement->gross_fen == ABSENT_I64 ? AMOUNT_IS_OPEN : entitlement->gross_fen;
    return ERR_OK;
}

enum err incentive_explain(struct work *w, const struct vocab *vocab, int64_t entitlement_id,
                           struct entitlement_explanation *ret_explanation)
{
    struct entitlement_explanation e = {0};
    TRY(incentive_read(w, entitlement_id, &e.entitlement));
    TRY(incentive_edition_policy(w, vocab, e.entitlement.edition_id, &e.policy));
    int32_t subject = vocab_table(vocab, e.entitlement.subject_record);
    if (subject < 0)
        return fail(w, ERR_SCHEMA, "entitlement %" PRId64 " names a record this program lacks",
                    entitlement_id);
    TRY(registry_load_subject_world(w, vocab, subject, e.entitlement.subject_id,
                                    e.entitlement.known_ms, &e.world));
    enum err err = explain_in_world(w, vocab, &e);
    if (err != ERR_OK) {
        world_free(e.world);
        return err;
    }
    *ret_explanation = e;
    return ERR_OK;
}

static bool has_hard_quota(const struct policy *policy, int32_t statement)
{
    const struct quota *own = &policy->statements[statement].as.rule->quota;
    bool found = (own->present && !own->about) || rule_has_budget(policy, statement);
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (policy->statements[s].kind != STATEMENT_SETTLEMENT)
            continue;
        const struct settlement *settlement = policy->statements[s].as.settlement;
        for (int32_t c = 0; c < settlement->clause_count; c++) {
            const struct settlement_clause *clause = &settlement->clauses[c];
            found |= clause->kind == SETTLEMENT_QUOTA && clause->rules[0] == statement &&
                     !clause->quota.about;
        }
    }
    return found;
}

static const struct decision *decision_in(const struct eval_result *result, int32_t statement,
                                          int32_t period, int32_t subject_row)
{
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        if (decision->statement == statement && decision->period == period &&
            decision->subject_row == subject_row)
            return decision;
    }
    return NULL;
}

/* Whether the quota leaves a place and the fund money: only the whole city can tell. */
static enum err look_at_quota(struct work *w, const struct vocab *vocab,
                              const struct incentive_policy *policy, int64_t subject_id,
                              int32_t period, int32_t as_of_day, struct explanation *explanation)
{
    struct world *city;
    TRY(snapshot_world_in(w, vocab, w->now_ms, &city));
    struct eval_request request = {as_of_day, ABSENT_I32, 0};
    struct eval_result *result;
    enum err err = eval_run(policy->program, city, &request, &result, &w->fault);
    if (err == ERR_OK) {
        int32_t row = world_row(city, explanation->table, subject_id);
        const struct decision *decision = decision_in(result, explanation->statement, period, row);
        if (decision && budget_fund(policy->policy, decision->cut_by) >= 0) {
            explanation->amount_fen = decision->amount_fen;
            explanation->gross_fen = decision->gross_fen;
            explanation->cut_by = decision->cut_by;
        } else if (!decision) {
            explanation->lane = LANE_REFUSED;
            explanation->quota_is_full = true;
            explanation->amount_fen = explanation->gross_fen = 0;
        }
        eval_result_free(result);
    }
    world_free(city);
    return err;
}

enum err incentive_explain_rule(struct work *w, const struct vocab *vocab,
                                const struct incentive_policy *policy, struct str rule_name,
                                int64_t subject_id, int32_t as_of_day,
                                struct entitlement_explanation *ret_explanation)
{
    struct entitlement_explanation e = {.policy = policy->policy};
    int32_t statement = -1;
    TRY(rule_statement(w, policy->policy, rule_name, &statement));
    const struct statement *rule = &policy->policy->statements[statement];
    int32_t subject = rule->as.rule->subject;
    TRY(registry_load_subject_world(w, vocab, subject, subject_id, w->now_ms, &e.world));
    int32_t period_min, period, subject_row = -1;
    incentive_period_scope(policy->policy, rule, as_of_day, &period_min, &period);
    enum err err = row_of(w, e.world, subject, subject_id, &subject_row);
    if (err == ERR_OK)
        err = explain_rule(w->arena, policy->policy, e.world, statement, subject_row, -1, period,
                           as_of_day, &e.explanation, &w->fault);
    bool is_short = err == ERR_OK && e.explanation->lane == LANE_GRANTED &&
                    has_hard_quota(policy->policy, statement);
    if (is_short)
        err = look_at_quota(w, vocab, policy, subject_id, period, as_of_day, e.explanation);
    if (err != ERR_OK) {
        world_free(e.world);
        return err;
    }
    e.entitlement = (struct entitlement){
        .rule_name = rule_name, .subject_id = subject_id, .as_of_day = as_of_day,
        .subject_record = str_from(vocab->records[subject].name),
        .lane = e.explanation->lane, .amount_fen = e.explanation->amount_fen,
    };
    *ret_explanation = e;
    return ERR_OK;
}
