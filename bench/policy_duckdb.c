#include "policy_sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_INSTALLED = 3, EXIT_NO_PROGRAM = 127 };

static const char *const blocks[] = {"drop", "rules", "regions", "checksum"};
enum { BLOCK_COUNT = sizeof blocks / sizeof blocks[0] };

static FILE *open_in(const char *folder, const char *name, const char *ending)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s%s", folder, name, ending);
    return fopen(path, "wb");
}

static enum err written(FILE *file, struct fault *fault)
{
    return file && fclose(file) == 0 ? ERR_OK
                                     : fault_set(fault, ERR_IO, "a file of the bench");
}

static enum err write_text(const char *folder, const char *name, const char *text,
                           struct fault *fault)
{
    FILE *file = open_in(folder, name, ".sql");
    if (file)
        fputs(text, file);
    return written(file, fault);
}

static enum err write_rows(const char *folder, const struct sql_table *table, struct fault *fault)
{
    FILE *file = open_in(folder, table->name, ".csv");
    for (int32_t row = 0; file && row < table->rows->row_count; row++)
        for (int32_t c = 0; c < table->column_count; c++)
            fprintf(file, "%" PRId64 "%c", sql_cell(table, c, row),
                    c + 1 < table->column_count ? ',' : '\n');
    return written(file, fault);
}

static enum err write_all(struct arena *arena, const struct sql_request *request,
                          struct fault *fault)
{
    struct sql_table tables[SQL_TABLES];
    struct text_buf *create = text_new(arena);
    sql_tables(request->world, tables);
    text_add_z(create, sql_document_tables(arena, request->tariff));
    for (int32_t t = 0; t < SQL_TABLES; t++) {
        text_format(create, "%s;\n", sql_create(arena, &tables[t], ")"));
        TRY(write_rows(request->folder, &tables[t], fault));
    }
    const char *make;
    TRY(sql_make(arena, request, &make, fault));
    TRY(write_text(request->folder, "make", make, fault));
    for (int32_t b = 0; b < BLOCK_COUNT; b++) {
        const char *sql;
        TRY(sql_block(arena, request->tariff, blocks[b], &sql, fault));
        TRY(write_text(request->folder, blocks[b], sql, fault));
    }
    return write_text(request->folder, "create", text_str(create).ptr, fault);
}

static void remove_all(const struct sql_request *request)
{
    char path[512];
    struct sql_table tables[SQL_TABLES];
    sql_tables(request->world, tables);
    for (int32_t t = 0; t < SQL_TABLES; t++) {
        snprintf(path, sizeof path, "%s/%s.csv", request->folder, tables[t].name);
        unlink(path);
    }
    for (int32_t b = 0; b < BLOCK_COUNT; b++) {
        snprintf(path, sizeof path, "%s/%s.sql", request->folder, blocks[b]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/create.sql", request->folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/make.sql", request->folder);
    unlink(path);
}

static int32_t read_numbers(const char *text, int64_t *values, int32_t capacity)
{
    int32_t count = 0;
    for (int size; count < capacity && sscanf(text, "%" SCNd64 "%n", &values[count], &size) == 1;
         text += size)
        count++;
    return count;
}

struct answer {
    struct sql_result *result;
    int64_t runs_ns[BENCH_RUNS_MAX];
    int32_t run_count;
    bool complete;
};

static void read_line(struct answer *answer, const char *line)
{
    int64_t values[(TOWN_REGIONS + 1) * (1 + FUND_COUNT)];
    double number;
    if (sscanf(line, "loaded %lf", &number) == 1)
        answer->result->load_s = number;
    else if (sscanf(line, "run %lf", &number) == 1 && answer->run_count < BENCH_RUNS_MAX)
        answer->runs_ns[answer->run_count++] = (int64_t)(number * 1e6);
    else if (strncmp(line, "rules ", 6) == 0 &&
             read_numbers(line + 6, values, RULE_COUNT * 2) == RULE_COUNT * 2)
        sql_read_rules(values, &answer->result->outcome);
    else if (strncmp(line, "regions ", 8) == 0)
        sql_read_regions(values,
                         read_numbers(line + 8, values, sizeof values / sizeof values[0]),
                         &answer->result->outcome);
    else
        answer->complete |=
            sscanf(line, "checksum %" SCNd64, &answer->result->outcome.checksum) == 1;
}

static enum err run_node(const struct sql_request *request, struct answer *answer,
                         struct fault *fault)
{
    char command[640];
    static char line[1 << 16];
    snprintf(command, sizeof command, "node bench/policy_duckdb.mjs '%s' %d %d 2>&1",
             request->folder, request->thread_count, request->run_count);
    FILE *node = popen(command, "r");
    if (!node)
        return fault_set(fault, ERR_IO, "no process for DuckDB can be started");
    char last[256] = "";
    while (fgets(line, sizeof line, node)) {
        read_line(answer, line);
        snprintf(last, sizeof last, "%.200s", line);
        last[strcspn(last, "\n")] = 0;
    }
    int status = pclose(node);
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == EXIT_NOT_INSTALLED || code == EXIT_NO_PROGRAM)
        return fault_set(fault, ERR_NOT_FOUND, "%s", last);
    if (code != 0 || !answer->complete || answer->run_count == 0)
        return fault_set(fault, ERR_STORE, "DuckDB: %s", last);
    return ERR_OK;
}

enum err sql_run_duckdb(struct arena *arena, const struct sql_request *request,
                        struct sql_result *result, struct fault *fault)
{
    struct answer answer = {.result = result};
    enum err err = write_all(arena, request, fault);
    if (err == ERR_OK)
        err = run_node(request, &answer, fault);
    remove_all(request);
    TRY(err);
    qsort(answer.runs_ns, (size_t)answer.run_count, sizeof answer.runs_ns[0], bench_compare_ns);
    result->times = (struct bench_times){answer.runs_ns[answer.run_count / 2], answer.runs_ns[0],
                                         answer.runs_ns[answer.run_count - 1], answer.run_count};
    return ERR_OK;
}
