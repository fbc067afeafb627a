/* gate_look.h — what the registry and other claims tell about one claim (internal to the gate).
 *
 * A look reads the holder and the basis once; each field of the record 案件 is then worked out by
 * its own query, and again with evidence when a duty that reads the field is not met.
 *
 * Memory   everything lives in w->arena
 * Errors   ERR_NOT_FOUND: the holder is not in the registry; store errors
 */
#ifndef BAIGONG_GATE_LOOK_H
#define BAIGONG_GATE_LOOK_H

#include "domain/gate/gate.h"
#include "domain/registry/fact.h"

struct gate_look {
    struct work *w;
    const struct gate_rules *rules;
    const struct gate_claim *claim;
    struct fact person; /* record NULL: the holder is an organisation */
    struct fact basis;  /* record NULL: none */
    bool has_body;
    struct {
        int32_t division, founded_day, closed_day;
    } body;
    int32_t division;          /* whose desk */
    int32_t occupation, level; /* of the basis; ABSENT_I32 */
    int64_t provider_id;       /* of the basis, when it is a course; 0: none */
    int32_t course_day;
    int64_t words[GATE_WORD_COUNT];            /* what the document defines */
    int64_t values[FIELD_payment_claim_count]; /* the record 案件; ABSENT_I64: not known */
    struct gate_evidence *evidence;            /* GATE_EVIDENCE_MAX rows; NULL: not collected */
    int32_t evidence_count;
};

/* Reads the holder and the basis, and fills the values that need nothing else. */
enum err gate_look_begin(struct work *w, const struct gate_rules *rules,
                         const struct gate_claim *claim, struct gate_look *ret_look);

/* Works all fields out; words must be there and the claim be kept. */
enum err gate_look_all(struct gate_look *look);

/* Collects the evidence of the fields (bits) in rows. */
enum err gate_look_evidence(struct gate_look *look, uint64_t fields, struct gate_evidence *rows,
                            int32_t *ret_count);

/* Adds a row while evidence is collected; drops it otherwise and when there are enough. */
void gate_look_add(struct gate_look *look, struct gate_evidence row);

/* An organisation's division; ABSENT_I32 when it is not there. */
enum err gate_look_division(struct gate_look *look, int64_t organisation_id, int32_t *ret_division);

/* gate_finding.c: the state that a claim's findings give it; an event tells when it is another. */
enum err gate_settle_state(struct work *w, int64_t claim_id, enum gate_claim_state *ret_state);

/* gate_presence.c: one person in two places at once, longest overlap. */
enum err gate_job_overlap(struct gate_look *look, int64_t *ret_days);
enum err gate_course_overlap(struct gate_look *look, int64_t *ret_days);
enum err gate_insured_twice(struct gate_look *look, int64_t *ret_months);

#endif
