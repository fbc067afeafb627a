#include "policy/vocab.h"

#include "base/division.h"

#include <string.h>

/* Tables, fields and enumerations are a few dozen names: comparing the sizes first makes a plain
 * scan quicker than any index. Catalogues have thousands of entries and are searched by halves. */

static bool is_name(struct str name, const char *candidate)
{
    size_t size = strlen(candidate);
    return size == name.size && size > 0 && memcmp(candidate, name.ptr, size) == 0;
}

static bool is_either(struct str name, const char *english, const char *label_zh)
{
    return is_name(name, english) || is_name(name, label_zh);
}

int32_t vocab_table(const struct vocab *vocab, struct str name)
{
    for (int32_t i = 0; i < vocab->record_count; i++)
        if (is_either(name, vocab->records[i].name, vocab->records[i].label_zh))
            return i;
    return -1;
}

int32_t vocab_field(const struct vocab *vocab, int32_t table, struct str name)
{
    const struct record_desc *record = &vocab->records[table];
    for (int32_t i = 0; i < record->field_count; i++)
        if (is_either(name, record->fields[i].name, record->fields[i].label_zh))
            return i;
    return -1;
}

int32_t vocab_enum(const struct vocab *vocab, struct str name)
{
    for (int32_t i = 0; i < vocab->enum_count; i++)
        if (is_either(name, vocab->enums[i].name, vocab->enums[i].label_zh))
            return i;
    return -1;
}

int32_t vocab_catalogue(const struct vocab *vocab, struct str name)
{
    for (int32_t i = 0; i < vocab->catalogue_count; i++)
        if (is_either(name, vocab->catalogues[i].name, vocab->catalogues[i].label_zh))
            return i;
    return -1;
}

int32_t vocab_register(const struct vocab *vocab, struct str name)
{
    for (int32_t i = 0; i < vocab->register_count; i++)
        if (str_equal(name, vocab->registers[i].name))
            return i;
    return -1;
}

int32_t vocab_owner(const struct vocab *vocab, int32_t table)
{
    const char *owner = vocab->records[table].owner;
    return owner[0] ? vocab_table(vocab, str_from(owner)) : -1;
}

static bool is_alias(struct str name, const char *aliases)
{
    struct str rest = str_from(aliases);
    struct str alias;
    while (str_split(&rest, '|', &alias))
        if (alias.size > 0 && str_equal(alias, name))
            return true;
    return false;
}

int32_t vocab_enum_code(const struct enum_desc *desc, struct str name)
{
    for (int32_t i = 0; i < desc->code_count; i++)
        if (is_either(name, desc->codes[i].name, desc->codes[i].label_zh))
            return desc->codes[i].code;
    for (int32_t i = 0; i < desc->code_count; i++)
        if (is_alias(name, desc->codes[i].alias))
            return desc->codes[i].code;
    return ABSENT_I32;
}

const struct code_desc *vocab_enum_row(const struct enum_desc *desc, int32_t code)
{
    for (int32_t i = 0; i < desc->code_count; i++)
        if (desc->codes[i].code == code)
            return &desc->codes[i];
    return NULL;
}

const struct catalogue_entry *catalogue_by_code(const struct catalogue *catalogue, int64_t code)
{
    int32_t low = 0;
    int32_t high = catalogue->entry_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (catalogue->entries[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == catalogue->entry_count || catalogue->entries[low].code != code)
        return NULL;
    /* The newest of several editions of one code stands last. */
    while (low + 1 < catalogue->entry_count && catalogue->entries[low + 1].code == code)
        low++;
    return &catalogue->entries[low];
}

/* The number in a printed code ("6-18-01-01" is 6180101); false when there is another character. */
static bool code_number(struct str label, int64_t *ret_code)
{
    int64_t code = 0;
    int32_t digit_count = 0;
    for (size_t i = 0; i < label.size; i++) {
        char c = label.ptr[i];
        if (c == '-')
            continue;
        if (c < '0' || c > '9' || ++digit_count > 18)
            return false;
        code = code * 10 + (c - '0');
    }
    *ret_code = code;
    return digit_count > 0;
}

static const struct catalogue_entry *entry_by_label(const struct catalogue *catalogue,
                                                    struct str name)
{
    int64_t code;
    if (code_number(name, &code)) {
        const struct catalogue_entry *entry = catalogue_by_code(catalogue, code);
        if (entry && (entry->label.size == 0 || str_equal(entry->label, name)))
            return entry;
    }
    for (int32_t i = 0; i < catalogue->entry_count; i++)
        if (catalogue->entries[i].label.size > 0 && str_equal(catalogue->entries[i].label, name))
            return &catalogue->entries[i];
    return NULL;
}

/* Whether candidate is the better answer for a day than best (which may be NULL). */
static bool is_better_edition(const struct catalogue_entry *candidate,
                              const struct catalogue_entry *best, int32_t day)
{
    if (!best)
        return true;
    if (day != ABSENT_I32) {
        bool holds = candidate->from_day <= day && day <= candidate->to_day;
        bool best_holds = best->from_day <= day && day <= best->to_day;
        if (holds != best_holds)
            return holds;
    }
    if (candidate->to_day != best->to_day)
        return candidate->to_day > best->to_day;
    return candidate->from_day > best->from_day;
}

const struct catalogue_entry *catalogue_by_name(const struct catalogue *catalogue, struct str name,
                                                int32_t day)
{
    int32_t low = 0;
    int32_t high = catalogue->entry_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (str_compare(catalogue->entries[catalogue->by_name[middle]].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct catalogue_entry *best = NULL;
    for (; low < catalogue->entry_count; low++) {
        const struct catalogue_entry *entry = &catalogue->entries[catalogue->by_name[low]];
        if (!str_equal(entry->name, name))
            break;
        if (is_better_edition(entry, best, day))
            best = entry;
    }
    return best ? best : entry_by_label(catalogue, name);
}

static bool occupation_contains(int64_t outer, int64_t inner)
{
    while (inner > outer)
        inner /= 10;
    return inner == outer;
}

bool catalogue_range(const struct catalogue *catalogue, int64_t outer, int64_t *ret_low,
                     int64_t *ret_high)
{
    bool is_division = strcmp(catalogue->name, "division") == 0;
    bool has_towns = catalogue->entry_count > 0 &&
                     catalogue->entries[catalogue->entry_count - 1].code > DIVISION_COUNTY_MAX;
    if (!is_division || has_towns || outer <= 0 || outer > DIVISION_COUNTY_MAX)
        return false;
    *ret_low = outer;
    *ret_high = outer + division_span(outer) - 1;
    return true;
}

bool catalogue_contains(const struct catalogue *catalogue, int64_t outer, int64_t inner)
{
    if (outer == inner)
        return true;
    if (strcmp(catalogue->name, "division") == 0)
        return division_holds(outer, inner);
    if (strcmp(catalogue->name, "occupation") == 0)
        return outer > 0 && occupation_contains(outer, inner);
    return false;
}
