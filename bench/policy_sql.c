#include "policy_sql.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define RULES_PATH "bench/policy_rules.sql"

const char *const sql_engine_names[SQL_ENGINE_COUNT] = {"DuckDB", "PostgreSQL", "SQLite"};

enum err sql_run(struct arena *arena, const struct sql_request *request,
                 struct sql_result *ret_result, struct fault *fault)
{
    static enum err (*const runs[SQL_ENGINE_COUNT])(struct arena *, const struct sql_request *,
                                                    struct sql_result *, struct fault *) = {
        sql_run_duckdb, sql_run_postgres, sql_run_sqlite};
    memset(ret_result, 0, sizeof *ret_result);
    return runs[request->engine](arena, request, ret_result, fault);
}

/* ---- the statements ---- */

static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
#define NUMBER(name) {#name, offsetof(struct tariff, name)}
    NUMBER(as_of_day), NUMBER(year_start_day), NUMBER(birth_last_adult), NUMBER(birth_last_old),
    NUMBER(birth_last_senior), NUMBER(insured_least), NUMBER(insured_long),
    NUMBER(apprentice_hours_least), NUMBER(training_hours_least), NUMBER(upgrade_best),
    NUMBER(training_best), NUMBER(title_fen), NUMBER(training_fen_max), NUMBER(together_fen_max),
#undef NUMBER
};

static bool find_number(const struct tariff *tariff, struct str name, int64_t *ret_value)
{
    if (str_equal_text(name, "title_quota")) {
        *ret_value = tariff->title_quota;
        return true;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (str_equal_text(name, numbers[i].name)) {
            int32_t value;
            memcpy(&value, (const char *)tariff + numbers[i].offset, sizeof value);
            *ret_value = value;
            return true;
        }
    return false;
}

static enum err fill_numbers(struct text_buf *buf, const struct tariff *tariff, struct str sql,
                             struct fault *fault)
{
    for (size_t i = 0; i < sql.size;) {
        size_t end = i + 1;
        if (sql.ptr[i] != ':') {
            text_add(buf, str_sub(sql, i++, 1));
            continue;
        }
        while (end < sql.size && (isalnum((unsigned char)sql.ptr[end]) || sql.ptr[end] == '_'))
            end++;
        int64_t value;
        struct str name = str_sub(sql, i + 1, end - i - 1);
        if (!find_number(tariff, name, &value))
            return fault_set(fault, ERR_INPUT, "%s: there is no number %.*s", RULES_PATH,
                             STR_ARG(name));
        text_format(buf, "%" PRId64, value);
        i = end;
    }
    return ERR_OK;
}

static enum err read_rules(struct arena *arena, struct str *ret_text, struct fault *fault)
{
    enum { SIZE_MAX_READ = 1 << 16 };
    FILE *file = fopen(RULES_PATH, "rb");
    char *text = arena_alloc(arena, SIZE_MAX_READ);
    size_t size = file && text ? fread(text, 1, SIZE_MAX_READ - 1, file) : 0;
    if (file)
        fclose(file);
    if (size == 0)
        return fault_set(fault, ERR_IO, "%s cannot be read", RULES_PATH);
    *ret_text = (struct str){text, size};
    return ERR_OK;
}

enum err sql_block(struct arena *arena, const struct tariff *tariff, const char *name,
                   const char **ret_sql, struct fault *fault)
{
    struct str text = {0};
    char mark[64];
    TRY(read_rules(arena, &text, fault));
    snprintf(mark, sizeof mark, "-- name: %s\n", name);
    const char *start = strstr(text.ptr, mark);
    if (!start)
        return fault_set(fault, ERR_NOT_FOUND, "%s has no block %s", RULES_PATH, name);
    start += strlen(mark);
    const char *end = strstr(start, "-- name:");
    struct str block = {start, end ? (size_t)(end - start) : strlen(start)};
    struct text_buf *buf = text_new(arena);
    TRY(fill_numbers(buf, tariff, block, fault));
    *ret_sql = text_str(buf).ptr;
    return ERR_OK;
}

enum err sql_make(struct arena *arena, const struct sql_request *request, const char **ret_sql,
                  struct fault *fault)
{
    static const char *const rows[SQL_FORM_COUNT] = {"everyone", "granted"};
    const char *gross, *row, *settled;
    TRY(sql_block(arena, request->tariff, "gross", &gross, fault));
    TRY(sql_block(arena, request->tariff, rows[request->form], &row, fault));
    TRY(sql_block(arena, request->tariff, "settled", &settled, fault));
    *ret_sql = text_in(arena, "%s%s%s", gross, row, settled);
    return ERR_OK;
}

/* ---- tables ---- */

void sql_tables(const struct world *world, struct sql_table *ret_tables)
{
    for (int32_t t = 0; t < TOWN_TABLE_COUNT; t++) {
        const struct record_desc *record = &world->vocab->records[t];
        struct sql_table *table = &ret_tables[t];
        *table = (struct sql_table){.name = record->name, .rows = &world->tables[t],
                                    .is_person = t == TOWN_person};
        table->key = table->is_person ? "id" : "person_id, number";
        table->columns[table->column_count++].name = table->is_person ? "id" : "person_id";
        if (!table->is_person)
            table->columns[table->column_count++].name = "number";
        for (int32_t f = 0; f < record->field_count; f++)
            table->columns[table->column_count++] = (struct sql_column){
                record->fields[f].name, &world->tables[t].columns[f]};
    }
}

int64_t sql_cell(const struct sql_table *table, int32_t column, int32_t row)
{
    if (table->columns[column].column)
        return column_value(table->columns[column].column, row);
    if (table->is_person)
        return row;
    int32_t owner = table->rows->owner_rows[row];
    return column == 0 ? owner : row - table->rows->first_row[owner];
}

const char *sql_create(struct arena *arena, const struct sql_table *table, const char *suffix)
{
    struct text_buf *buf = text_new(arena);
    text_format(buf, "CREATE TABLE %s (", table->name);
    for (int32_t c = 0; c < table->column_count; c++)
        text_format(buf, "%s%s %s NOT NULL", c > 0 ? ", " : "", table->columns[c].name,
                  c == 0 ? "BIGINT" : "INTEGER");
    text_add_z(buf, suffix);
    return text_str(buf).ptr;
}

static void add_levels(struct text_buf *buf, const struct tariff *t)
{
    text_add_z(buf, "CREATE TABLE level_amount (level INTEGER PRIMARY KEY, "
                    "technician_fen INTEGER, upgrade_fen INTEGER, apprentice_fen INTEGER, "
                    "promotion_fen INTEGER);\n");
    for (int32_t level = 1; level < LEVELS; level++)
        text_format(buf, "INSERT INTO level_amount VALUES (%d, %d, %d, %d, %d);\n", level,
                  t->technician_fen[level], t->upgrade_fen[level], t->apprentice_fen[level],
                  t->promotion_fen[level]);
    text_format(buf, "CREATE TABLE class_amount (class INTEGER PRIMARY KEY, fen INTEGER);\n");
    for (int32_t class = 1; class < CLASSES; class++)
        text_format(buf, "INSERT INTO class_amount VALUES (%d, %d);\n", class, t->class_fen[class]);
}

const char *sql_document_tables(struct arena *arena, const struct tariff *t)
{
    struct text_buf *buf = text_new(arena);
    text_format(buf, "CREATE TABLE occ (code INTEGER PRIMARY KEY, is_short INTEGER, "
                   "hour_fen INTEGER);\n");
    for (int32_t code = 1; code <= TOWN_OCCUPATIONS; code++)
        text_format(buf, "INSERT INTO occ VALUES (%d, %d, %d);\n", code, t->is_short[code],
                  t->hour_fen[t->price_tier[code]]);
    add_levels(buf, t);
    text_format(buf, "CREATE TABLE promoted (tier INTEGER PRIMARY KEY, level INTEGER);\n"
                   "CREATE TABLE prize (tier INTEGER, place INTEGER, fen INTEGER, "
                   "PRIMARY KEY (tier, place));\n");
    for (int32_t tier = 1; tier < TIERS; tier++) {
        text_format(buf, "INSERT INTO promoted VALUES (%d, %d);\n", tier, t->promoted_level[tier]);
        for (int32_t place = 1; place < PLACES; place++)
            text_format(buf, "INSERT INTO prize VALUES (%d, %d, %d);\n", tier, place,
                      t->prize_fen[tier][place]);
    }
    return text_str(buf).ptr;
}

/* ---- running ---- */

void sql_read_rules(const int64_t *values, struct outcome *outcome)
{
    for (int32_t rule = 0; rule < RULE_COUNT; rule++) {
        outcome->person_count[rule] = values[rule * 2];
        outcome->amount_fen[rule] = values[rule * 2 + 1];
    }
}

void sql_read_regions(const int64_t *values, int32_t value_count, struct outcome *outcome)
{
    enum { WIDTH = 1 + FUND_COUNT };
    for (int32_t i = 0; i + WIDTH <= value_count; i += WIDTH)
        if (values[i] >= 0 && values[i] <= TOWN_REGIONS)
            memcpy(outcome->region_fund_fen[values[i]], values + i + 1,
                   FUND_COUNT * sizeof(int64_t));
}

struct timing {
    struct sql_session *session;
    const char *drop, *make, *rules, *regions;
    struct outcome outcome;
    struct fault *fault;
};

enum { VALUES_MAX = (TOWN_REGIONS + 1) * (1 + FUND_COUNT) + RULE_COUNT * 2 };

static enum err once(struct timing *timing)
{
    int64_t values[VALUES_MAX];
    int32_t count;
    struct sql_session *session = timing->session;
    TRY(session->run(session, timing->make, values, 0, &count, timing->fault));
    TRY(session->run(session, timing->rules, values, VALUES_MAX, &count, timing->fault));
    sql_read_rules(values, &timing->outcome);
    TRY(session->run(session, timing->regions, values, VALUES_MAX, &count, timing->fault));
    sql_read_regions(values, count, &timing->outcome);
    return ERR_OK;
}

/* Like bench_run, but the drop of the last result is outside the timing. */
static enum err time_runs(struct timing *timing, int32_t run_count, struct bench_times *ret_times)
{
    int64_t runs_ns[BENCH_RUNS_MAX];
    int32_t count;
    for (int32_t i = -1; i < run_count; i++) {
        TRY(timing->session->run(timing->session, timing->drop, NULL, 0, &count, timing->fault));
        int64_t start_ns = clock_monotonic_ns();
        TRY(once(timing));
        if (i >= 0)
            runs_ns[i] = clock_monotonic_ns() - start_ns;
    }
    qsort(runs_ns, (size_t)run_count, sizeof runs_ns[0], bench_compare_ns);
    *ret_times = (struct bench_times){runs_ns[run_count / 2], runs_ns[0], runs_ns[run_count - 1],
                                      run_count};
    return ERR_OK;
}

enum err sql_time(struct arena *arena, struct sql_session *session,
                  const struct sql_request *request, struct sql_result *result,
                  struct fault *fault)
{
    struct timing timing = {.session = session, .fault = fault};
    const char *checksum;
    TRY(sql_block(arena, request->tariff, "drop", &timing.drop, fault));
    TRY(sql_make(arena, request, &timing.make, fault));
    TRY(sql_block(arena, request->tariff, "rules", &timing.rules, fault));
    TRY(sql_block(arena, request->tariff, "regions", &timing.regions, fault));
    TRY(sql_block(arena, request->tariff, "checksum", &checksum, fault));
    TRY(time_runs(&timing, request->run_count, &result->times));
    result->outcome = timing.outcome;
    int32_t count;
    return session->run(session, checksum, &result->outcome.checksum, 1, &count, fault);
}
