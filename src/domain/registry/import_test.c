#include "store_fixture.h"

#include "base/id.h"
#include "base/identity.h"
#include "base/rand.h"
#include "domain/registry/export.h"
#include "domain/registry/fact.h"
#include "domain/registry/import.h"
#include "domain/registry/import_pipe.h"
#include "domain/registry/import_preview.h"
#include "registry_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static enum err import(struct store_fixture *t, struct import_options options,
                       struct import_result *result)
{
    static struct arena arena;
    arena_done(&arena);
    arena_init(&arena, 1 << 30);
    t->env.secrets = registry_fixture_secrets();
    fault_clear(&t->fault);
    *result = (struct import_result){0};
    return import_file(&t->env, &arena, registry_fixture_vocab(), &options, result, &t->fault);
}

static void expect_counts(const struct import_result *result, int64_t added, int64_t corrected,
                          int64_t same, int64_t refused)
{
    EXPECT_INT(added, result->counts.added_count);
    EXPECT_INT(corrected, result->counts.corrected_count);
    EXPECT_INT(same, result->counts.same_count);
    EXPECT_INT(refused, result->counts.refused_count);
    EXPECT_INT(added + corrected + same + refused, result->counts.row_count);
}

static int64_t row_count(struct store_fixture *t, const char *table)
{
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE gone_ms = 9223372036854775807", table);
    return store_fixture_number(t, sql);
}

static const char *people_csv(int32_t from, int32_t to, const char *division, char *buffer,
                              size_t size)
{
    char identity[19];
    int used = snprintf(buffer, size, "姓名,证件号码,居住地区划,手机号码,备注\n");
    for (int32_t i = from; i <= to; i++)
        used += snprintf(buffer + used, size - (size_t)used, "张三%d,%s,%s,139%08d,x\n", i,
                         registry_fixture_identity(i, identity), division, i);
    return buffer;
}

STORE_TEST(import_file__takes_a_file_once_and_its_changes_later)
{
    char text[8192];
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 40, "370811", text, 8192)),
    };
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 40, 0, 0, 0);
    EXPECT_STR("备注", result.unknown_titles);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 0, 0, 40, 0);
    options.path = registry_fixture_write("people.csv", people_csv(31, 45, "任城区", text, 8192));
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 5, 0, 10, 0);
    options.path = registry_fixture_write("people.csv", people_csv(31, 45, "兖州区", text, 8192));
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 0, 15, 0, 0);
    EXPECT_INT(45, row_count(t, "person"));
    EXPECT_INT(60, store_fixture_number(t, "SELECT count(*) FROM event"));
}

STORE_TEST(import_file__refuses_the_whole_file_for_one_bad_row)
{
    char identity[19], text[1024], errors[256], buffer[4096];
    struct import_result result;
    snprintf(text, sizeof text,
             "identity,name,居住地区划,学历\n%s,张三,370811,大专\n370811199001020A19,李四,370811,\n"
             "%s,,999999,神学\n",
             registry_fixture_identity(1, identity), "370811199001020009");
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", text),
        .error_path = registry_fixture_path("errors.csv", errors),
    };
    EXPECT_ERR(ERR_IMPORT, import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 2);
    EXPECT_INT(0, row_count(t, "person"));
    EXPECT_INT(0, store_fixture_number(t, "SELECT count(*) FROM event"));
    registry_fixture_read(errors, buffer, sizeof buffer);
    EXPECT(strstr(buffer, "单元格,原因,办法"));
    EXPECT(strstr(buffer, "A3"));
    EXPECT(strstr(buffer, "D4"));
    EXPECT(strstr(buffer, "学历没有“神学”这一项"));
    EXPECT(strstr(buffer, "缺少姓名"));
    EXPECT(!strstr(buffer, "张三"));

    options.mode = IMPORT_KEEP_GOOD;
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 2);
    EXPECT_INT(1, row_count(t, "person"));
}

STORE_TEST(import_file__changes_nothing_in_a_dry_run)
{
    char text[8192];
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 5, "370811", text, 8192)),
        .dry_run = true,
    };
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 5, 0, 0, 0);
    EXPECT_INT(0, row_count(t, "person"));
}

STORE_TEST(import_file__names_the_columns_that_are_missing)
{
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_certificate,
        .path = registry_fixture_write("c.csv", "证书编号,发证日期\nx,2022-01-01\n"),
    };
    EXPECT_ERR(ERR_IMPORT, import(t, options, &result));
    assert_string_equal("证书表缺少必填的列：证件号码、证书类别、职业", t->fault.message);
    options.path = registry_fixture_write("c.csv", "");
    EXPECT_ERR(ERR_IMPORT, import(t, options, &result));
    options.path = registry_fixture_write("c.csv", "证书编号,证书编号\n");
    EXPECT_ERR(ERR_IMPORT, import(t, options, &result));
    assert_string_equal("“证书编号”这一列出现了两次", t->fault.message);
}

STORE_TEST(import_file__finds_owners_and_references)
{
    char text[8192], identity[19], code[19];
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 3, "370811", text, 8192)),
    };
    EXPECT_OK(import(t, options, &result));
    registry_fixture_credit_code(7, code);
    snprintf(text, sizeof text,
             "单位名称,统一社会信用代码,单位类型,所在区划\n某某公司,%s,企业,370811\n", code);
    options.table = REGISTRY_organisation;
    options.path = registry_fixture_write("o.csv", text);
    EXPECT_OK(import(t, options, &result));

    registry_fixture_identity(1, identity);
    snprintf(text, sizeof text,
             "证件号码,用人单位,职业,入职日期,离职日期\n%s,%s,焊工,2020-01-01,\n"
             "%s,%s,焊工,2020-01-01,2019-12-31\n370811199001020995,%s,焊工,2020-01-01,\n"
             "%s,91370811MA30000000,焊工,2020-01-01,\n",
             identity, code, identity, code, code, identity);
    options.table = REGISTRY_employment;
    options.path = registry_fixture_write("e.csv", text);
    options.mode = IMPORT_KEEP_GOOD;
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 3);
    EXPECT_INT(1, store_fixture_number(
                      t, "SELECT count(*) FROM employment e JOIN organisation o ON e.employer = "
                         "o.id JOIN person p ON e.person_id = p.id WHERE e.occupation = 6180201"));

    snprintf(text, sizeof text,
             "统一社会信用代码,载体名称,载体类型,层级,领衔人,批准日期\n"
             "%s,张三工作室,技能大师工作室,市级,%s,2021-05-01\n",
             code, identity);
    options.table = REGISTRY_carrier;
    options.path = registry_fixture_write("w.csv", text);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 0);
    snprintf(text, sizeof text,
             "统一社会信用代码,载体名称,活动类型,活动日期,课时\n"
             "%s,张三工作室,授课,2021-06-01,8\n%s,李四工作室,授课,2021-06-01,8\n",
             code, code);
    options.table = REGISTRY_carrier_activity;
    options.path = registry_fixture_write("a.csv", text);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 1);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 0, 0, 1, 1);
}

STORE_TEST(import_file__adds_and_corrects_a_row_that_comes_twice)
{
    char text[2048], one[19], two[19];
    struct import_result result;
    registry_fixture_identity(1, one);
    registry_fixture_identity(2, two);
    snprintf(text, sizeof text,
             "姓名,证件号码,居住地区划,手机号码\n张三,%s,370811,13900000001\n"
             "李四,%s,370811,\n张三,%s,370812,\n张三,%s,370812,\n",
             one, two, one, one);
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("twice.csv", text),
        .mode = IMPORT_KEEP_GOOD,
    };
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 2, 1, 1, 0);
    EXPECT_INT(2, row_count(t, "person"));
    EXPECT_INT(1, store_fixture_number(t, "SELECT count(*) FROM person WHERE division = 370812 AND "
                                          "phone_sealed IS NOT NULL"));
    EXPECT_INT(3, store_fixture_number(t, "SELECT count(*) FROM event"));

    snprintf(
        text, sizeof text,
        "证件号码,证书编号,证书类别,职业,发证日期\n%s,ZX-00001,专项职业能力证书,焊工,2021-03-01\n"
        "%s,ZX-00001,专项职业能力证书,焊工,2021-03-01\n"
        "%s,ZX-00001,专项职业能力证书,焊工,2021-04-01\n",
        one, two, one);
    options.table = REGISTRY_certificate;
    options.path = registry_fixture_write("twice.csv", text);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 1, 0, 1);
    EXPECT(strstr(result.problems[0].reason, "另一人"));
    EXPECT_INT(1, row_count(t, "certificate"));
}

STORE_TEST(import_file__refuses_a_division_that_never_was)
{
    static const int32_t codes[] = {370811, 371001};
    static const struct identity_divisions divisions = {codes, 2};
    char digits[32], text[512];
    struct import_result result;
    snprintf(digits, sizeof digits, "37999919900102001");
    snprintf(text, sizeof text,
             "姓名,证件号码,居住地区划\n张三,%s%c,370811\n李四,%s,370811\n王五,810000199001020014,"
             "370811\n",
             digits, identity_check_character(digits), registry_fixture_identity(1, (char[19]){0}));
    struct import_options options = {
        .table = REGISTRY_person,
        .divisions = &divisions,
        .path = registry_fixture_write("people.csv", text),
        .mode = IMPORT_KEEP_GOOD,
    };
    EXPECT_OK(import(t, options, &result));
    EXPECT_STR("B2", str_from(result.problems[0].cell));
    EXPECT(strstr(result.problems[0].reason, "379999"));
    EXPECT(strstr(result.problems[0].remedy, "前6位"));
    EXPECT_INT(1, result.problem_count);
    expect_counts(&result, 2, 0, 0, 1);
}

STORE_TEST(import_file__writes_the_refused_rows_into_a_workbook)
{
    char text[1024], errors[256], beside[300], identity[19], code[19];
    struct import_result result;
    struct arena arena;
    struct table_reader *reader;
    const struct table_row *row;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 1, "370811", text, 1024)),
    };
    EXPECT_OK(import(t, options, &result));
    registry_fixture_identity(1, identity);
    registry_fixture_credit_code(9, code);
    snprintf(text, sizeof text, "证件号码,用人单位,职业,入职日期\n%s,%s,焊工,2020-01-01\n",
             identity, code);
    options.table = REGISTRY_employment;
    options.path = registry_fixture_write("e.csv", text);
    options.mode = IMPORT_KEEP_GOOD;
    options.error_path = registry_fixture_path("errors.xlsx", errors);
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 0, 0, 0, 1);
    arena_init(&arena, 1 << 24);
    EXPECT_OK(table_reader_open(errors, NULL, &t->fault, &reader));
    EXPECT_INT(TABLE_XLSX, table_reader_format(reader));
    EXPECT_OK(table_reader_next(reader, &t->fault, &row));
    EXPECT_STR("单元格", table_row_cell(row, 5).text);
    EXPECT_OK(table_reader_next(reader, &t->fault, &row));
    EXPECT_STR(identity, table_row_cell(row, 1).text);
    EXPECT_STR("B2", table_row_cell(row, 5).text);
    EXPECT(str_find(table_row_cell(row, 6).text, str_from(code)) != SIZE_MAX);
    EXPECT(str_find(table_row_cell(row, 6).text, STR("用人单位")) != SIZE_MAX);
    table_reader_free(reader);
    arena_done(&arena);
    snprintf(beside, sizeof beside, "%s.csv", errors);
    EXPECT(access(beside, F_OK) != 0);
}

/* ---- broken off ---- */

enum { SMALL_BATCH_ROWS = 100, MANY_PEOPLE = 20 * SMALL_BATCH_ROWS };

static const char *write_many_people(int32_t bad_every)
{
    static char path[256];
    char identity[19];
    FILE *file = fopen(registry_fixture_path("many.csv", path), "w");
    EXPECT(file != NULL);
    fputs("姓名,证件类型,证件号码,居住地区划,性别\n", file);
    for (int32_t i = 0; i < MANY_PEOPLE; i++) {
        snprintf(identity, sizeof identity, "P%07d", i);
        fprintf(file, "张三,护照,%s,%s,男\n", identity,
                bad_every && i % bad_every == 0 ? "无处" : "370811");
    }
    fclose(file);
    return path;
}

static void stop_after_one(void *context, const struct import_counts *counts, int32_t permille)
{
    (void)context;
    (void)permille;
    if (counts->row_count >= SMALL_BATCH_ROWS)
        raise(SIGKILL);
}

/* The connection of the fixture must not cross a fork: the child opens the database again, and it
 * is another node. */
static pid_t start_import(struct store_fixture *t, struct import_options options, int32_t node)
{
    pid_t child = fork();
    EXPECT(child >= 0);
    if (child > 0)
        return child;
    struct import_result result;
    struct store *store;
    struct id_source ids;
    struct fault fault;
    id_source_init(&ids, node);
    if (store_open(t->location, NULL, &store, &fault) != ERR_OK)
        _exit(2);
    t->env.ids = &ids;
    t->env.store = store;
    import(t, options, &result);
    _exit(1);
}

static void wait_for_death(pid_t child)
{
    int status;
    EXPECT(waitpid(child, &status, 0) == child);
}

STORE_TEST(import_file__goes_on_after_a_kill)
{
    char errors[256];
    static char first[4 << 20], second[4 << 20];
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = write_many_people(100),
        .error_path = registry_fixture_path("errors.csv", errors),
        .mode = IMPORT_KEEP_GOOD,
        .batch_row_count = SMALL_BATCH_ROWS,
    };
    options.progress = stop_after_one;
    wait_for_death(start_import(t, options, 9));
    options.progress = NULL;
    EXPECT_OK(import(t, options, &result));
    EXPECT_INT(SMALL_BATCH_ROWS, result.resumed_row_count);
    expect_counts(&result, MANY_PEOPLE - MANY_PEOPLE / 100, 0, 0, MANY_PEOPLE / 100);
    EXPECT_INT(MANY_PEOPLE - MANY_PEOPLE / 100, row_count(t, "person"));
    EXPECT_INT(MANY_PEOPLE - MANY_PEOPLE / 100,
               store_fixture_number(t, "SELECT count(*) FROM event"));
    registry_fixture_read(errors, first, sizeof first);
    EXPECT_OK(import(t, options, &result));
    EXPECT_INT(0, result.resumed_row_count);
    expect_counts(&result, 0, 0, MANY_PEOPLE - MANY_PEOPLE / 100, MANY_PEOPLE / 100);
    registry_fixture_read(errors, second, sizeof second);
    assert_string_equal(first, second);
}

STORE_TEST(import_file__loses_and_doubles_nothing_when_killed_at_random_moments)
{
    enum { KILLS = 50 };
    struct import_result result;
    struct rand rand;
    char errors[256];
    struct import_options options = {
        .table = REGISTRY_person,
        .path = write_many_people(7),
        .error_path = registry_fixture_path("errors.csv", errors),
        .mode = IMPORT_KEEP_GOOD,
        .batch_row_count = SMALL_BATCH_ROWS / 2,
    };
    rand_init(&rand, 50);
    for (int32_t i = 0; i < KILLS; i++) {
        pid_t child = start_import(t, options, 10 + i);
        usleep((useconds_t)rand_below(&rand, 20000));
        kill(child, SIGKILL);
        wait_for_death(child);
    }
    EXPECT_OK(import(t, options, &result));
    int64_t bad_count = (MANY_PEOPLE + 6) / 7;
    EXPECT_INT(MANY_PEOPLE - bad_count, row_count(t, "person"));
    EXPECT_INT(MANY_PEOPLE - bad_count, store_fixture_number(t, "SELECT count(*) FROM event"));
    EXPECT_INT(bad_count, result.counts.refused_count);
    EXPECT_INT(MANY_PEOPLE, result.counts.row_count);
}

/* ---- secrets ---- */

static bool file_holds(const char *path, const char *text)
{
    static char bytes[16 << 20];
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

STORE_TEST(import_file__leaves_no_clear_identity_phone_or_account_in_the_database)
{
    if (strcmp(store_engine_name(t->env.store), "sqlite") != 0)
        return;
    char text[512], identity[19], wal[600];
    struct import_result result;
    registry_fixture_identity(77, identity);
    snprintf(text, sizeof text,
             "姓名,证件号码,居住地区划,手机号码,社保卡账号\n张三,%s,370811,13987654321,"
             "6228480402564890018\n",
             identity);
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("secret.csv", text),
        .mode = IMPORT_KEEP_GOOD,
    };
    EXPECT_OK(import(t, options, &result));
    expect_counts(&result, 1, 0, 0, 0);
    snprintf(wal, sizeof wal, "%s-wal", t->location);
    const char *files[] = {t->location, wal};
    bool name_found = false;
    for (size_t i = 0; i < 2; i++) {
        name_found = name_found || file_holds(files[i], "张三");
        EXPECT(!file_holds(files[i], identity));
        EXPECT(!file_holds(files[i], "13987654321"));
        EXPECT(!file_holds(files[i], "6228480402564890018"));
    }
    EXPECT(name_found);
}

/* ---- export ---- */

STORE_TEST(export_file__writes_what_import_takes)
{
    char text[8192], path[256];
    static char buffer[1 << 16];
    struct import_result result;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 20, "370811", text, 8192)),
    };
    EXPECT_OK(import(t, options, &result));
    static const enum table_format formats[] = {TABLE_CSV, TABLE_XLSX};
    for (size_t i = 0; i < 2; i++) {
        struct export_options wanted = {
            .table = REGISTRY_person,
            .path = registry_fixture_path(i ? "out.xlsx" : "out.csv", path),
            .format = formats[i],
            .clear_reason = "核对",
            .known_at_ms = ABSENT_I64,
        };
        struct arena arena;
        int64_t count;
        arena_init(&arena, 1 << 24);
        EXPECT_OK(
            export_file(&t->env, &arena, registry_fixture_vocab(), &wanted, &count, &t->fault));
        EXPECT_INT(20, count);
        arena_done(&arena);
        options.path = path;
        EXPECT_OK(import(t, options, &result));
        expect_counts(&result, 0, 0, 20, 0);
    }
    struct export_options masked = {
        .table = REGISTRY_person,
        .path = registry_fixture_path("masked.csv", path),
        .format = TABLE_CSV,
        .known_at_ms = ABSENT_I64,
    };
    struct arena arena;
    int64_t count;
    arena_init(&arena, 1 << 24);
    EXPECT_OK(export_file(&t->env, &arena, registry_fixture_vocab(), &masked, &count, &t->fault));
    arena_done(&arena);
    registry_fixture_read(path, buffer, sizeof buffer);
    char identity[19];
    EXPECT(!strstr(buffer, registry_fixture_identity(5, identity)));
    EXPECT(!strstr(buffer, "13900000005"));
    EXPECT(strstr(buffer, "370811********"));
    EXPECT_INT(2, store_fixture_number(
                      t, "SELECT count(*) FROM event WHERE kind = 'registry.exported_clear'"));
}

TEST(export_template__can_be_read_back_as_an_empty_table)
{
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++) {
        struct arena arena;
        struct fault fault = {0};
        struct table_reader *reader;
        const struct table_row *row;
        struct import_header header;
        char path[256];
        arena_init(&arena, 1 << 24);
        registry_fixture_path("template.xlsx", path);
        EXPECT_OK(export_template(&arena, registry_fixture_vocab(), table, path, &fault));
        EXPECT_OK(table_reader_open(path, NULL, &fault, &reader));
        EXPECT_OK(table_reader_next(reader, &fault, &row));
        EXPECT_OK(import_header_read(&arena, table, row, &header, &fault));
        EXPECT_INT(0, header.unknown_count);
        EXPECT_OK(table_reader_next(reader, &fault, &row));
        EXPECT(row == NULL);
        table_reader_free(reader);
        arena_done(&arena);
    }
}

/* A county brings in its own people; a person elsewhere is not changed, nor moved in. */
STORE_TEST(import_file__stays_inside_the_divisions_of_who_sends_it)
{
    char text[8192];
    struct import_result result;
    struct import_options city = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 4, "370811", text, 8192)),
    };
    EXPECT_OK(import(t, city, &result));
    struct import_options county = city;
    county.division_min = 370812;
    county.division_max = 370812;
    county.mode = IMPORT_KEEP_GOOD;
    county.path = registry_fixture_write("more.csv", people_csv(3, 6, "370812", text, 8192));
    EXPECT_OK(import(t, county, &result));
    expect_counts(&result, 2, 0, 0, 2);
    EXPECT(strstr(result.problems[0].reason, "不在您负责的区划内"));
    county.path = registry_fixture_write("away.csv", people_csv(7, 8, "370811", text, 8192));
    EXPECT_OK(import(t, county, &result));
    expect_counts(&result, 0, 0, 0, 2);
    EXPECT_INT(6, row_count(t, "person"));
}

STORE_TEST(import_preview__shows_the_first_rows_masked_with_what_is_wrong)
{
    static struct arena arena;
    char text[8192];
    struct import_preview preview;
    struct import_options options = {
        .table = REGISTRY_person,
        .path = registry_fixture_write("people.csv", people_csv(1, 40, "370811", text, 8192)),
    };
    arena_init(&arena, 1 << 26);
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(import_preview(&t->env, &arena, registry_fixture_vocab(), &options, &preview,
                             &t->fault));
    EXPECT_INT(IMPORT_PREVIEW_ROWS, preview.row_count);
    EXPECT_INT(5, preview.column_count);
    EXPECT_STR("张*1", preview.rows[0].cells[0]);
    EXPECT(strchr(preview.rows[0].cells[1].ptr, '*') != NULL);
    EXPECT(preview.rows[0].problem == NULL);
    EXPECT(preview.columns[4].label == NULL);
    options.table = REGISTRY_certificate;
    EXPECT_ERR(ERR_IMPORT, import_preview(&t->env, &arena, registry_fixture_vocab(), &options,
                                          &preview, &t->fault));
    EXPECT_INT(REGISTRY_person, import_guess(&arena, options.path));
    arena_done(&arena);
}
