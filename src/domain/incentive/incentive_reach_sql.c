#include "domain/incentive/incentive_reach_sql.h"

#include "base/text.h"
#include "store/stmt.h"
#include "store/work.h"

#include <inttypes.h>

/* References that have an index. Rules take only these backward; from others a body's change is
 * looked for in the whole table. */
static const struct {
    int32_t table, field;
} indexed_references[] = {
    {REGISTRY_employment, FIELD_employment_employer},
    {REGISTRY_training, FIELD_training_sponsor},
    {REGISTRY_training, FIELD_training_provider},
    {REGISTRY_carrier, FIELD_carrier_master},
    {REGISTRY_enrolment, FIELD_enrolment_school},
};

bool reach_is_indexed(int32_t table, int32_t field)
{
    for (size_t i = 0; i < sizeof indexed_references / sizeof indexed_references[0]; i++)
        if (indexed_references[i].table == table && indexed_references[i].field == field)
            return true;
    return false;
}

enum err reach_key(struct work *w, const int64_t *ids, int32_t id_count,
                   struct stmt_value *ret_value)
{
    if (id_count == 1) {
        *ret_value = (struct stmt_value){.type = STMT_INT64, .number = ids[0]};
        return ERR_OK;
    }
    struct text_buf text;
    text_init(&text, w->arena);
    for (int32_t i = 0; i < id_count; i++)
        text_format(&text, i > 0 ? ",%" PRId64 : "%" PRId64, ids[i]);
    *ret_value = (struct stmt_value){.type = STMT_TEXT, .text = text_str(&text)};
    return text.failed ? fail(w, ERR_MEMORY, "no memory for a list of keys") : ERR_OK;
}

struct making {
    struct arena *arena;
    struct reach_statements *made;
    bool out_of_memory;
};

struct texts {
    struct text_buf sqlite, postgres;
};

static void add_both(struct texts *texts, const char *text)
{
    text_add_z(&texts->sqlite, text);
    text_add_z(&texts->postgres, text);
}

enum key_kind { KEY_ONE, KEY_LIST };

static const struct stmt *make_statement(struct making *m, const char *name, enum key_kind key,
                                         struct texts *texts, const struct stmt_slot *out,
                                         int32_t out_count)
{
    static const struct stmt_slot ins[] = {
        [KEY_ONE] = {.name = "key_id", .type = STMT_INT64},
        [KEY_LIST] = {.name = "key_ids", .type = STMT_TEXT},
    };
    struct stmt *made = ARENA_NEW(m->arena, struct stmt);
    const char *sqlite_text = str_z(m->arena, text_str(&texts->sqlite));
    const char *postgres_text = str_z(m->arena, text_str(&texts->postgres));
    if (!made || !out || !sqlite_text || !postgres_text) {
        m->out_of_memory = true;
        return NULL;
    }
    *made = (struct stmt){.name = name, .sqlite_text = sqlite_text,
                          .postgres_text = postgres_text, .mode = STMT_MANY, .in = &ins[key],
                          .in_count = 1, .out = out, .out_count = out_count};
    check(m->made->count < REACH_STATEMENTS_MAX);
    m->made->all[m->made->count++] = made;
    return made;
}

static void texts_begin(struct making *m, struct texts *texts)
{
    text_init(&texts->sqlite, m->arena);
    text_init(&texts->postgres, m->arena);
}

static const char *owner_column(struct making *m, int32_t table)
{
    int32_t owner = registry_owner(table);
    if (owner < 0)
        return "id";
    const char *column = text_in(m->arena, "%s_id", registry_records[owner].name);
    m->out_of_memory |= column == NULL;
    return column ? column : "id";
}

static void add_key(struct texts *texts, const char *before, const char *column)
{
    add_both(texts, before);
    add_both(texts, column);
    text_add_z(&texts->sqlite, " = ?1");
    text_add_z(&texts->postgres, " = $1");
}

static void add_keys(struct texts *texts, const char *before, const char *column)
{
    add_both(texts, before);
    add_both(texts, column);
    text_add_z(&texts->sqlite, " IN (SELECT value FROM json_each('[' || ?1 || ']'))");
    text_add_z(&texts->postgres, " = ANY (string_to_array($1, ',')::bigint[])");
}

/* owner, id, known_ms and the fields that columns hold, behind an alias. */
static const struct stmt_slot *add_row_columns(struct making *m, int32_t table,
                                               struct texts *texts, int32_t *ret_count)
{
    const struct record_desc *desc = &registry_records[table];
    struct stmt_slot *slots =
        ARENA_NEW_ARRAY(m->arena, struct stmt_slot, (size_t)desc->field_count + 3);
    if (!slots)
        return NULL;
    int32_t count = 0;
    slots[count++] = (struct stmt_slot){.name = "owner", .type = STMT_INT64};
    slots[count++] = (struct stmt_slot){.name = "id", .type = STMT_INT64};
    slots[count++] = (struct stmt_slot){.name = "known_ms", .type = STMT_INT64};
    add_both(texts, "SELECT r.");
    add_both(texts, owner_column(m, table));
    add_both(texts, ", r.id, r.known_ms");
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (registry_is_text(field))
            continue;
        add_both(texts, ", r.");
        add_both(texts, field->name);
        slots[count++] = (struct stmt_slot){
            .name = field->name, .optional = true,
            .type = registry_is_wide(field) ? STMT_INT64 : STMT_INT32};
    }
    add_both(texts, " FROM ");
    add_both(texts, desc->name);
    add_both(texts, " r");
    *ret_count = count;
    return slots;
}

#define STILL_HOLDS "gone_ms = 9223372036854775807"

static void make_rows_of_owner(struct making *m, int32_t table)
{
    struct texts texts;
    texts_begin(m, &texts);
    int32_t count = 0;
    const struct stmt_slot *out = add_row_columns(m, table, &texts, &count);
    add_key(&texts, " WHERE r.", owner_column(m, table));
    add_both(&texts, " AND r." STILL_HOLDS " ORDER BY r.id");
    m->made->rows_of_owner[table] =
        make_statement(m, "reach_rows_of_owner", KEY_ONE, &texts, out, count);
}

static void make_rows_of_owners(struct making *m, int32_t table)
{
    struct texts texts;
    texts_begin(m, &texts);
    int32_t count = 0;
    const struct stmt_slot *out = add_row_columns(m, table, &texts, &count);
    add_keys(&texts, " WHERE r.", owner_column(m, table));
    add_both(&texts, " AND r." STILL_HOLDS " ORDER BY r.");
    add_both(&texts, owner_column(m, table));
    add_both(&texts, ", r.id");
    m->made->rows_of_owners[table] =
        make_statement(m, "reach_rows_of_owners", KEY_LIST, &texts, out, count);
}

/* Events of persons' records name the person; those of bodies' only the row. */
static void make_owner_of_row(struct making *m, int32_t table)
{
    static const struct stmt_slot one = {.name = "id", .type = STMT_INT64};
    struct texts texts;
    texts_begin(m, &texts);
    add_both(&texts, "SELECT r.");
    add_both(&texts, owner_column(m, table));
    add_both(&texts, " FROM ");
    add_both(&texts, registry_records[table].name);
    add_key(&texts, " r WHERE r.", "id");
    add_both(&texts, " LIMIT 1");
    m->made->owner_of_row[table] =
        make_statement(m, "reach_owner_of_row", KEY_ONE, &texts, &one, 1);
}

/* Rows whose owner still holds; and their owners alone. */
static void make_reference(struct making *m, int32_t table, int32_t field)
{
    static const struct stmt_slot one = {.name = "id", .type = STMT_INT64};
    const char *column = registry_records[table].fields[field].name;
    int32_t owner = registry_owner(table);
    struct texts texts;
    if (owner >= 0 && reach_is_indexed(table, field)) {
        texts_begin(m, &texts);
        int32_t count = 0;
        const struct stmt_slot *out = add_row_columns(m, table, &texts, &count);
        add_both(&texts, " JOIN ");
        add_both(&texts, registry_records[owner].name);
        add_both(&texts, " o ON o.id = r.");
        add_both(&texts, owner_column(m, table));
        add_both(&texts, " AND o." STILL_HOLDS);
        add_key(&texts, " WHERE r.", column);
        add_both(&texts, " AND r." STILL_HOLDS);
        m->made->rows_of_reference[table][field] =
            make_statement(m, "reach_rows_of_reference", KEY_ONE, &texts, out, count);
    }
    texts_begin(m, &texts);
    add_both(&texts, "SELECT DISTINCT r.");
    add_both(&texts, owner_column(m, table));
    add_both(&texts, " FROM ");
    add_both(&texts, registry_records[table].name);
    add_key(&texts, " r WHERE r.", column);
    add_both(&texts, " AND r." STILL_HOLDS);
    m->made->owners_of_reference[table][field] = make_statement(
        m, reach_is_indexed(table, field) ? "reach_owners_of_reference" : REACH_WHOLE_TABLE,
        KEY_ONE, &texts, &one, 1);
    texts_begin(m, &texts);
    add_both(&texts, "SELECT DISTINCT r.");
    add_both(&texts, column);
    add_both(&texts, " FROM ");
    add_both(&texts, registry_records[table].name);
    add_key(&texts, " r WHERE r.", owner_column(m, table));
    add_both(&texts, " AND r.");
    add_both(&texts, column);
    add_both(&texts, " IS NOT NULL");
    m->made->references_of_owner[table][field] =
        make_statement(m, "reach_references_of_owner", KEY_ONE, &texts, &one, 1);
}

static int32_t root_of(int32_t table)
{
    for (int32_t owner = registry_owner(table); owner >= 0; owner = registry_owner(table))
        table = owner;
    return table;
}

enum err reach_statements_make(struct arena *arena, struct reach_statements **ret_statements,
                               struct fault *fault)
{
    struct making m = {.arena = arena, .made = ARENA_NEW(arena, struct reach_statements)};
    if (!m.made)
        return fault_set(fault, ERR_MEMORY, "no memory for what rules reach");
    *m.made = (struct reach_statements){.count = 0};
    for (int32_t t = 0; t < REGISTRY_RECORD_COUNT; t++) {
        make_rows_of_owner(&m, t);
        make_rows_of_owners(&m, t);
        if (registry_owner(t) >= 0 && root_of(t) != REGISTRY_person)
            make_owner_of_row(&m, t);
        for (int32_t f = 0; f < registry_records[t].field_count; f++)
            if (registry_records[t].fields[f].type == FIELD_REF)
                make_reference(&m, t, f);
    }
    if (m.out_of_memory)
        return fault_set(fault, ERR_MEMORY, "no memory for what rules reach");
    *ret_statements = m.made;
    return ERR_OK;
}
