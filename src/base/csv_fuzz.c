/* Property: the rows of any bytes, written and read again, are the same rows; an error has its
 * message; the reader over a whole file and over one byte at a time agree. */
#include "base/csv.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum err read_one(void *context, char *buffer, size_t capacity, struct fault *fault,
                         size_t *ret_size)
{
    struct byte_source inner = byte_source_memory(context);
    return inner.read(inner.context, buffer, capacity < 1 ? capacity : 1, fault, ret_size);
}

/* Rows as written by a plain writer: equal texts mean equal rows, since each cell is delimited. */
static enum err rewrite(struct byte_source source, unsigned flags, struct text_buf *out,
                        int64_t *ret_cell_count)
{
    struct csv_reader *reader = NULL;
    struct fault fault = {0};
    TRY(csv_reader_new(source, NULL, &fault, &reader));
    struct csv_writer writer = {.sink = byte_sink_text(out), .flags = flags};
    const struct csv_row *row = NULL;
    int64_t cell_count = 0;
    enum err err;
    while ((err = csv_reader_next(reader, &fault, &row)) == ERR_OK && row) {
        check(row->cell_count >= 1);
        check(csv_write_row(&writer, row->cells, row->cell_count, &fault) == ERR_OK);
        cell_count += row->cell_count;
    }
    if (err != ERR_OK)
        check(fault.code == err && fault.message[0]);
    csv_reader_free(reader);
    *ret_cell_count = cell_count;
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct text_buf once, twice, slow;
    text_init(&once, &arena);
    text_init(&twice, &arena);
    text_init(&slow, &arena);
    struct str bytes = {(const char *)data, size}, slow_bytes = bytes;
    int64_t once_count = 0, twice_count = 0, slow_count = 0;
    unsigned flags = size % 2 ? CSV_PLAIN : CSV_BOM | CSV_CRLF;
    /* With a BOM the text is UTF-8 beyond doubt: runs of two-byte letters would else be taken
     * for GB18030 when read again (encoding.h). */
    flags |= CSV_BOM;
    enum err err = rewrite(byte_source_memory(&bytes), flags, &once, &once_count);
    enum err slow_err =
        rewrite((struct byte_source){read_one, &slow_bytes}, flags, &slow, &slow_count);
    check(err == slow_err);
    check(str_equal(text_str(&once), text_str(&slow)));
    if (err == ERR_OK) {
        struct str written = text_str(&once);
        check(rewrite(byte_source_memory(&written), flags, &twice, &twice_count) == ERR_OK);
        check(str_equal(text_str(&once), text_str(&twice)));
        check(once_count == twice_count);
    }
    arena_done(&arena);
    return 0;
}
