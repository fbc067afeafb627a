#include "domain/city/city.h"

#include "base/hash.h"
#include "domain/city/city_batch.h"
#include "domain/registry/fact.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ROW_BYTES_MAX = 4096, NUMBER_SIZE = 8 };

/* The bytes of one row: numbers as eight bytes, low first; texts behind their length. */
struct row_bytes {
    char bytes[ROW_BYTES_MAX];
    size_t size;
};

static void bytes_number(struct row_bytes *row, int64_t number)
{
    check(row->size + NUMBER_SIZE <= ROW_BYTES_MAX);
    for (int32_t i = 0; i < NUMBER_SIZE; i++)
        row->bytes[row->size++] = (char)((uint64_t)number >> (8 * i));
}

static void bytes_text(struct row_bytes *row, struct str text)
{
    bytes_number(row, text.ptr == NULL ? -1 : (int64_t)text.size);
    check(row->size + text.size <= ROW_BYTES_MAX);
    if (text.size > 0)
        memcpy(row->bytes + row->size, text.ptr, text.size);
    row->size += text.size;
}

static uint64_t digest_word(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int32_t i = 0; i < NUMBER_SIZE; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

void city_digest_add(struct city_digest *digest, enum registry_table table, const void *record)
{
    const struct record_desc *desc = &registry_records[table];
    const struct record_head *head = record;
    struct row_bytes row = {.size = 0};
    bytes_number(&row, table);
    bytes_number(&row, head->owner_id);
    bytes_number(&row, head->id);
    bytes_number(&row, head->known_ms);
    bytes_number(&row, head->gone_ms);
    for (int32_t i = 0; i < desc->field_count; i++) {
        const struct field_desc *field = &desc->fields[i];
        if (field->type == FIELD_SECRET)
            continue;
        if (registry_is_text(field))
            bytes_text(&row, registry_text(field, record));
        else
            bytes_number(&row, registry_number(field, record));
    }
    uint8_t hash[HASH_SIZE];
    hash_sha256((struct str){row.bytes, row.size}, hash);
    digest->sums[0] += digest_word(hash);
    digest->sums[1] += digest_word(hash + NUMBER_SIZE);
    digest->row_count++;
    digest->row_counts[table]++;
}

struct plan_digest {
    struct city_digest digest;
    int64_t known_at_ms;
};

static enum err digest_take(void *context, struct city_batch *batch, struct fault *fault)
{
    (void)fault;
    struct plan_digest *of = context;
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        for (int64_t row = 0; row < batch->tables[table].row_count; row++) {
            const struct record_head *head =
                city_batch_at(batch, (enum registry_table)table, row);
            if (head->known_ms <= of->known_at_ms && of->known_at_ms < head->gone_ms)
                city_digest_add(&of->digest, (enum registry_table)table, head);
        }
    return ERR_OK;
}

enum err city_digest_plan(const struct city_plan *plan, int64_t known_at_ms,
                          struct city_digest *ret_digest, struct fault *fault)
{
    struct plan_digest of = {.known_at_ms = known_at_ms};
    TRY(city_make(plan, (struct city_sink){digest_take, &of}, fault));
    *ret_digest = of.digest;
    return ERR_OK;
}

static enum err digest_table(struct work *w, int32_t table, int64_t known_at_ms,
                             struct city_digest *digest)
{
    struct cursor cursor;
    struct stmt_value at = {.type = STMT_INT64, .number = known_at_ms};
    TRY(stmt_open(w, fact_statements[table].rows_at, &at, &cursor));
    for (;;) {
        struct stmt_value values[FACT_VALUE_COUNT_MAX];
        _Alignas(max_align_t) char record[CITY_ROW_SIZE_MAX];
        struct fact fact = {.record = record};
        bool more;
        TRY(cursor_next(&cursor, values, &more));
        if (!more)
            return ERR_OK;
        fact_from_values(table, values, &fact);
        city_digest_add(digest, (enum registry_table)table, record);
    }
}

enum err city_digest_store(struct work *w, int64_t known_at_ms, struct city_digest *ret_digest)
{
    struct city_digest digest = {0};
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        TRY(digest_table(w, table, known_at_ms, &digest));
    *ret_digest = digest;
    return ERR_OK;
}

const char *city_digest_text(const struct city_digest *digest, char buffer[CITY_DIGEST_TEXT_SIZE])
{
    snprintf(buffer, CITY_DIGEST_TEXT_SIZE, "%016" PRIx64 "%016" PRIx64, digest->sums[0],
             digest->sums[1]);
    return buffer;
}
