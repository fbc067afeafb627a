#include "domain/gate/gate.h"

#include "base/id.h"
#include "domain/gate/gate_look.h"
#include "gate_sql.h"
#include "store/event.h"

#include <inttypes.h>
#include <string.h>

/* Findings as kept: their evidence, how they were decided, and how often a rule was right. */

/* Room for one more row behind count. */
static void *grown(struct work *w, void *rows, int32_t count, int32_t *capacity, size_t size)
{
    if (count < *capacity)
        return rows;
    int32_t larger_capacity = *capacity ? *capacity * 2 : 8;
    void *larger = arena_alloc_array(w->arena, (size_t)larger_capacity, size);
    if (!larger) {
        fail(w, ERR_MEMORY, "no memory for the findings of a claim");
        return NULL;
    }
    if (count > 0)
        memcpy(larger, rows, (size_t)count * size);
    *capacity = larger_capacity;
    return larger;
}

static struct str kept(struct work *w, struct str text)
{
    struct str copy = str_copy(w->arena, text);
    return copy.ptr ? copy : STR("");
}

enum err gate_findings(struct work *w, int64_t claim_id, struct gate_finding **ret_findings,
                       int32_t *ret_count)
{
    struct gate_findings_of_in in = {claim_id};
    struct gate_findings_of_out row;
    struct gate_finding *findings = NULL;
    struct cursor cursor;
    int32_t count = 0, capacity = 0;
    bool more;
    TRY(gate_findings_of(w, &in, &cursor));
    TRY(gate_findings_of_next(&cursor, &row, &more));
    while (more) {
        findings = grown(w, findings, count, &capacity, sizeof *findings);
        if (!findings)
            return ERR_MEMORY;
        findings[count++] = (struct gate_finding){
            .id = row.id,
            .claim_id = claim_id,
            .rule = kept(w, row.rule_name),
            .document = kept(w, row.document),
            .article = kept(w, row.article),
            .said = kept(w, row.said),
            .advice = kept(w, row.advice),
            .measure = kept(w, row.measure),
            .done = row.done,
            .owed = row.owed,
            .state = (enum gate_finding_state)row.state,
            .found_ms = row.found_ms,
        };
        TRY(gate_findings_of_next(&cursor, &row, &more));
    }
    *ret_findings = findings;
    *ret_count = count;
    return ERR_OK;
}

enum err gate_evidence(struct work *w, int64_t finding_id, struct gate_evidence **ret_evidence,
                       int32_t *ret_count)
{
    struct gate_evidence_of_in in = {finding_id};
    struct gate_evidence_of_out row;
    struct cursor cursor;
    int32_t count = 0;
    bool more;
    struct gate_evidence *rows = ARENA_NEW_ARRAY(w->arena, struct gate_evidence, GATE_EVIDENCE_MAX);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the evidence of a finding");
    TRY(gate_evidence_of(w, &in, &cursor));
    TRY(gate_evidence_of_next(&cursor, &row, &more));
    while (more && count < GATE_EVIDENCE_MAX) {
        rows[count++] = (struct gate_evidence){
            .link = (enum gate_link)row.kind,
            .table = registry_table_by_name(row.record),
            .record_id = row.record_id,
            .other_claim = row.other_claim,
            .from_day = row.from_day,
            .to_day = row.to_day,
            .amount_fen = row.amount_fen,
            .division = row.division,
        };
        TRY(gate_evidence_of_next(&cursor, &row, &more));
    }
    cursor_close(&cursor);
    *ret_evidence = rows;
    *ret_count = count;
    return ERR_OK;
}

/* ---- deciding */

enum err gate_outcomes(struct work *w, int64_t finding_id, struct gate_outcome **ret_outcomes,
                       int32_t *ret_count)
{
    struct gate_outcomes_of_in in = {finding_id};
    struct gate_outcomes_of_out row;
    struct gate_outcome *outcomes = NULL;
    struct cursor cursor;
    int32_t count = 0, capacity = 0;
    bool more;
    TRY(gate_outcomes_of(w, &in, &cursor));
    TRY(gate_outcomes_of_next(&cursor, &row, &more));
    while (more) {
        outcomes = grown(w, outcomes, count, &capacity, sizeof *outcomes);
        if (!outcomes)
            return ERR_MEMORY;
        outcomes[count++] =
            (struct gate_outcome){finding_id, (enum gate_finding_state)row.outcome,
                                  kept(w, row.reason), kept(w, row.actor), row.at_ms};
        TRY(gate_outcomes_of_next(&cursor, &row, &more));
    }
    *ret_outcomes = outcomes;
    *ret_count = count;
    return ERR_OK;
}

enum err gate_decide(struct work *w, int64_t finding_id, enum gate_finding_state outcome,
                     struct str reason, enum gate_claim_state *ret_state)
{
    struct gate_finding_claim_of_in in = {finding_id};
    struct gate_finding_claim_of_out finding;
    struct gate_finding_set_state_in state = {finding_id, (int32_t)outcome};
    int64_t changed_count = 0;
    check(outcome == GATE_CLEARED || outcome == GATE_CONFIRMED);
    reason = str_trim(reason);
    if (reason.size == 0)
        return fail(w, ERR_INPUT, "请写明理由");
    if (reason.size > GATE_REASON_SIZE_MAX)
        return fail(w, ERR_INPUT, "理由太长");
    TRY(gate_finding_claim_of(w, &in, &finding));
    if (finding.state == GATE_OPEN)
        TRY(gate_finding_set_state(w, &state, &changed_count));
    if (changed_count == 0)
        return fail(w, ERR_GATE_DECIDED, "这一条已经有了结论");
    struct gate_outcome_insert_in row = {
        .id = id_next(w->ids),
        .finding_id = finding_id,
        .rule_name = finding.rule_name,
        .outcome = (int32_t)outcome,
        .reason = reason,
        .account_id = w->actor.account_id,
        .actor = w->actor.name.ptr ? w->actor.name : STR(""),
        .at_ms = w->now_ms,
    };
    TRY(gate_outcome_insert(w, &row, NULL));
    return gate_settle_state(w, finding.claim_id, ret_state);
}

enum err gate_settle_state(struct work *w, int64_t claim_id, enum gate_claim_state *ret_state)
{
    static const char *const kinds[] = {
        [GATE_PASSED] = "gate.passed", [GATE_HELD] = "gate.held", [GATE_STOPPED] = "gate.stopped"};
    struct gate_finding *findings;
    int32_t count;
    enum gate_claim_state before, state = GATE_PASSED;
    TRY(gate_state(w, claim_id, &before));
    TRY(gate_findings(w, claim_id, &findings, &count));
    for (int32_t i = 0; i < count; i++) {
        if (findings[i].state == GATE_CONFIRMED)
            state = GATE_STOPPED;
        else if (findings[i].state == GATE_OPEN && state == GATE_PASSED)
            state = GATE_HELD;
    }
    *ret_state = state;
    if (state == before)
        return ERR_OK;
    struct gate_claim_set_state_in in = {claim_id, (int32_t)state, w->now_ms};
    TRY(gate_claim_set_state(w, &in, NULL));
    struct event event = {
        .kind = str_from(kinds[state]), .subject_id = claim_id, .detail = STR("{}")};
    return event_append(w, &event);
}

static enum err count_of(struct work *w, struct str rule, enum gate_finding_state state,
                         int64_t *ret_count)
{
    struct gate_finding_count_in in = {rule, (int32_t)state};
    struct gate_finding_count_out row;
    TRY(gate_finding_count(w, &in, &row));
    *ret_count = row.finding_count;
    return ERR_OK;
}

enum err gate_precision(struct work *w, const struct gate_rules *rules,
                        struct gate_precision **ret_rows)
{
    struct gate_precision *rows =
        ARENA_NEW_ARRAY(w->arena, struct gate_precision, (size_t)rules->duty_count + 1);
    if (!rows)
        return fail(w, ERR_MEMORY, "no memory for the rules of the gate");
    for (int32_t i = 0; i < rules->duty_count; i++) {
        struct str rule = rules->policy->statements[rules->duties[i]].name;
        rows[i].statement = rules->duties[i];
        TRY(count_of(w, rule, GATE_OPEN, &rows[i].open_count));
        TRY(count_of(w, rule, GATE_CLEARED, &rows[i].cleared_count));
        TRY(count_of(w, rule, GATE_CONFIRMED, &rows[i].confirmed_count));
        TRY(count_of(w, rule, GATE_LAPSED, &rows[i].lapsed_count));
    }
    *ret_rows = rows;
    return ERR_OK;
}

/* ---- officers and their relatives */

enum err gate_kin_put(struct work *w, const struct gate_kin *kin)
{
    struct gate_kin_insert_in in = {kin->staff_id, kin->person_id, kin->relation, w->now_ms};
    return gate_kin_insert(w, &in, NULL);
}

enum err gate_kin_end(struct work *w, int64_t staff_id, int64_t person_id)
{
    struct gate_kin_close_in in = {staff_id, person_id, w->now_ms};
    int64_t changed_count;
    TRY(gate_kin_close(w, &in, &changed_count));
    return changed_count > 0 ? ERR_OK : fail(w, ERR_NOT_FOUND, "没有申报过这门亲属");
}

enum err gate_kin_staff(struct work *w, int64_t after_id, int64_t ret_ids[GATE_ROWS_MAX],
                        int32_t *ret_count)
{
    struct gate_kin_officers_in in = {after_id, GATE_ROWS_MAX};
    struct gate_kin_officers_out row;
    struct cursor cursor;
    int32_t count = 0;
    bool more;
    TRY(gate_kin_officers(w, &in, &cursor));
    TRY(gate_kin_officers_next(&cursor, &row, &more));
    while (more) {
        ret_ids[count++] = row.staff_id;
        TRY(gate_kin_officers_next(&cursor, &row, &more));
    }
    *ret_count = count;
    return ERR_OK;
}

enum err gate_kin_of(struct work *w, int64_t staff_id, struct gate_kin **ret_kin,
                     int32_t *ret_count)
{
    struct gate_kin_list_in in = {staff_id};
    struct gate_kin_list_out row;
    struct gate_kin *kin = NULL;
    struct cursor cursor;
    int32_t count = 0, capacity = 0;
    bool more;
    TRY(gate_kin_list(w, &in, &cursor));
    TRY(gate_kin_list_next(&cursor, &row, &more));
    while (more) {
        kin = grown(w, kin, count, &capacity, sizeof *kin);
        if (!kin)
            return ERR_MEMORY;
        kin[count++] = (struct gate_kin){staff_id, row.person_id, kept(w, row.relation)};
        TRY(gate_kin_list_next(&cursor, &row, &more));
    }
    *ret_kin = kin;
    *ret_count = count;
    return ERR_OK;
}
