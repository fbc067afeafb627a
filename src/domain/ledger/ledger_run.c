/* A batch worked on by whoever comes: chunk after chunk, then the files. */
#include "base/id.h"
#include "domain/ledger/ledger_batch_row.h"
#include "port/bank.h"
#include "store/event.h"

#include <inttypes.h>

enum { CHUNK_ARENA_SIZE_MAX = 256 * 1024 * 1024, ORDERS_A_READ = 5000 };

struct running {
    const struct ledger_run *run;
    struct arena *arena;
    int64_t id;
    struct ledger_batch batch;
    bool is_idle;
};

static enum err copy_batch(struct work *w, struct running *running,
                           const struct ledger_batch *batch)
{
    struct arena *arena = running->arena;
    running->batch = *batch;
    running->batch.fund = str_copy(arena, batch->fund);
    running->batch.article = str_copy(arena, batch->article);
    running->batch.maker_name = str_copy(arena, batch->maker_name);
    running->batch.approver_name = str_copy(arena, batch->approver_name);
    running->batch.words = str_copy(arena, batch->words);
    running->batch.csv_digest = (struct str){0};
    running->batch.xml_digest = (struct str){0};
    return running->batch.words.ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a batch");
}

static bool is_posted(const struct ledger_batch *batch)
{
    return batch->state == LEDGER_BATCH_FILING && batch->cursor_line_id == -1;
}

static enum err chunk_step(struct work *w, void *context)
{
    struct running *running = context;
    struct ledger_batch batch;
    TRY(ledger_batch_read(w, running->id, &batch));
    enum ledger_batch_state state = batch.state;
    running->is_idle = state == LEDGER_BATCH_CHECKED || state == LEDGER_BATCH_FILED ||
                       state == LEDGER_BATCH_SETTLED || state == LEDGER_BATCH_DROPPED ||
                       is_posted(&batch);
    if (!running->is_idle)
        TRY(ledger_batch_chunk(w, running->run->payees, &batch));
    return copy_batch(w, running, &batch);
}

/* How many payments are done in the state, for whoever watches. */
static int64_t done_count(const struct ledger_batch *batch)
{
    return batch->state == LEDGER_BATCH_MAKING ? batch->payment_count : batch->cursor_id;
}

enum err ledger_batch_run(struct work_env *env, const struct ledger_run *run, int64_t id,
                          struct ledger_batch *ret_batch, struct arena *arena, struct fault *fault)
{
    struct work_env own = *env;
    struct running running = {.run = run, .arena = arena, .id = id};
    own.arena_limit_size = CHUNK_ARENA_SIZE_MAX;
    while (!running.is_idle) {
        struct arena_mark mark = arena_mark(arena);
        TRY(work_run(&own, WORK_WRITE, chunk_step, &running, fault));
        if (run->on_progress)
            run->on_progress(run->context, &running.batch, done_count(&running.batch));
        if (!running.is_idle)
            arena_rewind(arena, mark);
    }
    if (is_posted(&running.batch)) {
        TRY(ledger_batch_write(&own, run, &running.batch, fault));
        TRY(work_run(&own, WORK_WRITE, chunk_step, &running, fault));
    }
    *ret_batch = running.batch;
    return ERR_OK;
}

/* ---- the files */

const char *ledger_batch_path(struct arena *arena, const char *folder, int64_t id,
                              const char *ending)
{
    return text_in(arena, "%s/BG%" PRId64 ".%s", folder, id, ending);
}

struct writing {
    const struct ledger_batch *batch;
    struct arena arena; /* of a page of orders */
    struct bank_order *orders;
    int32_t order_count, after_position;
};

static enum err read_order(struct work *w, struct writing *writing,
                           const struct ledger_payment_orders_out *row)
{
    struct arena *arena = &writing->arena;
    struct bank_order order = {str_copy(arena, row->order_id), row->amount_fen,
                               str_copy(arena, row->name),     {0},
                               str_copy(arena, row->bank),     str_copy(arena, row->article)};
    enum err err = secret_open(w->secrets, arena, ledger_payment_place(row->claim_id),
                               row->account_sealed, &order.account);
    if (err != ERR_OK)
        return fail(w, err, "the account of payment %d does not open", row->position);
    if (!order.order_id.ptr || !order.name.ptr || !order.bank.ptr || !order.text.ptr)
        return fail(w, ERR_MEMORY, "no memory for the payments of a file");
    writing->orders[writing->order_count++] = order;
    return ERR_OK;
}

/* May be run again: what it read before is forgotten. */
static enum err orders_step(struct work *w, void *context)
{
    struct writing *writing = context;
    arena_done(&writing->arena);
    arena_init(&writing->arena, CHUNK_ARENA_SIZE_MAX);
    writing->order_count = 0;
    writing->orders = ARENA_NEW_ARRAY(&writing->arena, struct bank_order, ORDERS_A_READ);
    if (!writing->orders)
        return fail(w, ERR_MEMORY, "no memory for the payments of a file");
    struct ledger_payment_orders_in in = {writing->batch->id, writing->after_position,
                                          ORDERS_A_READ};
    struct cursor cursor;
    TRY(ledger_payment_orders(w, &in, &cursor));
    for (;;) {
        struct ledger_payment_orders_out row;
        bool more;
        TRY(ledger_payment_orders_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        TRY(read_order(w, writing, &row));
    }
}

/* The position of an order is the end of its name. */
static int32_t position_of(const struct bank_order *order)
{
    int64_t position = 0;
    size_t dash = str_find(order->order_id, STR("-"));
    check(str_to_i64(str_sub(order->order_id, dash + 1, order->order_id.size), &position));
    return (int32_t)position;
}

/* The payments go into both files. */
static enum err write_orders(struct work_env *env, struct writing *writing,
                             struct bank_writer *const writers[2], struct fault *fault)
{
    do {
        TRY(work_run(env, WORK_READ, orders_step, writing, fault));
        for (int32_t i = 0; i < writing->order_count; i++) {
            TRY(bank_writer_order(writers[0], &writing->orders[i], fault));
            TRY(bank_writer_order(writers[1], &writing->orders[i], fault));
            writing->after_position = position_of(&writing->orders[i]);
        }
    } while (writing->order_count == ORDERS_A_READ);
    return ERR_OK;
}

struct filing {
    int64_t id;
    uint8_t digests[2][HASH_SIZE];
};

static enum err filed_step(struct work *w, void *context)
{
    const struct filing *filing = context;
    struct ledger_batch_filed_in in = {.id = filing->id,
                                       .from_state = LEDGER_BATCH_FILING,
                                       .state = LEDGER_BATCH_FILED,
                                       .filed_ms = w->now_ms,
                                       .csv_digest = {(const char *)filing->digests[0], HASH_SIZE},
                                       .xml_digest = {(const char *)filing->digests[1], HASH_SIZE}};
    int64_t changed_count;
    TRY(ledger_batch_filed(w, &in, &changed_count));
    if (changed_count == 0)
        return ERR_OK; /* another process was first, with the same files */
    return event_append(
        w, &(struct event){.kind = STR("ledger.batch_filed"), .subject_id = filing->id});
}

enum err ledger_batch_write(struct work_env *env, const struct ledger_run *run,
                            const struct ledger_batch *batch, struct fault *fault)
{
    static const enum bank_format formats[] = {BANK_CSV, BANK_PAIN};
    static const char *const endings[] = {"csv", "xml"};
    struct bank_head head = {.created_ms = batch->approved_ms,
                             .pay_day = batch->pay_day,
                             .debtor = run->practice->debtor,
                             .debtor_account = run->practice->debtor_account,
                             .count = batch->payment_count,
                             .amount_fen = batch->amount_fen};
    struct writing writing = {.batch = batch};
    struct bank_writer *writers[2] = {NULL, NULL};
    struct filing filing = {.id = batch->id};
    struct arena arena;
    arena_init(&arena, 1 << 20);
    arena_init(&writing.arena, CHUNK_ARENA_SIZE_MAX);
    head.message_id = str_from(text_in(&arena, "BG%" PRId64, batch->id));
    enum err err = ERR_OK;
    for (int32_t i = 0; i < 2 && err == ERR_OK; i++)
        err =
            bank_writer_open(&arena, ledger_batch_path(&arena, run->folder, batch->id, endings[i]),
                             formats[i], &head, fault, &writers[i]);
    if (err == ERR_OK)
        err = write_orders(env, &writing, writers, fault);
    for (int32_t i = 0; i < 2; i++) {
        if (err == ERR_OK)
            err = bank_writer_close(writers[i], fault, filing.digests[i]);
        else
            bank_writer_cancel(writers[i]);
    }
    arena_done(&writing.arena);
    arena_done(&arena);
    return err == ERR_OK ? work_run(env, WORK_WRITE, filed_step, &filing, fault) : err;
}
