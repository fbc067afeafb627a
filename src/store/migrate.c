#include "store/migrate.h"

#include "base/hash.h"
#include "store/load.h"
#include "store_sql.h"

#include <ctype.h>
#include <string.h>

/* ---- one text for two engines ---- */

struct substitution {
    const char *word; /* as it stands in the step */
    const char *postgres;
};

static const struct substitution substitutions[] = {
    {"INTEGER", "bigint"},
    {"INT", "integer"},
    {"BLOB", "bytea"},
    {"STRICT", ""},
    {"WITHOUT ROWID", ""},
    {"COLLATE pinyin", "COLLATE \"zh-Hans-x-icu\""},
    {"COLLATE BINARY", "COLLATE \"C\""},
};

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_' || (unsigned char)byte >= 0x80;
}

/* Bytes at the start of s that are copied as they are: a comment, a quoted text, a word, a byte. */
static size_t piece_size(struct str s)
{
    size_t end;
    if (str_starts(s, STR("--"))) {
        end = str_find(s, STR("\n"));
        return end == SIZE_MAX ? s.size : end;
    }
    if (s.ptr[0] == '\'' || s.ptr[0] == '"') {
        end = str_find(str_sub(s, 1, s.size), (struct str){s.ptr, 1});
        return end == SIZE_MAX ? s.size : end + 2;
    }
    size_t size = 0;
    while (size < s.size && is_word_byte(s.ptr[size]))
        size++;
    return size > 0 ? size : 1;
}

static const struct substitution *find_substitution(struct str s)
{
    for (size_t i = 0; i < sizeof substitutions / sizeof substitutions[0]; i++) {
        struct str word = str_from(substitutions[i].word);
        bool ends = s.size == word.size || (s.size > word.size && !is_word_byte(s.ptr[word.size]));
        if (str_starts(s, word) && ends)
            return &substitutions[i];
    }
    return NULL;
}

/* Removes the comma and spaces before a word that vanishes: ") STRICT, WITHOUT ROWID" → ")". */
static void drop_separator(struct text_buf *out)
{
    while (out->size > 0 && strchr(" \n,", out->ptr[out->size - 1]))
        out->size--;
}

const char *schema_text_for(struct arena *arena, const char *engine_name, const char *text)
{
    if (strcmp(engine_name, db_sqlite_engine.name) == 0)
        return text;
    struct text_buf out;
    text_init(&out, arena);
    struct str rest = str_from(text);
    while (rest.size > 0) {
        const struct substitution *found = find_substitution(rest);
        size_t size = found ? strlen(found->word) : piece_size(rest);
        if (!found) {
            text_add(&out, str_sub(rest, 0, size));
        } else if (found->postgres[0] == '\0') {
            drop_separator(&out);
        } else {
            text_add_z(&out, found->postgres);
        }
        rest = str_sub(rest, size, rest.size);
    }
    return out.failed ? NULL : text_str(&out).ptr;
}

/* ---- steps ---- */

/* Any number that no other part of the program locks. */
#define MIGRATION_LOCK INT64_C(4277009102345)

struct migration { /* context of the units of work below */
    const struct schema_step *steps;
    int32_t step_count;
    const char *engine_name;
    int32_t applied_count;  /* of this run */
    int32_t recorded_count; /* found in the database, all equal to ours */
};

static enum err check_step(struct work *w, const struct migration *m, int32_t index,
                           const struct schema_step_list_out *row)
{
    if (index >= m->step_count) {
        fail(w, ERR_SCHEMA, "the database has step %d (%.*s), this program knows %d steps",
             row->number, STR_ARG(row->name), m->step_count);
        return fault_hint(&w->fault, "The database is newer: use the newer program.");
    }
    const struct schema_step *step = &m->steps[index];
    if (row->number != step->number) {
        fail(w, ERR_SCHEMA, "step %d of the schema is missing in the database", step->number);
        return fault_hint(&w->fault, "The database was changed by hand: restore a backup.");
    }
    uint8_t digest[HASH_SIZE];
    hash_sm3(str_from(step->text), digest);
    bool same = str_equal(row->digest, (struct str){(const char *)digest, sizeof digest});
    if (!same || !str_equal_text(row->name, step->name)) {
        fail(w, ERR_SCHEMA, "step %d of the schema is \"%.*s\" in the database and \"%s\" with "
             "another text in this program", step->number, STR_ARG(row->name), step->name);
        return fault_hint(&w->fault, "Use the program that made this database.");
    }
    return ERR_OK;
}

static enum err schema_is_there(struct work *w, bool *ret_there)
{
    struct cursor cursor;
    struct schema_exists_out row;
    TRY(schema_exists(w, &cursor));
    TRY(schema_exists_next(&cursor, &row, ret_there));
    cursor_close(&cursor);
    return ERR_OK;
}

static enum err refuse_interrupted_load(struct work *w)
{
    bool marked;
    TRY(load_is_marked(w, &marked));
    if (!marked)
        return ERR_OK;
    fail(w, ERR_SCHEMA, "the first filling of this database was interrupted");
    return fault_hint(&w->fault, "Delete the database and make it again.");
}

/* Compares what the database records with our steps and counts it. */
static enum err read_steps(struct work *w, struct migration *m)
{
    m->recorded_count = 0;
    bool more;
    TRY(schema_is_there(w, &more));
    if (!more)
        return ERR_OK;
    struct cursor cursor;
    TRY(schema_step_list(w, &cursor));
    for (;;) {
        struct schema_step_list_out row;
        TRY(schema_step_list_next(&cursor, &row, &more));
        if (!more)
            return refuse_interrupted_load(w);
        TRY(check_step(w, m, m->recorded_count, &row));
        m->recorded_count++;
    }
}

/* Applies the next step, if there is one. */
static enum err apply_next(struct work *w, void *context)
{
    struct migration *m = context;
    m->applied_count = 0;
    TRY(read_steps(w, m));
    if (m->recorded_count == m->step_count)
        return ERR_OK;
    const struct schema_step *step = &m->steps[m->recorded_count];
    const char *text = schema_text_for(w->arena, m->engine_name, step->text);
    if (!text)
        return fail(w, ERR_MEMORY, "step %s of the schema does not fit into memory", step->name);
    if (db_script(w->db, text, &w->fault) != ERR_OK) {
        struct fault cause = w->fault;
        return fail(w, cause.code, "step %s of the schema: %s", step->name, cause.message);
    }
    uint8_t digest[HASH_SIZE];
    hash_sm3(str_from(step->text), digest);
    m->applied_count = 1;
    return schema_step_insert(w,
                              &(struct schema_step_insert_in){
                                  .number = step->number,
                                  .name = str_from(step->name),
                                  .digest = {(const char *)digest, sizeof digest},
                                  .applied_ms = w->now_ms,
                              },
                              NULL);
}

static enum err check_all(struct work *w, void *context)
{
    struct migration *m = context;
    TRY(read_steps(w, m));
    if (m->recorded_count == m->step_count)
        return ERR_OK;
    fail(w, ERR_SCHEMA, "the database has %d of the %d steps of this program's schema",
         m->recorded_count, m->step_count);
    return fault_hint(&w->fault, "Run \"baigong migrate\" once to bring it up to date.");
}

static struct migration migration_of(const struct work_env *env, const struct schema_step *steps,
                                     int32_t step_count)
{
    return (struct migration){
        .steps = steps,
        .step_count = step_count,
        .engine_name = store_engine_name(env->store),
    };
}

static enum err run_steps(struct work_env *env, struct migration *m, int32_t *ret_applied_count,
                          struct fault *fault)
{
    int32_t applied_count = 0;
    do {
        TRY(work_run(env, WORK_WRITE, apply_next, m, fault));
        applied_count += m->applied_count;
    } while (m->applied_count > 0);
    if (ret_applied_count)
        *ret_applied_count = applied_count;
    return ERR_OK;
}

enum err migrate_run_steps(struct work_env *env, const struct schema_step *steps,
                           int32_t step_count, int32_t *ret_applied_count, struct fault *fault)
{
    struct migration m = migration_of(env, steps, step_count);
    struct db *keeper;
    TRY(store_take_lock(env->store, MIGRATION_LOCK, &keeper, fault));
    enum err err = run_steps(env, &m, ret_applied_count, fault);
    store_give_lock(env->store, MIGRATION_LOCK, keeper);
    return err;
}

enum err migrate_check_steps(struct work_env *env, const struct schema_step *steps,
                             int32_t step_count, struct fault *fault)
{
    struct migration m = migration_of(env, steps, step_count);
    return work_run(env, WORK_READ, check_all, &m, fault);
}

enum err migrate_run(struct work_env *env, int32_t *ret_applied_count, struct fault *fault)
{
    return migrate_run_steps(env, schema_steps, schema_step_count, ret_applied_count, fault);
}

enum err migrate_check(struct work_env *env, struct fault *fault)
{
    return migrate_check_steps(env, schema_steps, schema_step_count, fault);
}
