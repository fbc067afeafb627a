#include "domain/insight/insight_book.h"

#include "base/csv_file.h"

#include <inttypes.h>

/* catalogue/board.csv: which indicators are drawn over time; tile.csv: where counties stand. */

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

/* ---- tiles */

enum { TILE_ROWS_MAX = 20 };

static bool tile_of(struct arena *arena, const struct csv_row *row, struct insight_tile *ret_tile)
{
    int64_t cells[3];
    for (int32_t i = 0; i < 3; i++)
        if (row->cell_count != 4 || !str_to_i64(row->cells[i], &cells[i]))
            return false;
    if (cells[0] < 110000 || cells[0] > 999999 || cells[1] < 1 || cells[1] > TILE_ROWS_MAX ||
        cells[2] < 1 || cells[2] > TILE_ROWS_MAX)
        return false;
    *ret_tile = (struct insight_tile){(int32_t)cells[0], (int32_t)cells[1], (int32_t)cells[2],
                                      str_copy(arena, row->cells[3])};
    return row->cells[3].size > 0 && ret_tile->label.ptr;
}

static enum err read_tiles(struct arena *arena, const char *path, struct csv_reader *reader,
                           struct insight_board *board, struct fault *fault)
{
    const struct csv_row *row;
    TRY(csv_reader_next(reader, fault, &row));
    if (!row || row->cell_count != 4 || !str_equal_text(row->cells[0], "division"))
        return fault_set(fault, ERR_CATALOGUE, "%s，第1行：表头应为 division,row,column,label",
                         path);
    for (;;) {
        TRY(csv_reader_next(reader, fault, &row));
        if (!row)
            return ERR_OK;
        if (board->tile_count == BOARD_TILES_MAX)
            return fault_set(fault, ERR_LIMIT, "%s：超过%d行", path, BOARD_TILES_MAX);
        if (!tile_of(arena, row, &board->tiles[board->tile_count++]))
            return fault_set(fault, ERR_CATALOGUE,
                             "%s，第%" PRId64 "行：应为六位区划代码、从 1 起的行和列、短名", path,
                             row->line_number);
    }
}

enum err insight_tiles_read(struct arena *arena, const char *path, struct insight_board *board,
                            struct fault *fault)
{
    struct csv_file file;
    TRY(csv_file_open(path, fault, &file));
    enum err err = read_tiles(arena, path, file.reader, board, fault);
    csv_file_close(&file);
    return err;
}
