#include "base/csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROW_SIZE_START = 4096, CELLS_START = 32 };

/* What a reader is in the middle of.
 *
 *  FIELD_START -"-> QUOTED -"-> QUOTE_SEEN -"-> QUOTED
 *       |                           |
 *       +-other-> PLAIN             +-delimiter-> FIELD_START, -line end-> the row is complete */
enum state { FIELD_START, PLAIN, QUOTED, QUOTE_SEEN };

struct csv_reader {
    struct encoding_reader *text;
    struct str piece; /* not yet parsed */
    bool text_ended;
    bool started;
    bool skip_line_feed; /* the last row ended in CR: a LF right behind belongs to it */
    enum state state;
    struct str delimiter;
    int64_t row_count_max;
    int64_t line_number; /* at the beginning of piece */
    int64_t row_count;

    /* the row under construction */
    char *bytes;
    size_t bytes_size;
    size_t bytes_capacity;
    size_t field_start; /* offset in bytes */
    int64_t field_line; /* where the field began */
    bool quoted;        /* the field began with a quote */
    int64_t row_line;
    size_t *ends; /* offset behind each finished field */
    struct str *cells;
    int32_t cell_count;
    int32_t cell_capacity;

    struct csv_row row;
    struct fault failure; /* the error that ended the reading */
};

static const char delimiters_tried[][4] = {",", "\t", ";", "；", "，"};
enum { DELIMITER_COUNT = sizeof delimiters_tried / sizeof delimiters_tried[0] };

enum err csv_reader_new(struct byte_source source, const struct csv_options *options,
                        struct fault *fault, struct csv_reader **ret_reader)
{
    struct csv_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取 CSV");
    enum err err = encoding_reader_new(source, fault, &reader->text);
    if (err != ERR_OK) {
        free(reader);
        return err;
    }
    reader->delimiter = STR(",");
    reader->row_count_max = CSV_ROWS_MAX;
    reader->line_number = 1;
    if (options && options->row_count_max)
        reader->row_count_max = options->row_count_max;
    static const char one[] = {'\t', ';', '|', ','};
    if (options && options->delimiter) {
        const char *found = memchr(one, options->delimiter, sizeof one);
        check(found != NULL);
        reader->delimiter = (struct str){found, 1};
        reader->started = true;
    }
    *ret_reader = reader;
    return ERR_OK;
}

void csv_reader_free(struct csv_reader *reader)
{
    if (!reader)
        return;
    encoding_reader_free(reader->text);
    free(reader->bytes);
    free(reader->ends);
    free(reader->cells);
    free(reader);
}

struct str csv_reader_delimiter(const struct csv_reader *reader)
{
    return reader->delimiter;
}

enum encoding csv_reader_encoding(const struct csv_reader *reader)
{
    return encoding_reader_encoding(reader->text);
}

static enum err field_fault(struct csv_reader *reader, enum err code, int64_t line,
                            const char *what, const char *hint)
{
    fault_set(&reader->failure, code, "第 %" PRId64 " 行第 %d 列：%s", line, reader->cell_count + 1,
              what);
    return fault_hint(&reader->failure, "%s", hint);
}

static enum err reserve_bytes(struct csv_reader *reader, size_t size)
{
    if (size <= reader->bytes_capacity - reader->bytes_size)
        return ERR_OK;
    size_t capacity = reader->bytes_capacity ? reader->bytes_capacity : ROW_SIZE_START;
    while (capacity < reader->bytes_size + size)
        capacity *= 2;
    char *bytes = realloc(reader->bytes, capacity);
    if (!bytes)
        return fault_set(&reader->failure, ERR_MEMORY, "内存不足，无法读取 CSV");
    reader->bytes = bytes;
    reader->bytes_capacity = capacity;
    return ERR_OK;
}

static enum err add_bytes(struct csv_reader *reader, const char *bytes, size_t size)
{
    if (size == 0)
        return ERR_OK;
    if (reader->bytes_size - reader->field_start + size > CSV_FIELD_SIZE_MAX) {
        if (reader->quoted)
            return field_fault(reader, ERR_LIMIT, reader->field_line,
                               "单元格超过 128 KiB，多半是引号没有成对",
                               "请检查这一格的双引号：开头的引号要有结尾的引号，"
                               "内容里的引号要写成两个。");
        return field_fault(reader, ERR_LIMIT, reader->field_line, "单元格超过 128 KiB",
                           "请缩短这一格的内容，或确认文件是 CSV。");
    }
    if (reader->bytes_size + size > CSV_ROW_SIZE_MAX)
        return field_fault(reader, ERR_LIMIT, reader->field_line, "一行超过 4 MiB",
                           "请确认文件是 CSV，每条记录占一行。");
    TRY(reserve_bytes(reader, size));
    if (size > 0)
        memcpy(reader->bytes + reader->bytes_size, bytes, size);
    reader->bytes_size += size;
    return ERR_OK;
}

static enum err end_field(struct csv_reader *reader)
{
    if (reader->cell_count == CSV_COLUMNS_MAX)
        return field_fault(reader, ERR_LIMIT, reader->field_line, "一行超过 1024 列",
                           "请删除多余的列，或确认分隔符是逗号。");
    if (reader->cell_count == reader->cell_capacity) {
        int32_t capacity = reader->cell_capacity ? reader->cell_capacity * 2 : CELLS_START;
        size_t *ends = realloc(reader->ends, (size_t)capacity * sizeof *ends);
        if (ends)
            reader->ends = ends;
        struct str *cells = realloc(reader->cells, (size_t)capacity * sizeof *cells);
        if (cells)
            reader->cells = cells;
        if (!ends || !cells)
            return fault_set(&reader->failure, ERR_MEMORY, "内存不足，无法读取 CSV");
        reader->cell_capacity = capacity;
    }
    reader->ends[reader->cell_count++] = reader->bytes_size;
    reader->field_start = reader->bytes_size;
    reader->field_line = reader->line_number;
    reader->quoted = false;
    reader->state = FIELD_START;
    return ERR_OK;
}

static void begin_row(struct csv_reader *reader)
{
    reader->bytes_size = 0;
    reader->field_start = 0;
    reader->cell_count = 0;
    reader->quoted = false;
    reader->state = FIELD_START;
    reader->row_line = reader->line_number;
    reader->field_line = reader->line_number;
}

static enum err end_row(struct csv_reader *reader)
{
    TRY(end_field(reader));
    if (reader->row_count == reader->row_count_max) {
        fault_set(&reader->failure, ERR_LIMIT, "第 %" PRId64 " 行：超过 %" PRId64 " 行的上限",
                  reader->row_line, reader->row_count_max);
        return fault_hint(&reader->failure, "请把文件分成几个，分别导入。");
    }
    TRY(reserve_bytes(reader, 1)); /* so that empty cells point somewhere */
    size_t start = 0;
    for (int32_t i = 0; i < reader->cell_count; i++) {
        reader->cells[i] = (struct str){reader->bytes + start, reader->ends[i] - start};
        start = reader->ends[i];
    }
    reader->row = (struct csv_row){
        .cells = reader->cells,
        .cell_count = reader->cell_count,
        .row_number = ++reader->row_count,
        .line_number = reader->row_line,
    };
    return ERR_OK;
}

/* True when nothing has been read of the row: a line end here ends an empty line. */
static bool row_is_blank(const struct csv_reader *reader)
{
    return reader->cell_count == 0 && reader->bytes_size == 0 && !reader->quoted;
}

/* Of the first byte alone where that decides: the common case, met for every cell. */
static bool begins_delimiter(const struct csv_reader *reader, struct str text)
{
    return text.ptr[0] == reader->delimiter.ptr[0] &&
           (reader->delimiter.size == 1 || str_starts(text, reader->delimiter));
}

static void skip(struct csv_reader *reader, size_t size)
{
    reader->piece.ptr += size;
    reader->piece.size -= size;
}

/* Takes one line end; piece begins with CR or LF. */
static void take_line_end(struct csv_reader *reader)
{
    reader->skip_line_feed = reader->piece.ptr[0] == '\r';
    reader->line_number++;
    skip(reader, 1);
}

static bool is_blank_field(const struct csv_reader *reader)
{
    for (size_t i = reader->field_start; i < reader->bytes_size; i++)
        if (reader->bytes[i] != ' ')
            return false;
    return true;
}

/* Copies ordinary characters of an unquoted field up to a delimiter, quote or line end. */
static enum err take_plain(struct csv_reader *reader)
{
    const char *p = reader->piece.ptr;
    const char *end = p + reader->piece.size;
    const char first = reader->delimiter.ptr[0];
    while (p < end && *p != first && *p != '\n' && *p != '\r' && *p != '"')
        p++;
    size_t size = (size_t)(p - reader->piece.ptr);
    /* The first byte of '；' begins other characters too. */
    if (p < end && *p == first && !begins_delimiter(reader, (struct str){p, (size_t)(end - p)}))
        size++;
    TRY(add_bytes(reader, reader->piece.ptr, size));
    skip(reader, size);
    reader->state = PLAIN;
    return ERR_OK;
}

static enum err take_quoted(struct csv_reader *reader)
{
    const char *start = reader->piece.ptr;
    const char *quote = memchr(start, '"', reader->piece.size);
    size_t size = quote ? (size_t)(quote - start) : reader->piece.size;
    for (size_t i = 0; i < size; i++) {
        bool crlf = start[i] == '\n' && reader->skip_line_feed;
        reader->line_number += (start[i] == '\n' || start[i] == '\r') && !crlf;
        reader->skip_line_feed = start[i] == '\r';
    }
    if (quote)
        reader->skip_line_feed = false;
    TRY(add_bytes(reader, start, size));
    skip(reader, size + (quote != NULL));
    if (quote)
        reader->state = QUOTE_SEEN;
    return ERR_OK;
}

/* One step over the piece, which is not empty; *ret_complete when the row is. */
static enum err step(struct csv_reader *reader, bool *ret_complete)
{
    char byte = reader->piece.ptr[0];
    if (reader->state == QUOTED)
        return take_quoted(reader);
    if (reader->skip_line_feed) {
        reader->skip_line_feed = false;
        if (byte == '\n') {
            skip(reader, 1);
            return ERR_OK;
        }
    }
    if (byte == '\n' || byte == '\r') {
        bool blank = row_is_blank(reader);
        if (!blank)
            TRY(end_row(reader));
        take_line_end(reader);
        *ret_complete = !blank;
        if (blank)
            begin_row(reader);
        return ERR_OK;
    }
    if (begins_delimiter(reader, reader->piece)) {
        skip(reader, reader->delimiter.size);
        return end_field(reader);
    }
    if (reader->state == QUOTE_SEEN && byte != '"')
        return field_fault(reader, ERR_SHEET, reader->line_number, "结尾的双引号后面还有内容",
                           "请把内容里的双引号写成两个双引号，或删去引号后面的内容。");
    if (byte != '"')
        return take_plain(reader);
    if (reader->state == QUOTE_SEEN || (reader->state == PLAIN && !is_blank_field(reader))) {
        reader->state = reader->state == QUOTE_SEEN ? QUOTED : PLAIN;
        TRY(add_bytes(reader, "\"", 1));
    } else if (reader->state == PLAIN) {
        return field_fault(reader, ERR_SHEET, reader->line_number, "双引号前面有空格",
                           "请删去双引号前面的空格。");
    } else {
        reader->state = QUOTED;
        reader->quoted = true;
    }
    skip(reader, 1);
    return ERR_OK;
}

/* Counts each candidate in the first line, outside quotes, and takes the most frequent one; the
 * earlier in the list wins a tie. */
static struct str find_delimiter(struct str text)
{
    int32_t counts[DELIMITER_COUNT] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.ptr[i];
        quoted ^= byte == '"';
        if (quoted)
            continue;
        if ((byte == '\n' || byte == '\r') && i > 0)
            break;
        for (int32_t k = 0; k < DELIMITER_COUNT; k++)
            counts[k] += str_starts(str_sub(text, i, 3), str_from(delimiters_tried[k]));
    }
    int32_t best = 0;
    for (int32_t k = 1; k < DELIMITER_COUNT; k++)
        if (counts[k] > counts[best])
            best = k;
    return str_from(delimiters_tried[best]);
}

/* Looks at the first line: Excel's own "sep=;" or the delimiter of the header. */
static void start(struct csv_reader *reader)
{
    reader->started = true;
    while (reader->piece.size && (reader->piece.ptr[0] == '\n' || reader->piece.ptr[0] == '\r')) {
        if (reader->piece.ptr[0] == '\n' && reader->skip_line_feed) {
            reader->skip_line_feed = false;
            skip(reader, 1);
        } else {
            take_line_end(reader);
        }
    }
    begin_row(reader);
    struct str rest = reader->piece;
    if (str_starts(rest, STR("sep="))) {
        for (int32_t k = 0; k < DELIMITER_COUNT; k++) {
            struct str candidate = str_from(delimiters_tried[k]);
            struct str behind = str_sub(rest, 4 + candidate.size, rest.size);
            bool ends = behind.size && (behind.ptr[0] == '\n' || behind.ptr[0] == '\r');
            if (str_starts(str_sub(rest, 4, rest.size), candidate) && ends) {
                reader->delimiter = candidate;
                skip(reader, 4 + candidate.size);
                return;
            }
        }
    }
    reader->delimiter = find_delimiter(rest);
}

static enum err next_piece(struct csv_reader *reader)
{
    TRY(encoding_reader_next(reader->text, &reader->failure, &reader->piece));
    if (reader->piece.size == 0)
        reader->text_ended = true;
    else if (!reader->started)
        start(reader);
    return ERR_OK;
}

/* Reads one row; *ret_complete stays false at the end of the text. */
static enum err read_row(struct csv_reader *reader, bool *ret_complete)
{
    begin_row(reader);
    bool complete = false;
    while (!complete && !reader->text_ended) {
        if (reader->piece.size)
            TRY(step(reader, &complete));
        else
            TRY(next_piece(reader));
    }
    if (!complete && reader->state == QUOTED)
        return field_fault(reader, ERR_SHEET, reader->field_line, "双引号没有结束，文件已到末尾",
                           "请在这一格末尾补上双引号；内容里的双引号要写成两个。");
    if (!complete && !row_is_blank(reader)) {
        TRY(end_row(reader));
        complete = true;
    }
    *ret_complete = complete;
    return ERR_OK;
}

enum err csv_reader_next(struct csv_reader *reader, struct fault *fault,
                         const struct csv_row **ret_row)
{
    bool complete = false;
    enum err err = reader->failure.code;
    if (err == ERR_OK)
        err = read_row(reader, &complete);
    if (err != ERR_OK) {
        if (fault)
            *fault = reader->failure;
        return err;
    }
    *ret_row = complete ? &reader->row : NULL;
    return ERR_OK;
}

/* A sign, digits, one point: what a spreadsheet shows as it stands. */
static bool is_plain_number(struct str s)
{
    size_t i = s.size && (s.ptr[0] == '-' || s.ptr[0] == '+');
    size_t digit_count = 0, point_count = 0;
    for (; i < s.size; i++) {
        digit_count += s.ptr[i] >= '0' && s.ptr[i] <= '9';
        point_count += s.ptr[i] == '.';
    }
    size_t sign = s.size && (s.ptr[0] == '-' || s.ptr[0] == '+');
    return digit_count && point_count <= 1 && sign + digit_count + point_count == s.size;
}

static bool needs_guard(struct str s)
{
    return s.size && memchr("=+-@\t\r", s.ptr[0], 6) && !is_plain_number(s);
}

static bool needs_quotes(const struct csv_writer *writer, struct str s, int32_t count)
{
    if (s.size == 0)
        return count == 1; /* else the row would be a blank line */
    char delimiter = writer->delimiter ? writer->delimiter : ',';
    for (size_t i = 0; i < s.size; i++)
        if (s.ptr[i] == delimiter || s.ptr[i] == '"' || s.ptr[i] == '\n' || s.ptr[i] == '\r')
            return true;
    if (writer->started)
        return false;
    /* In the first row a reader looks for delimiters, "sep=" and a BOM. */
    for (int32_t k = 0; k < DELIMITER_COUNT; k++)
        if (str_find(s, str_from(delimiters_tried[k])) != SIZE_MAX)
            return true;
    return str_starts(s, STR("sep=")) || str_starts(s, STR("\xEF\xBB\xBF"));
}

static enum err put(struct csv_writer *writer, struct str s, struct fault *fault)
{
    return s.size ? writer->sink.write(writer->sink.context, s, fault) : ERR_OK;
}

static enum err put_quoted(struct csv_writer *writer, struct str s, struct fault *fault)
{
    while (s.size) {
        const char *quote = memchr(s.ptr, '"', s.size);
        size_t size = quote ? (size_t)(quote - s.ptr) + 1 : s.size;
        TRY(put(writer, str_sub(s, 0, size), fault));
        if (quote)
            TRY(put(writer, STR("\""), fault));
        s = str_sub(s, size, s.size);
    }
    return ERR_OK;
}

enum err csv_write_row(struct csv_writer *writer, const struct str *cells, int32_t count,
                       struct fault *fault)
{
    check(count >= 1);
    if (!writer->started && (writer->flags & CSV_BOM))
        TRY(put(writer, STR("\xEF\xBB\xBF"), fault));
    struct str delimiter = {writer->delimiter ? &writer->delimiter : ",", 1};
    for (int32_t i = 0; i < count; i++) {
        if (i > 0)
            TRY(put(writer, delimiter, fault));
        bool guard = (writer->flags & CSV_GUARD) && needs_guard(cells[i]);
        bool quotes = needs_quotes(writer, cells[i], count);
        if (quotes)
            TRY(put(writer, STR("\""), fault));
        if (guard)
            TRY(put(writer, STR("'"), fault));
        TRY(put_quoted(writer, cells[i], fault));
        if (quotes)
            TRY(put(writer, STR("\""), fault));
    }
    writer->started = true;
    return put(writer, writer->flags & CSV_CRLF ? STR("\r\n") : STR("\n"), fault);
}
