#include "cli/cli_table.h"

#include "unit.h"

#include <stdlib.h>

static const struct cli_column columns[] = {{"条款", CLI_LEFT}, {"人数", CLI_RIGHT}};

static void expect_printed(const char *expected, const struct cli_table *table,
                           enum err (*print)(const struct cli_table *table, FILE *file))
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    EXPECT_OK(print(table, file));
    fclose(file);
    assert_string_equal(expected, text);
    free(text);
}

TEST(cli_table_print__aligns_chinese_and_latin_cells)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct cli_table table;
    cli_table_init(&table, &arena, columns, 2);
    cli_table_add(&table, "第5条");
    cli_table_number(&table, 1234567);
    cli_table_add(&table, "a");
    cli_table_number(&table, -999);
    expect_printed("条款        人数\n"
                   "----------------\n"
                   "第5条  1,234,567\n"
                   "a           -999\n",
                   &table, cli_table_print);
    arena_done(&arena);
}

TEST(cli_table_print__leaves_out_the_title_line_when_no_column_has_one)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    static const struct cli_column untitled[] = {{"", CLI_LEFT}, {"", CLI_LEFT}};
    struct cli_table table;
    cli_table_init(&table, &arena, untitled, 2);
    table.indent = "  ";
    cli_table_add(&table, "--db DB");
    cli_table_add(&table, "数据库");
    cli_table_add(&table, "--x");
    cli_table_add(&table, "y");
    expect_printed("  --db DB  数据库\n  --x      y\n", &table, cli_table_print);
    arena_done(&arena);
}

TEST(cli_table_print_csv__quotes_what_needs_it)
{
    struct arena arena;
    arena_init(&arena, 1 << 16);
    struct cli_table table;
    cli_table_init(&table, &arena, columns, 2);
    cli_table_add(&table, "a,\"b\"");
    cli_table_format(&table, "%d", 5);
    expect_printed("条款,人数\r\n\"a,\"\"b\"\"\",5\r\n", &table, cli_table_print_csv);
    arena_done(&arena);
}

TEST(cli_table_print__refuses_when_cells_did_not_fit)
{
    struct arena arena;
    arena_init(&arena, 8192);
    struct cli_table table;
    cli_table_init(&table, &arena, columns, 2);
    for (int i = 0; i < 2000; i++)
        cli_table_add(&table, "cell");
    EXPECT_ERR(ERR_MEMORY, cli_table_print(&table, stderr));
    arena_done(&arena);
}
