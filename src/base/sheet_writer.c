#include "base/sheet_writer.h"

#include "base/day.h"
#include "base/sheet_package.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

/* libxlsxwriter 1.1.4 copies the formula of a list twice and frees it once: some bytes a template.
 * The leak checker is told, so that it goes on finding ours. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECKED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECKED 1
#endif
#ifdef LEAK_CHECKED
#include <sanitizer/lsan_interface.h>
#define LEAK_CHECK_OFF() __lsan_disable()
#define LEAK_CHECK_ON() __lsan_enable()
#else
#define LEAK_CHECK_OFF() ((void)0)
#define LEAK_CHECK_ON() ((void)0)
#endif

enum {
    LIST_SIZE_MAX = 255, /* characters of a drop-down list inside its own rule: Excel's limit */
    WIDTH_MAX = 60,
    WIDTH_MIN = 8,
    NOTE_WIDTH = 260, /* pixels */
    NOTE_LINE_HEIGHT = 20,
    NOTE_LINE_CHARACTERS = 18,
    ARENA_SIZE_MAX = 16 << 20,
};

struct sheet_writer {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_worksheet *lists; /* hidden; NULL when no list is long */
    lxw_format *text_format;
    lxw_format *day_format;
    const struct table_column *columns;
    int32_t column_count;
    int64_t row_count; /* titles included */
    struct arena arena;
    char *path;
    char *folder;
};

/* ---- titles, notes and lists ---- */

static bool list_is_long(const struct table_column *column)
{
    size_t character_count = 0;
    for (int32_t i = 0; i < column->choice_count; i++) {
        if (strchr(column->choices[i], ',') || strchr(column->choices[i], '"'))
            return true;
        character_count += str_character_count(str_from(column->choices[i])) + 1;
    }
    return character_count > LIST_SIZE_MAX;
}

static lxw_error add_note(struct sheet_writer *writer, int32_t column_index)
{
    const char *note = writer->columns[column_index].note;
    if (!note || !*note)
        return LXW_NO_ERROR;
    size_t line_count = 2 + str_character_count(str_from(note)) / NOTE_LINE_CHARACTERS;
    for (const char *p = note; *p; p++)
        line_count += *p == '\n';
    lxw_comment_options options = {
        .width = NOTE_WIDTH,
        .height =
            (uint16_t)(line_count > 20 ? 20 * NOTE_LINE_HEIGHT : line_count * NOTE_LINE_HEIGHT),
    };
    return worksheet_write_comment_opt(writer->sheet, 0, (lxw_col_t)column_index, note, &options);
}

static lxw_error add_list(struct sheet_writer *writer, int32_t column_index)
{
    const struct table_column *column = &writer->columns[column_index];
    if (column->choice_count == 0)
        return LXW_NO_ERROR;
    char **choices = ARENA_NEW_ARRAY(&writer->arena, char *, (size_t)column->choice_count + 1);
    bool complete = choices != NULL;
    for (int32_t i = 0; complete && i < column->choice_count; i++) {
        const char *choice = column->choices[i];
        choices[i] = arena_copy(&writer->arena, choice, strlen(choice));
        complete = choices[i] != NULL;
    }
    if (!complete)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    char title[] = "不在可选范围内", message[] = "请从下拉列表中选择。";
    lxw_data_validation rule = {
        .validate = LXW_VALIDATION_TYPE_LIST,
        .value_list = choices,
        .error_title = title,
        .error_message = message,
    };
    if (list_is_long(column)) {
        char letter[CELL_NAME_SIZE];
        cell_name(column_index + 1, 1, letter);
        letter[strcspn(letter, "0123456789")] = '\0';
        rule.validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
        rule.value_list = NULL;
        char formula[80];
        int size = snprintf(formula, sizeof formula, "='选项'!$%s$1:$%s$%" PRId32, letter, letter,
                            column->choice_count);
        rule.value_formula = arena_copy(&writer->arena, formula, (size_t)size);
        if (!rule.value_formula)
            return LXW_ERROR_MEMORY_MALLOC_FAILED;
    }
    LEAK_CHECK_OFF();
    lxw_error error =
        worksheet_data_validation_range(writer->sheet, 1, (lxw_col_t)column_index,
                                        TABLE_TEMPLATE_ROWS, (lxw_col_t)column_index, &rule);
    LEAK_CHECK_ON();
    return error;
}

/* Long lists stand in the hidden sheet, each under the letter of its column, row by row because
 * the library wants rows in order. */
static lxw_error write_lists(struct sheet_writer *writer)
{
    int32_t choice_count_max = 0;
    for (int32_t i = 0; i < writer->column_count; i++)
        if (list_is_long(&writer->columns[i]) && writer->columns[i].choice_count > choice_count_max)
            choice_count_max = writer->columns[i].choice_count;
    if (choice_count_max == 0)
        return LXW_NO_ERROR;
    writer->lists = workbook_add_worksheet(writer->workbook, "选项");
    if (!writer->lists)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    worksheet_hide(writer->lists);
    for (int32_t row = 0; row < choice_count_max; row++)
        for (int32_t i = 0; i < writer->column_count; i++) {
            const struct table_column *column = &writer->columns[i];
            if (row >= column->choice_count || !list_is_long(column))
                continue;
            lxw_error error = worksheet_write_string(writer->lists, (lxw_row_t)row, (lxw_col_t)i,
                                                     column->choices[row], NULL);
            if (error != LXW_NO_ERROR)
                return error;
        }
    return LXW_NO_ERROR;
}

static lxw_format *title_format(lxw_workbook *workbook, lxw_color_t fill)
{
    lxw_format *format = workbook_add_format(workbook);
    if (!format)
        return NULL;
    format_set_bold(format);
    format_set_pattern(format, LXW_PATTERN_SOLID);
    format_set_bg_color(format, fill);
    format_set_bottom(format, LXW_BORDER_THIN);
    format_set_num_format(format, "@");
    return format;
}

static lxw_error write_titles(struct sheet_writer *writer)
{
    lxw_format *plain = title_format(writer->workbook, 0xE7E6E6);
    lxw_format *required = title_format(writer->workbook, 0xFCE4D6);
    if (!plain || !required)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    for (int32_t i = 0; i < writer->column_count; i++) {
        const struct table_column *column = &writer->columns[i];
        int32_t width = column->width;
        if (width == 0)
            width = (int32_t)str_display_width(str_from(column->title)) + 4;
        width = width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
        lxw_format *format = column->kind == TABLE_TEXT  ? writer->text_format
                             : column->kind == TABLE_DAY ? writer->day_format
                                                         : NULL;
        lxw_error error =
            worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, width, format);
        if (error == LXW_NO_ERROR)
            error = worksheet_write_string(writer->sheet, 0, (lxw_col_t)i, column->title,
                                           column->required ? required : plain);
        if (error == LXW_NO_ERROR)
            error = add_note(writer, i);
        if (error == LXW_NO_ERROR)
            error = add_list(writer, i);
        if (error != LXW_NO_ERROR)
            return error;
    }
    worksheet_freeze_panes(writer->sheet, 1, 0);
    writer->row_count = 1;
    return write_lists(writer);
}

/* ---- opening ---- */

/* errno tells more than the library's code where it is about the disk. */
static enum err library_fault(struct sheet_writer *writer, lxw_error error, int error_number,
                              struct fault *fault)
{
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法写入 XLSX");
    if (error_number)
        return byte_fault(fault, error_number, "写入 XLSX 文件");
    return fault_set(fault, ERR_IO, "写入 XLSX 文件失败：%s", lxw_strerror(error));
}

static lxw_error start_workbook(struct sheet_writer *writer)
{
    /* Unnamed working files lie beside the target: that disk has the room, /tmp may not. */
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = writer->folder};
    writer->workbook = workbook_new_opt(writer->path, &options);
    if (!writer->workbook)
        return LXW_ERROR_CREATING_XLSX_FILE;
    writer->sheet = workbook_add_worksheet(writer->workbook, "数据");
    writer->text_format = workbook_add_format(writer->workbook);
    writer->day_format = workbook_add_format(writer->workbook);
    if (!writer->sheet || !writer->text_format || !writer->day_format)
        return LXW_ERROR_CREATING_TMPFILE;
    format_set_num_format(writer->text_format, "@");
    format_set_num_format(writer->day_format, "yyyy-mm-dd");
    return write_titles(writer);
}

enum err sheet_writer_open(const char *path, const struct table_column *columns,
                           int32_t column_count, struct fault *fault,
                           struct sheet_writer **ret_writer)
{
    struct sheet_writer *writer = calloc(1, sizeof *writer);
    if (!writer)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法写入 XLSX");
    arena_init(&writer->arena, ARENA_SIZE_MAX);
    writer->columns = columns;
    writer->column_count = column_count;
    writer->path = strdup(path);
    const char *slash = strrchr(path, '/');
    writer->folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    /* Creating the file first gives the reason when that is not allowed. */
    FILE *file = fopen(path, "wbe");
    if (!file || !writer->path || !writer->folder) {
        enum err err = byte_fault(fault, errno, "写入 XLSX 文件");
        if (file)
            fclose(file);
        sheet_writer_cancel(writer);
        return err;
    }
    fclose(file);
    errno = 0;
    lxw_error error = start_workbook(writer);
    if (error != LXW_NO_ERROR) {
        enum err err = library_fault(writer, error, errno, fault);
        sheet_writer_cancel(writer);
        return err;
    }
    *ret_writer = writer;
    return ERR_OK;
}

/* ---- rows ---- */

static enum err cell_fault(const struct sheet_writer *writer, int32_t column, enum err code,
                           const char *what, struct fault *fault)
{
    char name[CELL_NAME_SIZE];
    return fault_set(fault, code, "单元格 %s：%s", cell_name(column, writer->row_count + 1, name),
                     what);
}

/* A number that Excel keeps whole: sign, up to 15 digits, a point, no leading zeros. */
static bool is_sheet_number(struct str s, double *ret_value)
{
    char text[24];
    size_t i = s.size && s.ptr[0] == '-', digit_count = 0, point_count = 0;
    if (s.size >= sizeof text || i == s.size)
        return false;
    if (s.ptr[i] == '0' && s.size > i + 1 && s.ptr[i + 1] != '.')
        return false;
    for (size_t k = i; k < s.size; k++) {
        bool digit = s.ptr[k] >= '0' && s.ptr[k] <= '9';
        digit_count += digit;
        point_count += s.ptr[k] == '.';
        if (!digit && (s.ptr[k] != '.' || k == i || k + 1 == s.size))
            return false;
    }
    if (digit_count > 15 || point_count > 1)
        return false;
    memcpy(text, s.ptr, s.size);
    text[s.size] = '\0';
    *ret_value = strtod(text, NULL);
    return true;
}

/* 2026-03-02, nothing else: a longer text would lose its time of day. */
static bool is_sheet_day(struct str s, lxw_datetime *ret_day)
{
    int32_t day, year, month, day_of_month;
    if (s.size != 10 || s.ptr[4] != '-' || !day_parse(s, &day))
        return false;
    day_to_civil(day, &year, &month, &day_of_month);
    *ret_day = (lxw_datetime){.year = year, .month = month, .day = day_of_month};
    return year >= 1901; /* Excel's year 1900 has a day too many */
}

/* Excel reads _x0041_ as a character: the first '_' of such a text is written as _x005F_. */
static const char *escape(struct arena *arena, struct str s)
{
    struct text_buf out;
    text_init(&out, arena);
    for (size_t i = 0; i < s.size; i++) {
        bool code = s.ptr[i] == '_' && i + 7 <= s.size && s.ptr[i + 1] == 'x' &&
                    s.ptr[i + 6] == '_' && !memchr(s.ptr + i + 2, '_', 4);
        if (code)
            text_add(&out, STR("_x005F_"));
        else
            text_add_byte(&out, s.ptr[i]);
    }
    text_add_byte(&out, '\0');
    return out.failed ? NULL : out.ptr;
}

static bool is_xml_text(struct str s)
{
    return str_is_utf8(s) && (!s.size || !memchr(s.ptr, 0, s.size)) &&
           str_find(s, STR("\xEF\xBF\xBE")) == SIZE_MAX &&
           str_find(s, STR("\xEF\xBF\xBF")) == SIZE_MAX;
}

static enum err write_cell(struct sheet_writer *writer, int32_t column_index, struct str s,
                           struct fault *fault)
{
    lxw_row_t row = (lxw_row_t)writer->row_count;
    lxw_col_t column = (lxw_col_t)column_index;
    enum table_column_kind kind = writer->columns[column_index].kind;
    double number;
    lxw_datetime day;
    lxw_error error;
    if (kind == TABLE_NUMBER && is_sheet_number(s, &number)) {
        error = worksheet_write_number(writer->sheet, row, column, number, NULL);
    } else if (kind == TABLE_DAY && is_sheet_day(s, &day)) {
        error = worksheet_write_datetime(writer->sheet, row, column, &day, writer->day_format);
    } else {
        if (!is_xml_text(s))
            return cell_fault(writer, column_index + 1, ERR_ENCODING, "文字里有不能写入的字符",
                              fault);
        if (str_character_count(s) > TABLE_XLSX_CELL_MAX)
            return cell_fault(writer, column_index + 1, ERR_LIMIT,
                              "超过 Excel 单元格的 32767 个字符", fault);
        struct arena_mark mark = arena_mark(&writer->arena);
        const char *text = escape(&writer->arena, s);
        error = text ? worksheet_write_string(writer->sheet, row, column, text, writer->text_format)
                     : LXW_ERROR_MEMORY_MALLOC_FAILED;
        arena_rewind(&writer->arena, mark);
    }
    return error == LXW_NO_ERROR ? ERR_OK : library_fault(writer, error, errno, fault);
}

enum err sheet_writer_row(struct sheet_writer *writer, const struct str *cells, struct fault *fault)
{
    if (writer->row_count > TABLE_XLSX_ROWS_MAX) {
        fault_set(fault, ERR_LIMIT, "XLSX 工作表最多 %d 行", TABLE_XLSX_ROWS_MAX);
        return fault ? fault_hint(fault, "请改用 CSV 格式，或分成几个文件。") : ERR_LIMIT;
    }
    /* The library may fail to write a row and go on: the stream remembers, errno tells why. */
    errno = 0;
    for (int32_t i = 0; i < writer->column_count; i++)
        if (cells[i].size)
            TRY(write_cell(writer, i, cells[i], fault));
    writer->row_count++;
    if (writer->sheet->optimize_tmpfile && ferror(writer->sheet->optimize_tmpfile))
        return byte_fault(fault, errno ? errno : EIO, "写入 XLSX 文件");
    return ERR_OK;
}

/* ---- closing ---- */

/* Inflates the sheet again: the checksum holds and it ends where it should. */
static enum err verify(const char *path, struct fault *fault)
{
    static const char ending[] = "</worksheet>";
    enum { ENDING_SIZE = sizeof ending - 1, PIECE_SIZE = 64 * 1024 };
    struct sheet_package package;
    TRY(sheet_package_open_path(path, fault, &package));
    struct sheet_part part = {0};
    char *piece = malloc(PIECE_SIZE + ENDING_SIZE);
    enum err err = piece ? ERR_OK : fault_set(fault, ERR_MEMORY, "内存不足，无法检查 XLSX");
    if (err == ERR_OK)
        err = sheet_part_open(&package, "xl/worksheets/sheet1.xml", fault, &part);
    size_t kept_size = 0, size = 1;
    bool zeros = false;
    while (err == ERR_OK && size) {
        size = 0;
        err = sheet_part_read(&part, piece + kept_size, PIECE_SIZE, fault, &size);
        size_t total = kept_size + size;
        zeros |= memchr(piece, 0, total) != NULL;
        if (size) {
            kept_size = total < ENDING_SIZE ? total : ENDING_SIZE;
            memmove(piece, piece + total - kept_size, kept_size);
        }
    }
    bool whole = kept_size == ENDING_SIZE && !zeros && memcmp(piece, ending, ENDING_SIZE) == 0;
    free(piece);
    sheet_part_done(&part);
    sheet_package_done(&package);
    TRY(err);
    return whole ? ERR_OK : fault_set(fault, ERR_IO, "写入的 XLSX 文件不完整，多半是磁盘空间不足");
}

static void release(struct sheet_writer *writer)
{
    arena_done(&writer->arena);
    free(writer->path);
    free(writer->folder);
    free(writer);
}

enum err sheet_writer_close(struct sheet_writer *writer, struct fault *fault)
{
    enum err err = ERR_OK;
    errno = 0;
    FILE *rows = writer->sheet->optimize_tmpfile;
    if (rows && (fflush(rows) != 0 || ferror(rows)))
        err = byte_fault(fault, errno ? errno : EIO, "写入 XLSX 文件");
    lxw_error error = workbook_close(writer->workbook);
    if (err == ERR_OK && error != LXW_NO_ERROR)
        err = library_fault(writer, error, errno, fault);
    if (err == ERR_OK)
        err = verify(writer->path, fault);
    release(writer);
    return err;
}

void sheet_writer_cancel(struct sheet_writer *writer)
{
    if (!writer)
        return;
    if (writer->workbook)
        lxw_workbook_free(writer->workbook);
    release(writer);
}
