/* case_open.h — cases opened from what was found, and kept in line with it.
 *
 *   entitlements ──case_open_all──► cases FOUND ──case_check──► CHECKED, ASKED, REVIEW
 *   event log    ──case_follow────►      └─ other amount, ended: looked at again, corrected, closed
 *
 * A case is opened for every stored entitlement of a grant that pays and of every title, once for
 * its rule, subject, basis and period, whatever is run again. What a rule leaves to an application
 * (catalogue/case_practice.csv: applied) waits until somebody applies.
 *
 * Memory   of the units of work it runs
 * Errors   store errors
 * Limits   CASE_ROWS_MAX a unit of work
 */
#ifndef BAIGONG_CASE_OPEN_H
#define BAIGONG_CASE_OPEN_H

#include "domain/incentive/case.h"

/* What a case's entitlement says now. */
struct case_entitled {
    bool is_there;
    enum lane lane;
    int64_t amount_fen; /* ABSENT_I64 while open */
    int64_t payee_id;   /* 0: the holder */
};

/* The move that the program owes a case: CASE_OPENED when none. subject is brought to what the
 * move brings along (amount, payee, key of the payment). */
enum case_act case_due_act(const struct case_entitled *now, int64_t now_ms,
                           struct incentive_case *subject);

struct case_open_report {
    int64_t opened_count; /* new cases */
    int64_t moved_count;  /* moves the program made */
    int64_t event_count;  /* events of the log looked at */
};

/* Told now and then; may be NULL. */
typedef void case_progress(void *context, const struct case_open_report *report);

/* Opens what is missing over the whole city, rule by rule, and checks what stands in FOUND. */
enum err case_open_all(struct work_env *env, const struct incentive_policy *policy,
                       const struct case_practice *practice, struct case_open_report *ret_report,
                       case_progress *progress, void *context, struct fault *fault);

/* Works off the events since the last time; before cases were opened for the first time nothing is
 * followed. Several processes may do it at once. */
enum err case_follow(struct work_env *env, const struct incentive_policy *policy,
                     const struct case_practice *practice, struct case_open_report *ret_report,
                     struct fault *fault);

/* Brings one case in line with its entitlement, as often as a move is due. */
enum err case_align(struct work *w, const struct case_practice *practice,
                    struct incentive_case *subject);

/* Somebody applies for a rule: the cases of its stored entitlements are opened or opened again.
 * With none, one is opened that a reviewer answers with reasons. *ret_id: of the first. subject_id
 * is a row of the rule's subject record; its holder applies. */
struct case_application {
    struct str document_number, rule_name;
    int64_t holder_id, subject_id;
    int32_t holder_record; /* 1 person, 2 organisation */
    int32_t division;
    struct str words;
};
enum err case_apply(struct work *w, const struct case_practice *practice,
                    const struct case_application *application, int64_t *ret_id);

#endif
