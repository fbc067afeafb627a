#include "unit.h"

#include "base/table_file.h"

TEST(table_file__gives_the_bytes_of_a_csv_and_of_a_workbook)
{
    static const struct table_file_column columns[] = {{"姓名", TABLE_FILE_TEXT},
                                                       {"人数", TABLE_FILE_NUMBER}};
    struct arena arena;
    struct fault fault = {0};
    arena_init(&arena, 1 << 22);
    for (int format = TABLE_FILE_CSV; format <= TABLE_FILE_XLSX; format++) {
        struct table_file *file;
        struct str bytes, cells[] = {STR("张*"), STR("3")};
        EXPECT_OK(table_file_open(&arena, (enum table_file_format)format, columns, 2, &fault,
                                  &file));
        EXPECT_OK(table_file_row(file, cells, &fault));
        EXPECT_OK(table_file_close(file, &fault, &bytes));
        if (format == TABLE_FILE_CSV)
            EXPECT(str_find(bytes, STR("张*,3")) != SIZE_MAX);
        else
            EXPECT(str_starts(bytes, STR("PK")));
    }
    arena_done(&arena);
}
