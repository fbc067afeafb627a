/* db_fault.h — a port whose n-th call fails, in front of a real one: for tests.
 *
 * Put a plan into struct store_options. Every call of the port counts, but for those that cannot
 * fail (rollback, closing). The plan may be changed between units of work.
 *
 * Memory   the plan belongs to the test and must live as long as the store
 */
#ifndef BAIGONG_DB_FAULT_H
#define BAIGONG_DB_FAULT_H

#include "store/db.h"

struct db_fault_plan {
    int64_t call_count;   /* calls so far */
    int64_t fail_at_call; /* 1 is the next call of a plan with call_count 0; 0: none fails */
    enum err code;        /* what the failing call returns */
    bool failed;          /* set when it happened */
};

/* Takes over inner and closes it when it is closed itself. */
enum err db_fault_wrap(struct db *inner, struct db_fault_plan *plan, struct db **ret_db,
                       struct fault *fault);

#endif
