#include "base/table_row.h"

#include "base/err.h"

#include <inttypes.h>
#include <stdio.h>

struct problem_row {
    const char *text;
    const char *hint;
};

static const struct problem_row problem_rows[] = {
    [CELL_FINE] = {"", ""},
    [CELL_DIGITS_LOST] = {"长号码存成了数字，第 15 位以后已经丢失",
                          "请把这一列的格式改为“文本”，重新填写完整号码。"},
    [CELL_NO_RESULT] = {"公式没有计算结果",
                        "请用 Excel 或 WPS 打开并保存一次，或把公式粘贴为数值。"},
    [CELL_ERROR_RESULT] = {"公式结果是错误值", "请改正公式，或把正确的值直接填进这一格。"},
    [CELL_COVERED] = {"在合并单元格里，没有自己的值", "请取消合并，并在每一行都填上值。"},
    [CELL_BAD_DAY] = {"日期超出 1900-01-01 至 9999-12-31", "请按 2026-03-02 的样式重新填写日期。"},
};
_Static_assert(sizeof problem_rows / sizeof problem_rows[0] == CELL_PROBLEM_COUNT, "one each");

struct table_cell table_row_cell(const struct table_row *row, int32_t column)
{
    check(column >= 1);
    if (column > row->cell_count)
        return (struct table_cell){.text = STR("")};
    return row->cells[column - 1];
}

const char *cell_problem_text(enum cell_problem problem)
{
    check((size_t)problem < CELL_PROBLEM_COUNT);
    return problem_rows[problem].text;
}

const char *cell_problem_hint(enum cell_problem problem)
{
    check((size_t)problem < CELL_PROBLEM_COUNT);
    return problem_rows[problem].hint;
}

const char *cell_name(int32_t column, int64_t row, char buffer[static CELL_NAME_SIZE])
{
    char letters[8];
    size_t i = sizeof letters;
    for (; column > 0 && i > 0; column = (column - 1) / 26)
        letters[--i] = (char)('A' + (column - 1) % 26);
    snprintf(buffer, CELL_NAME_SIZE, "%.*s%" PRId64, (int)(sizeof letters - i), letters + i, row);
    return buffer;
}
