#include "domain/insight/insight_book.h"

#include "base/csv_file.h"

#include <inttypes.h>

/* catalogue/board.csv: which indicators are drawn over time. */

static enum err read_row(struct arena *arena, const char *path, const struct csv_row *row,
                         struct insight_board *board, struct fault *fault)
{
    struct insight_series *series = &board->rows[board->row_count];
    if (row->cell_count != 2 || row->cells[0].size == 0)
        return fault_set(fault, ERR_CATALOGUE, "%s，第%" PRId64 "行：应为 指标,周期", path,
                         row->line_number);
    if (board->row_count == BOOK_SERIES_MAX)
        return fault_set(fault, ERR_LIMIT, "%s：超过%d行", path, BOOK_SERIES_MAX);
    if (str_equal_text(row->cells[1], "year"))
        series->kind = BOOK_YEAR;
    else if (str_equal_text(row->cells[1], "month"))
        series->kind = BOOK_MONTH;
    else
        return fault_set(fault, ERR_CATALOGUE,
                         "%s，第%" PRId64 "行第2列：周期“%.*s”应为 year 或 month", path,
                         row->line_number, STR_ARG(row->cells[1]));
    series->indicator = str_copy(arena, row->cells[0]);
    board->row_count++;
    return ERR_OK;
}

static enum err read_rows(struct arena *arena, const char *path, struct csv_reader *reader,
                          struct insight_board *board, struct fault *fault)
{
    const struct csv_row *row;
    TRY(csv_reader_next(reader, fault, &row));
    if (!row || row->cell_count != 2 || !str_equal_text(row->cells[0], "indicator"))
        return fault_set(fault, ERR_CATALOGUE, "%s，第1行：表头应为 indicator,period", path);
    for (;;) {
        TRY(csv_reader_next(reader, fault, &row));
        if (!row)
            return ERR_OK;
        TRY(read_row(arena, path, row, board, fault));
    }
}

enum err insight_board_read(struct arena *arena, const char *path,
                            struct insight_board *ret_board, struct fault *fault)
{
    struct insight_board board = {.row_count = 0};
    struct csv_file file;
    TRY(csv_file_open(path, fault, &file));
    enum err err = read_rows(arena, path, file.reader, &board, fault);
    csv_file_close(&file);
    if (err == ERR_OK)
        *ret_board = board;
    return err;
}
