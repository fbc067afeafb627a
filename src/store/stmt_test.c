/* Statements on both engines: what goes in comes out, streams, bulks, and what is refused. */
#include "store/stmt.h"

#include "base/record.h"
#include "store_fixture.h"

#include <stdio.h>

/* Statements as gensql would make them, on tables that only these tests have. */
static const char *const tables_sqlite =
    "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY, number INT, name TEXT, body BLOB)"
    " STRICT;"
    "CREATE TABLE child (parent_id INTEGER NOT NULL REFERENCES parent (id), number INT NOT NULL,"
    " PRIMARY KEY (parent_id, number)) STRICT, WITHOUT ROWID;";
static const char *const tables_postgres =
    "CREATE TABLE parent (id bigint NOT NULL PRIMARY KEY, number integer, name text, body bytea);"
    "CREATE TABLE child (parent_id bigint NOT NULL REFERENCES parent (id), number integer NOT NULL,"
    " PRIMARY KEY (parent_id, number));";

struct parent {
    int64_t id;
    int32_t number;
    struct str name;
    struct str body;
};

static const struct stmt_slot parent_slots[] = {
    {"id", STMT_INT64, false, offsetof(struct parent, id)},
    {"number", STMT_INT32, true, offsetof(struct parent, number)},
    {"name", STMT_TEXT, true, offsetof(struct parent, name)},
    {"body", STMT_BLOB, true, offsetof(struct parent, body)},
};

struct child {
    int64_t parent_id;
    int32_t number;
};

static const struct stmt_slot child_slots[] = {
    {"parent_id", STMT_INT64, false, offsetof(struct child, parent_id)},
    {"number", STMT_INT32, false, offsetof(struct child, number)},
};

static const struct stmt parent_insert = {
    .name = "parent_insert",
    .sqlite_text = "INSERT INTO parent (id, number, name, body) VALUES (?1, ?2, ?3, ?4)",
    .postgres_text = "INSERT INTO parent (id, number, name, body) VALUES ($1, $2, $3, $4)",
    .copy_text = "COPY parent (id, number, name, body) FROM STDIN (FORMAT binary)",
    .mode = STMT_BULK,
    .in = parent_slots,
    .in_count = 4,
};

static const struct stmt child_insert = {
    .name = "child_insert",
    .sqlite_text = "INSERT INTO child (parent_id, number) VALUES (?1, ?2)",
    .postgres_text = "INSERT INTO child (parent_id, number) VALUES ($1, $2)",
    .copy_text = "COPY child (parent_id, number) FROM STDIN (FORMAT binary)",
    .mode = STMT_BULK,
    .in = child_slots,
    .in_count = 2,
};

static const struct stmt parent_get = {
    .name = "parent_get",
    .sqlite_text = "SELECT id, number, name, body FROM parent WHERE id = ?1",
    .postgres_text = "SELECT id, number, name, body FROM parent WHERE id = $1",
    .mode = STMT_ONE,
    .in = parent_slots,
    .in_count = 1,
    .out = parent_slots,
    .out_count = 4,
};

static const struct stmt parent_list = {
    .name = "parent_list",
    .sqlite_text = "SELECT id, number, name, body FROM parent ORDER BY id",
    .postgres_text = "SELECT id, number, name, body FROM parent ORDER BY id",
    .mode = STMT_MANY,
    .out = parent_slots,
    .out_count = 4,
};

static const struct stmt parent_by_pinyin = {
    .name = "parent_by_pinyin",
    .sqlite_text = "SELECT id, number, name, body FROM parent ORDER BY name COLLATE pinyin",
    .postgres_text =
        "SELECT id, number, name, body FROM parent ORDER BY name COLLATE \"zh-Hans-x-icu\"",
    .mode = STMT_MANY,
    .out = parent_slots,
    .out_count = 4,
};

static const struct stmt wrong_column_type = {
    .name = "wrong_column_type",
    .sqlite_text = "SELECT name FROM parent",
    .postgres_text = "SELECT name FROM parent",
    .mode = STMT_MANY,
    .out = parent_slots,
    .out_count = 1,
};

static void make_tables(struct store_fixture *t)
{
    bool sqlite = strcmp(store_engine_name(t->env.store), "sqlite") == 0;
    store_fixture_script(t, sqlite ? tables_sqlite : tables_postgres);
}

#define TABLE_TEST(name)                                                                          \
    static void name##_on_tables(struct store_fixture *t);                                        \
    STORE_TEST_WITH(name, FIXTURE_SCHEMA_NONE)                                                    \
    {                                                                                             \
        make_tables(t);                                                                           \
        name##_on_tables(t);                                                                      \
    }                                                                                             \
    static void name##_on_tables(struct store_fixture *t)

static enum err insert_parent(struct work *w, void *context)
{
    int64_t changed_count = 0;
    TRY(stmt_struct_exec(w, &parent_insert, context, &changed_count));
    return changed_count == 1 ? ERR_OK : ERR_STORE;
}

static enum err same_row_comes_back(struct work *w, void *context)
{
    const struct parent *given = context;
    struct parent found;
    TRY(stmt_struct_one(w, &parent_get, given, &found));
    EXPECT_INT(given->id, found.id);
    EXPECT_INT(given->number, found.number);
    EXPECT(str_equal(given->name, found.name));
    EXPECT(str_equal(given->body, found.body));
    EXPECT_INT(given->name.ptr == NULL, found.name.ptr == NULL);
    EXPECT_INT(given->body.ptr == NULL, found.body.ptr == NULL);
    return ERR_OK;
}

TABLE_TEST(stmt__gives_back_what_was_written)
{
    struct parent rows[] = {
        {1, 7, STR("技能大师工作室"), {"\0\x01\xFF", 3}},
        {2, ABSENT_I32, {NULL, 0}, {NULL, 0}},
        {3, INT32_MAX, STR(""), STR("")},
        {INT64_MAX, INT32_MIN + 1, STR("'; DROP TABLE parent; --"), STR("x")},
        {-1, 0, STR("𠮷"), STR("y")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_parent, &rows[i], &t->fault));
        EXPECT_OK(work_run(&t->env, WORK_READ, same_row_comes_back, &rows[i], &t->fault));
    }
}

static enum err get_row_9(struct work *w, void *context)
{
    struct parent key = {.id = 9}, found;
    return stmt_struct_one(w, &parent_get, &key, &found);
}

TABLE_TEST(stmt__tells_when_there_is_no_row)
{
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, get_row_9, NULL, &t->fault));
}

TABLE_TEST(stmt__tells_a_second_row_with_the_same_key)
{
    struct parent row = {.id = 1, .number = ABSENT_I32};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_parent, &row, &t->fault));
    EXPECT_ERR(ERR_STORE_UNIQUE, work_run(&t->env, WORK_WRITE, insert_parent, &row, &t->fault));
}

static enum err swallow_an_error(struct work *w, void *context)
{
    struct parent row = {.id = 2, .number = ABSENT_I32};
    TRY(insert_parent(w, &row));
    EXPECT_ERR(ERR_STORE_UNIQUE, insert_parent(w, &row));
    EXPECT_ERR(ERR_STORE, get_row_9(w, NULL));
    return ERR_OK;
}

TABLE_TEST(stmt__loses_the_transaction_after_an_error_on_both_engines)
{
    EXPECT_ERR(ERR_STORE, work_run(&t->env, WORK_WRITE, swallow_an_error, NULL, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM parent"));
}

static enum err insert_orphan(struct work *w, void *context)
{
    return stmt_struct_exec(w, &child_insert, &(struct child){.parent_id = 5, .number = 1}, NULL);
}

TABLE_TEST(stmt__keeps_foreign_keys)
{
    EXPECT_ERR(ERR_STORE_RULE, work_run(&t->env, WORK_WRITE, insert_orphan, NULL, &t->fault));
}

static enum err read_wrong_type(struct work *w, void *context)
{
    struct cursor cursor;
    struct parent row;
    bool more;
    TRY(stmt_struct_open(w, &wrong_column_type, NULL, &cursor));
    return cursor_struct_next(&cursor, &row, &more);
}

TABLE_TEST(stmt__refuses_a_column_of_another_type)
{
    struct parent row = {.id = 1, .number = 1, .name = STR("一")};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_parent, &row, &t->fault));
    EXPECT_ERR(ERR_STORE, work_run(&t->env, WORK_READ, read_wrong_type, NULL, &t->fault));
}

/* Two streams at once, a megabyte and more each, parents before children. */
enum { BULK_ROW_COUNT = 18000 };

static enum err fill_bulks(struct work *w, void *context)
{
    const int32_t row_count = *(const int32_t *)context;
    struct bulk *parents, *children;
    int64_t parent_count, child_count;
    TRY(stmt_bulk_begin(w, &parent_insert, &parents));
    TRY(stmt_bulk_begin(w, &child_insert, &children));
    for (int32_t i = 1; i <= row_count; i++) {
        struct parent parent = {i, i % 7 ? i : ABSENT_I32, STR("某某某某某某某某某"), {NULL, 0}};
        if (i % 5 == 0)
            parent.name.ptr = NULL;
        TRY(stmt_struct_bulk_row(parents, &parent));
        for (int32_t number = 0; number < 3; number++)
            TRY(stmt_struct_bulk_row(children, &(struct child){i, number}));
    }
    TRY(stmt_bulk_end(children, &child_count));
    TRY(stmt_bulk_end(parents, &parent_count));
    EXPECT_INT(row_count, parent_count);
    EXPECT_INT(3 * row_count, child_count);
    return ERR_OK;
}

TABLE_TEST(bulk__writes_parents_before_children)
{
    int32_t row_count = BULK_ROW_COUNT;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, fill_bulks, &row_count, &t->fault));
    EXPECT_INT(3 * BULK_ROW_COUNT, store_fixture_number(t, "SELECT count(*) FROM child"));
    EXPECT_INT(BULK_ROW_COUNT / 5,
               store_fixture_number(t, "SELECT count(*) FROM parent WHERE name IS NULL"));
}

static const struct stmt parent_insert_new = {
    .name = "parent_insert_new",
    .sqlite_text = "INSERT INTO parent (id, number, name, body) VALUES (?1, ?2, ?3, ?4) "
                   "ON CONFLICT DO NOTHING",
    .postgres_text = "INSERT INTO parent (id, number, name, body) VALUES ($1, $2, $3, $4) "
                     "ON CONFLICT DO NOTHING",
    .mode = STMT_EXEC,
    .in = parent_slots,
    .in_count = 4,
};

enum { EACH_ROWS = 1000 };

/* Rows 0, 1, 2, ... of which every tenth has the id of the row before. */
static void each_values(struct stmt_value values[EACH_ROWS][4])
{
    for (int32_t i = 0; i < EACH_ROWS; i++) {
        values[i][0] = (struct stmt_value){.number = i % 10 == 9 ? i - 1 : i};
        values[i][1] = (struct stmt_value){.type = STMT_INT32, .number = i};
        values[i][2] = (struct stmt_value){.type = STMT_TEXT, .text = STR("each")};
        values[i][3] = (struct stmt_value){.type = STMT_BLOB, .absent = true};
    }
}

static enum err insert_each(struct work *w, void *context)
{
    const struct stmt *stmt = context;
    static struct stmt_value values[EACH_ROWS][4];
    int64_t changed_counts[EACH_ROWS];
    each_values(values);
    TRY(stmt_exec_each(w, stmt, values[0], EACH_ROWS, changed_counts));
    for (int32_t i = 0; i < EACH_ROWS; i++)
        EXPECT_INT(i % 10 == 9 ? 0 : 1, changed_counts[i]);
    return ERR_OK;
}

TABLE_TEST(stmt_exec_each__tells_of_every_row_whether_it_changed_something)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_each, (void *)&parent_insert_new, &t->fault));
    EXPECT_INT(EACH_ROWS - EACH_ROWS / 10, store_fixture_number(t, "SELECT count(*) FROM parent"));
}

TABLE_TEST(stmt_exec_each__keeps_nothing_when_one_row_is_refused)
{
    EXPECT_ERR(ERR_STORE_UNIQUE,
               work_run(&t->env, WORK_WRITE, insert_each, (void *)&parent_insert, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM parent"));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_each, (void *)&parent_insert_new, &t->fault));
}

static enum err bulk_then_read(struct work *w, void *context)
{
    struct parent row = {.id = 1, .number = 5, .name = STR("一")};
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &parent_insert, &bulk));
    TRY(stmt_struct_bulk_row(bulk, &row));
    TRY(same_row_comes_back(w, &row));
    row.id = 2;
    TRY(stmt_struct_bulk_row(bulk, &row));
    return ERR_OK; /* a bulk left open is written by the commit */
}

TABLE_TEST(bulk__shows_its_rows_to_other_statements)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, bulk_then_read, NULL, &t->fault));
    EXPECT_INT(2, store_fixture_number(t, "SELECT count(*) FROM parent"));
}

static enum err bulk_with_double(struct work *w, void *context)
{
    struct parent row = {.id = 1, .number = 5};
    struct bulk *bulk;
    TRY(stmt_bulk_begin(w, &parent_insert, &bulk));
    TRY(stmt_struct_bulk_row(bulk, &row));
    TRY(stmt_struct_bulk_row(bulk, &row));
    return stmt_bulk_end(bulk, NULL);
}

TABLE_TEST(bulk__tells_a_second_row_with_the_same_key)
{
    EXPECT_ERR(ERR_STORE_UNIQUE,
               work_run(&t->env, WORK_WRITE, bulk_with_double, NULL, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM parent"));
}

/* A list is read while other statements run, among them the same list again. */
static enum err read_while_reading(struct work *w, void *context)
{
    int32_t *row_count = context;
    struct cursor outer, inner;
    struct parent row, again, found;
    bool more;
    TRY(stmt_struct_open(w, &parent_list, NULL, &outer));
    for (*row_count = 0;; (*row_count)++) {
        TRY(cursor_struct_next(&outer, &row, &more));
        if (!more)
            return cursor_struct_next(&outer, &row, &more); /* stays at the end */
        EXPECT_INT(*row_count + 1, row.id);
        if (*row_count % 100 != 0)
            continue;
        TRY(stmt_struct_open(w, &parent_list, NULL, &inner));
        TRY(cursor_struct_next(&inner, &again, &more));
        EXPECT_INT(1, again.id);
        cursor_close(&inner);
        cursor_close(&inner);
        TRY(stmt_struct_one(w, &parent_get, &again, &found));
    }
}

TABLE_TEST(cursor__goes_on_while_other_statements_run)
{
    int32_t row_count = 1000;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, fill_bulks, &row_count, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, read_while_reading, &row_count, &t->fault));
    EXPECT_INT(1000, row_count);
}

static enum err names_by_pinyin(struct work *w, void *context)
{
    struct text_buf names;
    text_init(&names, w->arena);
    struct cursor cursor;
    TRY(stmt_struct_open(w, &parent_by_pinyin, NULL, &cursor));
    for (;;) {
        struct parent row;
        bool more;
        TRY(cursor_struct_next(&cursor, &row, &more));
        if (!more)
            break;
        text_add(&names, row.name);
    }
    EXPECT_STR("阿李王张赵", text_str(&names));
    return ERR_OK;
}

TABLE_TEST(stmt__sorts_chinese_by_pinyin)
{
    static const char *const names[] = {"赵", "李", "王", "阿", "张"};
    for (int i = 0; i < 5; i++) {
        struct parent row = {.id = i, .number = 0, .name = str_from(names[i])};
        EXPECT_OK(work_run(&t->env, WORK_WRITE, insert_parent, &row, &t->fault));
    }
    EXPECT_OK(work_run(&t->env, WORK_READ, names_by_pinyin, NULL, &t->fault));
}

/* Descriptions made at run time stand one after another at the same address. */
static enum err run_time_descriptions(struct work *w, void *context)
{
    struct stmt stmt = {.name = "made", .mode = STMT_ONE, .out = parent_slots, .out_count = 1};
    for (int i = 0; i < 3; i++) {
        char text[32];
        snprintf(text, sizeof text, "SELECT %d", i);
        stmt.sqlite_text = stmt.postgres_text = text;
        struct stmt_value value;
        TRY(stmt_one(w, &stmt, NULL, &value));
        EXPECT_INT(i, value.number);
    }
    return ERR_OK;
}

STORE_TEST_WITH(stmt__may_be_described_at_run_time, FIXTURE_SCHEMA_NONE)
{
    EXPECT_OK(work_run(&t->env, WORK_READ, run_time_descriptions, NULL, &t->fault));
}

static enum err large_row(struct work *w, void *context)
{
    struct parent row = {.id = 1, .number = 1, .name = {context, 3000000}}, found;
    TRY(insert_parent(w, &row));
    return stmt_struct_one(w, &parent_get, &row, &found);
}

TABLE_TEST(stmt__refuses_a_row_larger_than_the_memory_of_the_request)
{
    static char text[3000000];
    memset(text, 'a', sizeof text);
    t->env.arena_limit_size = 1000000;
    EXPECT_ERR(ERR_LIMIT, work_run(&t->env, WORK_WRITE, large_row, text, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM parent"));
    t->env.arena_limit_size = 0;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, large_row, text, &t->fault));
}
