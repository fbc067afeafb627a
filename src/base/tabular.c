#include "base/tabular.h"

#include "base/sheet_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_SIZE = 1024 };

struct table_reader {
    enum table_format format;
    struct sheet_reader *sheet;
    struct csv_reader *csv;
    FILE *file;
    struct str rest; /* of the bytes in memory, or of head */
    char head[HEAD_SIZE];
    int64_t file_size;
    int64_t read_size; /* of the CSV text */
    struct table_cell *cells;
    int32_t cell_capacity;
    struct table_row row;
};

/* ---- recognising the format ---- */

static const struct {
    const char *head;
    size_t head_size;
    const char *message;
    const char *hint;
} refused_formats[] = {
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8,
     "这是旧版 Excel 文件（.xls）或加了密码的工作簿，不能读取",
     "请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 后重新上传。"},
    {"%PDF", 4, "这是 PDF 文件，不是表格", "请上传 .xlsx 或 .csv 文件。"},
    {"\xFF\xD8\xFF", 3, "这是图片，不是表格", "请上传 .xlsx 或 .csv 文件。"},
    {"\x89PNG", 4, "这是图片，不是表格", "请上传 .xlsx 或 .csv 文件。"},
    {"Rar!", 4, "这是压缩包，不是表格", "请先解压，再上传里面的 .xlsx 或 .csv 文件。"},
    {"7z\xBC\xAF", 4, "这是压缩包，不是表格", "请先解压，再上传里面的 .xlsx 或 .csv 文件。"},
    {"\x1F\x8B", 2, "这是压缩包，不是表格", "请先解压，再上传里面的 .xlsx 或 .csv 文件。"},
    {"SQLite format 3", 15, "这是数据库文件，不是表格", "请上传 .xlsx 或 .csv 文件。"},
};

/* Pages and XML that office systems save under the name .xls. */
static bool is_markup(struct str head)
{
    struct str text = str_trim(head);
    static const char *const words[] = {"<!doctype", "<html", "<table", "<?xml", "<head", "<meta"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text.size >= strlen(words[i]) && strncasecmp(text.ptr, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

static enum err recognise(struct str head, struct fault *fault, enum table_format *ret_format)
{
    const char *message = NULL, *hint = "";
    for (size_t i = 0; i < sizeof refused_formats / sizeof refused_formats[0]; i++)
        if (str_starts(head, (struct str){refused_formats[i].head, refused_formats[i].head_size})) {
            message = refused_formats[i].message;
            hint = refused_formats[i].hint;
        }
    if (!message && is_markup(head)) {
        message = "这是网页或 XML 文件（有的系统给它 .xls 的名字），不能读取";
        hint = "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。";
    }
    if (message) {
        fault_set(fault, ERR_SHEET, "%s", message);
        return fault ? fault_hint(fault, "%s", hint) : ERR_SHEET;
    }
    *ret_format = str_starts(head, STR("PK\x03\x04")) ? TABLE_XLSX : TABLE_CSV;
    return ERR_OK;
}

/* ---- reading ---- */

static enum err read_counted(void *context, char *buffer, size_t capacity, struct fault *fault,
                             size_t *ret_size)
{
    struct table_reader *reader = context;
    /* The head of a file has been read already; a pipe would not give it again. */
    struct byte_source source = byte_source_memory(&reader->rest);
    if (reader->file && reader->rest.size == 0)
        source = byte_source_file(reader->file);
    size_t size = 0;
    TRY(source.read(source.context, buffer, capacity, fault, &size));
    reader->read_size += (int64_t)size;
    *ret_size = size;
    return ERR_OK;
}

static enum err open_csv(struct table_reader *reader, const struct table_options *options,
                         struct fault *fault)
{
    struct csv_options csv_options = {.row_count_max = options ? options->row_count_max : 0};
    return csv_reader_new((struct byte_source){read_counted, reader}, &csv_options, fault,
                          &reader->csv);
}

static enum err open_file(struct table_reader *reader, const char *path,
                          const struct table_options *options, struct fault *fault)
{
    char what[600];
    struct stat stat;
    snprintf(what, sizeof what, "打开文件“%s”", path);
    reader->file = fopen(path, "rbe");
    if (!reader->file || fstat(fileno(reader->file), &stat) != 0)
        return byte_fault(fault, errno, what);
    if (S_ISDIR(stat.st_mode))
        return byte_fault(fault, EISDIR, what);
    reader->file_size = stat.st_size;
    size_t head_size = fread(reader->head, 1, sizeof reader->head, reader->file);
    if (ferror(reader->file))
        return byte_fault(fault, errno, what);
    reader->rest = (struct str){reader->head, head_size};
    TRY(recognise(reader->rest, fault, &reader->format));
    if (reader->format == TABLE_CSV)
        return open_csv(reader, options, fault);
    struct sheet_options sheet_options = {
        .sheet_name = options ? options->sheet_name : NULL,
        .row_count_max = options ? options->row_count_max : 0,
    };
    return sheet_reader_open(path, &sheet_options, fault, &reader->sheet);
}

static enum err open_memory(struct table_reader *reader, struct str bytes,
                            const struct table_options *options, struct fault *fault)
{
    reader->rest = bytes;
    reader->file_size = (int64_t)bytes.size;
    TRY(recognise(str_sub(bytes, 0, HEAD_SIZE), fault, &reader->format));
    if (reader->format == TABLE_CSV)
        return open_csv(reader, options, fault);
    struct sheet_options sheet_options = {
        .sheet_name = options ? options->sheet_name : NULL,
        .row_count_max = options ? options->row_count_max : 0,
    };
    return sheet_reader_open_memory(bytes, &sheet_options, fault, &reader->sheet);
}

static enum err opened(struct table_reader *reader, enum err err, struct table_reader **ret_reader)
{
    if (err != ERR_OK)
        table_reader_free(reader);
    else
        *ret_reader = reader;
    return err;
}

enum err table_reader_open(const char *path, const struct table_options *options,
                           struct fault *fault, struct table_reader **ret_reader)
{
    struct table_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取表格");
    return opened(reader, open_file(reader, path, options, fault), ret_reader);
}

enum err table_reader_open_memory(struct str bytes, const struct table_options *options,
                                  struct fault *fault, struct table_reader **ret_reader)
{
    struct table_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取表格");
    return opened(reader, open_memory(reader, bytes, options, fault), ret_reader);
}

void table_reader_free(struct table_reader *reader)
{
    if (!reader)
        return;
    csv_reader_free(reader->csv);
    sheet_reader_free(reader->sheet);
    if (reader->file)
        fclose(reader->file);
    free(reader->cells);
    free(reader);
}

/* 1.10105E+17: what Excel saves for a long number; the exponent tells how many digits there
 * were. */
static bool lost_digits(struct str s)
{
    size_t i = 0, digit_count = 0;
    for (; i < s.size && ((s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '.'); i++)
        digit_count += s.ptr[i] != '.';
    if (digit_count == 0 || s.size - i != 4 || s.ptr[i + 1] != '+')
        return false;
    int64_t exponent;
    return (s.ptr[i] == 'E' || s.ptr[i] == 'e') && str_to_i64(str_sub(s, i + 2, 2), &exponent) &&
           exponent >= 11;
}

static struct table_cell csv_cell(struct str text)
{
    struct table_cell cell = {.text = text, .type = text.size ? CELL_TEXT : CELL_EMPTY};
    if (text.size < 2)
        return cell;
    if (text.ptr[0] == '\'' && memchr("=+-@\t\r", text.ptr[1], 6)) {
        cell.text = str_sub(text, 1, text.size);
    } else if (text.size > 3 && str_starts(text, STR("=\"")) && text.ptr[text.size - 1] == '"') {
        struct str inner = str_sub(text, 2, text.size - 3);
        if (!memchr(inner.ptr, '"', inner.size))
            cell.text = inner;
    } else if (lost_digits(text)) {
        cell.problem = CELL_DIGITS_LOST;
    }
    return cell;
}

static enum err convert_row(struct table_reader *reader, const struct csv_row *csv_row,
                            struct fault *fault)
{
    if (csv_row->cell_count > reader->cell_capacity) {
        struct table_cell *cells =
            realloc(reader->cells, (size_t)csv_row->cell_count * sizeof *cells);
        if (!cells)
            return fault_set(fault, ERR_MEMORY, "内存不足，无法读取表格");
        reader->cells = cells;
        reader->cell_capacity = csv_row->cell_count;
    }
    int32_t used_count = 0;
    for (int32_t i = 0; i < csv_row->cell_count; i++) {
        reader->cells[i] = csv_cell(csv_row->cells[i]);
        if (reader->cells[i].type != CELL_EMPTY)
            used_count = i + 1;
    }
    reader->row = (struct table_row){reader->cells, used_count, csv_row->line_number};
    return ERR_OK;
}

enum err table_reader_next(struct table_reader *reader, struct fault *fault,
                           const struct table_row **ret_row)
{
    if (reader->format == TABLE_XLSX)
        return sheet_reader_next(reader->sheet, fault, ret_row);
    const struct csv_row *csv_row = NULL;
    do {
        TRY(csv_reader_next(reader->csv, fault, &csv_row));
        if (csv_row)
            TRY(convert_row(reader, csv_row, fault));
    } while (csv_row && reader->row.cell_count == 0);
    *ret_row = csv_row ? &reader->row : NULL;
    return ERR_OK;
}

enum table_format table_reader_format(const struct table_reader *reader)
{
    return reader->format;
}

int32_t table_reader_progress(const struct table_reader *reader)
{
    if (reader->format == TABLE_XLSX)
        return sheet_reader_progress(reader->sheet);
    if (reader->file_size <= 0 || reader->read_size >= reader->file_size)
        return 1000;
    return (int32_t)(reader->read_size * 1000 / reader->file_size);
}

/* ---- writing ---- */

struct table_writer {
    enum table_format format;
    const struct table_column *columns;
    int32_t column_count;
    char *path;
    char *part_path;
    FILE *file;
    struct csv_writer csv;
    struct sheet_writer *sheet;
};

static void release(struct table_writer *writer)
{
    if (writer->file)
        fclose(writer->file);
    sheet_writer_cancel(writer->sheet);
    if (writer->part_path)
        unlink(writer->part_path);
    free(writer->part_path);
    free(writer->path);
    free(writer);
}

/* The finished part takes the place of the file: a device or a pipe would be lost by that. */
static enum err require_plain_file(const char *path, struct fault *fault)
{
    struct stat status;
    if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
        return ERR_OK;
    fault_set(fault, ERR_INPUT, "“%s”不是普通文件，不能写成表格", path);
    return fault_hint(fault, "请给出一个普通文件的名称，如 people.csv 或 people.xlsx。");
}

static enum err open_writer(struct table_writer *writer, struct fault *fault)
{
    if (writer->path)
        TRY(require_plain_file(writer->path, fault));
    if (!writer->path ||
        asprintf(&writer->part_path, "%s.part%d", writer->path, (int)getpid()) < 0) {
        writer->part_path = NULL;
        return fault_set(fault, ERR_MEMORY, "内存不足，无法写入表格");
    }
    if (writer->format == TABLE_XLSX)
        return sheet_writer_open(writer->part_path, writer->columns, writer->column_count, fault,
                                 &writer->sheet);
    char what[600];
    snprintf(what, sizeof what, "写入文件“%s”", writer->path);
    writer->file = fopen(writer->part_path, "wbe");
    if (!writer->file)
        return byte_fault(fault, errno, what);
    writer->csv = (struct csv_writer){.sink = byte_sink_file(writer->file), .flags = CSV_FOR_EXCEL};
    struct str titles[CSV_COLUMNS_MAX];
    for (int32_t i = 0; i < writer->column_count; i++)
        titles[i] = str_from(writer->columns[i].title);
    return csv_write_row(&writer->csv, titles, writer->column_count, fault);
}

enum err table_writer_open(const char *path, enum table_format format,
                           const struct table_column *columns, int32_t column_count,
                           struct fault *fault, struct table_writer **ret_writer)
{
    check(column_count >= 1);
    check(column_count <= CSV_COLUMNS_MAX);
    struct table_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法写入表格");
    writer->format = format;
    writer->columns = columns;
    writer->column_count = column_count;
    writer->path = strdup(path);
    enum err err = open_writer(writer, fault);
    if (err != ERR_OK)
        release(writer);
    else
        *ret_writer = writer;
    return err;
}

enum err table_writer_row(struct table_writer *writer, const struct str *cells, struct fault *fault)
{
    if (writer->format == TABLE_XLSX)
        return sheet_writer_row(writer->sheet, cells, fault);
    return csv_write_row(&writer->csv, cells, writer->column_count, fault);
}

static enum err complete(struct table_writer *writer, struct fault *fault)
{
    char what[600];
    snprintf(what, sizeof what, "写入文件“%s”", writer->path);
    if (writer->format == TABLE_XLSX) {
        struct sheet_writer *sheet = writer->sheet;
        writer->sheet = NULL;
        TRY(sheet_writer_close(sheet, fault));
        writer->file = fopen(writer->part_path, "rb+e");
        if (!writer->file)
            return byte_fault(fault, errno, what);
    }
    if (fflush(writer->file) != 0 || fsync(fileno(writer->file)) != 0)
        return byte_fault(fault, errno, what);
    if (rename(writer->part_path, writer->path) != 0)
        return byte_fault(fault, errno, what);
    free(writer->part_path);
    writer->part_path = NULL;
    return ERR_OK;
}

enum err table_writer_close(struct table_writer *writer, struct fault *fault)
{
    enum err err = complete(writer, fault);
    release(writer);
    return err;
}

void table_writer_cancel(struct table_writer *writer)
{
    if (writer)
        release(writer);
}

enum table_format table_format_of_name(const char *path)
{
    size_t size = strlen(path);
    return size >= 5 && strcasecmp(path + size - 5, ".xlsx") == 0 ? TABLE_XLSX : TABLE_CSV;
}
