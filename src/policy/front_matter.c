/* front_matter.c — the head of a document: one `key: value` a line between two lines of ---. */
#include "policy/reading.h"

#include "base/day.h"

enum head_key {
    HEAD_NUMBER, HEAD_TITLE, HEAD_DIVISION, HEAD_ISSUED, HEAD_IN_FORCE, HEAD_ENDS, HEAD_REPLACES,
    HEAD_IMPORTS, HEAD_KEY_COUNT
};

static const struct {
    const char *zh, *en;
} head_keys[HEAD_KEY_COUNT] = {
    [HEAD_NUMBER] = {"文号", "number"},     [HEAD_TITLE] = {"标题", "title"},
    [HEAD_DIVISION] = {"地区", "division"}, [HEAD_ISSUED] = {"印发", "issued"},
    [HEAD_IN_FORCE] = {"施行", "in-force"}, [HEAD_ENDS] = {"失效", "ends"},
    [HEAD_REPLACES] = {"替代", "replaces"}, [HEAD_IMPORTS] = {"引用", "imports"},
};

struct head_line {
    struct reading *reading;
    struct document *document;
    struct span span; /* of the line */
    struct str value;
};

static void head_day(const struct head_line *line, int32_t *ret_day)
{
    if (!day_parse(line->value, ret_day))
        finding_add(line->reading, FINDING_ERROR, "head", line->span, "Write 2022-08-22.",
                    "'%.*s' is not a date", STR_ARG(line->value));
}

static void head_imports(const struct head_line *line)
{
    struct str rest = line->value, part;
    struct str *imports = NULL;
    int32_t count = 0, capacity = 0;
    while (str_split(&rest, ',', &part)) {
        GROW(line->reading, imports, count, &capacity);
        imports[count++] = str_trim(part);
    }
    line->document->imports = imports;
    line->document->import_count = count;
}

static void head_division(const struct head_line *line)
{
    const struct vocab *vocab = line->reading->vocab;
    int32_t catalogue = vocab_catalogue(vocab, STR("division"));
    int64_t code;
    if (!str_to_i64(line->value, &code)) {
        const struct catalogue_entry *entry =
            catalogue < 0
                ? NULL
                : catalogue_by_name(&vocab->catalogues[catalogue], line->value, ABSENT_I32);
        code = entry ? entry->code : -1;
    } else if (catalogue >= 0 && !catalogue_by_code(&vocab->catalogues[catalogue], code)) {
        code = -1;
    }
    if (code < 0)
        finding_add(line->reading, FINDING_ERROR, "unknown-code", line->span,
                    "Write the six digits of GB/T 2260, or the full name.",
                    "there is no division '%.*s'", STR_ARG(line->value));
    else
        line->document->division = code;
}

static void head_value(const struct head_line *line, enum head_key key)
{
    struct document *document = line->document;
    switch (key) {
    case HEAD_NUMBER:
        document->number = line->value;
        break;
    case HEAD_TITLE:
        document->title = line->value;
        break;
    case HEAD_DIVISION:
        head_division(line);
        break;
    case HEAD_ISSUED:
        head_day(line, &document->issued_day);
        break;
    case HEAD_IN_FORCE:
        head_day(line, &document->in_force_day);
        break;
    case HEAD_ENDS:
        head_day(line, &document->ends_day);
        break;
    case HEAD_REPLACES:
        document->replaces = line->value;
        break;
    case HEAD_IMPORTS:
        head_imports(line);
        break;
    case HEAD_KEY_COUNT:
        break;
    }
}

static void head_line_read(struct head_line *line)
{
    struct str colon = STR(":"), wide_colon = STR("：");
    size_t at = str_find(line->span.text, colon), wide_at = str_find(line->span.text, wide_colon);
    size_t colon_size = wide_at < at ? wide_colon.size : colon.size;
    if (wide_at < at)
        at = wide_at;
    struct str key = str_trim(str_sub(line->span.text, 0, at == SIZE_MAX ? SIZE_MAX : at));
    if (key.size == 0)
        return;
    for (int32_t i = 0; at != SIZE_MAX && i < HEAD_KEY_COUNT; i++)
        if (str_equal_text(key, head_keys[i].zh) || str_equal_text(key, head_keys[i].en)) {
            line->value = str_trim(str_sub(line->span.text, at + colon_size, SIZE_MAX));
            head_value(line, (enum head_key)i);
            return;
        }
    finding_add(line->reading, FINDING_ERROR, "head", line->span,
                "Keys: 文号 标题 地区 印发 施行 失效 替代 引用.",
                "'%.*s' is no key of the head",
                STR_ARG(key));
}

static void head_check(struct reading *reading, int32_t document)
{
    struct document *head = &reading->policy->documents[document];
    struct span first_line = {.document = document, .line = 1, .column = 1};
    if (!head->number.size)
        finding_add(reading, FINDING_ERROR, "head", first_line,
                    "Add 文号 between two lines of ---.", "the document does not say its number");
    if (head->in_force_day == ABSENT_I32)
        finding_add(reading, FINDING_ERROR, "head", first_line,
                    "Add 施行 between two lines of ---.",
                    "the document does not say from when it is in force");
    else if (head->ends_day < head->in_force_day)
        finding_add(reading, FINDING_ERROR, "head", first_line, "",
                    "the document ends before it is in force");
    if (head->in_force_day == ABSENT_I32)
        head->in_force_day = head->issued_day == ABSENT_I32 ? 0 : head->issued_day;
}

size_t front_matter_read(struct reading *reading, int32_t document)
{
    struct document *head = &reading->policy->documents[document];
    head->issued_day = head->in_force_day = ABSENT_I32;
    head->ends_day = INT32_MAX;
    struct str rest = head->text, part;
    size_t size = 0;
    for (int32_t number = 1; str_split(&rest, '\n', &part); number++) {
        struct str text = str_trim(part);
        bool fence = str_equal_text(text, "---");
        if (number == 1 && !fence)
            break;
        if (number > 1 && fence) {
            size = (size_t)(part.ptr + part.size - head->text.ptr);
            break;
        }
        if (number == 1)
            continue;
        struct head_line line = {.reading = reading, .document = head};
        line.span = (struct span){.document = document, .line = number, .column = 1, .text = text};
        head_line_read(&line);
    }
    head_check(reading, document);
    return size;
}

/* The keys in the spelling; the rest of the head as it was. */
size_t front_matter_print(struct text_buf *buf, struct str text, enum policy_spelling spelling)
{
    struct str rest = text, part;
    for (int32_t number = 1; str_split(&rest, '\n', &part); number++) {
        bool fence = str_equal_text(str_trim(part), "---");
        if (number == 1 && !fence)
            return 0;
        if (number > 1 && fence)
            return (size_t)(part.ptr - text.ptr);
        size_t at = str_find(part, STR(":")), wide_at = str_find(part, STR("："));
        at = wide_at < at ? wide_at : at;
        struct str key = str_trim(str_sub(part, 0, at == SIZE_MAX ? 0 : at));
        for (int32_t i = 0; key.size && i < HEAD_KEY_COUNT; i++)
            if (str_equal_text(key, head_keys[i].zh) || str_equal_text(key, head_keys[i].en)) {
                text_add_z(buf, spelling == SPELLING_ZH ? head_keys[i].zh : head_keys[i].en);
                part = str_sub(part, (size_t)(key.ptr + key.size - part.ptr), SIZE_MAX);
                break;
            }
        text_add(buf, part);
        text_add_z(buf, part.ptr + part.size < text.ptr + text.size ? "\n" : "");
    }
    return text.size;
}

/* What stands behind a key, found without reading the document. */
static struct str head_text(struct str text, enum head_key key)
{
    struct str part;
    for (int32_t number = 1; str_split(&text, '\n', &part); number++) {
        struct str line = str_trim(part);
        if (str_equal_text(line, "---") != (number == 1))
            break;
        size_t at = str_find(line, STR(":")), wide_at = str_find(line, STR("："));
        bool wide = wide_at < at;
        at = wide ? wide_at : at;
        struct str name = str_trim(str_sub(line, 0, at == SIZE_MAX ? 0 : at));
        if (str_equal_text(name, head_keys[key].zh) || str_equal_text(name, head_keys[key].en))
            return str_trim(str_sub(line, at + (wide ? STR("：").size : 1), SIZE_MAX));
    }
    return (struct str){0};
}

struct str front_matter_number(struct str text)
{
    return head_text(text, HEAD_NUMBER);
}

struct str front_matter_title(struct str text)
{
    return head_text(text, HEAD_TITLE);
}

void front_matter_end(struct text_buf *buf, struct str text, struct str day)
{
    struct str rest = text, part;
    struct str former = head_text(text, HEAD_ENDS);
    bool is_head = false, is_done = false;
    while (!is_done && str_split(&rest, '\n', &part)) {
        struct str line = str_trim(part);
        bool is_fence = str_equal_text(line, "---");
        bool is_former = former.ptr && former.ptr >= part.ptr && former.ptr <= part.ptr + part.size;
        is_done = is_head && is_fence;
        if (is_done) {
            text_add_z(buf, "失效: ");
            text_add(buf, day);
            text_add_byte(buf, '\n');
        }
        is_head = is_head || is_fence;
        if (is_former)
            continue;
        text_add(buf, part);
        text_add_byte(buf, '\n');
    }
    text_add(buf, rest);
}

bool front_matter_import(struct str *rest, struct str *ret_number)
{
    if (str_starts(*rest, STR("---")))
        *rest = head_text(*rest, HEAD_IMPORTS);
    struct str part;
    if (!rest->ptr || !str_split(rest, ',', &part))
        return false;
    *ret_number = str_trim(part);
    return true;
}
