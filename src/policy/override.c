/* override.c — one parameter of a policy set to another value, to see what it would cost. */
#include "policy/policy_limits.h"
#include "policy/reading.h"

/* The value replaces every edition's: a what-if asks for one figure, whatever the day. */
static void set_values(struct reading *reading, struct parameter *parameter, int64_t key,
                       bool every_key, int64_t value)
{
    struct parameter_row *rows = TAKE(reading, struct parameter_row, parameter->row_count);
    for (int32_t r = 0; r < parameter->row_count; r++) {
        int64_t *values = TAKE(reading, int64_t, parameter->rows[r].value_count);
        rows[r] = parameter->rows[r];
        for (int32_t v = 0; v < rows[r].value_count; v++) {
            bool is_meant = every_key || (rows[r].keys && rows[r].keys[v] == key);
            values[v] = is_meant ? value : rows[r].values[v];
        }
        rows[r].values = values;
    }
    parameter->rows = rows;
}

/* NAME = VALUE, or NAME(KEY) = VALUE for one key of a parameter that has keys. */
static void read_setting(struct cursor *cursor)
{
    static const enum statement_kind kinds[] = {STATEMENT_PARAMETER};
    int32_t statement = statement_named(cursor, kinds, 1, "parameter");
    if (statement < 0)
        return;
    struct parameter *parameter =
        cursor->reading->policy->statements[statement].as.parameter;
    int64_t key = 0, value = 0;
    bool has_key = cursor_accept_symbol(cursor, '(');
    if (has_key && parameter->key_enum < 0) {
        cursor_fail(cursor, "set", "Leave the parentheses out.", "the parameter has no keys");
        return;
    }
    struct type key_type = {TYPE_ENUM, parameter->key_enum};
    if (has_key &&
        (!parse_value(cursor, key_type, &key) || !cursor_expect_symbol(cursor, ')')))
        return;
    if (!cursor_expect_symbol(cursor, '=') || !parse_value(cursor, parameter->type, &value))
        return;
    cursor_end(cursor);
    if (!cursor->failed)
        set_values(cursor->reading, parameter, key, !has_key, value);
}

enum err policy_set_parameter(struct arena *arena, struct policy *policy, struct str setting,
                              struct findings *findings, struct fault *fault)
{
    *findings = (struct findings){.arena = arena};
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct cursor *cursor = ARENA_NEW(arena, struct cursor);
    struct str text = str_copy(arena, setting);
    if (!reading || !cursor || !text.ptr)
        return fault_set(fault, ERR_MEMORY, "no memory to read a setting");
    *reading = (struct reading){
        .arena = arena, .vocab = policy->vocab, .policy = policy, .findings = findings};
    enum err code = (enum err)setjmp(reading->give_up);
    if (code != ERR_OK)
        return fault_set(fault, code, "the setting could not be read: %s", err_text(code));
    reading->states = TAKE(reading, uint8_t, policy->statement_count);
    memset(reading->states, STATE_READ, (size_t)policy->statement_count);
    *cursor = (struct cursor){.reading = reading, .document = -1, .statement = -1};
    code = lex_text(arena, text, 1, 1, &cursor->tokens, &cursor->end);
    if (code != ERR_OK)
        return fault_set(fault, code, "the setting could not be read: %s", err_text(code));
    if (cursor->end == 0)
        cursor_fail(cursor, "set", "Write NAME=VALUE.", "the setting is empty");
    else
        read_setting(cursor);
    if (findings->error_count == 0)
        return ERR_OK;
    fault_set(fault, ERR_POLICY, "%.*s", STR_ARG(findings->rows[0].message));
    return fault_hint(fault, "%.*s", STR_ARG(findings->rows[0].hint));
}
