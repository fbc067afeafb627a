/* sweep.h — the rules of one document as its rivals know them: by hand.
 *
 * The bench holds policy/jining/2022-skilled-jining.md, run by the engine, against the same rules
 * written out as a C loop (sweep_loop.h) and as SQL (sweep_sql.h). So this room of bench/ has the
 * document's words, days and amounts in C, which the product never has.
 *
 * Memory   sets live in the arena given
 * Errors   ERR_CATALOGUE: a word of sweep.def is not in its catalogue
 * Units    money in fen, days as civil day numbers
 */
#ifndef BAIGONG_SWEEP_H
#define BAIGONG_SWEEP_H

#include "base/arena.h"
#include "base/err.h"
#include "policy/vocab.h"

enum sweep_rule {
#define RULE(name, statement) SWEEP_##name,
#define SET(name, catalogue, words)
#include "sweep.def"
#undef RULE
#undef SET
    SWEEP_RULE_COUNT
};

enum sweep_set {
#define RULE(name, statement)
#define SET(name, catalogue, words) SET_##name,
#include "sweep.def"
#undef RULE
#undef SET
    SWEEP_SET_COUNT
};

enum {
    SWEEP_DIVISION = 370800,
    SWEEP_GRAND_AWARD_QUOTA = 2,
    SWEEP_CHIEF_QUOTA = 30,
    SWEEP_EXPERT_QUOTA = 100,
    SWEEP_CHIEF_TERM_MONTHS = 48,
    SWEEP_MONTHS_MAX = 12,
};
#define SWEEP_CARRIER_FEN INT64_C(5000000)
#define SWEEP_STUDIO_FEN INT64_C(2000000)
#define SWEEP_MONTH_FEN INT64_C(100000)
#define SWEEP_EXPERT_FEN INT64_C(100000)

/* What one rule comes to. */
struct sweep_figure {
    int64_t granted_count;
    int64_t amount_fen; /* what is known of it */
};

/* As of a day, for the calendar year that it lies in. */
struct sweep_days {
    int32_t as_of;
    int32_t year_start;
    int32_t in_force;
    int32_t carrier_last; /* last day on which a base or studio may be approved */
    int32_t month_count;  /* months of the year until as_of */
};

struct sweep_codes {
    const int64_t *codes;
    int32_t count;
};

struct sweep_words {
    struct sweep_codes sets[SWEEP_SET_COUNT];
    const struct catalogue_register *shortage;
};

extern const char *const sweep_rule_labels[SWEEP_RULE_COUNT];
extern const char *const sweep_set_names[SWEEP_SET_COUNT];

struct sweep_days sweep_days_of(int32_t as_of_day);
enum err sweep_words_find(struct arena *arena, const struct vocab *vocab,
                          struct sweep_words *ret_words, struct fault *fault);

#endif
