#include "http/locale.h"

#include "base/hash.h"

#include <string.h>

struct entry {
    struct str text, words;
};

struct locale {
    struct entry *slots; /* hash table, at most half full */
    uint64_t mask;
    int32_t count;
};

struct reading {
    struct arena *arena;
    struct str rest;
    int32_t line;
    struct fault *fault;
};

static bool unescape(struct text_buf *out, struct str quoted)
{
    for (size_t i = 0; i < quoted.size; i++) {
        char c = quoted.ptr[i];
        if (c == '"')
            return false;
        if (c == '\\') {
            if (++i == quoted.size)
                return false;
            const char *known = strchr("n\nt\t\"\"\\\\", quoted.ptr[i]);
            if (!known)
                return false;
            c = known[1];
        }
        text_add_byte(out, c);
    }
    return true;
}

/* "…" behind a keyword and on the lines that follow. */
static enum err read_string(struct reading *r, struct str line, struct str *ret_text)
{
    struct text_buf out;
    text_init(&out, r->arena);
    for (;;) {
        line = str_trim(line);
        bool quoted = line.size >= 2 && line.ptr[0] == '"' && line.ptr[line.size - 1] == '"';
        if (!quoted || !unescape(&out, str_sub(line, 1, line.size - 2)))
            return fault_set(r->fault, ERR_VIEW, "catalogue line %d: a quoted text is wanted",
                             r->line);
        struct str ahead = r->rest;
        if (!str_split(&ahead, '\n', &line) || str_trim(line).size == 0 ||
            str_trim(line).ptr[0] != '"')
            break;
        r->rest = ahead;
        r->line++;
    }
    if (out.failed)
        return fault_set(r->fault, ERR_MEMORY, "no memory for a catalogue");
    *ret_text = text_str(&out);
    return ERR_OK;
}

static struct entry *slot_for(const struct locale *locale, struct str text)
{
    uint64_t at = hash_64(text) & locale->mask;
    while (locale->slots[at].text.ptr && !str_equal(locale->slots[at].text, text))
        at = (at + 1) & locale->mask;
    return &locale->slots[at];
}

static int32_t count_lines(struct str text)
{
    int32_t count = 1;
    for (size_t i = 0; i < text.size; i++)
        count += text.ptr[i] == '\n';
    return count;
}

static enum err add_entry(struct reading *r, struct locale *locale, struct str text,
                          struct str words)
{
    if (text.size == 0 || words.size == 0) /* the head, or not translated yet */
        return ERR_OK;
    struct entry *slot = slot_for(locale, text);
    if (slot->text.ptr)
        return fault_set(r->fault, ERR_VIEW, "catalogue line %d: %.*s stands twice", r->line,
                         STR_ARG(text));
    *slot = (struct entry){text, words};
    locale->count++;
    return ERR_OK;
}

enum err locale_new(struct arena *arena, struct str po, struct locale **ret_locale,
                    struct fault *fault)
{
    struct locale *locale = ARENA_NEW(arena, struct locale);
    uint64_t slot_count = 64;
    while (slot_count < (uint64_t)count_lines(po))
        slot_count *= 2;
    struct entry *slots = ARENA_NEW_ARRAY(arena, struct entry, (size_t)slot_count);
    if (!locale || !slots)
        return fault_set(fault, ERR_MEMORY, "no memory for a catalogue");
    *locale = (struct locale){slots, slot_count - 1, 0};
    struct reading r = {arena, po, 0, fault};
    struct str line, text = {0}, words;
    while (str_split(&r.rest, '\n', &line)) {
        r.line++;
        line = str_trim(line);
        if (line.size == 0 || line.ptr[0] == '#')
            continue;
        if (str_starts(line, STR("msgid "))) {
            TRY(read_string(&r, str_sub(line, 6, line.size), &text));
        } else if (str_starts(line, STR("msgstr ")) && text.ptr) {
            TRY(read_string(&r, str_sub(line, 7, line.size), &words));
            TRY(add_entry(&r, locale, text, words));
            text = (struct str){0};
        } else {
            return fault_set(fault, ERR_VIEW, "catalogue line %d: msgid or msgstr is wanted",
                             r.line);
        }
    }
    *ret_locale = locale;
    return ERR_OK;
}

struct str locale_say(const struct locale *locale, struct str text)
{
    if (!locale || text.size == 0)
        return text;
    const struct entry *slot = slot_for(locale, text);
    return slot->text.ptr ? slot->words : text;
}

int32_t locale_count(const struct locale *locale)
{
    return locale->count;
}
