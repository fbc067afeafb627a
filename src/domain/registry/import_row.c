/* import_row.c — from cells to facts. */
#include "domain/registry/import_row.h"

#include "base/csv.h"
#include "base/secret.h"

#include <string.h>

/* ---- titles ---- */

int32_t import_owner_titles(int32_t table,
                            struct import_owner_title titles[IMPORT_OWNER_TITLES_MAX])
{
    static const struct import_owner_title identity = {IMPORT_OWNER_IDENTITY, "证件号码",
                                                       "identity", "本人的证件号码，文本格式"};
    static const struct import_owner_title credit_code = {
        IMPORT_OWNER_CREDIT_CODE, "统一社会信用代码", "credit_code", "所属单位，18位"};
    static const struct import_owner_title carrier = {IMPORT_OWNER_CARRIER, "载体名称",
                                                      "carrier_name", "与载体表中的名称一致"};
    switch (registry_owner(table)) {
    case REGISTRY_person:
        titles[0] = identity;
        return 1;
    case REGISTRY_organisation:
        titles[0] = credit_code;
        return 1;
    case REGISTRY_carrier:
        titles[0] = credit_code;
        titles[1] = carrier;
        return 2;
    default:
        return 0;
    }
}

/* Titles as people decorate them: "姓名*", "姓名（必填）". */
static struct str bare_title(struct str title)
{
    title = str_trim(title);
    size_t cut = str_find(title, STR("（"));
    if (cut == SIZE_MAX)
        cut = str_find(title, STR("("));
    if (cut != SIZE_MAX && cut > 0)
        title = str_trim(str_sub(title, 0, cut));
    while (str_ends(title, STR("*")))
        title = str_trim(str_sub(title, 0, title.size - 1));
    if (str_starts(title, STR("*")))
        title = str_trim(str_sub(title, 1, title.size));
    return title;
}

static struct import_column column_of(int32_t table, struct str title)
{
    struct import_owner_title owners[IMPORT_OWNER_TITLES_MAX];
    int32_t owner_count = import_owner_titles(table, owners);
    struct import_column column = {.kind = IMPORT_UNKNOWN, .field = -1, .title = title};
    for (int32_t i = 0; i < owner_count; i++)
        if (str_equal_text(title, owners[i].label_zh) || str_equal_text(title, owners[i].name))
            column.kind = owners[i].kind;
    if (column.kind != IMPORT_UNKNOWN)
        return column;
    column.field = registry_field_by_name(&registry_records[table], title);
    if (column.field >= 0)
        column.kind = IMPORT_FIELD;
    return column;
}

static enum err refuse_doubles(const struct import_header *header, struct fault *fault)
{
    for (int32_t i = 0; i < header->column_count; i++) {
        for (int32_t j = 0; j < i; j++) {
            const struct import_column *a = &header->columns[i];
            const struct import_column *b = &header->columns[j];
            if (a->kind == IMPORT_UNKNOWN || a->kind != b->kind || a->field != b->field)
                continue;
            fault_set(fault, ERR_IMPORT, "“%.*s”这一列出现了两次", STR_ARG(a->title));
            return fault_hint(fault, "请删去多余的一列。");
        }
    }
    return ERR_OK;
}

static bool has_column(const struct import_header *header, enum import_column_kind kind,
                       int32_t field)
{
    for (int32_t i = 0; i < header->column_count; i++)
        if (header->columns[i].kind == kind && header->columns[i].field == field)
            return true;
    return false;
}

static void name_missing(struct text_buf *missing, const char *label)
{
    text_add_z(missing, missing->size ? "、" : "");
    text_add_z(missing, label);
}

static enum err refuse_missing(struct arena *arena, const struct import_header *header,
                               struct fault *fault)
{
    const struct record_desc *desc = &registry_records[header->table];
    struct import_owner_title owners[IMPORT_OWNER_TITLES_MAX];
    int32_t owner_count = import_owner_titles(header->table, owners);
    struct text_buf missing;
    text_init(&missing, arena);
    for (int32_t i = 0; i < owner_count; i++)
        if (!has_column(header, owners[i].kind, -1))
            name_missing(&missing, owners[i].label_zh);
    for (int32_t i = 0; i < desc->field_count; i++)
        if (desc->fields[i].need == NEED_REQUIRED && !has_column(header, IMPORT_FIELD, i))
            name_missing(&missing, desc->fields[i].label_zh);
    if (missing.size == 0)
        return ERR_OK;
    fault_set(fault, ERR_IMPORT, "%s表缺少必填的列：%.*s", desc->label_zh,
              STR_ARG(text_str(&missing)));
    return fault_hint(fault,
                      "请在第一行补上这些列名，或从空白模板填起（--template，网页上可以下载）。");
}

enum err import_header_read(struct arena *arena, int32_t table, const struct table_row *row,
                            struct import_header *ret_header, struct fault *fault)
{
    struct import_header header = {.table = table, .column_count = row->cell_count};
    struct import_column *columns =
        ARENA_NEW_ARRAY(arena, struct import_column, (size_t)row->cell_count + 1);
    if (!columns)
        return fault_set(fault, ERR_MEMORY, "no memory for %d columns", row->cell_count);
    for (int32_t i = 0; i < row->cell_count; i++) {
        columns[i] = column_of(table, str_copy(arena, bare_title(row->cells[i].text)));
        header.unknown_count += columns[i].kind == IMPORT_UNKNOWN && columns[i].title.size > 0;
    }
    header.columns = columns;
    TRY(refuse_doubles(&header, fault));
    TRY(refuse_missing(arena, &header, fault));
    *ret_header = header;
    return ERR_OK;
}

int32_t import_header_column(const struct import_header *header, int32_t field)
{
    for (int32_t i = 0; i < header->column_count; i++) {
        bool is_owner =
            header->columns[i].kind != IMPORT_UNKNOWN && header->columns[i].kind != IMPORT_FIELD;
        if (field < 0 ? is_owner : header->columns[i].field == field)
            return i + 1;
    }
    return 0;
}

/* ---- cells ---- */

struct fact_problems *import_row_problems(struct arena *arena, struct import_row *row)
{
    if (!row->problems)
        row->problems = ARENA_NEW(arena, struct fact_problems);
    return row->problems;
}

struct reading {
    struct arena *arena;
    const struct import_context *context;
    const struct import_header *header;
    struct import_row *row;
    struct fact_problems problems;
};

static enum err identity_index(struct reading *reading, struct str text, int32_t field,
                               struct str *ret_index, struct fault *fault)
{
    struct fault reason = {0};
    struct str identity = fact_identity_normal(reading->arena, text, identity_kind_resident_id,
                                               reading->context->today_day, &reason);
    if (!identity.ptr) {
        struct fault ignored = {0};
        identity = fact_identity_normal(reading->arena, text, identity_kind_passport,
                                        reading->context->today_day, &ignored);
        if (identity.size == 18 || identity.size == 15)
            identity.ptr = NULL; /* meant as a resident identity, and wrong */
    }
    if (!identity.ptr) {
        fact_problem_add(&reading->problems, field, reason.hint, "%s", reason.message);
        return ERR_OK;
    }
    uint8_t *index = arena_alloc(reading->arena, SECRET_INDEX_SIZE);
    if (!index)
        return fault_set(fault, ERR_MEMORY, "no memory for a row of the import");
    if (secret_index(reading->context->secrets, "identity", identity, index) != ERR_OK)
        return fault_set(fault, ERR_SECRET, "证件号码加密失败");
    *ret_index = (struct str){(const char *)index, SECRET_INDEX_SIZE};
    return ERR_OK;
}

static void credit_code_key(struct reading *reading, struct str text, int32_t field,
                            struct str *ret_key)
{
    struct fault fault = {0};
    *ret_key = fact_credit_code_normal(reading->arena, text, &fault);
    if (!ret_key->ptr)
        fact_problem_add(&reading->problems, field, fault.hint, "%s", fault.message);
}

/* Position among the REF fields. */
static int32_t reference_position(const struct record_desc *desc, int32_t field)
{
    int32_t position = 0;
    for (int32_t i = 0; i < field; i++)
        position += desc->fields[i].type == FIELD_REF;
    check(position < IMPORT_REFERENCES_MAX);
    return position;
}

/* The row a reference names is found later; until then any number says that it is told. */
static enum err read_reference(struct reading *reading, int32_t i, struct str text,
                               struct fault *fault)
{
    const struct record_desc *desc = &registry_records[reading->header->table];
    const struct field_desc *field = &desc->fields[i];
    struct str *key = &reading->row->reference_keys[reference_position(desc, i)];
    registry_set_number(field, reading->row->fact.record, 0);
    if (registry_ref_table(field) == REGISTRY_person)
        return identity_index(reading, text, i, key, fault);
    credit_code_key(reading, text, i, key);
    return ERR_OK;
}

static enum err read_field(struct reading *reading, int32_t i, struct str text, struct fault *fault)
{
    const struct field_desc *field = &registry_records[reading->header->table].fields[i];
    reading->row->fact.given |= 1u << i;
    if (str_equal(text, IMPORT_ERASE))
        return ERR_OK;
    if (field->type == FIELD_REF)
        return read_reference(reading, i, text, fault);
    void *record = reading->row->fact.record;
    struct field_value value;
    struct field_problem problem;
    int32_t day =
        field->type == FIELD_CODE ? fact_code_day(reading->header->table, record) : ABSENT_I32;
    if (!field_parse(reading->context->vocab, field, text, day, &value, &problem))
        fact_problem_add(&reading->problems, i, problem.remedy, "%s", problem.reason);
    else if (registry_is_text(field))
        registry_set_text(field, record, value.text);
    else
        registry_set_number(field, record, value.number);
    return ERR_OK;
}

static enum err read_owner(struct reading *reading, enum import_column_kind kind, struct str text,
                           struct fault *fault)
{
    if (kind == IMPORT_OWNER_IDENTITY)
        return identity_index(reading, text, -1, &reading->row->owner_key, fault);
    if (kind == IMPORT_OWNER_CREDIT_CODE)
        credit_code_key(reading, text, -1, &reading->row->owner_key);
    else
        reading->row->owner_carrier = text;
    return ERR_OK;
}

static bool is_code_column(const struct reading *reading, int32_t column)
{
    const struct import_column *c = &reading->header->columns[column];
    return c->kind == IMPORT_FIELD &&
           registry_records[reading->header->table].fields[c->field].type == FIELD_CODE;
}

static enum err read_cell(struct reading *reading, const struct table_row *row, int32_t column,
                          struct fault *fault)
{
    const struct import_column *c = &reading->header->columns[column];
    if (c->kind == IMPORT_UNKNOWN || column >= row->cell_count)
        return ERR_OK;
    enum cell_problem problem = row->cells[column].problem;
    struct str text = str_trim(reading->row->cells[column]);
    if (problem != CELL_FINE) {
        fact_problem_add(&reading->problems, c->field, cell_problem_hint(problem), "%s",
                         cell_problem_text(problem));
        return ERR_OK;
    }
    if (text.size == 0)
        return ERR_OK;
    if (c->kind == IMPORT_FIELD)
        return read_field(reading, c->field, text, fault);
    return read_owner(reading, c->kind, text, fault);
}

/* Codes come last: their catalogue's edition depends on a day of the same row. */
static enum err read_cells(struct reading *reading, const struct table_row *row,
                           struct fault *fault)
{
    for (int32_t i = 0; i < reading->header->column_count; i++)
        if (!is_code_column(reading, i))
            TRY(read_cell(reading, row, i, fault));
    for (int32_t i = 0; i < reading->header->column_count; i++)
        if (is_code_column(reading, i))
            TRY(read_cell(reading, row, i, fault));
    return ERR_OK;
}

static void require_owner(struct reading *reading)
{
    struct import_owner_title titles[IMPORT_OWNER_TITLES_MAX];
    int32_t title_count = import_owner_titles(reading->header->table, titles);
    for (int32_t p = 0; p < reading->problems.count; p++)
        if (reading->problems.rows[p].field == -1)
            return;
    for (int32_t i = 0; i < title_count; i++) {
        struct str key = titles[i].kind == IMPORT_OWNER_CARRIER ? reading->row->owner_carrier
                                                                : reading->row->owner_key;
        if (!key.ptr)
            fact_problem_add(&reading->problems, -1, "这一列必须填写。", "缺少%s",
                             titles[i].label_zh);
    }
}

static enum err copy_cells(struct arena *arena, const struct table_row *row,
                           struct import_row *ret_row, struct fault *fault)
{
    size_t size = 0;
    for (int32_t i = 0; i < row->cell_count; i++)
        size += row->cells[i].text.size;
    char *bytes = arena_alloc(arena, size);
    struct str *cells = ARENA_NEW_ARRAY(arena, struct str, (size_t)row->cell_count + 1);
    if (!bytes || !cells)
        return fault_set(fault, ERR_MEMORY, "no memory for a row of the import");
    for (int32_t i = 0; i < row->cell_count; i++) {
        struct str text = row->cells[i].text;
        memcpy(bytes, text.ptr, text.size);
        cells[i] = (struct str){bytes, text.size};
        bytes += text.size;
    }
    ret_row->cells = cells;
    ret_row->cell_count = row->cell_count;
    return ERR_OK;
}

enum err import_row_read(struct arena *arena, const struct import_context *context,
                         const struct import_header *header, const struct table_row *row,
                         struct import_row *ret_row, struct fault *fault)
{
    const struct record_desc *desc = &registry_records[header->table];
    *ret_row = (struct import_row){.row_number = row->row_number};
    ret_row->fact.table = header->table;
    ret_row->fact.record = arena_alloc(arena, desc->struct_size);
    if (!ret_row->fact.record)
        return fault_set(fault, ERR_MEMORY, "no memory for a row of the import");
    registry_clear(desc, ret_row->fact.record);
    ((struct record_head *)ret_row->fact.record)->source = context->source;
    TRY(copy_cells(arena, row, ret_row, fault));
    struct reading reading = {arena, context, header, ret_row, {.count = 0}};
    TRY(read_cells(&reading, row, fault));
    require_owner(&reading);
    struct fact_checker checker = {context->vocab, context->divisions, context->today_day};
    fact_check(&checker, header->table, ret_row->fact.record, arena, &reading.problems);
    if (reading.problems.count == 0)
        return fact_seal(arena, context->secrets, context->ids, &ret_row->fact, fault);
    if (!import_row_problems(arena, ret_row))
        return fault_set(fault, ERR_MEMORY, "no memory for a row of the import");
    *ret_row->problems = reading.problems;
    return ERR_OK;
}
