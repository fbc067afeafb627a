/* incentive.h — entitlements: found by sweeping the city, stored once, explained at any later time.
 *
 * A sweep evaluates the policy for everybody as of a day, with what was known at an instant, and
 * brings the stored entitlements in line: new ones are added, changed ones get a new version, ended
 * ones are closed, the others are not touched. All of it, with its events, is one transaction: a
 * sweep that is killed leaves nothing behind, and a second sweep of the same day changes nothing.
 *
 *   (nothing) -found-> version 1 -changed-> version 2 ... -ended-> (kept, closed)
 *
 * Memory   results live in the arena given
 * Errors   ERR_POLICY (the document has errors), ERR_SWEEP_EARLIER, ERR_NOT_FOUND; store errors
 * Units    money in fen, days as civil day numbers, *_ms in UTC milliseconds
 * Limits   SWEEP_ARENA_SIZE_MAX bytes for the comparison with what is stored
 */
#ifndef BAIGONG_INCENTIVE_H
#define BAIGONG_INCENTIVE_H

#include "policy/eval.h"
#include "policy/explain.h"
#include "policy/policy.h"
#include "store/work.h"

/* 120 bytes for each stored or found entitlement: enough for 30 million. */
#define SWEEP_ARENA_SIZE_MAX ((size_t)8 << 30)

/* A policy that was read and compiled, with the documents it came from. */
struct incentive_policy {
    const struct policy_source *sources;
    int32_t source_count;
    struct policy *policy;
    struct program *program;
};

/* Reads and compiles the documents below path (a file or a folder). On ERR_POLICY the findings say
 * why. */
enum err incentive_policy_read(struct arena *arena, const struct vocab *vocab, const char *path,
                               struct incentive_policy *ret_policy, struct findings *ret_findings,
                               struct fault *fault);

/* The policy of an edition, read again from the documents stored with it; in w->arena. */
enum err incentive_edition_policy(struct work *w, const struct vocab *vocab, int64_t edition_id,
                                  struct policy **ret_policy);

/* Takes the edition that was in force at an instant instead of the policy given, when it is
 * another: what the system said then, it said by that. Without a sweep until then nothing is
 * taken. */
enum err incentive_policy_at(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                             int64_t known_at_ms, struct incentive_policy *policy,
                             bool *ret_is_another, struct fault *fault);

enum sweep_mode {
    SWEEP_STORE,
    SWEEP_LOOK, /* evaluates and compares, writes nothing */
};

/* Looks at the world of a sweep and what was found in it before that is stored. */
typedef enum err sweep_on_world(void *context, const struct world *world,
                                const struct eval_result *result, struct fault *fault);

struct sweep_request {
    int32_t as_of_day;
    int64_t known_at_ms; /* facts known until then */
    int32_t thread_count; /* 0: one for each core */
    enum sweep_mode mode;
    sweep_on_world *on_world; /* NULL: nobody looks */
    void *on_world_context;
};

/* One rule's figures: what the evaluation found, and how that differs from what was stored. */
struct sweep_rule {
    struct rule_total found;
    int64_t new_count, changed_count, ended_count, unchanged_count;
    bool elsewhere; /* its document speaks of a division where nobody of this registry is */
    bool on_demand; /* a right that is kept on no list: counted, not stored (policy/roster.h) */
};

struct sweep_report {
    int32_t as_of_day;
    int64_t known_at_ms;
    int64_t person_count;
    struct sweep_rule *rules; /* in document order */
    int32_t rule_count;
    int64_t new_count, changed_count, ended_count, unchanged_count;
    int64_t amount_fen, open_count, ask_count; /* of what is kept */
    const struct fund_shortage *shortages; /* funds that could not pay all of a year */
    int32_t shortage_count;
    int64_t load_ms, evaluate_ms, store_ms; /* what the three steps took */
};

/* Sweeps the city. Progress may be NULL. */
typedef void sweep_progress(void *context, const char *step);
enum err incentive_sweep(struct work_env *env, const struct vocab *vocab,
                         const struct incentive_policy *policy, const struct sweep_request *request,
                         struct arena *arena, struct sweep_report **ret_report,
                         sweep_progress *progress, void *context, struct fault *fault);

/* One stored entitlement, its newest version. */
struct entitlement {
    int64_t id, holder_id, known_ms, gone_ms;
    struct str document_number, rule_name;
    struct str subject_record, basis_record;
    int64_t subject_id, basis_id;
    int32_t period;
    enum lane lane;
    int64_t amount_fen, gross_fen; /* ABSENT_I64 while open */
    int64_t payee_id;              /* ABSENT_I64: the subject itself */
    int64_t edition_id;
    int32_t as_of_day;
};

enum err incentive_read(struct work *w, int64_t entitlement_id,
                        struct entitlement *ret_entitlement);

/* Current entitlements of a rule in a lane, after after_id in the order of their ids, at most
 * row_count_max. */
struct entitlement_line {
    int64_t id, holder_id; /* holder: the person or organisation that subject and basis belong to */
    struct str subject_record, basis_record;
    int64_t subject_id, basis_id;
    int32_t period;
    int64_t amount_fen; /* ABSENT_I64 while open */
};
enum err incentive_list(struct work *w, struct str document_number, struct str rule_name,
                        enum lane lane, int64_t after_id, int32_t row_count_max,
                        struct entitlement_line **ret_lines, int32_t *ret_line_count);

/* What is stored of a rule now, over all periods; all 0 for one that was never swept. */
struct entitlement_figures {
    int64_t granted_count, holder_count, open_count, ask_count;
    int64_t amount_fen;
};
enum err incentive_figures(struct work *w, struct str document_number, struct str rule_name,
                           struct entitlement_figures *ret_figures);

/* The latest day that the city was swept as of; ABSENT_I32 when it never was. */
enum err incentive_latest_day(struct work *w, int32_t *ret_day);

/* What was decided and turned out otherwise: one change of one entitlement, netted. The versions
 * themselves stay readable as they were. */
enum correction_kind { CORRECTION_TOP_UP = 1, CORRECTION_RECOVERY, CORRECTION_NO_MONEY };

/* Replays a stored entitlement under the edition it was decided under, with the facts known when
 * it was found; the explanation's policy and world come back with it. */
struct entitlement_explanation {
    struct entitlement entitlement;
    struct policy *policy;
    struct world *world; /* world_free when done */
    struct explanation *explanation;
};
enum err incentive_explain(struct work *w, const struct vocab *vocab, int64_t entitlement_id,
                           struct entitlement_explanation *ret_explanation);

/* Why somebody gets a rule's benefit, or why not, as of a day: subject_id is a row of the rule's
 * subject record. The policy is the one given. A rule with a quota that the subject's own facts
 * would grant is evaluated over the whole city: others may stand before it. */
enum err incentive_explain_rule(struct work *w, const struct vocab *vocab,
                                const struct incentive_policy *policy, struct str rule_name,
                                int64_t subject_id, int32_t as_of_day,
                                struct entitlement_explanation *ret_explanation);

/* First and last period number that a sweep as of a day evaluates for a rule. */
void incentive_period_scope(const struct policy *policy, const struct statement *statement,
                            int32_t as_of_day, int32_t *ret_period_min, int32_t *ret_period_max);

#endif
