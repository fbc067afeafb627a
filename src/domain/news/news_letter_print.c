#include "base/hash.h"
#include "base/json.h"
#include "domain/news/news_letter.h"
#include "domain/news/news_letter_content.h"
#include "news_letter_sql.h"

#include <string.h>

/* The printed file of a letter: printed outside of any transaction, kept by whoever comes first. */

enum { PIECE_SIZE = 512 * 1024, PRINTED_MAX = 100, CONTENT_SIZE_MAX = 1 << 20 };

/* ---- content */

static const char *const block_kinds[] = {
    [PRINT_PARAGRAPH] = "paragraph", [PRINT_FLUSH] = "flush", [PRINT_HEADING] = "heading",
    [PRINT_QUOTE] = "quote",         [PRINT_TABLE] = "table",
};

static struct str *texts_of(struct arena *arena, const struct json_value *array)
{
    int32_t count = array ? array->count : 0, i = 0;
    struct str *texts = ARENA_NEW_ARRAY(arena, struct str, (size_t)count + 1);
    for (const struct json_value *value = array ? array->first : NULL; texts && value;
         value = value->next)
        texts[i++] = value->text.ptr ? value->text : STR("");
    return texts;
}

static int32_t *numbers_of(struct arena *arena, const struct json_value *array)
{
    int32_t count = array ? array->count : 0, i = 0;
    int32_t *numbers = ARENA_NEW_ARRAY(arena, int32_t, (size_t)count + 1);
    for (const struct json_value *value = array ? array->first : NULL; numbers && value;
         value = value->next)
        numbers[i++] = value->number < 1 ? 1 : (int32_t)value->number;
    return numbers;
}

static bool read_block(struct arena *arena, const struct json_value *value,
                       struct print_block *block)
{
    struct str kind = json_member_text(value, "kind");
    int k = 0;
    while (k <= PRINT_TABLE && !str_equal_text(kind, block_kinds[k]))
        k++;
    if (k > PRINT_TABLE)
        return false;
    *block = (struct print_block){.kind = (enum print_block_kind)k,
                                  .text = json_member_text(value, "text")};
    if (block->kind != PRINT_TABLE)
        return block->text.ptr != NULL;
    const struct json_value *heads = json_member(value, "heads");
    const struct json_value *widths = json_member(value, "widths");
    const struct json_value *cells = json_member(value, "cells");
    if (!heads || !cells || !widths || heads->count < 1 || widths->count != heads->count ||
        cells->count % heads->count != 0)
        return false;
    block->text = STR("");
    block->table = (struct print_table){texts_of(arena, heads), numbers_of(arena, widths),
                                        heads->count, cells->count / heads->count,
                                        texts_of(arena, cells)};
    return block->table.heads && block->table.widths && block->table.cells;
}

enum err news_letter_content(struct arena *arena, struct str content,
                             struct print_letter *ret_letter, struct fault *fault)
{
    const struct json_value *object;
    TRY(json_parse(arena, content, CONTENT_SIZE_MAX, &object, fault));
    const struct json_value *list = json_member(object, "blocks");
    int32_t count = list ? list->count : 0, i = 0;
    struct print_block *blocks = ARENA_NEW_ARRAY(arena, struct print_block, (size_t)count + 1);
    if (!blocks)
        return fault_set(fault, ERR_MEMORY, "no memory for a letter");
    for (const struct json_value *value = list ? list->first : NULL; value; value = value->next)
        if (!read_block(arena, value, &blocks[i++]))
            return fault_set(fault, ERR_JSON, "文书的第 %d 段读不出来", (int)i);
    *ret_letter = (struct print_letter){
        .issuer = json_member_text(object, "issuer"),
        .mark = json_member_text(object, "mark"),
        .title = json_member_text(object, "title"),
        .blocks = blocks,
        .block_count = count,
        .signer = json_member_text(object, "issuer"),
        .day = (int32_t)json_member_number(object, "day", 0),
        .foot = json_member_text(object, "foot"),
    };
    return ERR_OK;
}

/* ---- the kept file */

struct filing {
    struct arena *arena; /* outlives the units of work */
    int64_t id;
    struct str content; /* when it is not printed yet; else absent */
    struct str pdf;
};

static struct secret_place piece_place(int64_t id)
{
    return (struct secret_place){"letter_piece", "piece", id};
}

static enum err read_pieces(struct work *w, struct filing *filing)
{
    struct text_buf bytes;
    struct letter_piece_list_in in = {filing->id};
    struct cursor cursor;
    text_init(&bytes, filing->arena);
    TRY(letter_piece_list(w, &in, &cursor));
    for (;;) {
        struct letter_piece_list_out row;
        struct str clear;
        bool more;
        TRY(letter_piece_list_next(&cursor, &row, &more));
        if (!more)
            break;
        if (secret_open(w->secrets, w->arena, piece_place(filing->id), row.piece, &clear) !=
            ERR_OK)
            return fail(w, ERR_SECRET, "文书的文件解密失败");
        text_add(&bytes, clear);
    }
    if (bytes.failed)
        return fail(w, ERR_MEMORY, "no memory for a letter");
    filing->pdf = text_str(&bytes);
    return ERR_OK;
}

static enum err read_step(struct work *w, void *context)
{
    struct filing *filing = context;
    struct letter letter;
    char hex[HASH_HEX_SIZE];
    uint8_t digest[HASH_SIZE];
    TRY(news_letter_read(w, filing->id, &letter));
    filing->pdf = (struct str){0};
    filing->content = (struct str){0};
    if (letter.file_digest.size == 0) {
        filing->content = str_copy(filing->arena, letter.content);
        return filing->content.ptr ? ERR_OK : fail(w, ERR_MEMORY, "no memory for a letter");
    }
    TRY(read_pieces(w, filing));
    hash_sm3(filing->pdf, digest);
    if (!str_equal_text(letter.file_digest, hash_hex(digest, HASH_SIZE, hex)))
        return fail(w, ERR_SECRET, "文书 %.*s 的文件与留存的摘要不符", STR_ARG(letter.mark));
    return ERR_OK;
}

static enum err keep_step(struct work *w, void *context)
{
    const struct filing *filing = context;
    uint8_t digest[HASH_SIZE];
    int64_t changed_count;
    hash_sm3(filing->pdf, digest);
    struct letter_file_set_in set = {filing->id, {(const char *)digest, sizeof digest}};
    TRY(letter_file_set(w, &set, &changed_count));
    if (changed_count == 0) /* another process printed it meanwhile: its file counts */
        return ERR_OK;
    for (size_t at = 0; at < filing->pdf.size; at += PIECE_SIZE) {
        struct letter_piece_insert_in in = {.letter_id = filing->id,
                                            .position = (int32_t)(at / PIECE_SIZE)};
        struct str piece = str_sub(filing->pdf, at, PIECE_SIZE);
        if (secret_seal(w->secrets, w->arena, piece_place(filing->id), piece, &in.piece) !=
            ERR_OK)
            return fail(w, ERR_SECRET, "文书的文件加密失败");
        TRY(letter_piece_insert(w, &in, NULL));
    }
    return ERR_OK;
}

enum err news_letter_file(struct work_env *env, struct arena *arena, int64_t id,
                          struct str *ret_pdf, struct fault *fault)
{
    struct filing filing = {.arena = arena, .id = id};
    struct print_letter letter;
    TRY(work_run(env, WORK_READ, read_step, &filing, fault));
    if (filing.content.ptr) {
        TRY(news_letter_content(arena, filing.content, &letter, fault));
        TRY(print_letter_pdf(arena, &letter, &filing.pdf, fault));
        TRY(work_run(env, WORK_WRITE, keep_step, &filing, fault));
        TRY(work_run(env, WORK_READ, read_step, &filing, fault));
    }
    *ret_pdf = filing.pdf;
    return ERR_OK;
}

/* ---- in the background */

struct unprinted {
    int64_t ids[PRINTED_MAX];
    int32_t count, count_max;
};

static enum err unprinted_step(struct work *w, void *context)
{
    struct unprinted *list = context;
    struct letter_ids_unprinted_in in = {list->count_max};
    struct cursor cursor;
    list->count = 0;
    TRY(letter_ids_unprinted(w, &in, &cursor));
    for (;;) {
        struct letter_ids_unprinted_out row;
        bool more;
        TRY(letter_ids_unprinted_next(&cursor, &row, &more));
        if (!more)
            return ERR_OK;
        list->ids[list->count++] = row.id;
    }
}

enum err news_letter_print_some(struct work_env *env, int32_t count_max, int32_t *ret_count,
                                struct fault *fault)
{
    struct unprinted list = {.count_max = count_max < PRINTED_MAX ? count_max : PRINTED_MAX};
    TRY(work_run(env, WORK_READ, unprinted_step, &list, fault));
    for (int32_t i = 0; i < list.count; i++) {
        struct arena arena;
        struct str pdf;
        arena_init(&arena, WORK_ARENA_SIZE_MAX);
        enum err err = news_letter_file(env, &arena, list.ids[i], &pdf, fault);
        arena_done(&arena);
        TRY(err);
    }
    *ret_count = list.count;
    return ERR_OK;
}
