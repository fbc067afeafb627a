#include "domain/city/city.h"

#include "domain/city/city_batch.h"

enum { BATCH_PEOPLE = 2048 }; /* some ten thousand rows: they stay in the cache */

enum err city_plan_read(const struct city_request *request, struct arena *arena,
                        struct fault *fault, const struct city_plan **ret_plan)
{
    struct city_given given = {
        .vocab = request->vocab,
        .catalogues = request->catalogues,
        .people = request->people,
        .seed = request->seed,
        .today_day = request->today_day,
    };
    TRY(city_profile_load(request->folder, request->city, request->vocab, arena, fault,
                          &given.profile));
    TRY(city_words_load(request->folder, arena, fault, &given.words));
    return city_plan_new(&given, arena, fault, ret_plan);
}

static enum err batch_give(struct city_batch *batch, struct city_sink sink, struct fault *fault)
{
    if (batch->failed)
        return fault_set(fault, ERR_MEMORY, "a batch of made rows does not fit the memory");
    return sink.take(sink.context, batch, fault);
}

enum err city_make(const struct city_plan *plan, struct city_sink sink, struct fault *fault)
{
    struct city_batch batch;
    enum err err = ERR_OK;
    city_batch_init(&batch);
    for (int64_t number = 0;
         err == ERR_OK && city_batch_make(plan, number, BATCH_PEOPLE, &batch); number++)
        err = batch_give(&batch, sink, fault);
    city_batch_done(&batch);
    return err;
}

/* ---- into columns ---- */

static enum err world_row_add(struct world *world, int32_t table, const void *record,
                              struct fault *fault)
{
    const struct record_desc *desc = &registry_records[table];
    const struct record_head *head = record;
    int64_t values[REGISTRY_FIELD_COUNT_MAX];
    if (head->gone_ms != REGISTRY_NEVER_MS)
        return ERR_OK;
    for (int32_t i = 0; i < desc->field_count; i++)
        values[i] = registry_is_text(&desc->fields[i]) ? ABSENT_I64
                                                       : registry_number(&desc->fields[i], record);
    return world_append(world, table, head->id, head->owner_id, values, fault);
}

static enum err world_take(void *context, struct city_batch *batch, struct fault *fault)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        for (int64_t row = 0; row < batch->tables[table].row_count; row++)
            TRY(world_row_add(context, table,
                              city_batch_at(batch, (enum registry_table)table, row), fault));
    return ERR_OK;
}

enum err city_world(const struct city_plan *plan, struct world **ret_world, struct fault *fault)
{
    struct world *world;
    TRY(world_new(plan->given.vocab, &world, fault));
    enum err err = city_make(plan, (struct city_sink){world_take, world}, fault);
    if (err == ERR_OK)
        err = world_seal(world, fault);
    if (err != ERR_OK) {
        world_free(world);
        return err;
    }
    *ret_world = world;
    return ERR_OK;
}
