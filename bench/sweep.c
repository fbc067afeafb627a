#include "sweep.h"

#include "base/day.h"
#include "base/text.h"

#include <string.h>

enum { WORDS_MAX = 32 };

const char *const sweep_rule_labels[SWEEP_RULE_COUNT] = {
#define RULE(name, statement) [SWEEP_##name] = statement,
#define SET(name, catalogue, words)
#include "sweep.def"
#undef RULE
#undef SET
};

const char *const sweep_set_names[SWEEP_SET_COUNT] = {
#define RULE(name, statement)
#define SET(name, catalogue, words) [SET_##name] = #name,
#include "sweep.def"
#undef RULE
#undef SET
};

static const struct {
    const char *catalogue, *words;
} sets[SWEEP_SET_COUNT] = {
#define RULE(name, statement)
#define SET(name, catalogue, words) [SET_##name] = {catalogue, words},
#include "sweep.def"
#undef RULE
#undef SET
};

struct sweep_days sweep_days_of(int32_t as_of_day)
{
    struct sweep_days days = {
        .as_of = as_of_day,
        .year_start = year_first_day(day_year(as_of_day)),
        .month_count = day_month(as_of_day) % 12 + 1,
    };
    check(day_from_civil(2022, 8, 22, &days.in_force));
    check(day_from_civil(2025, 12, 31, &days.carrier_last));
    return days;
}

static enum err codes_find(struct arena *arena, const struct catalogue *catalogue,
                           const char *words, struct sweep_codes *ret_codes, struct fault *fault)
{
    int64_t *codes = ARENA_NEW_ARRAY(arena, int64_t, WORDS_MAX);
    if (!codes)
        return fault_set(fault, ERR_MEMORY, "no memory for the words of the bench");
    int32_t count = 0;
    struct str rest = str_from(words);
    while (rest.size > 0) {
        const char *bar = memchr(rest.ptr, '|', rest.size);
        size_t size = bar ? (size_t)(bar - rest.ptr) : rest.size;
        struct str word = str_sub(rest, 0, size);
        const struct catalogue_entry *entry = catalogue_by_name(catalogue, word, ABSENT_I32);
        if (!entry)
            return fault_set(fault, ERR_CATALOGUE, "%s has no “%.*s”", catalogue->name,
                             STR_ARG(word));
        bool repeated = false; /* two words of the document may be one code */
        for (int32_t i = 0; i < count; i++)
            repeated |= codes[i] == entry->code;
        check(count < WORDS_MAX);
        if (!repeated)
            codes[count++] = entry->code;
        size_t next = size + (bar != NULL);
        rest = str_sub(rest, next, rest.size - next);
    }
    *ret_codes = (struct sweep_codes){codes, count};
    return ERR_OK;
}

enum err sweep_words_find(struct arena *arena, const struct vocab *vocab,
                          struct sweep_words *ret_words, struct fault *fault)
{
    struct sweep_words words = {0};
    for (int32_t i = 0; i < SWEEP_SET_COUNT; i++) {
        int32_t catalogue = vocab_catalogue(vocab, str_from(sets[i].catalogue));
        check(catalogue >= 0);
        TRY(codes_find(arena, &vocab->catalogues[catalogue], sets[i].words, &words.sets[i],
                       fault));
    }
    int32_t shortage = vocab_register(vocab, STR("济宁急需紧缺目录"));
    if (shortage < 0)
        return fault_set(fault, ERR_CATALOGUE, "there is no register of shortage occupations");
    words.shortage = &vocab->registers[shortage];
    *ret_words = words;
    return ERR_OK;
}
