/* gate.h — the fraud gate: before money moves, each claim is looked at across people and time.
 *
 * A claim is kept, the facts about it are worked out by indexed queries (gate_look.h) and the
 * duties that policy documents lay on the record 案件 are evaluated over them. A duty that is not
 * met holds the claim with its evidence; a supervisor clears or confirms each finding with a
 * reason.
 *
 *   claim:    (new) -checked-> PASSED | HELD
 *             HELD -all cleared-> PASSED,  -one confirmed-> STOPPED
 *             PASSED -checked again-> PASSED | HELD,   any -withdrawn-> WITHDRAWN
 *   finding:  OPEN -clear-> CLEARED,  -confirm-> CONFIRMED,  -the duty is met again-> LAPSED
 *
 * A cleared finding stays cleared while what was measured grows no worse; if it does, a new one
 * opens.
 * What two units of work do at once may escape the first look of both: look again before paying.
 * A claim whose facts are not known (no handler yet, no issuer's filing told) is not held for them.
 *
 * Memory   results live in w->arena; rules in the arena given
 * Errors   ERR_GATE_RULES (a word of the gate's document is missing), ERR_NOT_FOUND (the holder is
 *          not in the registry, no such claim or finding), ERR_GATE_DECIDED, ERR_INPUT (no reason);
 *          store errors
 * Units    money in fen, days as civil day numbers, instants in UTC milliseconds
 * Limits   GATE_*
 */
#ifndef BAIGONG_GATE_H
#define BAIGONG_GATE_H

#include "policy/policy.h"
#include "store/work.h"

enum {
    GATE_RULES_MAX = 128,    /* duties on claims */
    GATE_COUNTED_MAX = 5000, /* a count that is told stops there */
    GATE_EVIDENCE_MAX = 40,  /* rows of a finding: what someone reads */
    GATE_REASON_SIZE_MAX = 4000,
    GATE_ROWS_MAX = 100,         /* a page */
    GATE_ACCOUNT_DIGITS_MIN = 3, /* different digits of an account that is no filler */
};

/* ---- rules */

/* What the gate's documents must define on 案件: since when and between which amounts it counts. */
enum gate_word {
    GATE_RECENT_SINCE,   /* 近期案件起始日 */
    GATE_INSURED_SINCE,  /* 单位参保起始日 */
    GATE_PRESENCE_SINCE, /* 同时两处起始日 */
    GATE_LINE_LOW,       /* 贴线下限 */
    GATE_LINE_HIGH,      /* 贴线上限 */
    GATE_FULL_DAY_HOURS, /* 全日课时: a course with as many class hours a day fills the day */
    GATE_WORD_COUNT
};

struct gate_rules {
    const struct policy *policy;
    int32_t duties[GATE_RULES_MAX]; /* statements, in the order of the text */
    int32_t duty_count;             /* 0: nothing is held */
    int32_t words[GATE_WORD_COUNT]; /* statements */
};

/* The gate's rules among those of a policy. */
enum err gate_rules_of(const struct policy *policy, struct gate_rules *ret_rules,
                       struct fault *fault);

/* ---- claims */

struct gate_claim {
    int64_t claim_id; /* unique: the case */
    struct str rule;  /* name of the rule that pays, and its document's number */
    struct str document;
    int32_t holder_table; /* REGISTRY_person or REGISTRY_organisation */
    int64_t holder_id;
    int32_t basis_table; /* the holder's record that the money is for; -1: none */
    int64_t basis_id;
    int64_t body_id;   /* organisation that handed it in or is paid for its people; 0: none */
    bool body_is_paid; /* the money goes to the organisation, not to the holder's account */
    int32_t division;  /* whose desk; 0: the holder's */
    int32_t claimed_day;
    int64_t amount_fen;        /* ABSENT_I64 while open */
    bool amount_filled;        /* by a person, up to what it cost; not fixed by the document */
    bool entitlement_missing;  /* by the records of today it is not granted any more */
    struct str proof;          /* digest of the evidence handed in; ptr NULL: none */
    int64_t handler_person_id; /* the officer, as a person; 0: not known */
};

enum gate_claim_state { GATE_PASSED = 1, GATE_HELD, GATE_STOPPED, GATE_WITHDRAWN };
enum gate_finding_state { GATE_OPEN = 1, GATE_CLEARED, GATE_CONFIRMED, GATE_LAPSED };

struct gate_finding {
    int64_t id, claim_id;
    struct str rule;                  /* name of the duty */
    struct str document;              /* its number */
    struct str article;               /* 第一条 账号和手机号 */
    struct str said, advice, measure; /* 多人登记同一账号; …; 同账号人数 7，不超过 2 */
    int64_t done, owed;
    enum gate_finding_state state;
    int64_t found_ms;
};

/* Keeps the claims, looks at each as of w->today_day and stores what is found. May be repeated: the
 * claim's findings are brought in line. Told are the findings that stand open or confirmed, in the
 * order of the claims; none: all passed. */
enum err gate_check(struct work *w, const struct gate_rules *rules, const struct gate_claim *claims,
                    int32_t claim_count, struct gate_finding **ret_findings,
                    int32_t *ret_finding_count);

/* The claim is given up: it counts for no other any more. */
enum err gate_withdraw(struct work *w, int64_t claim_id);

/* Whether money may move; ERR_NOT_FOUND when the claim was never checked. */
enum err gate_state(struct work *w, int64_t claim_id, enum gate_claim_state *ret_state);

/* A claim as kept. */
struct gate_claim_line {
    int64_t claim_id;
    struct str rule, document;
    int32_t holder_table;
    int64_t holder_id, body_id, provider_id;
    int32_t occupation, level; /* ABSENT_I32: none */
    int32_t division, claimed_day;
    int64_t amount_fen; /* ABSENT_I64 while open */
    enum gate_claim_state state;
    int64_t checked_ms;
};
enum err gate_claim_read(struct work *w, int64_t claim_id, struct gate_claim_line *ret_line);

/* Held claims of the divisions, newest first, before a claim (INT64_MAX: from the newest). */
enum err gate_held(struct work *w, int32_t division_min, int32_t division_max,
                   int64_t before_claim_id, int32_t row_count_max,
                   struct gate_claim_line **ret_lines, int32_t *ret_count);
enum err gate_held_count(struct work *w, int32_t division_min, int32_t division_max,
                         int64_t *ret_count); /* at most GATE_COUNTED_MAX */

/* ---- findings */

/* All findings of a claim, the newest last. */
enum err gate_findings(struct work *w, int64_t claim_id, struct gate_finding **ret_findings,
                       int32_t *ret_count);

enum gate_link {
#define LINK(code, name, zh, en) GATE_LINK_##name = code,
#include "domain/gate/gate_link.def"
#undef LINK
    GATE_LINK_END
};
struct gate_link_desc {
    const char *name, *label, *label_en;
};
extern const struct gate_link_desc gate_links[GATE_LINK_END];

struct gate_evidence {
    enum gate_link link;
    int32_t table; /* REGISTRY_person, REGISTRY_organisation; -1: none */
    int64_t record_id;
    int64_t other_claim;      /* 0: none */
    int32_t from_day, to_day; /* ABSENT_I32: not told, has not come */
    int64_t amount_fen;       /* ABSENT_I64: none */
    int32_t division;         /* ABSENT_I32: not told */
};
enum err gate_evidence(struct work *w, int64_t finding_id, struct gate_evidence **ret_evidence,
                       int32_t *ret_count);

struct gate_outcome {
    int64_t finding_id;
    enum gate_finding_state outcome; /* GATE_CLEARED, GATE_CONFIRMED */
    struct str reason, actor;
    int64_t at_ms;
};
enum err gate_outcomes(struct work *w, int64_t finding_id, struct gate_outcome **ret_outcomes,
                       int32_t *ret_count);

/* Clears (GATE_CLEARED) or confirms (GATE_CONFIRMED) an open finding; *ret_state is the claim's. */
enum err gate_decide(struct work *w, int64_t finding_id, enum gate_finding_state outcome,
                     struct str reason, enum gate_claim_state *ret_state);

/* How often a rule was right: confirmed of those decided. */
struct gate_precision {
    int32_t statement;
    int64_t open_count, cleared_count, confirmed_count, lapsed_count;
};
enum err gate_precision(struct work *w, const struct gate_rules *rules,
                        struct gate_precision **ret_rows); /* duty_count of them */

/* ---- officers and their relatives */

struct gate_kin {
    int64_t staff_id, person_id;
    struct str relation;
};
/* Declares a relative; the same again changes nothing. */
enum err gate_kin_put(struct work *w, const struct gate_kin *kin);
enum err gate_kin_end(struct work *w, int64_t staff_id, int64_t person_id);
/* Officers who declared relatives, after an officer, at most GATE_ROWS_MAX. */
enum err gate_kin_staff(struct work *w, int64_t after_id, int64_t ret_ids[GATE_ROWS_MAX],
                        int32_t *ret_count);
enum err gate_kin_of(struct work *w, int64_t staff_id, struct gate_kin **ret_kin,
                     int32_t *ret_count);

#endif
