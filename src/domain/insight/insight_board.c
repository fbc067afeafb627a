#include "domain/insight/insight_book.h"

#include "base/csv_file.h"

/* catalogue/board.csv: which indicators are drawn over time; tile.csv: where counties stand. */

enum { TILE_ROWS_MAX = 20 };

struct loading {
    struct csv_table table;
    struct arena *arena;
    struct insight_board *board;
};

static enum err read_series(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    struct insight_series *series = &loading->board->rows[loading->board->row_count];
    if (row->cells[0].size == 0)
        return csv_table_refuse(&loading->table, row, fault, "第1列：没有指标名称");
    if (str_equal_text(row->cells[1], "year"))
        series->kind = BOOK_YEAR;
    else if (str_equal_text(row->cells[1], "month"))
        series->kind = BOOK_MONTH;
    else
        return csv_table_refuse(&loading->table, row, fault,
                                "第2列：周期“%.*s”应为 year 或 month", STR_ARG(row->cells[1]));
    series->indicator = str_copy(loading->arena, row->cells[0]);
    loading->board->row_count++;
    return ERR_OK;
}

enum err insight_board_read(struct arena *arena, const char *path,
                            struct insight_board *ret_board, struct fault *fault)
{
    struct insight_board board = {.row_count = 0};
    struct loading loading = {
        .table = {path, "indicator,period", read_series, &loading, BOOK_SERIES_MAX},
        .arena = arena,
        .board = &board};
    TRY(csv_table_read(&loading.table, fault));
    *ret_board = board;
    return ERR_OK;
}

static bool tile_of(struct arena *arena, const struct csv_row *row, struct insight_tile *ret_tile)
{
    int64_t cells[3];
    for (int32_t i = 0; i < 3; i++)
        if (!str_to_i64(row->cells[i], &cells[i]))
            return false;
    if (cells[0] < 110000 || cells[0] > 999999 || cells[1] < 1 || cells[1] > TILE_ROWS_MAX ||
        cells[2] < 1 || cells[2] > TILE_ROWS_MAX)
        return false;
    *ret_tile = (struct insight_tile){(int32_t)cells[0], (int32_t)cells[1], (int32_t)cells[2],
                                      str_copy(arena, row->cells[3])};
    return row->cells[3].size > 0 && ret_tile->label.ptr;
}

static enum err read_tile(void *context, const struct csv_row *row, struct fault *fault)
{
    struct loading *loading = context;
    struct insight_tile tile;
    if (!tile_of(loading->arena, row, &tile))
        return csv_table_refuse(&loading->table, row, fault,
                                "：应为六位区划代码、从 1 起的行和列、短名");
    loading->board->tiles[loading->board->tile_count++] = tile;
    return ERR_OK;
}

enum err insight_tiles_read(struct arena *arena, const char *path, struct insight_board *board,
                            struct fault *fault)
{
    struct loading loading = {
        .table = {path, "division,row,column,label", read_tile, &loading, BOARD_TILES_MAX},
        .arena = arena,
        .board = board};
    board->tile_count = 0;
    return csv_table_read(&loading.table, fault);
}
