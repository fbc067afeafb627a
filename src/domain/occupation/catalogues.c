#include "domain/occupation/catalogues.h"

#include "domain/occupation/catalogue_table.h"

#include <stdlib.h>
#include <string.h>

/* An entry while its catalogue is being read. */
struct draft {
    struct catalogue_entry entry;
    bool is_alias;
};

struct drafts {
    struct draft *rows;
    int32_t count;
    int32_t capacity;
};

struct loader {
    struct catalogues *catalogues;
    const char *dir;
    struct drafts drafts[CATALOGUE_KIND_COUNT];
    struct skill_standard *standards;
    struct arena scratch; /* the drafts */
    struct fault *fault;
};

static enum err no_memory(struct loader *loader)
{
    return fault_set(loader->fault, ERR_MEMORY, "no memory for the catalogues");
}

static enum err keep(struct loader *loader, struct str text, struct str *ret_text)
{
    *ret_text = str_copy(&loader->catalogues->arena, text);
    return ret_text->ptr ? ERR_OK : no_memory(loader);
}

static enum err add_draft(struct loader *loader, enum catalogue_kind kind,
                          struct catalogue_entry entry, bool is_alias)
{
    struct drafts *drafts = &loader->drafts[kind];
    if (drafts->count == CATALOGUE_ENTRIES_MAX)
        return fault_set(loader->fault, ERR_LIMIT, "a catalogue has more than %d entries",
                         CATALOGUE_ENTRIES_MAX);
    if (drafts->count == drafts->capacity) {
        int32_t capacity = drafts->capacity ? drafts->capacity * 2 : 1024;
        struct draft *rows = ARENA_NEW_ARRAY(&loader->scratch, struct draft, (size_t)capacity);
        if (!rows)
            return no_memory(loader);
        if (drafts->count > 0)
            memcpy(rows, drafts->rows, (size_t)drafts->count * sizeof *rows);
        drafts->rows = rows;
        drafts->capacity = capacity;
    }
    drafts->rows[drafts->count++] = (struct draft){entry, is_alias};
    return ERR_OK;
}

/* A further name for the code of entry; an empty one or the shown name itself adds nothing. */
static enum err add_alias(struct loader *loader, enum catalogue_kind kind,
                          struct catalogue_entry entry, struct str alias)
{
    alias = str_trim(alias);
    if (alias.size == 0 || str_equal(alias, entry.name))
        return ERR_OK;
    TRY(keep(loader, alias, &entry.name));
    return add_draft(loader, kind, entry, true);
}

/* The columns that every catalogue shares: code, name, from, to. */
static enum err read_entry(struct loader *loader, const struct catalogue_table *table,
                           struct catalogue_entry *ret_entry)
{
    struct catalogue_entry entry = {0};
    TRY(catalogue_cell_code(table, COLUMN_CODE, &entry.code));
    struct str name = catalogue_cell(table, COLUMN_NAME);
    if (name.size == 0)
        return catalogue_refuse(table, COLUMN_NAME, "名称是空的");
    TRY(keep(loader, name, &entry.name));
    TRY(catalogue_cell_day(table, COLUMN_FROM, INT32_MIN, &entry.from_day));
    TRY(catalogue_cell_day(table, COLUMN_TO, INT32_MAX, &entry.to_day));
    if (entry.from_day > entry.to_day)
        return catalogue_refuse(table, COLUMN_TO, "终止日期早于起始日期");
    *ret_entry = entry;
    return ERR_OK;
}

typedef enum err read_row(struct loader *loader, const struct catalogue_table *table,
                          enum catalogue_kind kind);

/* Calls read for every row of a file. */
static enum err read_file(struct loader *loader, const char *file, unsigned needed,
                          enum catalogue_kind kind, read_row *read)
{
    struct catalogue_table table;
    TRY(catalogue_table_open(&table, loader->dir, file, needed, loader->fault));
    enum err err;
    while ((err = catalogue_table_next(&table)) == ERR_OK && table.row) {
        err = read(loader, &table, kind);
        if (err != ERR_OK)
            break;
    }
    catalogue_table_close(&table);
    return err;
}

/* honour.csv, industry.csv, project.csv, group.csv */
static enum err read_city_made(struct loader *loader, const struct catalogue_table *table,
                               enum catalogue_kind kind)
{
    struct catalogue_entry entry;
    TRY(read_entry(loader, table, &entry));
    TRY(add_draft(loader, kind, entry, false));
    TRY(add_alias(loader, kind, entry, catalogue_cell(table, COLUMN_ENGLISH)));
    struct str rest = catalogue_cell(table, COLUMN_ALIAS), alias;
    while (str_split(&rest, '|', &alias))
        TRY(add_alias(loader, kind, entry, alias));
    return ERR_OK;
}

/* The shown name of a code among the drafts read so far, which come ordered from the files. */
static struct str draft_name(const struct drafts *drafts, int64_t code)
{
    int32_t low = 0, high = drafts->count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (drafts->rows[middle].entry.code < code)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < drafts->count && drafts->rows[low].entry.code == code; low++) {
        if (!drafts->rows[low].is_alias)
            return drafts->rows[low].entry.name;
    }
    return STR("");
}

/* 山东省济宁市任城区 is also 济宁市任城区 and 任城区. Retired divisions go by their full name
 * alone. */
static enum err read_division(struct loader *loader, const struct catalogue_table *table,
                              enum catalogue_kind kind)
{
    struct catalogue_entry entry;
    struct drafts *drafts = &loader->drafts[kind];
    TRY(read_entry(loader, table, &entry));
    if (entry.code < 110000 || entry.code > 999999)
        return catalogue_refuse(table, COLUMN_CODE, "区划代码应为6位");
    if (drafts->count > 0 && drafts->rows[drafts->count - 1].entry.code > entry.code)
        return catalogue_refuse(table, COLUMN_CODE, "区划代码应从小到大排列");
    TRY(add_draft(loader, kind, entry, false));
    struct str name_kind = catalogue_cell(table, COLUMN_KIND);
    if (str_equal_text(name_kind, "retired") || str_equal_text(name_kind, "virtual"))
        return ERR_OK;
    TRY(add_alias(loader, kind, entry, catalogue_cell(table, COLUMN_SHORT)));
    struct str province = draft_name(drafts, entry.code / 10000 * 10000);
    bool below = province.size > 0 && str_starts(entry.name, province);
    struct str rest = str_sub(entry.name, province.size, entry.name.size);
    if (below && !str_equal(rest, catalogue_cell(table, COLUMN_SHORT)))
        TRY(add_alias(loader, kind, entry, rest));
    return ERR_OK;
}

/* A town is shown with its county: 山东省济宁市任城区古槐街道. */
static enum err read_town(struct loader *loader, const struct catalogue_table *table,
                          enum catalogue_kind kind)
{
    struct catalogue_entry entry;
    char name[512];
    TRY(read_entry(loader, table, &entry));
    struct str county =
        catalogues_name(loader->catalogues, CATALOGUE_DIVISION, entry.code / 1000);
    if (county.size == 0)
        return catalogue_refuse(table, COLUMN_CODE, "前6位不是现行区划代码");
    snprintf(name, sizeof name, "%.*s%.*s", STR_ARG(county), STR_ARG(entry.name));
    TRY(keep(loader, str_from(name), &entry.name));
    return add_draft(loader, kind, entry, false);
}

static enum err read_occupation(struct loader *loader, const struct catalogue_table *table,
                                enum catalogue_kind kind)
{
    struct catalogue_entry entry;
    TRY(read_entry(loader, table, &entry));
    TRY(keep(loader, catalogue_cell(table, COLUMN_CODE), &entry.label));
    return add_draft(loader, kind, entry, false);
}

/* An occupation that other files name; it stands in the finished catalogue. */
static enum err cell_occupation(struct loader *loader, const struct catalogue_table *table,
                                const struct catalogue_entry **ret_entry)
{
    int64_t code;
    TRY(catalogue_cell_code(table, COLUMN_OCCUPATION, &code));
    const struct catalogue_entry *entry =
        catalogue_by_code(&loader->catalogues->list[CATALOGUE_OCCUPATION], code);
    if (!entry)
        return catalogue_refuse(table, COLUMN_OCCUPATION, "职业目录中没有“%.*s”",
                                STR_ARG(catalogue_cell(table, COLUMN_OCCUPATION)));
    *ret_entry = entry;
    return ERR_OK;
}

static enum err read_work_type(struct loader *loader, const struct catalogue_table *table,
                               enum catalogue_kind kind)
{
    const struct catalogue_entry *occupation = NULL;
    TRY(cell_occupation(loader, table, &occupation));
    struct catalogue_entry entry = *occupation;
    TRY(catalogue_cell_day(table, COLUMN_FROM, occupation->from_day, &entry.from_day));
    TRY(catalogue_cell_day(table, COLUMN_TO, occupation->to_day, &entry.to_day));
    return add_alias(loader, kind, entry, catalogue_cell(table, COLUMN_NAME));
}

/* ---- from drafts to a catalogue ---- */

static int compare_drafts_by_name(const void *a, const void *b)
{
    const struct draft *left = a, *right = b;
    int order = str_compare(left->entry.name, right->entry.name);
    if (order != 0)
        return order;
    if (left->is_alias != right->is_alias)
        return left->is_alias - right->is_alias;
    return left->entry.code < right->entry.code ? -1 : left->entry.code > right->entry.code;
}

/* Aliases before the shown name, so that the last entry of a code is the one to show. */
static int compare_drafts_by_code(const void *a, const void *b)
{
    const struct draft *left = a, *right = b;
    if (left->entry.code != right->entry.code)
        return left->entry.code < right->entry.code ? -1 : 1;
    if (left->is_alias != right->is_alias)
        return right->is_alias - left->is_alias;
    if (left->entry.from_day != right->entry.from_day)
        return left->entry.from_day < right->entry.from_day ? -1 : 1;
    return str_compare(left->entry.name, right->entry.name);
}

/* Removes aliases that are someone's shown name or stand for several codes. Needs and keeps the
 * order by name. */
static void drop_unclear_aliases(struct drafts *drafts)
{
    int32_t kept = 0;
    for (int32_t first = 0, next; first < drafts->count; first = next) {
        const struct draft *head = &drafts->rows[first];
        bool one_code = true;
        for (next = first + 1; next < drafts->count; next++) {
            if (!str_equal(drafts->rows[next].entry.name, head->entry.name))
                break;
            one_code = one_code && drafts->rows[next].entry.code == head->entry.code;
        }
        bool keep_aliases = head->is_alias && one_code;
        bool alias_kept = false;
        for (int32_t i = first; i < next; i++) {
            if (drafts->rows[i].is_alias && (!keep_aliases || alias_kept))
                continue;
            alias_kept = alias_kept || drafts->rows[i].is_alias;
            drafts->rows[kept++] = drafts->rows[i];
        }
    }
    drafts->count = kept;
}

static int compare_indexes_by_name(const void *a, const void *b, void *context)
{
    const struct catalogue_entry *entries = context;
    int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
    int order = str_compare(entries[left].name, entries[right].name);
    return order != 0 ? order : left < right ? -1 : left > right;
}

/* Two editions of a code must not hold on the same day. */
static enum err check_editions(struct loader *loader, const struct drafts *drafts)
{
    for (int32_t i = 1; i < drafts->count; i++) {
        const struct draft *before = &drafts->rows[i - 1], *draft = &drafts->rows[i];
        if (!before->is_alias && before->entry.code == draft->entry.code &&
            before->entry.to_day >= draft->entry.from_day)
            return fault_set(loader->fault, ERR_CATALOGUE,
                             "%s：代码%lld有两个同时有效的名称“%.*s”和“%.*s”", loader->dir,
                             (long long)draft->entry.code, STR_ARG(before->entry.name),
                             STR_ARG(draft->entry.name));
    }
    return ERR_OK;
}

static enum err finish_catalogue(struct loader *loader, enum catalogue_kind kind)
{
    struct drafts *drafts = &loader->drafts[kind];
    if (drafts->count > 0) {
        qsort(drafts->rows, (size_t)drafts->count, sizeof drafts->rows[0], compare_drafts_by_name);
        drop_unclear_aliases(drafts);
        qsort(drafts->rows, (size_t)drafts->count, sizeof drafts->rows[0], compare_drafts_by_code);
        TRY(check_editions(loader, drafts));
    }
    struct arena *arena = &loader->catalogues->arena;
    struct catalogue_entry *entries =
        ARENA_NEW_ARRAY(arena, struct catalogue_entry, (size_t)drafts->count);
    int32_t *by_name = ARENA_NEW_ARRAY(arena, int32_t, (size_t)drafts->count);
    if (!entries || !by_name)
        return no_memory(loader);
    for (int32_t i = 0; i < drafts->count; i++) {
        entries[i] = drafts->rows[i].entry;
        by_name[i] = i;
    }
    qsort_r(by_name, (size_t)drafts->count, sizeof by_name[0], compare_indexes_by_name, entries);
    struct catalogue *catalogue = &loader->catalogues->list[kind];
    catalogue->entries = entries;
    catalogue->by_name = by_name;
    catalogue->entry_count = drafts->count;
    return ERR_OK;
}

/* ---- registers and standards ---- */

struct register_rows {
    struct catalogue_register_row *rows;
    int32_t count;
    int32_t capacity;
};

static int compare_register_rows(const void *a, const void *b)
{
    const struct catalogue_register_row *left = a, *right = b;
    if (left->code != right->code)
        return left->code < right->code ? -1 : 1;
    return left->from_day < right->from_day ? -1 : left->from_day > right->from_day;
}

static enum err read_register_row(struct loader *loader, const struct catalogue_table *table,
                                  const struct catalogue *catalogue, enum catalogue_column column,
                                  struct register_rows *rows)
{
    struct catalogue_register_row row;
    TRY(catalogue_cell_code(table, column, &row.code));
    if (!catalogue_by_code(catalogue, row.code))
        return catalogue_refuse(table, column, "%s目录中没有“%.*s”", catalogue->label_zh,
                                STR_ARG(catalogue_cell(table, column)));
    TRY(catalogue_cell_day(table, COLUMN_FROM, INT32_MIN, &row.from_day));
    TRY(catalogue_cell_day(table, COLUMN_TO, INT32_MAX, &row.to_day));
    if (row.from_day > row.to_day)
        return catalogue_refuse(table, COLUMN_TO, "终止日期早于起始日期");
    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? rows->capacity * 2 : 64;
        struct catalogue_register_row *grown = ARENA_NEW_ARRAY(
            &loader->catalogues->arena, struct catalogue_register_row, (size_t)rows->capacity);
        if (!grown)
            return no_memory(loader);
        if (rows->count > 0)
            memcpy(grown, rows->rows, (size_t)rows->count * sizeof *grown);
        rows->rows = grown;
    }
    rows->rows[rows->count++] = row;
    return ERR_OK;
}

static enum err read_register_file(struct loader *loader, const char *file,
                                   const struct catalogue *catalogue, struct register_rows *rows)
{
    struct catalogue_table table;
    enum catalogue_column column =
        strcmp(catalogue->name, "occupation") == 0 ? COLUMN_OCCUPATION : COLUMN_CODE;
    unsigned needed = COLUMN_BIT(column) | COLUMN_BIT(COLUMN_FROM) | COLUMN_BIT(COLUMN_TO);
    TRY(catalogue_table_open(&table, loader->dir, file, needed, loader->fault));
    enum err err;
    while ((err = catalogue_table_next(&table)) == ERR_OK && table.row) {
        err = read_register_row(loader, &table, catalogue, column, rows);
        if (err != ERR_OK)
            break;
    }
    catalogue_table_close(&table);
    return err;
}

/* A row of register.csv: name, catalogue, file. The file is one of the same folder. */
static enum err read_register(struct loader *loader, const struct catalogue_table *table,
                              enum catalogue_kind unused)
{
    struct catalogues *catalogues = loader->catalogues;
    struct str kind_name = catalogue_cell(table, COLUMN_CATALOGUE);
    const struct catalogue *catalogue = NULL;
    for (int32_t i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        if (str_equal_text(kind_name, catalogues->list[i].name))
            catalogue = &catalogues->list[i];
    }
    if (!catalogue)
        return catalogue_refuse(table, COLUMN_CATALOGUE, "没有“%.*s”这种目录", STR_ARG(kind_name));
    if (catalogues->register_count == CATALOGUE_REGISTERS_MAX)
        return fault_set(loader->fault, ERR_LIMIT, "%s：超过%d个目录", table->path,
                         CATALOGUE_REGISTERS_MAX);
    struct str file;
    TRY(keep(loader, catalogue_cell(table, COLUMN_FILE), &file));
    if (file.size == 0 || strchr(file.ptr, '/'))
        return catalogue_refuse(table, COLUMN_FILE, "应为同一文件夹中的文件名");
    struct catalogue_register made = {.catalogue = catalogue->name};
    TRY(keep(loader, catalogue_cell(table, COLUMN_NAME), &made.name));
    struct register_rows rows = {0};
    TRY(read_register_file(loader, file.ptr, catalogue, &rows));
    if (rows.count > 0)
        qsort(rows.rows, (size_t)rows.count, sizeof rows.rows[0], compare_register_rows);
    made.rows = rows.rows;
    made.row_count = rows.count;
    catalogues->registers[catalogues->register_count++] = made;
    return ERR_OK;
}

/* The digits of the official numbering, 5 (lowest) to 1, as bits of the registry's codes 2 to 6. */
static bool levels_from_digits(struct str digits, uint32_t *ret_levels)
{
    uint32_t levels = 0;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.ptr[i] < '1' || digits.ptr[i] > '5')
            return false;
        levels |= 1u << (7 - (digits.ptr[i] - '0'));
    }
    *ret_levels = levels;
    return levels != 0;
}

enum { STANDARDS_MAX = 10000 }; /* a standard for each of some 1,700 occupations, in editions */

static enum err read_standard(struct loader *loader, const struct catalogue_table *table,
                              enum catalogue_kind unused)
{
    struct catalogues *catalogues = loader->catalogues;
    const struct catalogue_entry *occupation = NULL;
    struct skill_standard standard = {0};
    TRY(cell_occupation(loader, table, &occupation));
    standard.occupation = occupation->code;
    if (!levels_from_digits(catalogue_cell(table, COLUMN_LEVELS), &standard.levels))
        return catalogue_refuse(table, COLUMN_LEVELS, "等级应由数字5至1组成");
    TRY(keep(loader, catalogue_cell(table, COLUMN_NAME), &standard.name));
    TRY(keep(loader, catalogue_cell(table, COLUMN_EDITION), &standard.edition));
    if (catalogues->standard_count == STANDARDS_MAX)
        return fault_set(loader->fault, ERR_LIMIT, "%s：超过%d行", table->path, STANDARDS_MAX);
    loader->standards[catalogues->standard_count++] = standard;
    return ERR_OK;
}

static int compare_standards(const void *a, const void *b)
{
    const struct skill_standard *left = a, *right = b;
    if (left->occupation != right->occupation)
        return left->occupation < right->occupation ? -1 : 1;
    return str_compare(left->edition, right->edition);
}

static enum err load_standards(struct loader *loader)
{
    struct catalogues *catalogues = loader->catalogues;
    struct skill_standard *standards =
        ARENA_NEW_ARRAY(&catalogues->arena, struct skill_standard, STANDARDS_MAX);
    if (!standards)
        return no_memory(loader);
    loader->standards = standards;
    catalogues->standards = standards;
    TRY(read_file(loader, "skill_standard.csv",
                  COLUMN_BIT(COLUMN_OCCUPATION) | COLUMN_BIT(COLUMN_LEVELS), CATALOGUE_OCCUPATION,
                  read_standard));
    if (catalogues->standard_count > 0)
        qsort(standards, (size_t)catalogues->standard_count, sizeof standards[0],
              compare_standards);
    return ERR_OK;
}

/* Codes with six digits, once each, ascending as in the catalogue. */
static enum err list_identity_divisions(struct loader *loader)
{
    struct catalogues *catalogues = loader->catalogues;
    const struct catalogue *divisions = &catalogues->list[CATALOGUE_DIVISION];
    int32_t *codes =
        ARENA_NEW_ARRAY(&catalogues->arena, int32_t, (size_t)divisions->entry_count);
    if (!codes)
        return no_memory(loader);
    int32_t count = 0;
    for (int32_t i = 0; i < divisions->entry_count; i++) {
        int64_t code = divisions->entries[i].code;
        if (code <= 999999 && (count == 0 || codes[count - 1] != code))
            codes[count++] = (int32_t)code;
    }
    catalogues->identity_divisions = (struct identity_divisions){codes, count};
    return ERR_OK;
}

/* ---- loading ---- */

static enum err load_occupations(struct loader *loader)
{
    unsigned code_and_name = COLUMN_BIT(COLUMN_CODE) | COLUMN_BIT(COLUMN_NAME);
    TRY(read_file(loader, "occupation.csv", code_and_name, CATALOGUE_OCCUPATION, read_occupation));
    TRY(finish_catalogue(loader, CATALOGUE_OCCUPATION));
    TRY(read_file(loader, "work_type.csv",
                  COLUMN_BIT(COLUMN_OCCUPATION) | COLUMN_BIT(COLUMN_NAME), CATALOGUE_OCCUPATION,
                  read_work_type));
    return finish_catalogue(loader, CATALOGUE_OCCUPATION);
}

static enum err load_divisions(struct loader *loader, enum catalogues_extent extent)
{
    unsigned code_and_name = COLUMN_BIT(COLUMN_CODE) | COLUMN_BIT(COLUMN_NAME);
    TRY(read_file(loader, "division.csv", code_and_name | COLUMN_BIT(COLUMN_SHORT),
                  CATALOGUE_DIVISION, read_division));
    TRY(finish_catalogue(loader, CATALOGUE_DIVISION));
    if (extent == CATALOGUES_WITH_TOWNS) {
        TRY(read_file(loader, "town.csv", code_and_name, CATALOGUE_DIVISION, read_town));
        TRY(finish_catalogue(loader, CATALOGUE_DIVISION));
    }
    return list_identity_divisions(loader);
}

static enum err load_city_made(struct loader *loader)
{
    static const struct {
        enum catalogue_kind kind;
        const char *file;
    } files[] = {
        {CATALOGUE_INDUSTRY, "industry.csv"},
        {CATALOGUE_HONOUR, "honour.csv"},
        {CATALOGUE_PROJECT, "project.csv"},
        {CATALOGUE_GROUP, "group.csv"},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        TRY(read_file(loader, files[i].file, COLUMN_BIT(COLUMN_CODE) | COLUMN_BIT(COLUMN_NAME),
                      files[i].kind, read_city_made));
        TRY(finish_catalogue(loader, files[i].kind));
    }
    return ERR_OK;
}

static enum err load_all(struct loader *loader, enum catalogues_extent extent)
{
    char path[1024];
    TRY(load_occupations(loader));
    TRY(load_divisions(loader, extent));
    TRY(load_city_made(loader));
    TRY(load_standards(loader));
    TRY(read_file(loader, "register.csv",
                  COLUMN_BIT(COLUMN_NAME) | COLUMN_BIT(COLUMN_CATALOGUE) | COLUMN_BIT(COLUMN_FILE),
                  CATALOGUE_OCCUPATION, read_register));
    snprintf(path, sizeof path, "%s/holiday.csv", loader->dir);
    return calendar_load(&loader->catalogues->arena, path, &loader->catalogues->calendar,
                         loader->fault);
}

enum err catalogues_load(const char *dir, enum catalogues_extent extent,
                         struct catalogues **ret_catalogues, struct fault *fault)
{
    static const struct {
        const char *name, *label_zh;
    } names[] = {
        [CATALOGUE_OCCUPATION] = {"occupation", "职业"},
        [CATALOGUE_DIVISION] = {"division", "区划"},
        [CATALOGUE_INDUSTRY] = {"industry", "行业"},
        [CATALOGUE_HONOUR] = {"honour", "称号"},
        [CATALOGUE_PROJECT] = {"project", "项目"},
        [CATALOGUE_GROUP] = {"group", "群体"},
    };
    _Static_assert(sizeof names / sizeof names[0] == CATALOGUE_KIND_COUNT, "a name for each kind");
    struct arena arena;
    arena_init(&arena, CATALOGUES_SIZE_MAX);
    struct catalogues *catalogues = ARENA_NEW(&arena, struct catalogues);
    if (!catalogues)
        return fault_set(fault, ERR_MEMORY, "no memory for the catalogues");
    catalogues->arena = arena; /* the struct lives in the arena that it keeps */
    for (int32_t i = 0; i < CATALOGUE_KIND_COUNT; i++) {
        catalogues->list[i].name = names[i].name;
        catalogues->list[i].label_zh = names[i].label_zh;
    }
    struct loader loader = {.catalogues = catalogues, .dir = dir, .fault = fault};
    arena_init(&loader.scratch, CATALOGUES_SIZE_MAX);
    enum err err = load_all(&loader, extent);
    arena_done(&loader.scratch);
    if (err != ERR_OK) {
        catalogues_free(catalogues);
        return err;
    }
    *ret_catalogues = catalogues;
    return ERR_OK;
}

void catalogues_free(struct catalogues *catalogues)
{
    if (!catalogues)
        return;
    struct arena arena = catalogues->arena;
    arena_done(&arena);
}

void catalogues_into_vocab(const struct catalogues *catalogues, struct vocab *vocab)
{
    vocab->catalogues = catalogues->list;
    vocab->catalogue_count = CATALOGUE_KIND_COUNT;
    vocab->registers = catalogues->registers;
    vocab->register_count = catalogues->register_count;
    vocab->calendar = &catalogues->calendar;
}

/* ---- looking up ---- */

/* Shown names of one code never share a day, further names stand before the one they belong to. */
bool catalogue_entry_is_shown(const struct catalogue *catalogue, int32_t entry_index)
{
    const struct catalogue_entry *entry = &catalogue->entries[entry_index];
    for (int32_t i = entry_index + 1; i < catalogue->entry_count; i++) {
        const struct catalogue_entry *later = &catalogue->entries[i];
        if (later->code != entry->code)
            break;
        if (later->from_day <= entry->to_day && entry->from_day <= later->to_day)
            return false;
    }
    return true;
}

struct str catalogues_name(const struct catalogues *catalogues, enum catalogue_kind kind,
                           int64_t code)
{
    const struct catalogue_entry *entry = catalogue_by_code(&catalogues->list[kind], code);
    return entry ? entry->name : STR("");
}

const struct catalogue_entry *division_find(const struct catalogues *catalogues, struct str text,
                                            int64_t parent, int32_t day)
{
    const struct catalogue *divisions = &catalogues->list[CATALOGUE_DIVISION];
    text = str_trim(text);
    const struct catalogue_entry *found = catalogue_by_name(divisions, text, day);
    if (found && (parent == 0 || catalogue_contains(divisions, parent, found->code)))
        return catalogue_by_code(divisions, found->code);
    if (parent == 0 || text.size == 0)
        return NULL;
    const struct catalogue_entry *only = NULL;
    for (int32_t i = 0; i < divisions->entry_count; i++) {
        const struct catalogue_entry *entry = &divisions->entries[i];
        if (!str_ends(entry->name, text) || entry->to_day != INT32_MAX ||
            !catalogue_contains(divisions, parent, entry->code))
            continue;
        if (only && only->code != entry->code)
            return NULL;
        only = entry;
    }
    return only;
}

const struct catalogue_entry *occupation_find(const struct catalogues *catalogues,
                                              struct str text, int32_t day)
{
    const struct catalogue *occupations = &catalogues->list[CATALOGUE_OCCUPATION];
    int64_t code;
    text = str_trim(text);
    if (catalogue_code_parse(text, &code)) {
        if (code > 9999999) /* a work type: three digits behind those of its occupation */
            code /= 1000;
    } else {
        const struct catalogue_entry *found = catalogue_by_name(occupations, text, day);
        code = found ? found->code : 0;
    }
    return code >= 1000000 && code <= 9999999 ? catalogue_by_code(occupations, code) : NULL;
}

uint32_t occupation_levels(const struct catalogues *catalogues, int64_t occupation)
{
    uint32_t levels = 0;
    for (int32_t i = 0; i < catalogues->standard_count; i++) {
        if (catalogues->standards[i].occupation == occupation)
            levels |= catalogues->standards[i].levels;
    }
    return levels;
}
