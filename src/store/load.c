#include "store/load.h"

#include "store_sql.h"

#define LOADING_SETTING STR("store.loading")

enum err load_is_marked(struct work *w, bool *ret_marked)
{
    struct setting_value_out row;
    enum err err = setting_value(w, &(struct setting_value_in){.name = LOADING_SETTING}, &row);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    *ret_marked = err == ERR_OK;
    return ERR_OK;
}

static enum err refuse_recorded_events(struct work *w)
{
    struct cursor cursor;
    struct event_first_out row;
    bool more;
    TRY(event_first(w, &cursor));
    TRY(event_first_next(&cursor, &row, &more));
    cursor_close(&cursor);
    if (!more)
        return ERR_OK;
    fail(w, ERR_STORE_RULE, "the database is in use: it has recorded events");
    return fault_hint(&w->fault, "Load into a new database, or use an ordinary import.");
}

enum index_action { INDEX_DROP, INDEX_MAKE };

static void add_command(struct text_buf *commands, enum index_action action,
                        const struct load_index_list_out *row)
{
    if (action == INDEX_DROP)
        text_format(commands, "DROP INDEX %.*s;\n", STR_ARG(row->name));
    else
        text_format(commands, "%.*s;\n", STR_ARG(row->definition));
}

/* Drops or makes all gathered indexes. */
static enum err change_indexes(struct work *w, enum index_action action)
{
    struct text_buf commands;
    text_init(&commands, w->arena);
    struct cursor cursor;
    TRY(load_index_list(w, &cursor));
    for (;;) {
        struct load_index_list_out row;
        bool more;
        TRY(load_index_list_next(&cursor, &row, &more));
        if (!more)
            break;
        add_command(&commands, action, &row);
    }
    if (commands.failed)
        return fail(w, ERR_LIMIT, "the list of indexes does not fit the memory of this request");
    if (commands.size == 0)
        return ERR_OK;
    return db_script(w->db, text_str(&commands).ptr, &w->fault);
}

static enum err mark(struct work *w, void *context)
{
    struct setting_put_in setting = {
        .name = LOADING_SETTING, .value = STR("1"), .changed_ms = w->now_ms};
    TRY(refuse_recorded_events(w));
    TRY(setting_put(w, &setting, NULL));
    TRY(load_index_clear(w, NULL));
    TRY(load_index_gather(w, NULL));
    return change_indexes(w, INDEX_DROP);
}

static enum err make_indexes(struct work *w, void *context)
{
    TRY(change_indexes(w, INDEX_MAKE));
    TRY(load_index_clear(w, NULL));
    return db_script(w->db, "ANALYZE", &w->fault);
}

static enum err remove_mark(struct work *w, void *context)
{
    return setting_remove(w, &(struct setting_remove_in){.name = LOADING_SETTING}, NULL);
}

enum err load_begin(struct work_env *env, struct fault *fault)
{
    TRY(work_run(env, WORK_WRITE, mark, NULL, fault));
    return store_set_durability(env->store, DB_LOADING, fault);
}

/* The mark goes last, in a durable commit after everything else is on the disk. */
enum err load_end(struct work_env *env, struct fault *fault)
{
    TRY(work_run(env, WORK_WRITE, make_indexes, NULL, fault));
    TRY(store_set_durability(env->store, DB_DURABLE, fault));
    return work_run(env, WORK_WRITE, remove_mark, NULL, fault);
}
