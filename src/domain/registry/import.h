/* import.h — whole files into the registry: checked, sealed, put, with what was refused told cell
 * by cell.
 *
 * ALL_OR_NOTHING runs in one transaction: one refused row and nothing is changed. KEEP_GOOD commits
 * a batch of rows at a time together with the position reached, so that a run that was broken off
 * (power, kill -9) goes on where it stopped when the same file is imported again. Either way a file
 * may be imported any number of times: what is known is left alone.
 *
 * Memory   results live in the given arena; flat as the file grows
 * Errors   ERR_IMPORT (columns missing; rows refused in ALL_OR_NOTHING), those of tabular.h, ERR_IO
 *          for the error file, store errors
 * Limits   IMPORT_SHOWN_PROBLEMS_MAX problems in the result; the error file has all. A batch in
 *          flight takes about 1 KB a row (import_pipe.h)
 */
#ifndef BAIGONG_IMPORT_H
#define BAIGONG_IMPORT_H

#include "domain/registry/fact_check.h"
#include "store/work.h"

enum import_mode { IMPORT_ALL_OR_NOTHING, IMPORT_KEEP_GOOD };

enum { IMPORT_SHOWN_PROBLEMS_MAX = 20 };

struct import_counts {
    int64_t row_count;
    int64_t added_count;
    int64_t corrected_count;
    int64_t same_count;
    int64_t refused_count;
};

struct import_options {
    int32_t table;
    /* Where identity numbers may come from; NULL: any division of a known province. */
    const struct identity_divisions *divisions;
    /* Rows must stand in these divisions, by the division of the person or organisation they tell
     * of, as it is and as the row says; 0 and 0: anywhere. */
    int32_t division_min, division_max;
    const char *path;
    const char *error_path; /* the refused rows: a workbook when it ends in .xlsx, else CSV; NULL */
    enum import_mode mode;
    bool dry_run;            /* checks everything, changes nothing */
    int32_t batch_row_count; /* rows of one transaction in KEEP_GOOD; 0: IMPORT_BATCH_ROWS */
    /* Called after each batch; permille of the file. May be NULL. */
    void (*progress)(void *context, const struct import_counts *counts, int32_t permille);
    void *progress_context;
};

struct import_problem {
    char cell[32]; /* "C5" */
    char reason[PROBLEM_TEXT_SIZE];
    char remedy[PROBLEM_TEXT_SIZE];
};

struct import_result {
    struct import_counts counts;
    int64_t resumed_row_count; /* rows that an earlier, broken-off run had dealt with */
    struct str unknown_titles; /* columns of the file that were not used, with 、 between */
    struct import_problem problems[IMPORT_SHOWN_PROBLEMS_MAX];
    int32_t problem_count;
};

/* *ret_result is written on ERR_OK and on ERR_IMPORT. */
enum err import_file(struct work_env *env, struct arena *arena, const struct vocab *vocab,
                     const struct import_options *options, struct import_result *ret_result,
                     struct fault *fault);

#endif
