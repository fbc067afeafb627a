#include "base/sheet.h"

#include "base/sheet_package.h"
#include "base/sheet_style.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Invariants
 * 1. strings.ends[i] is the offset behind string i in strings.bytes; both only grow while the
 *    part is read and stay put while rows are.
 * 2. Within a row column_next only grows, within a sheet row_number does: a file that goes back is
 *    refused, so each cell is given once.
 * 3. Cell texts lie in row_arena (rewound before each row) or in the shared strings. */

struct merge {
    int32_t column_first, column_last;
    int64_t row_first, row_last;
};

struct strings {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t *ends;
    size_t count;
    size_t count_capacity;
};

struct sheet_entry {
    struct str name;
    char relation_id[64];
    bool hidden;
};

/* Which piece of text the parser is inside of. */
enum inside { INSIDE_NOTHING, INSIDE_VALUE, INSIDE_TEXT };

enum value_kind { VALUE_NUMBER, VALUE_SHARED, VALUE_TEXT, VALUE_BOOL, VALUE_ERROR, VALUE_DAY };

struct sheet_reader {
    struct sheet_package package;
    struct arena arena; /* names, styles, merges: small, until the reader ends */
    bool from_1904;
    struct sheet_entry *sheets;
    int32_t sheet_count;
    int32_t current;
    char workbook_name[256];
    char sheet_part[256];
    char strings_part[256];
    char styles_part[256];
    struct strings strings;
    struct sheet_style *styles;
    int32_t style_count;
    struct merge *merges; /* ordered by row_first */
    int32_t merge_count;
    int32_t merge_next;   /* the first that begins below the row */
    int32_t *open_merges; /* SHEET_COLUMNS_MAX indexes: the areas that reach the row */
    int32_t open_merge_count;
    int64_t row_count_max;

    struct sheet_xml xml;
    enum inside inside;
    int32_t phonetic_depth; /* inside rPh */
    bool in_rows;           /* inside sheetData */
    bool in_row;
    bool in_cell;
    bool row_complete;
    int64_t row_number;
    int32_t column_next;
    int64_t cell_total;
    struct arena row_arena;
    struct arena_mark row_start;
    struct table_cell *cells; /* SHEET_COLUMNS_MAX */
    struct table_row row;

    /* the cell under construction */
    int32_t column;
    enum value_kind kind;
    struct sheet_style style;
    bool has_value;
    bool has_formula;
    char *value; /* SHEET_CELL_SIZE_MAX */
    size_t value_size;

    struct fault failure;
};

static enum err sheet_fault(struct fault *fault, enum err code, const char *message,
                            const char *hint)
{
    fault_set(fault, code, "%s", message);
    return fault ? fault_hint(fault, "%s", hint) : code;
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_MEMORY, "内存不足，无法读取 XLSX");
}

static const char resave_hint[] = "请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。";

/* Small numbers in attributes; -1 when absent, malformed or large. */
static int32_t small_number(const char *text)
{
    if (!text || *text < '0' || *text > '9')
        return -1;
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    return *end || errno || value > INT32_MAX ? -1 : (int32_t)value;
}

/* ---- parts of the workbook ---- */

/* Reads "B7" into column and row; false when malformed or beyond Excel's own limits. */
static bool parse_reference(const char *text, const char **ret_end, int32_t *ret_column,
                            int64_t *ret_row)
{
    int32_t column = 0, letter_count = 0;
    for (; *text >= 'A' && *text <= 'Z' && letter_count < 3; text++, letter_count++)
        column = column * 26 + (*text - 'A' + 1);
    int64_t row = 0;
    int32_t digit_count = 0;
    for (; *text >= '0' && *text <= '9' && digit_count < 8; text++, digit_count++)
        row = row * 10 + (*text - '0');
    *ret_end = text;
    *ret_column = column;
    *ret_row = row;
    return letter_count && digit_count && row >= 1 && row <= SHEET_ROWS_MAX && column <= 16384;
}

struct relation_context {
    struct sheet_reader *reader;
    const char *type_suffix; /* of the relation asked for, or NULL */
    const char *id;          /* or this id */
    const char *folder;      /* of the part that the targets are relative to */
    char *ret_target;        /* 256 bytes; "" when there is none */
};

static bool ends_with(const char *text, const char *suffix)
{
    return text && str_ends(str_from(text), str_from(suffix));
}

/* The part's name from a target: "/xl/a.xml", "a.xml" or "../a.xml" as seen from folder. */
static void resolve_target(const char *folder, const char *target, char ret_name[256])
{
    char base[256];
    snprintf(base, sizeof base, "%s", target[0] == '/' ? "" : folder);
    while (*target == '/')
        target++;
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        size_t size = strlen(base);
        if (size)
            base[size - 1] = '\0'; /* the folder ends in a slash */
        char *slash = strrchr(base, '/');
        if (slash)
            slash[1] = '\0';
        else
            base[0] = '\0';
    }
    struct str folder_str = str_from(base), target_str = str_from(target);
    snprintf(ret_name, 256, "%.*s%.*s", (int)(folder_str.size > 200 ? 200 : folder_str.size), base,
             (int)(target_str.size > 54 ? 54 : target_str.size), target);
}

static void relation_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct relation_context *context = xml->context;
    if (strcmp(name, "Relationship") != 0 || context->ret_target[0])
        return;
    const char *type = sheet_attribute(attributes, "Type");
    const char *id = sheet_attribute(attributes, "Id");
    const char *target = sheet_attribute(attributes, "Target");
    bool wanted = context->type_suffix ? ends_with(type, context->type_suffix)
                                       : id && strcmp(id, context->id) == 0;
    if (wanted && target)
        resolve_target(context->folder, target, context->ret_target);
}

static void ignore_end(struct sheet_xml *xml, const char *name)
{
}

static enum err find_relation(struct sheet_reader *reader, const char *part, const char *folder,
                              const char *type_suffix, const char *id, struct fault *fault,
                              char ret_target[256])
{
    ret_target[0] = '\0';
    struct relation_context context = {reader, type_suffix, id, folder, ret_target};
    struct sheet_xml xml = {.context = &context, .on_start = relation_start, .on_end = ignore_end};
    if (!sheet_package_has(&reader->package, part))
        return ERR_OK;
    return sheet_xml_read(&xml, &reader->package, part, fault);
}

static void workbook_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct sheet_reader *reader = xml->context;
    if (strcmp(name, "workbookPr") == 0) {
        const char *flag = sheet_attribute(attributes, "date1904");
        reader->from_1904 = flag && (strcmp(flag, "1") == 0 || strcmp(flag, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0)
        return;
    const char *id = NULL, *title = sheet_attribute(attributes, "name");
    for (const char **a = attributes; a[0]; a += 2)
        if (strchr(a[0], ':') && ends_with(a[0], ":id"))
            id = a[1];
    const char *state = sheet_attribute(attributes, "state");
    if (!id || !title || strlen(id) >= sizeof reader->sheets->relation_id) {
        sheet_fault(&xml->fault, ERR_SHEET, "XLSX 工作簿里的工作表没有名称或编号", resave_hint);
        return;
    }
    if (reader->sheet_count == SHEET_COUNT_MAX) {
        sheet_fault(&xml->fault, ERR_LIMIT, "XLSX 工作簿里的工作表超过 1024 个", resave_hint);
        return;
    }
    if (!reader->sheets)
        reader->sheets = ARENA_NEW_ARRAY(&reader->arena, struct sheet_entry, SHEET_COUNT_MAX);
    struct str copy = str_copy(&reader->arena, str_from(title));
    if (!reader->sheets || !copy.ptr) {
        no_memory(&xml->fault);
        return;
    }
    struct sheet_entry *sheet = &reader->sheets[reader->sheet_count++];
    sheet->name = copy;
    sheet->hidden = state && strcmp(state, "visible") != 0;
    memcpy(sheet->relation_id, id, strlen(id) + 1);
}

static enum err read_workbook(struct sheet_reader *reader, struct fault *fault)
{
    TRY(find_relation(reader, "_rels/.rels", "", "/officeDocument", NULL, fault,
                      reader->workbook_name));
    if (!reader->workbook_name[0])
        memcpy(reader->workbook_name, "xl/workbook.xml", sizeof "xl/workbook.xml");
    if (ends_with(reader->workbook_name, ".bin"))
        return sheet_fault(fault, ERR_SHEET, "这是二进制工作簿（.xlsb），不能读取", resave_hint);
    if (!sheet_package_has(&reader->package, reader->workbook_name)) {
        bool is_ods = sheet_package_has(&reader->package, "content.xml");
        return sheet_fault(fault, ERR_SHEET,
                           is_ods ? "这是 ODS 或 OFD 文件，不是 XLSX 工作簿"
                                  : "这是压缩包或其他 Office 文件，不是 XLSX 工作簿",
                           resave_hint);
    }
    struct sheet_xml xml = {.context = reader, .on_start = workbook_start, .on_end = ignore_end};
    TRY(sheet_xml_read(&xml, &reader->package, reader->workbook_name, fault));
    if (reader->sheet_count == 0)
        return sheet_fault(fault, ERR_SHEET, "XLSX 工作簿里没有工作表", resave_hint);
    return ERR_OK;
}

static enum err choose_sheet(struct sheet_reader *reader, const char *sheet_name,
                             struct fault *fault)
{
    int32_t found = -1;
    for (int32_t i = 0; i < reader->sheet_count && found < 0; i++) {
        const struct sheet_entry *sheet = &reader->sheets[i];
        if (sheet_name ? str_equal_text(sheet->name, sheet_name) : !sheet->hidden)
            found = i;
    }
    if (found < 0 && !sheet_name)
        return sheet_fault(fault, ERR_NOT_FOUND, "XLSX 工作簿里的工作表都隐藏了",
                           "请取消隐藏要导入的工作表，或指定它的名称。");
    if (found < 0) {
        fault_set(fault, ERR_NOT_FOUND, "XLSX 工作簿里没有工作表“%s”", sheet_name);
        struct str first = reader->sheets[0].name;
        return fault ? fault_hint(fault, "工作簿里有 %d 个工作表，第一个是“%.*s”。",
                                  reader->sheet_count, STR_ARG(first))
                     : ERR_NOT_FOUND;
    }
    reader->current = found;
    return ERR_OK;
}

static enum err find_sheet_part(struct sheet_reader *reader, struct fault *fault)
{
    char folder[256], relations[600];
    snprintf(folder, sizeof folder, "%s", reader->workbook_name);
    char *slash = strrchr(folder, '/');
    folder[slash ? slash + 1 - folder : 0] = '\0';
    snprintf(relations, sizeof relations, "%s_rels/%s.rels", folder,
             reader->workbook_name + strlen(folder));
    TRY(find_relation(reader, relations, folder, "/sharedStrings", NULL, fault,
                      reader->strings_part));
    TRY(find_relation(reader, relations, folder, "/styles", NULL, fault, reader->styles_part));
    TRY(find_relation(reader, relations, folder, NULL, reader->sheets[reader->current].relation_id,
                      fault, reader->sheet_part));
    if (!reader->sheet_part[0])
        return sheet_fault(fault, ERR_SHEET, "XLSX 工作簿里找不到工作表的内容", resave_hint);
    return ERR_OK;
}

/* ---- shared strings ---- */

static bool grow(void **memory, size_t *capacity, size_t need, size_t element_size)
{
    if (need <= *capacity)
        return true;
    size_t wanted = *capacity ? *capacity : 1024;
    while (wanted < need)
        wanted *= 2;
    void *grown = realloc(*memory, wanted * element_size);
    if (!grown)
        return false;
    *memory = grown;
    *capacity = wanted;
    return true;
}

/* Excel writes a control character as _x000D_, and "_x" itself as _x005F_x. Decodes in place what
 * a text may hold (tab, LF, CR, '_'); the rest stays as written. */
static size_t decode_escapes(char *text, size_t size)
{
    if (size < 7 || !memmem(text, size, "_x00", 4))
        return size;
    size_t out = 0;
    for (size_t i = 0; i < size;) {
        static const struct {
            char code[8], byte;
        } escapes[] = {{"_x0009_", '\t'}, {"_x000A_", '\n'}, {"_x000D_", '\r'}, {"_x005F_", '_'}};
        char byte = text[i];
        size_t used = 1;
        for (size_t k = 0; k < 4 && byte == '_' && i + 7 <= size; k++)
            if (strncasecmp(text + i, escapes[k].code, 7) == 0) {
                text[out] = escapes[k].byte;
                used = 7;
            }
        if (used == 1)
            text[out] = byte;
        out++;
        i += used;
    }
    return out;
}

static void strings_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct sheet_reader *reader = xml->context;
    if (strcmp(name, "rPh") == 0)
        reader->phonetic_depth++;
    else if (strcmp(name, "t") == 0 && reader->phonetic_depth == 0)
        reader->inside = INSIDE_TEXT;
}

static void strings_text(struct sheet_xml *xml, const char *text, size_t size)
{
    struct sheet_reader *reader = xml->context;
    struct strings *strings = &reader->strings;
    if (reader->inside != INSIDE_TEXT)
        return;
    size_t start = strings->count ? strings->ends[strings->count - 1] : 0;
    if (strings->size + size > SHEET_STRINGS_SIZE_MAX) {
        sheet_fault(&xml->fault, ERR_LIMIT, "XLSX 的共享文字超过 256 MiB",
                    "请把文件分成几个，分别导入。");
    } else if (strings->size - start + size > SHEET_CELL_SIZE_MAX) {
        sheet_fault(&xml->fault, ERR_LIMIT, "XLSX 里有超过 128 KiB 的文字", resave_hint);
    } else if (!grow((void **)&strings->bytes, &strings->capacity, strings->size + size, 1)) {
        no_memory(&xml->fault);
    } else {
        memcpy(strings->bytes + strings->size, text, size);
        strings->size += size;
    }
}

static void strings_end(struct sheet_xml *xml, const char *name)
{
    struct sheet_reader *reader = xml->context;
    struct strings *strings = &reader->strings;
    if (strcmp(name, "t") == 0)
        reader->inside = INSIDE_NOTHING;
    if (strcmp(name, "rPh") == 0)
        reader->phonetic_depth--;
    if (strcmp(name, "si") != 0)
        return;
    if (strings->count == SHEET_STRINGS_MAX) {
        sheet_fault(&xml->fault, ERR_LIMIT, "XLSX 的共享文字超过 800 万条",
                    "请把文件分成几个，分别导入。");
        return;
    }
    void *ends = strings->ends;
    if (!grow(&ends, &strings->count_capacity, strings->count + 1, sizeof *strings->ends)) {
        no_memory(&xml->fault);
        return;
    }
    strings->ends = ends;
    size_t start = strings->count ? strings->ends[strings->count - 1] : 0;
    if (strings->size > start)
        strings->size = start + decode_escapes(strings->bytes + start, strings->size - start);
    strings->ends[strings->count++] = strings->size;
}

static enum err read_strings(struct sheet_reader *reader, struct fault *fault)
{
    if (!reader->strings_part[0])
        return ERR_OK;
    struct sheet_xml xml = {.context = reader,
                            .on_start = strings_start,
                            .on_end = strings_end,
                            .on_text = strings_text};
    TRY(sheet_xml_read(&xml, &reader->package, reader->strings_part, fault));
    reader->inside = INSIDE_NOTHING;
    reader->phonetic_depth = 0;
    return ERR_OK;
}

/* ---- styles ---- */

struct custom_format {
    int32_t id;
    struct sheet_style style;
};

struct styles_context {
    struct sheet_reader *reader;
    struct custom_format *formats;
    size_t format_count;
    size_t format_capacity;
    size_t style_capacity;
    bool in_cell_formats; /* inside cellXfs */
};

static struct sheet_style style_of(const struct styles_context *context, int32_t id)
{
    for (size_t i = 0; i < context->format_count; i++)
        if (context->formats[i].id == id)
            return context->formats[i].style;
    return sheet_style_builtin(id);
}

static void styles_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct styles_context *context = xml->context;
    struct sheet_reader *reader = context->reader;
    if (strcmp(name, "cellXfs") == 0)
        context->in_cell_formats = true;
    int32_t id = small_number(sheet_attribute(attributes, "numFmtId"));
    if (strcmp(name, "numFmt") == 0) {
        const char *code = sheet_attribute(attributes, "formatCode");
        void *formats = context->formats;
        /* Excel keeps a few hundred at most; each style looks through them. */
        if (!code || context->format_count == 4096)
            return;
        if (!grow(&formats, &context->format_capacity, context->format_count + 1,
                  sizeof *context->formats)) {
            no_memory(&xml->fault);
            return;
        }
        context->formats = formats;
        context->formats[context->format_count++] =
            (struct custom_format){id, sheet_style_custom(code)};
    } else if (context->in_cell_formats && strcmp(name, "xf") == 0) {
        void *styles = reader->styles;
        if (reader->style_count == SHEET_STYLES_MAX) {
            sheet_fault(&xml->fault, ERR_LIMIT, "XLSX 的单元格样式超过 65536 种", resave_hint);
        } else if (!grow(&styles, &context->style_capacity, (size_t)reader->style_count + 1,
                         sizeof *reader->styles)) {
            no_memory(&xml->fault);
        } else {
            reader->styles = styles;
            reader->styles[reader->style_count++] = style_of(context, id);
        }
    }
}

static void styles_end(struct sheet_xml *xml, const char *name)
{
    struct styles_context *context = xml->context;
    if (strcmp(name, "cellXfs") == 0)
        context->in_cell_formats = false;
}

static enum err read_styles(struct sheet_reader *reader, struct fault *fault)
{
    if (!reader->styles_part[0])
        return ERR_OK;
    struct styles_context context = {.reader = reader};
    struct sheet_xml xml = {.context = &context, .on_start = styles_start, .on_end = styles_end};
    enum err err = sheet_xml_read(&xml, &reader->package, reader->styles_part, fault);
    free(context.formats);
    return err;
}

/* ---- merged areas ---- */

struct merges_context {
    struct sheet_reader *reader;
    size_t capacity;
};

static void merges_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct merges_context *context = xml->context;
    struct sheet_reader *reader = context->reader;
    if (strcmp(name, "mergeCell") != 0)
        return;
    const char *text = sheet_attribute(attributes, "ref"), *end = "";
    struct merge merge = {0};
    bool fine = text && parse_reference(text, &end, &merge.column_first, &merge.row_first);
    if (fine && *end == '\0') {
        merge.column_last = merge.column_first;
        merge.row_last = merge.row_first;
    } else {
        fine = fine && *end == ':' &&
               parse_reference(end + 1, &end, &merge.column_last, &merge.row_last);
    }
    if (fine && *end == '\0' && merge.column_first > SHEET_COLUMNS_MAX)
        return; /* covers nothing that is read */
    void *merges = reader->merges;
    if (!fine || *end || merge.row_last < merge.row_first ||
        merge.column_last < merge.column_first) {
        sheet_fault(&xml->fault, ERR_SHEET, "XLSX 的合并单元格记录有误", resave_hint);
    } else if (reader->merge_count == SHEET_MERGES_MAX) {
        sheet_fault(&xml->fault, ERR_LIMIT, "合并单元格超过 10 万处", "请取消合并后重新上传。");
    } else if (!grow(&merges, &context->capacity, (size_t)reader->merge_count + 1,
                     sizeof *reader->merges)) {
        no_memory(&xml->fault);
    } else {
        reader->merges = merges;
        reader->merges[reader->merge_count++] = merge;
    }
}

static int compare_merges(const void *left, const void *right)
{
    const struct merge *a = left, *b = right;
    return (a->row_first > b->row_first) - (a->row_first < b->row_first);
}

/* True when the part names merged areas. They stand behind the rows, so that the whole part is
 * inflated once before it is parsed: a fifth of the reading time, and a bomb is met here. */
static enum err part_has_merges(struct sheet_reader *reader, struct fault *fault, bool *ret_has)
{
    static const char word[] = "mergeCell";
    enum { WORD_SIZE = sizeof word - 1, PIECE_SIZE = 256 * 1024 };
    struct sheet_part part;
    TRY(sheet_part_open(&reader->package, reader->sheet_part, fault, &part));
    char *piece = malloc(PIECE_SIZE + WORD_SIZE);
    enum err err = piece ? ERR_OK : no_memory(fault);
    size_t kept_size = 0, size = 1;
    bool found = false;
    while (err == ERR_OK && size && !found) {
        err = sheet_part_read(&part, piece + kept_size, PIECE_SIZE, fault, &size);
        if (err != ERR_OK)
            break;
        size_t total = kept_size + size;
        found = memmem(piece, total, word, WORD_SIZE) != NULL;
        kept_size = total < WORD_SIZE ? total : WORD_SIZE;
        memmove(piece, piece + total - kept_size, kept_size);
    }
    free(piece);
    sheet_part_done(&part);
    TRY(err);
    *ret_has = found;
    return ERR_OK;
}

static enum err read_merges(struct sheet_reader *reader, struct fault *fault)
{
    bool has_merges = false;
    TRY(part_has_merges(reader, fault, &has_merges));
    if (!has_merges)
        return ERR_OK;
    struct merges_context context = {.reader = reader};
    struct sheet_xml xml = {.context = &context, .on_start = merges_start, .on_end = ignore_end};
    TRY(sheet_xml_read(&xml, &reader->package, reader->sheet_part, fault));
    if (reader->merge_count)
        qsort(reader->merges, (size_t)reader->merge_count, sizeof *reader->merges, compare_merges);
    return ERR_OK;
}

/* Keeps the list of areas that reach the row. Areas do not overlap, so that there are no more of
 * them than columns; a file where there are is refused. */
static enum err open_merges(struct sheet_reader *reader)
{
    int64_t row = reader->row_number;
    int32_t kept_count = 0;
    for (int32_t i = 0; i < reader->open_merge_count; i++)
        if (reader->merges[reader->open_merges[i]].row_last >= row)
            reader->open_merges[kept_count++] = reader->open_merges[i];
    for (; reader->merge_next < reader->merge_count; reader->merge_next++) {
        const struct merge *merge = &reader->merges[reader->merge_next];
        if (merge->row_first > row)
            break;
        if (merge->row_last < row)
            continue;
        if (kept_count == SHEET_COLUMNS_MAX)
            return sheet_fault(&reader->xml.fault, ERR_SHEET, "XLSX 的合并单元格互相重叠",
                               resave_hint);
        reader->open_merges[kept_count++] = reader->merge_next;
    }
    reader->open_merge_count = kept_count;
    return ERR_OK;
}

static void extend_row(struct sheet_reader *reader, int32_t cell_count)
{
    for (int32_t i = reader->row.cell_count; i < cell_count; i++)
        reader->cells[i] = (struct table_cell){.text = STR("")};
    if (reader->row.cell_count < cell_count)
        reader->row.cell_count = cell_count;
}

/* Marks the cells of the row that a merged area covers; its first cell keeps the value. */
static enum err mark_covered(struct sheet_reader *reader)
{
    TRY(open_merges(reader));
    for (int32_t i = 0; i < reader->open_merge_count; i++) {
        const struct merge *merge = &reader->merges[reader->open_merges[i]];
        int32_t last = merge->column_last;
        if (last > SHEET_COLUMNS_MAX)
            last = SHEET_COLUMNS_MAX;
        extend_row(reader, last);
        for (int32_t column = merge->column_first; column <= last; column++) {
            bool first = reader->row_number == merge->row_first && column == merge->column_first;
            struct table_cell *cell = &reader->cells[column - 1];
            if (!first && cell->type == CELL_EMPTY && cell->problem == CELL_FINE)
                cell->problem = CELL_COVERED;
        }
    }
    return ERR_OK;
}

/* ---- rows ---- */

static void cell_fault(struct sheet_reader *reader, enum err code, const char *what,
                       const char *hint)
{
    char name[CELL_NAME_SIZE];
    fault_set(&reader->xml.fault, code, "工作表“%.*s”单元格 %s：%s",
              STR_ARG(reader->sheets[reader->current].name),
              cell_name(reader->column, reader->row_number, name), what);
    fault_hint(&reader->xml.fault, "%s", hint);
}

static void start_row(struct sheet_reader *reader, const char **attributes)
{
    const char *text = sheet_attribute(attributes, "r");
    int64_t number = text ? small_number(text) : reader->row_number + 1;
    if (number <= reader->row_number || number > SHEET_ROWS_MAX) {
        fault_set(&reader->xml.fault, ERR_SHEET, "工作表“%.*s”的行号 %.20s 有误",
                  STR_ARG(reader->sheets[reader->current].name), text ? text : "");
        fault_hint(&reader->xml.fault, "%s", resave_hint);
        return;
    }
    reader->row_number = number;
    reader->in_row = true;
    reader->in_cell = false;
    reader->column_next = 1;
    reader->column = 1;
    reader->row.cell_count = 0;
    arena_rewind(&reader->row_arena, reader->row_start);
}

static void start_cell(struct sheet_reader *reader, const char **attributes)
{
    if (!reader->in_row)
        return;
    int32_t column = reader->column_next;
    int64_t row = reader->row_number;
    const char *type = NULL, *end = "";
    reader->style = (struct sheet_style){STYLE_NUMBER, 0};
    for (; attributes[0]; attributes += 2) {
        const char *name = attributes[0], *value = attributes[1];
        if (strcmp(name, "r") == 0 && (!parse_reference(value, &end, &column, &row) || *end))
            row = -1;
        if (strcmp(name, "t") == 0)
            type = value;
        int32_t style_index = strcmp(name, "s") == 0 ? small_number(value) : -1;
        if (style_index >= 0 && style_index < reader->style_count)
            reader->style = reader->styles[style_index];
    }
    reader->column = column;
    if (row != reader->row_number || column < reader->column_next) {
        cell_fault(reader, ERR_SHEET, "单元格的位置有误", resave_hint);
        return;
    }
    if (++reader->cell_total > SHEET_CELLS_MAX) {
        cell_fault(reader, ERR_LIMIT, "单元格总数超过 1 亿", "请把文件分成几个，分别导入。");
        return;
    }
    static const struct {
        const char *name;
        enum value_kind kind;
    } kinds[] = {{"s", VALUE_SHARED}, {"inlineStr", VALUE_TEXT}, {"str", VALUE_TEXT},
                 {"b", VALUE_BOOL},   {"e", VALUE_ERROR},        {"d", VALUE_DAY},
                 {"n", VALUE_NUMBER}};
    reader->kind = VALUE_NUMBER;
    for (size_t i = 0; type && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(type, kinds[i].name) == 0)
            reader->kind = kinds[i].kind;
    reader->column_next = column + 1;
    reader->in_cell = true;
    reader->has_value = false;
    reader->has_formula = false;
    reader->value_size = 0;
}

static void rows_start(struct sheet_xml *xml, const char *name, const char **attributes)
{
    struct sheet_reader *reader = xml->context;
    if (!reader->in_rows) {
        reader->in_rows = strcmp(name, "sheetData") == 0;
        return;
    }
    switch (name[0]) {
    case 'c':
        if (name[1] == '\0')
            start_cell(reader, attributes);
        break;
    case 'v':
        if (name[1] == '\0') {
            reader->has_value = true;
            reader->inside = INSIDE_VALUE;
        }
        break;
    case 'f':
        reader->has_formula |= name[1] == '\0';
        break;
    case 't':
        if (name[1] == '\0' && reader->phonetic_depth == 0) {
            reader->has_value = true;
            reader->inside = INSIDE_TEXT;
        }
        break;
    case 'r':
        if (strcmp(name, "row") == 0)
            start_row(reader, attributes);
        else if (strcmp(name, "rPh") == 0)
            reader->phonetic_depth++;
        break;
    default:
        break;
    }
}

static void rows_text(struct sheet_xml *xml, const char *text, size_t size)
{
    struct sheet_reader *reader = xml->context;
    if (reader->inside == INSIDE_NOTHING || !reader->in_cell)
        return;
    if (reader->value_size + size > SHEET_CELL_SIZE_MAX) {
        cell_fault(reader, ERR_LIMIT, "单元格超过 128 KiB", "请缩短这一格的内容。");
        return;
    }
    memcpy(reader->value + reader->value_size, text, size);
    reader->value_size += size;
}

static bool parse_double(const char *text, double *ret_value)
{
    if (strspn(text, "0123456789+-.eE \n\r\t") != strlen(text))
        return false; /* strtod knows words and hexadecimal too */
    char *end;
    double value = strtod(text, &end);
    end += strspn(end, " \n\r\t");
    *ret_value = value;
    return end != text && *end == '\0' && value - value == 0;
}

/* The text, type and problem of the cell whose value has been collected. */
static enum err finish_value(struct sheet_reader *reader, struct table_cell *ret_cell)
{
    char buffer[STYLE_TEXT_SIZE];
    struct table_cell cell = {.text = {reader->value, reader->value_size}, .type = CELL_TEXT};
    double number = 0;
    reader->value[reader->value_size] = '\0';
    bool is_number = (reader->kind == VALUE_NUMBER || reader->kind == VALUE_SHARED) &&
                     parse_double(reader->value, &number);
    switch (reader->kind) {
    case VALUE_NUMBER:
        if (!is_number)
            return ERR_SHEET;
        cell = sheet_style_cell(reader->style, number, reader->from_1904, buffer);
        break;
    case VALUE_SHARED: {
        if (!is_number || number < 0 || number >= (double)reader->strings.count ||
            number != (double)(size_t)number)
            return ERR_SHEET;
        size_t i = (size_t)number;
        size_t start = i ? reader->strings.ends[i - 1] : 0;
        cell.text = (struct str){reader->strings.bytes ? reader->strings.bytes + start : "",
                                 reader->strings.ends[i] - start};
        cell.type = cell.text.size ? CELL_TEXT : CELL_EMPTY;
        *ret_cell = cell;
        return ERR_OK; /* stays where it is */
    }
    case VALUE_TEXT:
        cell.text.size = decode_escapes(reader->value, reader->value_size);
        cell.type = cell.text.size ? CELL_TEXT : CELL_EMPTY;
        break;
    case VALUE_BOOL:
        if (!str_equal(cell.text, STR("0")) && !str_equal(cell.text, STR("1")))
            return ERR_SHEET;
        cell.text = reader->value[0] == '1' ? STR("TRUE") : STR("FALSE");
        cell.type = CELL_BOOL;
        break;
    case VALUE_ERROR:
        cell.problem = CELL_ERROR_RESULT;
        break;
    case VALUE_DAY:
        cell.type = CELL_DAY;
        break;
    }
    cell.text.ptr = arena_copy(&reader->row_arena, cell.text.ptr, cell.text.size);
    if (!cell.text.ptr)
        return ERR_LIMIT;
    *ret_cell = cell;
    return ERR_OK;
}

static void end_cell(struct sheet_reader *reader)
{
    if (!reader->in_cell)
        return;
    reader->in_cell = false;
    struct table_cell cell = {.text = STR("")};
    if (reader->has_value && (reader->value_size || reader->kind == VALUE_TEXT)) {
        enum err err = finish_value(reader, &cell);
        if (err == ERR_SHEET)
            cell_fault(reader, err, "单元格的值有误", resave_hint);
        if (err == ERR_LIMIT)
            cell_fault(reader, err, "一行超过 4 MiB", "请缩短这一行的内容。");
    } else if (reader->has_formula) {
        cell.problem = CELL_NO_RESULT;
    }
    if (cell.type == CELL_EMPTY && cell.problem == CELL_FINE)
        return;
    if (reader->column > SHEET_COLUMNS_MAX) {
        cell_fault(reader, ERR_LIMIT, "超过 1024 列的上限", "请删除多余的列。");
        return;
    }
    extend_row(reader, reader->column);
    reader->cells[reader->column - 1] = cell;
}

static void end_row(struct sheet_reader *reader)
{
    if (!reader->in_row)
        return;
    reader->in_row = false;
    if (reader->row.cell_count == 0)
        return;
    if (reader->row_count_max == 0) {
        fault_set(&reader->xml.fault, ERR_LIMIT, "工作表“%.*s”第 %" PRId64 " 行：超过行数上限",
                  STR_ARG(reader->sheets[reader->current].name), reader->row_number);
        fault_hint(&reader->xml.fault, "请把文件分成几个，分别导入。");
        return;
    }
    reader->row_count_max--;
    if (mark_covered(reader) != ERR_OK)
        return;
    reader->row.cells = reader->cells;
    reader->row.row_number = reader->row_number;
    reader->row_complete = true;
    sheet_xml_pause(&reader->xml);
}

static void rows_end(struct sheet_xml *xml, const char *name)
{
    struct sheet_reader *reader = xml->context;
    if (!reader->in_rows)
        return;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        reader->inside = INSIDE_NOTHING;
    else if (strcmp(name, "c") == 0)
        end_cell(reader);
    else if (strcmp(name, "row") == 0)
        end_row(reader);
    else if (strcmp(name, "rPh") == 0)
        reader->phonetic_depth--;
    else if (strcmp(name, "sheetData") == 0)
        reader->in_rows = false;
}

/* ---- public ---- */

static enum err open_rows(struct sheet_reader *reader, const struct sheet_options *options,
                          struct fault *fault)
{
    enum { ROW_ARENA_FIRST_SIZE = 64 };
    reader->cells = calloc(SHEET_COLUMNS_MAX, sizeof *reader->cells);
    reader->value = malloc(SHEET_CELL_SIZE_MAX + 1);
    reader->open_merges = calloc(SHEET_COLUMNS_MAX, sizeof *reader->open_merges);
    if (!reader->cells || !reader->value || !reader->open_merges ||
        !arena_alloc(&reader->row_arena, ROW_ARENA_FIRST_SIZE))
        return no_memory(fault);
    reader->row_start = arena_mark(&reader->row_arena); /* keeps the first block between rows */
    reader->row_count_max =
        options && options->row_count_max ? options->row_count_max : SHEET_ROWS_MAX;
    TRY(read_workbook(reader, fault));
    TRY(choose_sheet(reader, options ? options->sheet_name : NULL, fault));
    TRY(find_sheet_part(reader, fault));
    TRY(read_strings(reader, fault));
    TRY(read_styles(reader, fault));
    TRY(read_merges(reader, fault));
    reader->xml = (struct sheet_xml){
        .context = reader, .on_start = rows_start, .on_end = rows_end, .on_text = rows_text};
    return sheet_xml_open(&reader->xml, &reader->package, reader->sheet_part, fault);
}

static enum err open_package(struct sheet_package package, const struct sheet_options *options,
                             struct fault *fault, struct sheet_reader **ret_reader)
{
    struct sheet_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        sheet_package_done(&package);
        return no_memory(fault);
    }
    reader->package = package;
    arena_init(&reader->arena, SHEET_ROW_SIZE_MAX);
    arena_init(&reader->row_arena, SHEET_ROW_SIZE_MAX);
    enum err err = open_rows(reader, options, fault);
    if (err != ERR_OK)
        sheet_reader_free(reader);
    else
        *ret_reader = reader;
    return err;
}

enum err sheet_reader_open(const char *path, const struct sheet_options *options,
                           struct fault *fault, struct sheet_reader **ret_reader)
{
    struct sheet_package package;
    TRY(sheet_package_open_path(path, fault, &package));
    return open_package(package, options, fault, ret_reader);
}

enum err sheet_reader_open_memory(struct str bytes, const struct sheet_options *options,
                                  struct fault *fault, struct sheet_reader **ret_reader)
{
    struct sheet_package package;
    TRY(sheet_package_open_memory(bytes, fault, &package));
    return open_package(package, options, fault, ret_reader);
}

void sheet_reader_free(struct sheet_reader *reader)
{
    if (!reader)
        return;
    sheet_xml_done(&reader->xml);
    sheet_package_done(&reader->package);
    arena_done(&reader->arena);
    arena_done(&reader->row_arena);
    free(reader->strings.bytes);
    free(reader->strings.ends);
    free(reader->styles);
    free(reader->merges);
    free(reader->open_merges);
    free(reader->cells);
    free(reader->value);
    free(reader);
}

enum err sheet_reader_next(struct sheet_reader *reader, struct fault *fault,
                           const struct table_row **ret_row)
{
    reader->row_complete = false;
    if (reader->failure.code == ERR_OK)
        sheet_xml_run(&reader->xml, &reader->failure);
    if (reader->failure.code != ERR_OK) {
        if (fault)
            *fault = reader->failure;
        return reader->failure.code;
    }
    *ret_row = reader->row_complete ? &reader->row : NULL;
    return ERR_OK;
}

int32_t sheet_reader_sheet_count(const struct sheet_reader *reader)
{
    return reader->sheet_count;
}

struct str sheet_reader_sheet_name(const struct sheet_reader *reader, int32_t sheet_index)
{
    check(sheet_index >= 0 && sheet_index < reader->sheet_count);
    return reader->sheets[sheet_index].name;
}

bool sheet_reader_sheet_hidden(const struct sheet_reader *reader, int32_t sheet_index)
{
    check(sheet_index >= 0 && sheet_index < reader->sheet_count);
    return reader->sheets[sheet_index].hidden;
}

int32_t sheet_reader_current(const struct sheet_reader *reader)
{
    return reader->current;
}

int32_t sheet_reader_progress(const struct sheet_reader *reader)
{
    const struct sheet_part *part = &reader->xml.part;
    if (part->claimed_size <= 0 || part->inflated_size >= part->claimed_size)
        return 1000;
    return (int32_t)(part->inflated_size * 1000 / part->claimed_size);
}
