#include "base/tabular.h"

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct arena arena;
static char folder[64];

static const char *in_folder(const char *name)
{
    if (!folder[0]) {
        memcpy(folder, "/tmp/tabular_test.XXXXXX", sizeof "/tmp/tabular_test.XXXXXX");
        EXPECT(mkdtemp(folder));
    }
    return text_in(&arena, "%s/%s", folder, name);
}

__attribute__((destructor)) static void remove_folder(void)
{
    if (folder[0])
        rmdir(folder); /* every test leaves it empty */
}

static void expect_head_fault(struct str bytes, const char *message)
{
    struct table_reader *reader = NULL;
    struct fault fault = {0};
    EXPECT_ERR(ERR_SHEET, table_reader_open_memory(bytes, NULL, &fault, &reader));
    EXPECT_STR(message, str_from(fault.message));
    EXPECT(fault.hint[0] != '\0');
}

TEST(tabular__tells_formats_by_content_not_by_name)
{
    expect_head_fault(STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...."),
                      "这是旧版 Excel 文件（.xls）或加了密码的工作簿，不能读取");
    expect_head_fault(STR("\xEF\xBB\xBF\r\n <HTML><table>"),
                      "这是网页或 XML 文件（有的系统给它 .xls 的名字），不能读取");
    expect_head_fault(STR("%PDF-1.7"), "这是 PDF 文件，不是表格");
    expect_head_fault(STR("PK\x03\x04...."), "XLSX 文件已损坏：Not a zip archive");
}

TEST(tabular__reports_a_missing_file_and_a_folder)
{
    struct table_reader *reader = NULL;
    struct fault fault = {0};
    EXPECT_ERR(ERR_IO, table_reader_open("/nowhere/a.csv", NULL, &fault, &reader));
    EXPECT_STR("打开文件“/nowhere/a.csv”失败：没有这个文件或目录", str_from(fault.message));
    EXPECT_ERR(ERR_IO, table_reader_open("/tmp", NULL, &fault, &reader));
    EXPECT_STR("打开文件“/tmp”失败：这是目录，不是文件", str_from(fault.message));
}

TEST(tabular__reads_csv_from_a_pipe)
{
    int ends[2];
    char path[32];
    EXPECT(pipe(ends) == 0);
    EXPECT(write(ends[1], "a,b\n1,2\n", 8) == 8);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct table_reader *reader = NULL;
    const struct table_row *row = NULL;
    EXPECT_OK(table_reader_open(path, NULL, NULL, &reader));
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_STR("2", table_row_cell(row, 2).text);
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT(row == NULL);
    table_reader_free(reader);
    close(ends[0]);
}

TEST(tabular__undoes_what_spreadsheets_do_to_csv)
{
    struct table_reader *reader = NULL;
    const struct table_row *row = NULL;
    EXPECT_OK(table_reader_open_memory(STR("a,b,c,d\n,,,\n=\"00123\",'=1+1,1.10105E+17,-5\nx,,,\n"),
                                       NULL, NULL, &reader));
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_INT(4, row->cell_count);
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_INT(3, row->row_number);
    EXPECT_STR("00123", row->cells[0].text);
    EXPECT_STR("=1+1", row->cells[1].text);
    EXPECT_INT(CELL_DIGITS_LOST, row->cells[2].problem);
    EXPECT_STR("-5", row->cells[3].text);
    EXPECT_INT(CELL_FINE, row->cells[3].problem);
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_INT(1, row->cell_count);
    EXPECT_STR("", table_row_cell(row, 3).text);
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT(row == NULL);
    EXPECT_INT(1000, table_reader_progress(reader));
    table_reader_free(reader);
}

TEST(tabular__names_cells_as_excel_does)
{
    char name[CELL_NAME_SIZE];
    EXPECT_STR("A1", str_from(cell_name(1, 1, name)));
    EXPECT_STR("Z9", str_from(cell_name(26, 9, name)));
    EXPECT_STR("AA10", str_from(cell_name(27, 10, name)));
    EXPECT_STR("XFD1048576", str_from(cell_name(16384, 1048576, name)));
}

static const char *const genders[] = {"男", "女"};
static const struct table_column columns[] = {
    {.title = "身份证号", .kind = TABLE_TEXT, .required = true, .note = "18 位，文本格式"},
    {.title = "性别", .choices = genders, .choice_count = 2},
    {.title = "金额", .kind = TABLE_NUMBER},
    {.title = "日期", .kind = TABLE_DAY},
};
enum { COLUMN_COUNT = sizeof columns / sizeof columns[0] };

static const char *const sample_texts[][COLUMN_COUNT] = {
    {"110105194912310021", "男", "12.5", "2026-03-02"},
    {"", "=1+1", "007", "2026-3-2"},
    {" a\r\nb\t<&>\"'_x0041_ ", "-x", "12345678901234567", "-"},
    {"😀", "1,2", "-0.5", "1900-01-01"},
};
enum { SAMPLE_COUNT = sizeof sample_texts / sizeof sample_texts[0] };

static struct str sample_cell(int row, int column)
{
    return str_from(sample_texts[row % SAMPLE_COUNT][column]);
}

static enum err write_sample_row(struct table_writer *writer, int row, struct fault *fault)
{
    struct str cells[COLUMN_COUNT];
    for (int k = 0; k < COLUMN_COUNT; k++)
        cells[k] = sample_cell(row, k);
    return table_writer_row(writer, cells, fault);
}

static void write_sample(const char *path, enum table_format format)
{
    struct table_writer *writer = NULL;
    struct fault fault = {0};
    EXPECT_OK(table_writer_open(path, format, columns, COLUMN_COUNT, &fault, &writer));
    for (int i = 0; i < SAMPLE_COUNT; i++)
        EXPECT_OK(write_sample_row(writer, i, &fault));
    EXPECT(access(path, F_OK) != 0); /* not before it is complete */
    EXPECT_OK(table_writer_close(writer, &fault));
}

static void expect_sample(const char *path, enum table_format format)
{
    struct table_reader *reader = NULL;
    const struct table_row *row = NULL;
    EXPECT_OK(table_reader_open(path, NULL, NULL, &reader));
    EXPECT_INT(format, table_reader_format(reader));
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    for (int32_t k = 0; k < COLUMN_COUNT; k++)
        EXPECT_STR(columns[k].title, row->cells[k].text);
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        EXPECT_OK(table_reader_next(reader, NULL, &row));
        EXPECT(row);
        for (int32_t k = 0; k < COLUMN_COUNT; k++) {
            EXPECT(str_equal(sample_cell(i, k), table_row_cell(row, k + 1).text));
            EXPECT_INT(CELL_FINE, table_row_cell(row, k + 1).problem);
        }
    }
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT(row == NULL);
    table_reader_free(reader);
}

TEST(tabular__reads_back_what_it_writes_in_both_formats)
{
    arena_init(&arena, 1 << 20);
    for (int format = TABLE_CSV; format <= TABLE_XLSX; format++) {
        const char *path = in_folder("round.dat");
        write_sample(path, (enum table_format)format);
        expect_sample(path, (enum table_format)format);
        unlink(path);
    }
    arena_done(&arena);
}

TEST(tabular__writes_templates_with_short_and_long_lists)
{
    arena_init(&arena, 1 << 20);
    const char *choices[400];
    for (int i = 0; i < 400; i++)
        choices[i] = text_in(&arena, "职业 %03d", i);
    struct table_column template[] = {
        columns[0], columns[1], {.title = "职业", .choices = choices, .choice_count = 400}};
    const char *path = in_folder("template.xlsx");
    struct table_writer *writer = NULL;
    EXPECT_OK(table_writer_open(path, TABLE_XLSX, template, 3, NULL, &writer));
    EXPECT_OK(table_writer_close(writer, NULL));
    struct table_options options = {.sheet_name = "选项"};
    struct table_reader *reader = NULL;
    const struct table_row *row = NULL;
    EXPECT_OK(table_reader_open(path, &options, NULL, &reader));
    for (int i = 0; i < 400; i++)
        EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT_STR("职业 399", table_row_cell(row, 3).text);
    EXPECT_OK(table_reader_next(reader, NULL, &row));
    EXPECT(row == NULL);
    table_reader_free(reader);
    unlink(path);
    arena_done(&arena);
}

TEST(tabular__leaves_nothing_behind_when_cancelled_or_refused)
{
    arena_init(&arena, 1 << 20);
    struct str bad[COLUMN_COUNT] = {STR("a"), STR("b\x01\xFF"), STR(""), STR("")};
    for (int format = TABLE_CSV; format <= TABLE_XLSX; format++) {
        const char *path = in_folder("none.dat");
        struct table_writer *writer = NULL;
        EXPECT_OK(table_writer_open(path, (enum table_format)format, columns, COLUMN_COUNT, NULL,
                                    &writer));
        struct fault fault = {0};
        if (format == TABLE_XLSX) {
            EXPECT_ERR(ERR_ENCODING, table_writer_row(writer, bad, &fault));
            EXPECT_STR("单元格 B2：文字里有不能写入的字符", str_from(fault.message));
        }
        table_writer_cancel(writer);
        EXPECT(rmdir(folder) == 0); /* empty */
        EXPECT(mkdir(folder, 0700) == 0);
    }
    struct table_writer *writer = NULL;
    struct fault fault = {0};
    EXPECT_ERR(ERR_IO, table_writer_open("/nowhere/a.xlsx", TABLE_XLSX, columns, COLUMN_COUNT,
                                         &fault, &writer));
    EXPECT_ERR(ERR_IO, table_writer_open("/nowhere/a.csv", TABLE_CSV, columns, COLUMN_COUNT, &fault,
                                         &writer));
    arena_done(&arena);
}

/* What stands there would be replaced: a device would be lost. */
TEST(tabular__refuses_to_take_the_place_of_what_is_not_a_file)
{
    arena_init(&arena, 1 << 20);
    struct table_writer *writer = NULL;
    struct fault fault = {0};
    const char *path = in_folder("pipe.csv");
    EXPECT(mkfifo(path, 0600) == 0);
    for (int format = TABLE_CSV; format <= TABLE_XLSX; format++)
        EXPECT_ERR(ERR_INPUT, table_writer_open(path, (enum table_format)format, columns,
                                                COLUMN_COUNT, &fault, &writer));
    EXPECT(fault.hint[0] != '\0');
    EXPECT(unlink(path) == 0);
    EXPECT(rmdir(folder) == 0);
    EXPECT(mkdir(folder, 0700) == 0);
    arena_done(&arena);
}

/* Writes rows until the file may not grow; the code of the first failure. */
static enum err write_until_full(const char *path, enum table_format format)
{
    struct table_writer *writer = NULL;
    TRY(table_writer_open(path, format, columns, COLUMN_COUNT, NULL, &writer));
    enum err err = ERR_OK;
    for (int i = 0; i < 20000 && err == ERR_OK; i++)
        err = write_sample_row(writer, i, NULL);
    if (err == ERR_OK)
        return table_writer_close(writer, NULL);
    table_writer_cancel(writer);
    return err;
}

TEST(tabular__reports_a_full_disk_and_leaves_nothing_behind)
{
    arena_init(&arena, 1 << 20);
    for (int format = TABLE_CSV; format <= TABLE_XLSX; format++) {
        const char *path = in_folder("full.dat");
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){100000, 100000});
            _exit(write_until_full(path, (enum table_format)format) == ERR_STORE_FULL ? 0 : 1);
        }
        int status = -1;
        EXPECT(waitpid(child, &status, 0) == child);
        EXPECT_INT(0, status);
        EXPECT(rmdir(folder) == 0); /* empty */
        EXPECT(mkdir(folder, 0700) == 0);
    }
    arena_done(&arena);
}
