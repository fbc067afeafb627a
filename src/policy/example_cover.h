/* example_cover.h — what the worked examples of a policy show, and what none does (internal).
 *
 * Each grant, title, promotion, right and duty wants an example that passes, one that fails, and
 * one subject on two days in a row that part the outcome; each quota one in which the last place is
 * given and the next is not; each row of a table one that comes to it.
 *
 * Memory   marks live in the arena given
 * Errors   ERR_MEMORY
 */
#ifndef BAIGONG_EXAMPLE_COVER_H
#define BAIGONG_EXAMPLE_COVER_H

#include "policy/policy.h"

struct example_cover {
    struct arena *arena;
    const struct policy *policy;
    bool *passes, *fails; /* by statement */
    bool *borders;        /* one subject, two days in a row, two outcomes */
    bool *limits;         /* a quota that is full, and one who stands behind it */
    bool **table_rows;    /* by table statement: rows that an example came to */
};

enum err example_cover_init(struct example_cover *cover, struct arena *arena,
                            const struct policy *policy, struct fault *fault);

/* Notes what an example expects: all of it came true, or is a finding of its own. */
void example_cover_example(struct example_cover *cover, const struct example *example);

/* The quota that cuts the subjects of a rule off, its own or a settlement's; NULL: none. */
const struct quota *example_cover_quota(const struct policy *policy, int32_t statement);

/* Adds a finding for everything that no example shows. */
enum err example_cover_findings(const struct example_cover *cover, struct findings *findings,
                                struct fault *fault);

/* Adds a finding; the words live in the findings' arena or longer. */
enum err example_finding(struct findings *findings, const struct finding *finding,
                         struct fault *fault);

#endif
