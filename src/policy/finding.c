#include "policy/policy_limits.h"
#include "policy/reading.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *rule, *zh, *way_out_zh;
} finding_kinds[] = {
#define FINDING(rule, zh, way_out_zh, en) {rule, zh, way_out_zh},
#include "policy/finding.def"
#undef FINDING
};

static const struct {
    const char *en, *zh;
} finding_texts[] = {
#define TEXT(en, zh) {en, zh},
#include "policy/finding_text.def"
#undef TEXT
};

enum { FINDING_MESSAGE_SIZE = 1024, FINDING_LINE_WIDTH_MAX = 160 };

static void finding_store(struct reading *reading, const struct finding *finding)
{
    struct findings *findings = reading->findings;
    if (findings->row_count >= POLICY_FINDINGS_MAX)
        return;
    GROW(reading, findings->rows, findings->row_count, &findings->row_capacity);
    findings->rows[findings->row_count++] = *finding;
}

const char *finding_said(enum policy_spelling spelling, const char *english)
{
    for (size_t i = 0; spelling == SPELLING_ZH && i < sizeof finding_texts / sizeof *finding_texts;
         i++)
        if (strcmp(finding_texts[i].en, english) == 0)
            return finding_texts[i].zh;
    return english;
}

const char *said(const struct reading *reading, const char *english)
{
    return finding_said(reading->vocab->findings_in, english);
}

const char *sentence(const struct reading *reading, const char *format, ...)
{
    char text[FINDING_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, said(reading, format), arguments);
    va_end(arguments);
    const char *copy = arena_copy(reading->arena, text, strlen(text));
    return copy ? copy : "";
}

void finding_add(struct reading *reading, enum finding_severity severity, const char *rule,
                 struct span span, const char *hint, const char *format, ...)
{
    struct findings *findings = reading->findings;
    findings->error_count += severity == FINDING_ERROR;
    findings->warning_count += severity == FINDING_WARNING;
    char message[FINDING_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, said(reading, format), arguments);
    va_end(arguments);
    struct finding finding = {
        .severity = severity,
        .rule = rule,
        .span = span,
        .message = str_copy(findings->arena, str_from(message)),
        .hint = str_copy(findings->arena, str_from(hint ? said(reading, hint) : "")),
    };
    if (!finding.message.ptr || !finding.hint.ptr)
        reading_give_up(reading, ERR_MEMORY);
    finding_store(reading, &finding);
}

/* Line `line` (from 1) of a text, without its end. */
static struct str line_of(struct str text, int32_t line)
{
    struct str part = {0};
    for (int32_t i = 0; i < line; i++)
        if (!str_split(&text, '\n', &part))
            return (struct str){"", 0};
    if (part.size && part.ptr[part.size - 1] == '\r')
        part.size--;
    return part;
}

/* The bytes of a line before a column (from 1, in characters). */
static struct str before_column(struct str line, int32_t column)
{
    struct str rest = line;
    for (int32_t i = 1; i < column && rest.size; i++)
        str_next_character(&rest);
    return str_sub(line, 0, line.size - rest.size);
}

static void print_underlined(struct text_buf *buf, struct str line, const struct span *span)
{
    struct str before = before_column(line, span->column);
    struct str marked = span->text, first;
    if (str_split(&marked, '\n', &first))
        marked = first;
    marked = str_sub(marked, 0, line.size - before.size);
    size_t width = str_display_width(marked);
    if (width == 0)
        width = 1;
    if (width > FINDING_LINE_WIDTH_MAX)
        width = FINDING_LINE_WIDTH_MAX;
    text_format(buf, "%6d | %.*s\n       | ", span->line, STR_ARG(line));
    text_add_repeat(buf, ' ', str_display_width(before));
    text_add_byte(buf, '^');
    text_add_repeat(buf, '~', width - 1);
    text_add_byte(buf, '\n');
}

static int32_t kind_of(const struct finding *finding)
{
    for (size_t i = 0; i < sizeof finding_kinds / sizeof finding_kinds[0]; i++)
        if (strcmp(finding_kinds[i].rule, finding->rule) == 0)
            return (int32_t)i;
    return -1;
}

void finding_print(struct text_buf *buf, const struct policy_source *sources,
                   const struct finding *finding, enum policy_spelling spelling)
{
    static const char *const severities[][2] = {[FINDING_ERROR] = {"错误", "error"},
                                                [FINDING_WARNING] = {"警告", "warning"},
                                                [FINDING_NOTE] = {"说明", "note"}};
    const struct span *span = &finding->span;
    bool placed = sources && span->document >= 0 && span->line > 0;
    int32_t kind = spelling == SPELLING_ZH ? kind_of(finding) : -1;
    if (placed)
        text_format(buf, "%.*s:%d:%d: ", STR_ARG(sources[span->document].path), span->line,
                    span->column);
    else if (sources && span->document >= 0)
        text_format(buf, "%.*s: ", STR_ARG(sources[span->document].path));
    text_format(buf, "%s [%s]: ", severities[finding->severity][spelling == SPELLING_EN],
                finding->rule);
    text_format(buf, "%.*s\n", STR_ARG(finding->message));
    if (placed)
        print_underlined(buf, line_of(sources[span->document].text, span->line), span);
    if (finding->hint.size)
        text_format(buf, "         %.*s\n", STR_ARG(finding->hint));
    else if (kind >= 0)
        text_format(buf, "         %s\n", finding_kinds[kind].way_out_zh);
}
