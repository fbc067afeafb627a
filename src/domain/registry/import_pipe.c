/* import_pipe.c — a ring of batches between the reading thread and the putting one.
 *
 *   slots: read_count - given_back_count of them are full or in use; the reader waits when all are.
 */
#include "domain/registry/import_pipe.h"

#include <pthread.h>

struct import_pipe {
    struct table_reader *reader;
    struct import_header header;
    const struct import_context *context;
    int32_t batch_row_count;
    struct import_batch batches[IMPORT_BATCHES];
    pthread_t thread;
    bool thread_runs;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int64_t read_count;       /* batches read */
    int64_t taken_count;      /* batches handed out */
    int64_t given_back_count; /* of these: no longer in use */
    bool ended;               /* nothing more will be read */
    bool stopping;            /* the pipe is being closed */
    struct fault fault;       /* why reading ended, if not at the end of the file */
};

static enum err read_batch(struct import_pipe *pipe, struct import_batch *batch, bool *ret_at_end)
{
    batch->row_count = 0;
    batch->rows = ARENA_NEW_ARRAY(&batch->arena, struct import_row, (size_t)pipe->batch_row_count);
    if (!batch->rows)
        return fault_set(&pipe->fault, ERR_MEMORY, "no memory for a batch of the import");
    while (batch->row_count < pipe->batch_row_count &&
           batch->arena.used_size < IMPORT_BATCH_SIZE_FULL) {
        const struct table_row *row;
        TRY(table_reader_next(pipe->reader, &pipe->fault, &row));
        if (!row) {
            *ret_at_end = true;
            break;
        }
        TRY(import_row_read(&batch->arena, pipe->context, &pipe->header, row,
                            &batch->rows[batch->row_count], &pipe->fault));
        batch->row_count++;
    }
    batch->permille = table_reader_progress(pipe->reader);
    return ERR_OK;
}

/* Waits for a free slot; false when the pipe is being closed. */
static bool wait_for_room(struct import_pipe *pipe)
{
    pthread_mutex_lock(&pipe->lock);
    while (!pipe->stopping && pipe->read_count - pipe->given_back_count == IMPORT_BATCHES)
        pthread_cond_wait(&pipe->changed, &pipe->lock);
    bool stopping = pipe->stopping;
    pthread_mutex_unlock(&pipe->lock);
    return !stopping;
}

static void *read_thread(void *context)
{
    struct import_pipe *pipe = context;
    bool at_end = false;
    while (!at_end && wait_for_room(pipe)) {
        struct import_batch *batch = &pipe->batches[pipe->read_count % IMPORT_BATCHES];
        arena_done(&batch->arena);
        bool failed = read_batch(pipe, batch, &at_end) != ERR_OK;
        pthread_mutex_lock(&pipe->lock);
        pipe->read_count += !failed && batch->row_count > 0;
        at_end = at_end || failed;
        pipe->ended = at_end;
        pthread_cond_broadcast(&pipe->changed);
        pthread_mutex_unlock(&pipe->lock);
    }
    return NULL;
}

static enum err read_titles(struct arena *arena, struct import_pipe *pipe,
                            const struct import_pipe_options *options, struct fault *fault)
{
    const struct table_row *row;
    TRY(table_reader_next(pipe->reader, fault, &row));
    if (!row) {
        fault_set(fault, ERR_IMPORT, "文件是空的");
        return fault_hint(fault, "第一行应为列名，以下每行一条；可从空白模板填起。");
    }
    TRY(import_header_read(arena, options->table, row, &pipe->header, fault));
    for (int64_t i = 0; row && i < options->skip_row_count; i++)
        TRY(table_reader_next(pipe->reader, fault, &row));
    return ERR_OK;
}

enum err import_pipe_open(struct arena *arena, const struct import_pipe_options *options,
                          const struct import_context *context, struct import_pipe **ret_pipe,
                          struct import_header *ret_header, struct fault *fault)
{
    struct import_pipe *pipe = ARENA_NEW(arena, struct import_pipe);
    if (!pipe)
        return fault_set(fault, ERR_MEMORY, "no memory for the import");
    check(options->batch_row_count > 0);
    pipe->context = context;
    pipe->batch_row_count = options->batch_row_count;
    for (int32_t i = 0; i < IMPORT_BATCHES; i++)
        arena_init(&pipe->batches[i].arena, IMPORT_BATCH_SIZE_MAX);
    TRY(table_reader_open(options->path, NULL, fault, &pipe->reader));
    enum err err = read_titles(arena, pipe, options, fault);
    if (err != ERR_OK) {
        table_reader_free(pipe->reader);
        return err;
    }
    pthread_mutex_init(&pipe->lock, NULL);
    pthread_cond_init(&pipe->changed, NULL);
    pipe->thread_runs = pthread_create(&pipe->thread, NULL, read_thread, pipe) == 0;
    if (!pipe->thread_runs) {
        import_pipe_close(pipe);
        return fault_set(fault, ERR_MEMORY, "no thread for the import");
    }
    *ret_pipe = pipe;
    *ret_header = pipe->header;
    return ERR_OK;
}

enum err import_pipe_next(struct import_pipe *pipe, struct import_batch **ret_batch,
                          struct fault *fault)
{
    pthread_mutex_lock(&pipe->lock);
    pipe->given_back_count = pipe->taken_count;
    pthread_cond_broadcast(&pipe->changed);
    while (!pipe->ended && pipe->read_count == pipe->taken_count)
        pthread_cond_wait(&pipe->changed, &pipe->lock);
    bool has_batch = pipe->read_count > pipe->taken_count;
    enum err err = has_batch ? ERR_OK : pipe->fault.code;
    *ret_batch = has_batch ? &pipe->batches[pipe->taken_count % IMPORT_BATCHES] : NULL;
    pipe->taken_count += has_batch;
    pthread_mutex_unlock(&pipe->lock);
    if (err != ERR_OK && fault)
        *fault = pipe->fault;
    return err;
}

void import_pipe_close(struct import_pipe *pipe)
{
    if (!pipe)
        return;
    if (pipe->thread_runs) {
        pthread_mutex_lock(&pipe->lock);
        pipe->stopping = true;
        pthread_cond_broadcast(&pipe->changed);
        pthread_mutex_unlock(&pipe->lock);
        pthread_join(pipe->thread, NULL);
    }
    pthread_cond_destroy(&pipe->changed);
    pthread_mutex_destroy(&pipe->lock);
    for (int32_t i = 0; i < IMPORT_BATCHES; i++)
        arena_done(&pipe->batches[i].arena);
    table_reader_free(pipe->reader);
}
