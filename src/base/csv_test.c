#include "base/csv.h"

#include "unit.h"

#include <stdlib.h>

/* All rows of a text as "a|b\nc|d\n"; the fault of the first error. */
static enum err read_all(struct arena *arena, struct str bytes, struct fault *fault,
                         struct str *ret_rows)
{
    struct csv_reader *reader = NULL;
    TRY(csv_reader_new(byte_source_memory(&bytes), NULL, fault, &reader));
    struct text_buf text;
    text_init(&text, arena);
    const struct csv_row *row = NULL;
    enum err err;
    while ((err = csv_reader_next(reader, fault, &row)) == ERR_OK && row) {
        text_format(&text, "%d:", (int)row->line_number);
        for (int32_t i = 0; i < row->cell_count; i++) {
            text_add_z(&text, i ? "|" : "");
            text_add(&text, row->cells[i]);
        }
        text_add_z(&text, "\n");
    }
    csv_reader_free(reader);
    *ret_rows = text_str(&text);
    return err;
}

static void expect_rows(const char *csv, const char *rows)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str got = {0};
    struct fault fault = {0};
    EXPECT_OK(read_all(&arena, str_from(csv), &fault, &got));
    EXPECT_STR(rows, got);
    arena_done(&arena);
}

static void expect_fault(struct str csv, enum err code, const char *message)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str got = {0};
    struct fault fault = {0};
    EXPECT_ERR(code, read_all(&arena, csv, &fault, &got));
    EXPECT_STR(message, str_from(fault.message));
    EXPECT(fault.hint[0] != '\0');
    arena_done(&arena);
}

TEST(csv__reads_plain_rows_with_every_line_end)
{
    expect_rows("a,b\nc,d\n", "1:a|b\n2:c|d\n");
    expect_rows("a,b\r\nc,d\r\n", "1:a|b\n2:c|d\n");
    expect_rows("a,b\rc,d", "1:a|b\n2:c|d\n");
    expect_rows("a,b\n\r\n\n,\n", "1:a|b\n4:|\n");
    expect_rows("", "");
    expect_rows("\n\n", "");
    expect_rows("\xEF\xBB\xBF姓名,年龄\n张三,3\n", "1:姓名|年龄\n2:张三|3\n");
}

TEST(csv__reads_quotes_with_delimiters_quotes_and_newlines)
{
    expect_rows("\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d\n");
    expect_rows("\"a\r\nb\",c\nd,e\n", "1:a\r\nb|c\n3:d|e\n");
    expect_rows("\"a\rb\nc\",d\ne,f\n", "1:a\rb\nc|d\n4:e|f\n");
    expect_rows("\"\"\n\"\",\n", "1:\n2:|\n");
    expect_rows("5\",x\n", "1:5\"|x\n");
}

TEST(csv__finds_the_delimiter_in_the_first_line)
{
    expect_rows("a\tb\n1,5\t2\n", "1:a|b\n2:1,5|2\n");
    expect_rows("a;b;c\n1,5;2;3\n", "1:a|b|c\n2:1,5|2|3\n");
    expect_rows("姓名；年龄\n张；三\n", "1:姓名|年龄\n2:张|三\n");
    expect_rows("姓名，年龄\n张，３\n", "1:姓名|年龄\n2:张|３\n");
    expect_rows("sep=;\r\na,b;c\r\n", "2:a,b|c\n");
    expect_rows("\"a;b;c\",d\n1;2,3\n", "1:a;b;c|d\n2:1;2|3\n");
}

TEST(csv__reads_what_excel_saves_as_unicode_text)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str rows = {0};
    EXPECT_OK(read_all(&arena, STR("\xFF\xFE\x20\x5F\x09\0\x31\0\x0D\0\x0A\0"), NULL, &rows));
    EXPECT_STR("1:张|1\n", rows);
    EXPECT_OK(read_all(&arena, STR("\xD0\xD5\xC3\xFB,1\r\n"), NULL, &rows));
    EXPECT_STR("1:姓名|1\n", rows);
    arena_done(&arena);
}

TEST(csv__names_line_and_column_of_malformed_quotes)
{
    expect_fault(STR("a,b\nc,\"d\"e\n"), ERR_SHEET, "第 2 行第 2 列：结尾的双引号后面还有内容");
    expect_fault(STR("a,b\nc, \"d\"\n"), ERR_SHEET, "第 2 行第 2 列：双引号前面有空格");
    expect_fault(STR("a,b\nc,\"d\ne\nf"), ERR_SHEET,
                 "第 2 行第 2 列：双引号没有结束，文件已到末尾");
    expect_fault(STR("a\nb\0\n"), ERR_ENCODING,
                 "第 2 行（第 3 字节，值 0x00）：这不是文本文件（出现了零字节）");
}

TEST(csv__stops_at_its_limits)
{
    size_t size = CSV_FIELD_SIZE_MAX + 2;
    char *big = malloc(size);
    memset(big, 'x', size);
    big[size - 1] = '\n';
    expect_fault((struct str){big, size}, ERR_LIMIT, "第 1 行第 1 列：单元格超过 128 KiB");
    big[0] = '"';
    big[9] = '\n';
    expect_fault((struct str){big, size}, ERR_LIMIT,
                 "第 1 行第 1 列：单元格超过 128 KiB，多半是引号没有成对");
    memset(big, ',', CSV_COLUMNS_MAX);
    expect_fault((struct str){big, CSV_COLUMNS_MAX}, ERR_LIMIT,
                 "第 1 行第 1025 列：一行超过 1024 列");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str rows = {0};
    EXPECT_OK(read_all(&arena, (struct str){big, CSV_COLUMNS_MAX - 1}, NULL, &rows));
    arena_done(&arena);
    free(big);
}

TEST(csv__stops_at_the_row_limit_and_repeats_the_error)
{
    struct str text = STR("a\nb\nc\n");
    struct csv_options options = {.row_count_max = 2};
    struct csv_reader *reader = NULL;
    struct fault fault = {0};
    const struct csv_row *row = NULL;
    EXPECT_OK(csv_reader_new(byte_source_memory(&text), &options, &fault, &reader));
    EXPECT_OK(csv_reader_next(reader, &fault, &row));
    EXPECT_OK(csv_reader_next(reader, &fault, &row));
    EXPECT_INT(2, row->row_number);
    for (int i = 0; i < 2; i++) {
        fault_clear(&fault);
        EXPECT_ERR(ERR_LIMIT, csv_reader_next(reader, &fault, &row));
        EXPECT_STR("第 3 行：超过 2 行的上限", str_from(fault.message));
    }
    csv_reader_free(reader);
}

/* Gives one byte at a time, so that every state is cut between pieces. */
static enum err read_one(void *context, char *buffer, size_t capacity, struct fault *fault,
                         size_t *ret_size)
{
    struct str *rest = context;
    struct byte_source inner = byte_source_memory(rest);
    return inner.read(inner.context, buffer, capacity < 1 ? capacity : 1, fault, ret_size);
}

TEST(csv__reads_a_file_larger_than_its_buffer_the_same)
{
    struct arena arena;
    arena_init(&arena, 64 << 20);
    struct text_buf text;
    text_init(&text, &arena);
    for (int i = 0; i < 20000; i++)
        text_format(&text, "\"第%d行\",\"a\r\n\"\"b\",%d\r\n", i, i * 7);
    struct str bytes = text_str(&text);
    struct csv_reader *reader = NULL;
    EXPECT_OK(csv_reader_new((struct byte_source){read_one, &bytes}, NULL, NULL, &reader));
    const struct csv_row *row = NULL;
    for (int i = 0; i < 20000; i++) {
        EXPECT_OK(csv_reader_next(reader, NULL, &row));
        char first[32], last[32];
        snprintf(first, sizeof first, "第%d行", i);
        snprintf(last, sizeof last, "%d", i * 7);
        EXPECT_STR(first, row->cells[0]);
        EXPECT_STR("a\r\n\"b", row->cells[1]);
        EXPECT_STR(last, row->cells[2]);
        EXPECT_INT(1 + 2 * i, row->line_number);
    }
    EXPECT_OK(csv_reader_next(reader, NULL, &row));
    EXPECT(row == NULL);
    csv_reader_free(reader);
    arena_done(&arena);
}

static struct str written(struct arena *arena, unsigned flags, const struct str *cells,
                          int32_t count)
{
    struct text_buf text;
    text_init(&text, arena);
    struct csv_writer writer = {.sink = byte_sink_text(&text), .flags = flags};
    EXPECT_OK(csv_write_row(&writer, cells, count, NULL));
    return text_str(&text);
}

TEST(csv__writes_quotes_only_where_needed)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str cells[] = {STR("a"), STR("b,c"), STR("d\"e"), STR("f\ng"), STR(""), STR("h i")};
    EXPECT_STR("a,\"b,c\",\"d\"\"e\",\"f\ng\",,h i\n", written(&arena, CSV_PLAIN, cells, 6));
    EXPECT_STR("\"\"\n", written(&arena, CSV_PLAIN, cells + 4, 1));
    EXPECT_STR("\xEF\xBB\xBF"
               "a\r\n",
               written(&arena, CSV_BOM | CSV_CRLF, cells, 1));
    arena_done(&arena);
}

TEST(csv__guards_formulas_but_not_numbers)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct str cells[] = {STR("=1+1"), STR("-5.25"), STR("-x"), STR("+86 1"), STR("@a")};
    EXPECT_STR("'=1+1,-5.25,'-x,'+86 1,'@a\n", written(&arena, CSV_GUARD, cells, 5));
    EXPECT_STR("=1+1,-5.25,-x,+86 1,@a\n", written(&arena, CSV_PLAIN, cells, 5));
    arena_done(&arena);
}

TEST(csv__reports_a_full_disk)
{
    FILE *full = fopen("/dev/full", "w");
    if (!full)
        skip();
    setvbuf(full, NULL, _IONBF, 0);
    struct csv_writer writer = {.sink = byte_sink_file(full)};
    struct str cell = STR("a");
    struct fault fault = {0};
    EXPECT_ERR(ERR_STORE_FULL, csv_write_row(&writer, &cell, 1, &fault));
    EXPECT_STR("写入文件失败：磁盘空间不足", str_from(fault.message));
    fclose(full);
}
