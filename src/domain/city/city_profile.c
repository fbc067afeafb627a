#include "domain/city/city_profile.h"

#include "base/csv.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum item_kind {
    ITEM_ENUM,
    ITEM_CATALOGUE,
    ITEM_TIERED,
    ITEM_SPAN,
    ITEM_DIGITS,
    ITEM_TEXT,
};

struct profile_key {
    const char *name;
    bool is_list;
    enum item_kind kind;
    const char *target;
    size_t offset; /* in struct city_profile */
};

static const struct profile_key profile_keys[] = {
#define NUMBER(key) {#key, false, ITEM_TEXT, "", offsetof(struct city_profile, key)},
#define LIST(key, kind, target) {#key, true, kind, target, offsetof(struct city_profile, key)},
#include "domain/city/city_profile.def"
#undef NUMBER
#undef LIST
};

enum { PROFILE_KEY_COUNT = sizeof profile_keys / sizeof profile_keys[0] };
enum { COLUMN_KEY, COLUMN_ITEM, COLUMN_YEAR, COLUMN_VALUE, COLUMN_SCALE, COLUMN_SOURCE, COLUMNS };

static const char *const word_kinds[CITY_WORD_COUNT] = {
    "surname", "male", "female", "either", "brand", "trade", "subject",
};

/* Rows of one file as they were read, before the lists are cut out. */
struct profile_rows {
    int32_t keys[CITY_ITEMS_MAX];
    struct city_item items[CITY_ITEMS_MAX];
    int32_t count;
};

/* What reading one file needs, for messages too. */
struct profile_file {
    const char *path;
    const struct vocab *vocab;
    struct arena *arena;
    struct fault *fault;
    int64_t line_number;
};

static enum err file_refuse(const struct profile_file *file, const char *what, struct str value)
{
    fault_set(file->fault, ERR_CATALOGUE, "%s, line %" PRId64 ": %s: \"%.*s\"", file->path,
              file->line_number, what, STR_ARG(value));
    return fault_hint(file->fault, "Correct the row; the columns are those of city_profile.h.");
}

static int32_t key_find(struct str name)
{
    for (int32_t i = 0; i < PROFILE_KEY_COUNT; i++)
        if (str_equal_text(name, profile_keys[i].name))
            return i;
    return -1;
}

static enum err resolve_enum(const struct profile_file *file, const char *target, struct str text,
                             int64_t *ret_code)
{
    int32_t index = vocab_enum(file->vocab, str_from(target));
    check(index >= 0);
    int32_t code = vocab_enum_code(&file->vocab->enums[index], text);
    if (code == ABSENT_I32)
        return file_refuse(file, "not a code of the enumeration", text);
    *ret_code = code;
    return ERR_OK;
}

static enum err resolve_catalogue(const struct profile_file *file, const char *target,
                                  struct str text, int64_t *ret_code)
{
    int32_t index = vocab_catalogue(file->vocab, str_from(target));
    if (index < 0)
        return file_refuse(file, "there is no such catalogue", str_from(target));
    const struct catalogue *catalogue = &file->vocab->catalogues[index];
    const struct catalogue_entry *entry = NULL;
    int64_t number;
    if (str_to_i64(text, &number))
        entry = catalogue_by_code(catalogue, number);
    if (entry == NULL)
        entry = catalogue_by_name(catalogue, text, ABSENT_I32);
    if (entry == NULL)
        return file_refuse(file, "not in the catalogue", text);
    *ret_code = entry->code;
    return ERR_OK;
}

static enum err resolve_span(const struct profile_file *file, struct str text,
                             struct city_item *item)
{
    struct str rest = text;
    struct str first;
    if (!str_split(&rest, '-', &first) || !str_to_i64(first, &item->code) ||
        !str_to_i64(rest, &item->code_to) || item->code < 0 || item->code > item->code_to ||
        item->code_to > 120)
        return file_refuse(file, "not a span of years such as 25-34", text);
    return ERR_OK;
}

static enum err resolve_tiered(const struct profile_file *file, const char *target,
                               struct str text, struct city_item *item)
{
    struct str rest = text;
    struct str tier;
    if (!str_split(&rest, ' ', &tier) || rest.size == 0)
        return file_refuse(file, "not a tier and a kind with a space between", text);
    TRY(resolve_enum(file, "tier", tier, &item->code_to));
    return resolve_enum(file, target, rest, &item->code);
}

static enum err item_resolve(const struct profile_file *file, const struct profile_key *key,
                             struct city_item *item)
{
    switch (key->kind) {
    case ITEM_ENUM:
        return resolve_enum(file, key->target, item->text, &item->code);
    case ITEM_CATALOGUE:
        return resolve_catalogue(file, key->target, item->text, &item->code);
    case ITEM_TIERED:
        return resolve_tiered(file, key->target, item->text, item);
    case ITEM_SPAN:
        return resolve_span(file, item->text, item);
    case ITEM_DIGITS:
        if (!str_to_i64(item->text, &item->code) || item->code <= 0)
            return file_refuse(file, "not leading digits of a code", item->text);
        return ERR_OK;
    case ITEM_TEXT:
        return ERR_OK;
    }
    check(false);
    return ERR_OK;
}

static enum err scale_read(const struct profile_file *file, struct str text,
                           enum city_scale *ret_scale)
{
    if (text.size == 0)
        *ret_scale = CITY_AS_IT_STANDS;
    else if (str_equal_text(text, "city"))
        *ret_scale = CITY_WITH_PEOPLE;
    else if (str_equal_text(text, "fixed"))
        *ret_scale = CITY_FIXED;
    else
        return file_refuse(file, "the scale is \"city\", \"fixed\" or nothing", text);
    return ERR_OK;
}

static enum err item_read(const struct profile_file *file, const struct csv_row *row,
                          int32_t *ret_key, struct city_item *ret_item)
{
    if (row->cell_count != COLUMNS)
        return file_refuse(file, "a row has six columns", row->cells[COLUMN_KEY]);
    int32_t key = key_find(row->cells[COLUMN_KEY]);
    if (key < 0)
        return file_refuse(file, "unknown key", row->cells[COLUMN_KEY]);
    struct city_item item = {.text = str_copy(file->arena, row->cells[COLUMN_ITEM])};
    if (item.text.ptr == NULL)
        return fault_set(file->fault, ERR_MEMORY, "reading %s", file->path);
    if (!str_to_i64(row->cells[COLUMN_VALUE], &item.value) || item.value < 0 ||
        item.value > CITY_VALUE_MAX)
        return file_refuse(file, "the value is a whole number", row->cells[COLUMN_VALUE]);
    int64_t year = 0;
    if (row->cells[COLUMN_YEAR].size > 0 &&
        (!str_to_i64(row->cells[COLUMN_YEAR], &year) || year < 1949 || year > 2100))
        return file_refuse(file, "not a year", row->cells[COLUMN_YEAR]);
    item.year = (int32_t)year;
    if (row->cells[COLUMN_SOURCE].size == 0)
        return file_refuse(file, "a row names its source or says \"assumed\"",
                           row->cells[COLUMN_KEY]);
    if (!profile_keys[key].is_list && item.text.size > 0)
        return file_refuse(file, "this key takes no item", item.text);
    TRY(scale_read(file, row->cells[COLUMN_SCALE], &item.scale));
    if (profile_keys[key].is_list)
        TRY(item_resolve(file, &profile_keys[key], &item));
    *ret_key = key;
    *ret_item = item;
    return ERR_OK;
}

/* Gives every row behind the heading to take. */
typedef enum err row_taker(struct profile_file *file, const struct csv_row *row, void *context);

static enum err rows_read(struct profile_file *file, row_taker *take, void *context)
{
    FILE *stream = fopen(file->path, "rb");
    if (stream == NULL)
        return fault_set(file->fault, ERR_NOT_FOUND, "%s cannot be opened", file->path);
    struct csv_reader *reader = NULL;
    enum err err = csv_reader_new(byte_source_file(stream), NULL, file->fault, &reader);
    while (err == ERR_OK) {
        const struct csv_row *row;
        err = csv_reader_next(reader, file->fault, &row);
        if (err != ERR_OK || row == NULL)
            break;
        file->line_number = row->line_number;
        if (row->row_number > 1)
            err = take(file, row, context);
    }
    csv_reader_free(reader);
    fclose(stream);
    return err;
}

static enum err profile_row(struct profile_file *file, const struct csv_row *row, void *context)
{
    struct profile_rows *rows = context;
    if (rows->count == CITY_ITEMS_MAX)
        return fault_set(file->fault, ERR_LIMIT, "%s has more than %d rows", file->path,
                         CITY_ITEMS_MAX);
    TRY(item_read(file, row, &rows->keys[rows->count], &rows->items[rows->count]));
    rows->count++;
    return ERR_OK;
}

static int32_t rows_of_key(const struct profile_rows *rows, int32_t key)
{
    int32_t count = 0;
    for (int32_t i = 0; i < rows->count; i++)
        count += rows->keys[i] == key;
    return count;
}

/* The city's rows of a key, or the common ones when the city has none. */
static enum err key_take(const struct profile_file *file, int32_t key,
                         const struct profile_rows *common, const struct profile_rows *city,
                         struct city_profile *profile)
{
    const struct profile_rows *rows = rows_of_key(city, key) > 0 ? city : common;
    int32_t count = rows_of_key(rows, key);
    void *member = (char *)profile + profile_keys[key].offset;
    if (!profile_keys[key].is_list && count != 1)
        return fault_set(file->fault, ERR_CATALOGUE, "%s: the key %s has %d rows instead of one",
                         file->path, profile_keys[key].name, count);
    struct city_list list = {ARENA_NEW_ARRAY(file->arena, struct city_item, (size_t)count), 0};
    if (list.items == NULL)
        return fault_set(file->fault, ERR_MEMORY, "reading %s", file->path);
    for (int32_t i = 0; i < rows->count; i++)
        if (rows->keys[i] == key)
            list.items[list.count++] = rows->items[i];
    if (profile_keys[key].is_list)
        *(struct city_list *)member = list;
    else
        *(int64_t *)member = list.items[0].value;
    return ERR_OK;
}

static bool city_name_is_plain(const char *city)
{
    if (city[0] == '\0' || strlen(city) > 64)
        return false;
    for (const char *at = city; *at != '\0'; at++)
        if ((*at < 'a' || *at > 'z') && *at != '-')
            return false;
    return strcmp(city, "common") != 0 && strcmp(city, "names") != 0;
}

enum err city_profile_load(const char *folder, const char *city, const struct vocab *vocab,
                           struct arena *arena, struct fault *fault,
                           const struct city_profile **ret_profile)
{
    struct city_profile *profile = ARENA_NEW(arena, struct city_profile);
    struct profile_rows *common = ARENA_NEW(arena, struct profile_rows);
    struct profile_rows *own = ARENA_NEW(arena, struct profile_rows);
    if (profile == NULL || common == NULL || own == NULL)
        return fault_set(fault, ERR_MEMORY, "reading the profile of a city");
    if (!city_name_is_plain(city)) {
        fault_set(fault, ERR_NOT_FOUND, "there is no profile of the city \"%s\"", city);
        return fault_hint(fault, "The cities are the files of %s/city.", folder);
    }
    struct profile_file file = {text_in(arena, "%s/city/common.csv", folder), vocab, arena, fault,
                                0};
    TRY(rows_read(&file, profile_row, common));
    file.path = text_in(arena, "%s/city/%s.csv", folder, city);
    enum err err = rows_read(&file, profile_row, own);
    if (err == ERR_NOT_FOUND)
        fault_hint(fault, "The cities are the files of %s/city.", folder);
    TRY(err);
    for (int32_t key = 0; key < PROFILE_KEY_COUNT; key++)
        TRY(key_take(&file, key, common, own, profile));
    profile->name = str_copy(arena, str_from(city));
    *ret_profile = profile;
    return ERR_OK;
}

struct word_rows {
    struct city_words *words;
};

static enum err word_row(struct profile_file *file, const struct csv_row *row, void *context)
{
    struct city_words *words = ((struct word_rows *)context)->words;
    for (int32_t kind = 0; kind < CITY_WORD_COUNT; kind++) {
        if (!str_equal_text(row->cells[0], word_kinds[kind]))
            continue;
        struct city_list *list = &words->kinds[kind];
        struct city_item item = {0};
        if (row->cell_count != 4 || row->cells[1].size == 0 ||
            row->cells[1].size > CITY_WORD_SIZE_MAX || !str_to_i64(row->cells[2], &item.value) ||
            item.value < 1 || item.value > CITY_VALUE_MAX)
            return file_refuse(file, "not kind, text, weight and source", row->cells[0]);
        if (list->count == CITY_NAMES_MAX)
            return fault_set(file->fault, ERR_LIMIT, "%s has more than %d words of a kind",
                             file->path, CITY_NAMES_MAX);
        item.text = str_copy(file->arena, row->cells[1]);
        if (item.text.ptr == NULL)
            return fault_set(file->fault, ERR_MEMORY, "reading %s", file->path);
        list->items[list->count++] = item;
        return ERR_OK;
    }
    return file_refuse(file, "unknown kind of word", row->cells[0]);
}

enum err city_words_load(const char *folder, struct arena *arena, struct fault *fault,
                         const struct city_words **ret_words)
{
    struct city_words *words = ARENA_NEW(arena, struct city_words);
    if (words == NULL)
        return fault_set(fault, ERR_MEMORY, "reading the words of names");
    for (int32_t kind = 0; kind < CITY_WORD_COUNT; kind++) {
        words->kinds[kind].items = ARENA_NEW_ARRAY(arena, struct city_item, CITY_NAMES_MAX);
        if (words->kinds[kind].items == NULL)
            return fault_set(fault, ERR_MEMORY, "reading the words of names");
    }
    struct profile_file file = {text_in(arena, "%s/city/names.csv", folder), NULL, arena, fault, 0};
    TRY(rows_read(&file, word_row, &(struct word_rows){words}));
    for (int32_t kind = 0; kind < CITY_WORD_COUNT; kind++)
        if (words->kinds[kind].count == 0)
            return fault_set(fault, ERR_CATALOGUE, "%s has no word of the kind %s", file.path,
                             word_kinds[kind]);
    *ret_words = words;
    return ERR_OK;
}

int64_t city_list_sum(const struct city_list *list)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < list->count; i++)
        sum += list->items[i].value;
    return sum;
}

int64_t city_list_value(const struct city_list *list, int64_t code, int64_t absent_value)
{
    for (int32_t i = 0; i < list->count; i++)
        if (list->items[i].code == code)
            return list->items[i].value;
    return absent_value;
}
