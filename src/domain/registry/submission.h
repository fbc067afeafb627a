/* submission.h — a fact that somebody gives about themselves: kept apart from the registry until an
 * officer confirms it, which puts it there, or declines it with a reason.
 *
 *   WAITING -confirm-> CONFIRMED (the fact stands in the registry, source 本人补报 or 单位补报)
 *           -decline-> DECLINED     -take back, by who gave it-> TAKEN_BACK
 *
 * Nothing that waits counts for anything: rules read the registry alone.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; ERR_STORE_CONFLICT when it is decided already; ERR_LIMIT when too many of
 *          one giver wait; ERR_SECRET; store errors
 * Limits   SUBMISSION_WAITING_MAX of one person or organisation
 */
#ifndef BAIGONG_SUBMISSION_H
#define BAIGONG_SUBMISSION_H

#include "domain/registry/fact_form.h"

enum {
    SUBMISSION_WAITING_MAX = 20,   /* an officer reads each */
    SUBMISSION_ROWS_MAX = 100,     /* a page */
    SUBMISSION_COUNTED_MAX = 5000, /* more is told as so many */
};

enum submission_state {
    SUBMISSION_WAITING = 1,
    SUBMISSION_CONFIRMED,
    SUBMISSION_DECLINED,
    SUBMISSION_TAKEN_BACK,
    SUBMISSION_STATE_COUNT
};

struct submission {
    int64_t id;
    int64_t person_id, organisation_id; /* one of them is 0 */
    int32_t division;
    int64_t record_id;      /* 0: a new record */
    int64_t entitlement_id; /* 0: none asked */
    struct fact_form form;  /* table, owner, texts as typed */
    struct str note;
    int64_t account_id;
    int64_t created_ms;
    int32_t due_day;
    enum submission_state state;
    int64_t decided_ms;
    struct str decided_by, reason;
};

/* Sets id. */
enum err submission_add(struct work *w, struct submission *submission);
enum err submission_read(struct work *w, int64_t id, struct submission *ret_submission);

/* Those that wait in the divisions, the one to be answered first at the top, after a key. */
enum err submission_waiting(struct work *w, int32_t division_min, int32_t division_max,
                            int32_t after_due_day, int64_t after_id, int32_t row_count_max,
                            struct submission **ret_submissions, int32_t *ret_count);
/* How many wait, at most SUBMISSION_COUNTED_MAX, and the earliest day for an answer. */
enum err submission_waiting_count(struct work *w, int32_t division_min, int32_t division_max,
                                  int64_t *ret_count, int32_t *ret_due_day);
/* Of one person or organisation (the other id is 0), newest first. */
enum err submission_of(struct work *w, int64_t person_id, int64_t organisation_id,
                       struct submission **ret_submissions, int32_t *ret_count);

/* Puts the fact, checked anew, and notes who decided. With problems nothing is changed. */
enum err submission_confirm(struct work *w, const struct fact_checker *checker, int64_t id,
                            struct str reason, struct fact_problems *ret_problems,
                            int64_t *ret_record_id);
/* Ends the waiting with nothing put. */
enum err submission_close(struct work *w, int64_t id, enum submission_state state,
                          struct str reason);

#endif
