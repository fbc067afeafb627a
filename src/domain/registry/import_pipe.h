/* import_pipe.h — reads and checks rows of a file on its own thread, a few batches ahead of who
 * puts them into the store.
 *
 * Memory   batches live in the pipe's arenas: a batch until it is given back
 * Errors   those of tabular.h and import_row.h, from import_pipe_next
 * Limits   IMPORT_BATCHES batches in flight, IMPORT_BATCH_ROWS rows each
 */
#ifndef BAIGONG_IMPORT_PIPE_H
#define BAIGONG_IMPORT_PIPE_H

#include "base/tabular.h"
#include "domain/registry/import_row.h"

enum {
    IMPORT_BATCHES = 3, /* one being read, one waiting, one being put */
    IMPORT_BATCH_ROWS =
        40000, /* one transaction: pages of an index are written once for many rows */
    IMPORT_BATCH_SIZE_FULL = 40 << 20, /* a batch of long rows ends here */
    IMPORT_BATCH_SIZE_MAX = 64 << 20,  /* with the row that filled it */
};

struct import_batch {
    struct import_row *rows;
    int32_t row_count;
    struct arena arena;
    int32_t permille; /* how much of the file has been read */
};

struct import_pipe;

struct import_pipe_options {
    const char *path;
    int32_t table;
    int32_t batch_row_count;
    int64_t skip_row_count; /* rows below the titles that are passed over */
};

/* Opens the file and reads its titles into ret_header, which lives in arena as the pipe does. */
enum err import_pipe_open(struct arena *arena, const struct import_pipe_options *options,
                          const struct import_context *context, struct import_pipe **ret_pipe,
                          struct import_header *ret_header, struct fault *fault);

/* The next batch, NULL at the end of the file. It stays until the call after. */
enum err import_pipe_next(struct import_pipe *pipe, struct import_batch **ret_batch,
                          struct fault *fault);

void import_pipe_close(struct import_pipe *pipe); /* accepts NULL; stops the thread */

#endif
