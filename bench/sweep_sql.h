/* sweep_sql.h — the rules of the document as SQL (rival.sql) over a city in a database.
 *
 * Memory   nothing kept
 * Errors   store errors
 * Units    *_ms in milliseconds
 */
#ifndef BAIGONG_SWEEP_SQL_H
#define BAIGONG_SWEEP_SQL_H

#include "store/work.h"
#include "sweep.h"

struct sweep_sql_times {
    double rule_ms[SWEEP_RULE_COUNT];
    double total_ms;
};

/* Adds the tables of codes to a filled city and gathers statistics. */
enum err sweep_sql_prepare(struct work_env *env, const struct sweep_words *words,
                           struct fault *fault);

/* Every rule once, in one transaction. figures has room for SWEEP_RULE_COUNT. */
enum err sweep_sql_run(struct work_env *env, const struct sweep_days *days,
                       struct sweep_figure *ret_figures, struct sweep_sql_times *ret_times,
                       struct fault *fault);

#endif
