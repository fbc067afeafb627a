#include "domain/incentive/incentive_forecast.h"

#include <stdlib.h>
#include <unistd.h>

enum {
    FORECAST_ROWS = 2048, /* holders that a thread takes at a time */
    FORECAST_THREADS_MAX = 16,
    FORECAST_ARENA_SIZE_MAX = 1 << 26, /* of the places of one holder */
};

static const int32_t forecast_roots[2] = {REGISTRY_person, REGISTRY_organisation};

int32_t forecast_root(int32_t kind)
{
    return forecast_roots[kind];
}

static bool add_contender(struct forecast *forecast, struct contender contender)
{
    pthread_mutex_lock(&forecast->lock);
    bool done = true;
    if (forecast->contender_count == forecast->contender_capacity) {
        int32_t capacity = forecast->contender_capacity ? forecast->contender_capacity * 2 : 256;
        struct contender *grown =
            realloc(forecast->contenders, (size_t)capacity * sizeof *grown);
        done = grown != NULL;
        if (done) {
            forecast->contenders = grown;
            forecast->contender_capacity = capacity;
        }
    }
    if (done)
        forecast->contenders[forecast->contender_count++] = contender;
    pthread_mutex_unlock(&forecast->lock);
    return done;
}

static bool forecast_places(struct forecast *forecast, struct holder holder, int32_t row,
                            struct arena *arena)
{
    struct place_list places = {.arena = arena};
    bool done = holder_places(forecast->plan, forecast->world, holder.root, row,
                              forecast->as_of_day, &places);
    for (int32_t i = 0; i < places.count && done; i++)
        done = add_contender(forecast, (struct contender){holder, places.rows[i]});
    return done;
}

static bool forecast_row(struct forecast *forecast, int32_t kind, int32_t row, struct arena *arena)
{
    int32_t root = forecast_roots[kind];
    struct holder holder = {root, forecast->holder_ids[kind][row]};
    forecast->due_days[kind][row] =
        holder_next_day(forecast->plan, forecast->world, root, row, forecast->as_of_day);
    struct arena_mark mark = arena_mark(arena);
    bool done = forecast_places(forecast, holder, row, arena);
    arena_rewind(arena, mark);
    return done;
}

static void *forecast_thread(void *context)
{
    struct forecast *forecast = context;
    struct arena arena;
    arena_init(&arena, FORECAST_ARENA_SIZE_MAX);
    for (int32_t kind = 0; kind < 2; kind++) {
        for (;;) {
            int32_t first = atomic_fetch_add(&forecast->next_block[kind], FORECAST_ROWS);
            if (first >= forecast->counts[kind] || forecast->out_of_memory)
                break;
            int32_t left = forecast->counts[kind] - first;
            int32_t end = first + (left < FORECAST_ROWS ? left : FORECAST_ROWS);
            for (int32_t row = first; row < end; row++)
                if (!forecast_row(forecast, kind, row, &arena))
                    forecast->out_of_memory = true;
        }
    }
    arena_done(&arena);
    return NULL;
}

static void forecast_run(struct forecast *forecast)
{
    pthread_t threads[FORECAST_THREADS_MAX];
    int32_t started_count = 0;
    long core_count = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_mutex_init(&forecast->lock, NULL);
    while (started_count + 1 < core_count && started_count < FORECAST_THREADS_MAX &&
           pthread_create(&threads[started_count], NULL, forecast_thread, forecast) == 0)
        started_count++;
    forecast_thread(forecast);
    for (int32_t i = 0; i < started_count; i++)
        pthread_join(threads[i], NULL);
    pthread_mutex_destroy(&forecast->lock);
}

/* What a decision was settled against changes at the latest when its year is over. */
static void forecast_decisions(struct forecast *forecast, const struct eval_result *result)
{
    const struct policy *policy = forecast->plan->policy->policy;
    for (int64_t i = 0; i < result->decision_count; i++) {
        const struct decision *decision = &result->decisions[i];
        int32_t day =
            next_change_of_decision(policy, decision->statement, forecast->as_of_day);
        int32_t table = policy->statements[decision->statement].as.rule->subject;
        int32_t row = decision->subject_row;
        for (int32_t owner = vocab_owner(forecast->world->vocab, table); owner >= 0;
             owner = vocab_owner(forecast->world->vocab, table)) {
            row = forecast->world->tables[table].owner_rows[row];
            table = owner;
        }
        int32_t kind = table == REGISTRY_organisation;
        if (table == forecast_roots[kind] && day < forecast->due_days[kind][row])
            forecast->due_days[kind][row] = day;
    }
}

enum err forecast_all(void *context, const struct world *world, const struct eval_result *result,
                      struct fault *fault)
{
    struct forecast *forecast = context;
    forecast->world = world;
    for (int32_t kind = 0; kind < 2; kind++) {
        const struct table_columns *table = &world->tables[forecast_roots[kind]];
        size_t room = (size_t)table->row_count + 1;
        forecast->counts[kind] = table->row_count;
        forecast->holder_ids[kind] = malloc(room * sizeof *forecast->holder_ids[kind]);
        forecast->due_days[kind] = malloc(room * sizeof *forecast->due_days[kind]);
        if (!forecast->holder_ids[kind] || !forecast->due_days[kind])
            return fault_set(fault, ERR_MEMORY, "no memory for the next days of %d holders",
                             table->row_count);
        for (int32_t row = 0; row < table->row_count; row++)
            forecast->holder_ids[kind][row] = table->row_ids[row];
    }
    forecast_run(forecast);
    if (forecast->out_of_memory)
        return fault_set(fault, ERR_MEMORY, "no memory for those who stand for a place");
    forecast_decisions(forecast, result);
    return ERR_OK;
}

void forecast_done(struct forecast *forecast)
{
    for (int32_t kind = 0; kind < 2; kind++) {
        free(forecast->holder_ids[kind]);
        free(forecast->due_days[kind]);
    }
    free(forecast->contenders);
}
