/* import_errors.c — a CSV that follows the transactions, and the workbook made of it. */
#include "domain/registry/import_errors.h"

#include "base/byte_source.h"
#include "base/tabular.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ERROR_COLUMNS = 3 }; /* cell, reason, remedy */

static enum err write_fault(struct fault *fault)
{
    return byte_fault(fault, errno, "写入错误文件");
}

enum err import_errors_open(struct import_errors *errors, struct arena *arena, const char *path,
                            int64_t size, struct fault *fault)
{
    *errors = (struct import_errors){.path = path, .csv_path = path};
    if (!path)
        return ERR_OK;
    if (table_format_of_name(path) == TABLE_XLSX)
        errors->csv_path = text_in(arena, "%s.csv", path);
    if (!errors->csv_path)
        return fault_set(fault, ERR_MEMORY, "no memory for the error file");
    int fd = open(errors->csv_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct stat status;
    bool opened = fd >= 0 && fstat(fd, &status) == 0;
    if (opened && status.st_size >= size)
        errors->size = size; /* else another file than that of the broken-off run */
    opened = opened && ftruncate(fd, errors->size) == 0 && lseek(fd, errors->size, SEEK_SET) >= 0;
    errors->file = opened ? fdopen(fd, "r+") : NULL;
    if (errors->file)
        return ERR_OK;
    enum err err = write_fault(fault);
    if (fd >= 0)
        close(fd);
    return err;
}

enum err import_errors_go_back(struct import_errors *errors, int64_t size, struct fault *fault)
{
    errors->size = size;
    if (errors->file && (fflush(errors->file) != 0 || ftruncate(fileno(errors->file), size) != 0 ||
                         fseek(errors->file, size, SEEK_SET) != 0))
        return write_fault(fault);
    return ERR_OK;
}

enum err import_errors_sync(struct import_errors *errors, struct fault *fault)
{
    if (errors->file && (fflush(errors->file) != 0 || fdatasync(fileno(errors->file)) != 0))
        return write_fault(fault);
    return ERR_OK;
}

/* ---- rows ---- */

static enum err write_cells(struct import_errors *errors, const struct str *cells,
                            int32_t cell_count, struct fault *fault)
{
    struct csv_writer writer = {
        .sink = byte_sink_file(errors->file),
        .flags = CSV_FOR_EXCEL,
        .started = errors->size > 0,
    };
    TRY(csv_write_row(&writer, cells, cell_count, fault));
    errors->size = ftell(errors->file);
    return ERR_OK;
}

static enum err write_titles(struct import_errors *errors, const struct import_header *header,
                             struct str *cells, struct fault *fault)
{
    int32_t count = header->column_count;
    for (int32_t i = 0; i < count; i++)
        cells[i] = header->columns[i].title;
    cells[count] = STR("单元格");
    cells[count + 1] = STR("原因");
    cells[count + 2] = STR("办法");
    return write_cells(errors, cells, count + ERROR_COLUMNS, fault);
}

void import_problem_cell(const struct import_header *header, const struct import_row *row,
                         const struct field_problem *problem, char buffer[CELL_NAME_SIZE])
{
    int32_t column = import_header_column(header, problem->field);
    if (column > 0)
        cell_name(column, row->row_number, buffer);
    else
        snprintf(buffer, CELL_NAME_SIZE, "%" PRId64, row->row_number);
}

static void join(struct text_buf *buf, const char *text)
{
    text_add_z(buf, buf->size ? "；" : "");
    text_add_z(buf, text);
}

enum err import_errors_row(struct import_errors *errors, struct arena *arena,
                           const struct import_header *header, const struct import_row *row,
                           struct fault *fault)
{
    if (!errors->file)
        return ERR_OK;
    int32_t count = header->column_count;
    struct str *cells = ARENA_NEW_ARRAY(arena, struct str, (size_t)count + ERROR_COLUMNS);
    struct text_buf texts[ERROR_COLUMNS];
    if (!cells)
        return fault_set(fault, ERR_MEMORY, "no memory for the error file");
    if (errors->size == 0)
        TRY(write_titles(errors, header, cells, fault));
    for (int32_t i = 0; i < count; i++)
        cells[i] = i < row->cell_count ? row->cells[i] : STR("");
    for (int32_t i = 0; i < ERROR_COLUMNS; i++)
        text_init(&texts[i], arena);
    for (int32_t p = 0; p < row->problems->count; p++) {
        char cell[CELL_NAME_SIZE];
        import_problem_cell(header, row, &row->problems->rows[p], cell);
        join(&texts[0], cell);
        join(&texts[1], row->problems->rows[p].reason);
        join(&texts[2], row->problems->rows[p].remedy);
    }
    for (int32_t i = 0; i < ERROR_COLUMNS; i++)
        cells[count + i] = text_str(&texts[i]);
    return write_cells(errors, cells, count + ERROR_COLUMNS, fault);
}

/* ---- the workbook ---- */

/* Columns that are text throughout: numbers with leading zeros stay as they were given. */
static enum err open_workbook(struct arena *arena, const char *path, const struct table_row *titles,
                              struct table_writer **ret_writer, struct fault *fault)
{
    struct table_column *columns =
        ARENA_NEW_ARRAY(arena, struct table_column, (size_t)titles->cell_count);
    if (!columns)
        return fault_set(fault, ERR_MEMORY, "no memory for the error file");
    for (int32_t i = 0; i < titles->cell_count; i++) {
        struct str title = titles->cells[i].text;
        columns[i].kind = TABLE_TEXT;
        columns[i].title = arena_copy(arena, title.ptr, title.size);
        if (!columns[i].title)
            return fault_set(fault, ERR_MEMORY, "no memory for the error file");
    }
    return table_writer_open(path, TABLE_XLSX, columns, titles->cell_count, fault, ret_writer);
}

static enum err copy_rows(struct table_reader *reader, struct table_writer *writer,
                          int32_t column_count, struct fault *fault)
{
    const struct table_row *row;
    for (;;) {
        struct str cells[CSV_COLUMNS_MAX];
        TRY(table_reader_next(reader, fault, &row));
        if (!row)
            return ERR_OK;
        for (int32_t i = 0; i < column_count; i++)
            cells[i] = i < row->cell_count ? row->cells[i].text : STR("");
        TRY(table_writer_row(writer, cells, fault));
    }
}

static enum err fill_workbook(struct table_reader *reader, struct arena *arena, const char *path,
                              struct fault *fault)
{
    const struct table_row *titles;
    struct table_writer *writer;
    TRY(table_reader_next(reader, fault, &titles));
    check(titles);
    int32_t column_count = titles->cell_count;
    TRY(open_workbook(arena, path, titles, &writer, fault));
    enum err err = copy_rows(reader, writer, column_count, fault);
    if (err == ERR_OK)
        return table_writer_close(writer, fault);
    table_writer_cancel(writer);
    return err;
}

static enum err make_workbook(const struct import_errors *errors, struct fault *fault)
{
    enum { TITLES_SIZE_MAX = 16 << 20 };
    struct table_reader *reader;
    struct arena arena;
    TRY(table_reader_open(errors->csv_path, NULL, fault, &reader));
    arena_init(&arena, TITLES_SIZE_MAX);
    enum err err = fill_workbook(reader, &arena, errors->path, fault);
    arena_done(&arena);
    table_reader_free(reader);
    if (err == ERR_OK)
        unlink(errors->csv_path);
    return err;
}

enum err import_errors_close(struct import_errors *errors, bool is_complete, struct fault *fault)
{
    if (!errors->file)
        return ERR_OK;
    enum err err = import_errors_go_back(errors, errors->size, fault);
    if (fclose(errors->file) != 0 && err == ERR_OK)
        err = write_fault(fault);
    errors->file = NULL;
    TRY(err);
    if (errors->size == 0) { /* an empty file would look like trouble */
        unlink(errors->csv_path);
        unlink(errors->path);
    } else if (is_complete && errors->csv_path != errors->path) {
        return make_workbook(errors, fault);
    }
    return ERR_OK;
}
