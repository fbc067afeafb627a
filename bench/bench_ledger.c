/* Postings a second, next to the bare store writing the same rows; a batch of payments from nothing
 * to the bank's files.
 *
 * usage: bench_ledger [PAYMENTS [postgresql://...]]    SQLite in a temporary folder; PostgreSQL
 *                                                      too with the URL of an empty database */
#include "bench.h"

#include "base/id.h"
#include "base/record.h"
#include "base/secret.h"
#include "domain/ledger/ledger_batch.h"
#include "domain/ledger/ledger_fund.h"
#include "ledger_sql.h"
#include "store/event.h"
#include "store/migrate.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 2000, YEAR = 2026, TODAY_DAY = 20514 };

struct bench {
    struct work_env env;
    struct id_source ids;
    int64_t count, done, line_id, fund_id, virement_id, batch_id;
    char folder[64];
    struct fault fault;
};

static int failed(const struct bench *bench, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, bench->fault.message);
    return 1;
}

static enum err find_payees(struct work *w, void *context, enum ledger_party record,
                            const int64_t *ids, int32_t count, struct ledger_payee *ret_payees)
{
    for (int32_t i = 0; i < count; i++)
        ret_payees[i] = (struct ledger_payee){
            .name = STR("某人"),
            .account = str_from(text_in(w->arena, "6228480402%09d", (int)ids[i]))};
    return ERR_OK;
}

static enum err ask_step(struct work *w, void *context)
{
    struct bench *bench = context;
    struct ledger_fund fund = {.name = STR("专项")};
    TRY(ledger_fund_put(w, &fund, &bench->fund_id));
    TRY(ledger_line_put(w, bench->fund_id, YEAR, 0, STR(""), &bench->line_id));
    struct ledger_virement virement = {.to_line_id = bench->line_id,
                                       .amount_fen = INT64_C(50000000000),
                                       .reason = STR("年初下达")};
    return ledger_virement_ask(w, &virement, &bench->virement_id);
}

static enum err approve_step(struct work *w, void *context)
{
    const struct bench *bench = context;
    return ledger_virement_approve(w, bench->virement_id, STR(""));
}

static enum err reserve_step(struct work *w, void *context)
{
    const struct bench *bench = context;
    struct ledger_claim *claims = ARENA_NEW_ARRAY(w->arena, struct ledger_claim, CHUNK);
    struct ledger_answer *answers = ARENA_NEW_ARRAY(w->arena, struct ledger_answer, CHUNK);
    struct ledger_shortage_rule rule = {LEDGER_SHORT_STOP};
    for (int32_t i = 0; i < CHUNK; i++)
        claims[i] =
            (struct ledger_claim){.key = str_from(text_in(w->arena, "e%" PRId64, bench->done + i)),
                                  .fund = STR("专项"),
                                  .year = YEAR,
                                  .division = 370811,
                                  .amount_fen = 200000,
                                  .article = STR("济人社字〔2022〕1号 第三条"),
                                  .case_id = bench->done + i + 1,
                                  .payee_record = LEDGER_PERSON,
                                  .payee_id = bench->done + i + 1,
                                  .expires_day = TODAY_DAY + 90};
    return ledger_reserve(w, claims, CHUNK, &rule, answers);
}

/* The rows that a reservation writes, without asking or adding anything up. */
static enum err bare_step(struct work *w, void *context)
{
    const struct bench *bench = context;
    struct bulk *claims, *postings, *entries;
    struct event *events = ARENA_NEW_ARRAY(w->arena, struct event, CHUNK);
    TRY(stmt_bulk_begin(w, &ledger_claim_insert_stmt, &claims));
    TRY(stmt_bulk_begin(w, &ledger_posting_insert_stmt, &postings));
    TRY(stmt_bulk_begin(w, &ledger_entry_insert_stmt, &entries));
    for (int32_t i = 0; i < CHUNK; i++) {
        int64_t number = bench->done + i;
        struct ledger_claim_insert_in claim = {.id = id_next(w->ids),
                                               .key =
                                                   str_from(text_in(w->arena, "b%" PRId64, number)),
                                               .line_id = bench->line_id,
                                               .fund_id = bench->fund_id,
                                               .year = YEAR,
                                               .division = 370811,
                                               .asked_fen = 200000,
                                               .amount_fen = 200000,
                                               .article = STR("济人社字〔2022〕1号 第三条"),
                                               .case_id = number + 1,
                                               .payee_record = LEDGER_PERSON,
                                               .payee_id = number + 1,
                                               .expires_day = TODAY_DAY + 90,
                                               .state = LEDGER_CLAIM_RESERVED,
                                               .round = 1,
                                               .reason = STR(""),
                                               .created_ms = w->now_ms,
                                               .changed_ms = w->now_ms};
        struct ledger_posting_insert_in posting = {
            .id = id_next(w->ids),
            .key = str_from(text_in(w->arena, "RESERVE:b%" PRId64 "#1.0", number)),
            .kind = LEDGER_MOVE_RESERVE,
            .line_id = bench->line_id,
            .claim_id = claim.id,
            .case_id = number + 1,
            .article = claim.article,
            .at_ms = w->now_ms,
            .day = TODAY_DAY,
            .account_name = STR("bench"),
            .words = STR("")};
        struct ledger_entry_insert_in entry = {posting.id, 1, bench->line_id,
                                               LEDGER_ACCOUNT_AVAILABLE, -200000};
        TRY(stmt_struct_bulk_row(claims, &claim));
        TRY(stmt_struct_bulk_row(postings, &posting));
        TRY(stmt_struct_bulk_row(entries, &entry));
        entry.position = 2;
        entry.account = LEDGER_ACCOUNT_RESERVED;
        entry.amount_fen = 200000;
        TRY(stmt_struct_bulk_row(entries, &entry));
        events[i] = (struct event){
            .kind = STR("ledger.reserved"),
            .person_id = number + 1,
            .subject_id = claim.id,
            .detail = str_from(text_in(w->arena, "{\"key\":\"b%" PRId64 "\"}", number))};
    }
    TRY(stmt_bulk_end(claims, NULL));
    TRY(stmt_bulk_end(postings, NULL));
    TRY(stmt_bulk_end(entries, NULL));
    return event_append_all(w, events, CHUNK);
}

static enum err run_chunks(struct bench *bench, work_step *step, double *ret_seconds,
                           double *ret_cpu_seconds)
{
    int64_t start_ns = clock_monotonic_ns(), cpu_ns = bench_cpu_ns();
    for (bench->done = 0; bench->done < bench->count; bench->done += CHUNK)
        TRY(work_run(&bench->env, WORK_WRITE, step, bench, &bench->fault));
    *ret_seconds = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    *ret_cpu_seconds = (double)(bench_cpu_ns() - cpu_ns) / 1e9;
    return ERR_OK;
}

/* ---- the batch */

static enum err new_step(struct work *w, void *context)
{
    struct bench *bench = context;
    struct ledger_batch given = {.fund_id = bench->fund_id, .year = YEAR, .pay_day = TODAY_DAY + 1};
    return ledger_batch_new(w, &given, &bench->batch_id);
}

static const struct ledger_practice practice = {24 * 60, {"b", 1}, {"3700100000000001", 16}};

static enum err batch_approve_step(struct work *w, void *context)
{
    const struct bench *bench = context;
    return ledger_batch_approve(w, &practice, bench->batch_id, STR(""));
}

static enum err run_batch(struct bench *bench)
{
    static const struct ledger_payees payees = {find_payees, NULL};
    struct ledger_run run = {&payees, &practice, bench->folder, NULL, NULL};
    struct ledger_batch batch;
    struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    enum err err =
        ledger_batch_run(&bench->env, &run, bench->batch_id, &batch, &arena, &bench->fault);
    arena_done(&arena);
    return err;
}

static enum err pay(struct bench *bench, double *ret_seconds)
{
    int64_t start_ns = clock_monotonic_ns();
    bench->env.actor.account_id = 1;
    TRY(work_run(&bench->env, WORK_WRITE, new_step, bench, &bench->fault));
    TRY(run_batch(bench));
    bench->env.actor.account_id = 2;
    TRY(work_run(&bench->env, WORK_WRITE, batch_approve_step, bench, &bench->fault));
    TRY(run_batch(bench));
    *ret_seconds = (double)(clock_monotonic_ns() - start_ns) / 1e9;
    return ERR_OK;
}

static int bench_one(const char *location, const char *name, const struct secrets *secrets,
                     int64_t count)
{
    struct bench bench = {.count = count};
    double reserve_s, bare_s, pay_s, reserve_cpu_s, bare_cpu_s;
    id_source_init(&bench.ids, 1);
    bench.env = (struct work_env){.ids = &bench.ids,
                                  .secrets = secrets,
                                  .actor = {1, STR("bench")},
                                  .fixed_today_day = TODAY_DAY,
                                  .fixed_now_ms = ABSENT_I64,
                                  .arena_limit_size = (size_t)512 << 20};
    snprintf(bench.folder, sizeof bench.folder, "/tmp/bench_ledger_XXXXXX");
    if (!mkdtemp(bench.folder) ||
        store_open(location, NULL, &bench.env.store, &bench.fault) != ERR_OK ||
        migrate_run(&bench.env, NULL, &bench.fault) != ERR_OK ||
        work_run(&bench.env, WORK_WRITE, ask_step, &bench, &bench.fault) != ERR_OK)
        return failed(&bench, "begin");
    bench.env.actor.account_id = 2;
    if (work_run(&bench.env, WORK_WRITE, approve_step, &bench, &bench.fault) != ERR_OK ||
        run_chunks(&bench, reserve_step, &reserve_s, &reserve_cpu_s) != ERR_OK)
        return failed(&bench, "reserve");
    if (pay(&bench, &pay_s) != ERR_OK)
        return failed(&bench, "pay");
    if (run_chunks(&bench, bare_step, &bare_s, &bare_cpu_s) != ERR_OK)
        return failed(&bench, "bare");
    printf("%-10s %8.0f postings/s, %5.2f x the bare store (%5.2f x by processor time)\n", name,
           (double)count / reserve_s, bare_s / reserve_s, bare_cpu_s / reserve_cpu_s);
    printf("%-10s %" PRId64 " payments reserved in %.1f s, built, checked and filed in %.1f s: "
           "%.1f s\n",
           name, count, reserve_s, pay_s, reserve_s + pay_s);
    store_close(bench.env.store);
    return 0;
}

int main(int argc, char **argv)
{
    int64_t count = 100000;
    struct secrets *secrets = NULL;
    struct fault fault = {0};
    char location[128], folder[] = "/tmp/bench_ledger_db_XXXXXX", key_path[160];
    if ((argc > 1 && !str_to_i64(str_from(argv[1]), &count)) || count < CHUNK || !mkdtemp(folder))
        return 2;
    snprintf(key_path, sizeof key_path, "%s/key", folder);
    snprintf(location, sizeof location, "%s/city.db", folder);
    if (secrets_load_or_create(key_path, &secrets, &fault) != ERR_OK)
        return 1;
    int status = bench_one(location, "sqlite", secrets, count / CHUNK * CHUNK);
    if (status == 0 && argc > 2)
        status = bench_one(argv[2], "postgresql", secrets, count / CHUNK * CHUNK);
    secrets_free(secrets);
    return status;
}
