#include "base/encoding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>

enum { WINDOW = ENCODING_WINDOW_SIZE };

struct encoding_reader {
    struct byte_source source;
    enum encoding encoding;
    bool started;
    bool source_ended;
    UConverter *gb18030; /* opened when first needed */
    int64_t offset;      /* of in[0] in the source */
    int64_t line;        /* of in[0] */
    size_t in_size;
    size_t piece_in_size; /* bytes of in that the last piece consumed */
    unsigned char in[WINDOW];
    UChar pivot[WINDOW];
    char out[WINDOW * 2]; /* two bytes of GB18030 or UTF-16 give three of UTF-8 at most */
};

static const char *const encoding_names[] = {
    [ENCODING_ASCII] = "ASCII",       [ENCODING_UTF8] = "UTF-8",
    [ENCODING_UTF8_BOM] = "UTF-8",    [ENCODING_GB18030] = "GB18030",
    [ENCODING_UTF16LE] = "UTF-16 LE", [ENCODING_UTF16BE] = "UTF-16 BE",
};
_Static_assert(sizeof encoding_names / sizeof encoding_names[0] == ENCODING_COUNT, "one each");

const char *encoding_name(enum encoding encoding)
{
    check((size_t)encoding < ENCODING_COUNT);
    return encoding_names[encoding];
}

enum err encoding_reader_new(struct byte_source source, struct fault *fault,
                             struct encoding_reader **ret_reader)
{
    struct encoding_reader *reader = malloc(sizeof *reader);
    if (!reader)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法读取文本");
    memset(reader, 0, offsetof(struct encoding_reader, in));
    reader->source = source;
    reader->line = 1;
    *ret_reader = reader;
    return ERR_OK;
}

void encoding_reader_free(struct encoding_reader *reader)
{
    if (!reader)
        return;
    if (reader->gb18030)
        ucnv_close(reader->gb18030);
    free(reader);
}

enum encoding encoding_reader_encoding(const struct encoding_reader *reader)
{
    return reader->encoding;
}

/* How far a scan came: whole well-formed characters, and what stopped it. */
enum scan_stop { SCAN_END, SCAN_PARTIAL, SCAN_BAD };

struct scan {
    size_t valid_size;
    enum scan_stop stop;
};

static size_t ascii_prefix(const unsigned char *bytes, size_t size)
{
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        if (word & UINT64_C(0x8080808080808080))
            break;
    }
    while (i < size && bytes[i] < 0x80)
        i++;
    return i;
}

/* Length of the UTF-8 character at bytes (size > 0): 0 when malformed, -1 when cut off. */
static int utf8_length(const unsigned char *bytes, size_t size)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    /* The second byte rules out overlong forms, surrogates and values above U+10FFFF. */
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (int i = 1; i < length; i++) {
        if ((size_t)i == size)
            return -1;
        if (bytes[i] < (i == 1 ? low : 0x80) || bytes[i] > (i == 1 ? high : 0xBF))
            return 0;
    }
    return length;
}

/* The same for GB18030; whether a well-formed character is assigned is ICU's question. */
static int gb18030_length(const unsigned char *bytes, size_t size)
{
    if (bytes[0] < 0x80)
        return 1;
    if (bytes[0] == 0x80 || bytes[0] == 0xFF)
        return 0;
    if (size < 2)
        return -1;
    if (bytes[1] >= 0x40 && bytes[1] != 0x7F && bytes[1] != 0xFF)
        return 2;
    if (bytes[1] < 0x30 || bytes[1] > 0x39)
        return 0;
    if (size < 3)
        return -1;
    if (bytes[2] < 0x81 || bytes[2] > 0xFE)
        return 0;
    if (size < 4)
        return -1;
    return bytes[3] >= 0x30 && bytes[3] <= 0x39 ? 4 : 0;
}

static struct scan scan_bytes(const unsigned char *bytes, size_t size,
                              int (*length_of)(const unsigned char *, size_t))
{
    size_t i = 0;
    while (true) {
        i += ascii_prefix(bytes + i, size - i);
        if (i == size)
            return (struct scan){i, SCAN_END};
        int length = length_of(bytes + i, size - i);
        if (length <= 0)
            return (struct scan){i, length ? SCAN_PARTIAL : SCAN_BAD};
        i += (size_t)length;
    }
}

/* True when every run of non-ASCII characters in a valid UTF-8 text is two-byte characters, two or
 * more of them: Chinese never looks so, GB 2312 words may (see encoding.h). */
static bool looks_like_pairs(const unsigned char *bytes, size_t size)
{
    size_t run_count = 0;
    for (size_t i = 0; i < size;) {
        i += ascii_prefix(bytes + i, size - i);
        size_t pair_count = 0;
        for (; i + 1 < size && bytes[i] >= 0xC2 && bytes[i] < 0xE0; i += 2)
            pair_count++;
        if (i < size && bytes[i] >= 0xE0)
            return false;
        if (i + 1 == size && bytes[i] >= 0x80)
            break; /* a character cut off by the window says nothing */
        if (pair_count == 1)
            return false;
        run_count += pair_count > 0;
    }
    return run_count > 0;
}

static size_t count_lines(const unsigned char *bytes, size_t size)
{
    size_t count = 0;
    const unsigned char *end = bytes + size;
    for (; (bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL; bytes++)
        count++;
    return count;
}

static enum err bad_byte(struct encoding_reader *reader, size_t at, const char *what,
                         struct fault *fault)
{
    int64_t line = reader->line + (int64_t)count_lines(reader->in, at);
    fault_set(fault, ERR_ENCODING, "第 %" PRId64 " 行（第 %" PRId64 " 字节，值 0x%02X）：%s", line,
              reader->offset + (int64_t)at, at < reader->in_size ? reader->in[at] : 0, what);
    if (fault)
        fault_hint(fault, "请用 WPS 或 Excel 打开原文件，另存为“CSV UTF-8”后重新上传；"
                          "如果打开就是乱码，请向发来文件的单位索取原件。");
    return ERR_ENCODING;
}

static enum err fill(struct encoding_reader *reader, struct fault *fault)
{
    size_t used = reader->piece_in_size;
    reader->offset += (int64_t)used;
    reader->line += (int64_t)count_lines(reader->in, used);
    memmove(reader->in, reader->in + used, reader->in_size - used);
    reader->in_size -= used;
    reader->piece_in_size = 0;
    while (reader->in_size < WINDOW && !reader->source_ended) {
        size_t size = 0;
        TRY(reader->source.read(reader->source.context, (char *)reader->in + reader->in_size,
                                WINDOW - reader->in_size, fault, &size));
        check(size <= WINDOW - reader->in_size);
        reader->in_size += size;
        reader->source_ended = size == 0;
    }
    return ERR_OK;
}

static void recognise_mark(struct encoding_reader *reader)
{
    const unsigned char *in = reader->in;
    if (reader->in_size >= 3 && memcmp(in, "\xEF\xBB\xBF", 3) == 0) {
        reader->encoding = ENCODING_UTF8_BOM;
        reader->piece_in_size = 3;
    } else if (reader->in_size >= 2 && in[0] == 0xFF && in[1] == 0xFE) {
        reader->encoding = ENCODING_UTF16LE;
        reader->piece_in_size = 2;
    } else if (reader->in_size >= 2 && in[0] == 0xFE && in[1] == 0xFF) {
        reader->encoding = ENCODING_UTF16BE;
        reader->piece_in_size = 2;
    } else if (reader->in_size >= 4 && memcmp(in, "\x84\x31\x95\x33", 4) == 0) {
        reader->encoding = ENCODING_GB18030;
        reader->piece_in_size = 4;
    }
}

/* Decides between UTF-8 and GB18030 over the window, which has a byte that is not ASCII. */
static enum err recognise_text(struct encoding_reader *reader, struct fault *fault)
{
    struct scan utf8 = scan_bytes(reader->in, reader->in_size, utf8_length);
    struct scan gb18030 = scan_bytes(reader->in, reader->in_size, gb18030_length);
    bool utf8_holds = utf8.stop == SCAN_END || (utf8.stop == SCAN_PARTIAL && !reader->source_ended);
    bool gb18030_holds =
        gb18030.stop == SCAN_END || (gb18030.stop == SCAN_PARTIAL && !reader->source_ended);
    if (utf8_holds && gb18030_holds)
        utf8_holds = !looks_like_pairs(reader->in, utf8.valid_size);
    if (!utf8_holds && !gb18030_holds) {
        /* GB18030 text fails as UTF-8 at its first character, damaged UTF-8 later. */
        bool was_utf8 = utf8.valid_size > ascii_prefix(reader->in, reader->in_size);
        size_t at = was_utf8 ? utf8.valid_size : gb18030.valid_size;
        return bad_byte(reader, at, "文字编码损坏，既不是 UTF-8 也不是 GB18030", fault);
    }
    reader->encoding = utf8_holds ? ENCODING_UTF8 : ENCODING_GB18030;
    return ERR_OK;
}

/* Size of the whole characters in the window, or the place of the malformed one as an error. */
static enum err whole_characters(struct encoding_reader *reader, struct scan scan,
                                 const char *bad_text, const char *cut_text, struct fault *fault,
                                 size_t *ret_size)
{
    if (scan.stop == SCAN_BAD)
        return bad_byte(reader, scan.valid_size, bad_text, fault);
    if (scan.stop == SCAN_PARTIAL && reader->source_ended)
        return bad_byte(reader, scan.valid_size, cut_text, fault);
    *ret_size = scan.valid_size;
    return ERR_OK;
}

static enum err next_utf8(struct encoding_reader *reader, struct fault *fault,
                          struct str *ret_piece)
{
    struct scan scan = scan_bytes(reader->in, reader->in_size, utf8_length);
    size_t size = 0;
    TRY(whole_characters(reader, scan, "不是合法的 UTF-8 字符", "文件在一个字符中间断开", fault,
                         &size));
    reader->piece_in_size = size;
    *ret_piece = (struct str){(const char *)reader->in, size};
    return ERR_OK;
}

static size_t put_utf8(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static bool is_high(UChar unit)
{
    return (unit & 0xFC00) == 0xD800;
}

static bool is_low(UChar unit)
{
    return (unit & 0xFC00) == 0xDC00;
}

/* Converts whole units to out; stops before a lone surrogate or a high one at the end. */
static size_t pivot_to_utf8(struct encoding_reader *reader, size_t unit_count, size_t *ret_out_size)
{
    const UChar *units = reader->pivot;
    size_t i = 0, out_size = 0;
    while (i < unit_count) {
        uint32_t c = units[i];
        size_t used = 1;
        if (c == 0 || is_low(units[i]))
            break;
        if (is_high(units[i])) {
            if (i + 1 == unit_count || !is_low(units[i + 1]))
                break;
            c = 0x10000 + ((c & 0x3FF) << 10) + (units[i + 1] & 0x3FF);
            used = 2;
        }
        out_size += put_utf8(reader->out + out_size, c);
        i += used;
    }
    *ret_out_size = out_size;
    return i;
}

static enum err next_gb18030(struct encoding_reader *reader, struct fault *fault,
                             struct str *ret_piece)
{
    UErrorCode status = U_ZERO_ERROR;
    if (!reader->gb18030) {
        reader->gb18030 = ucnv_open("gb18030", &status);
        if (U_FAILURE(status))
            return fault_set(fault, ERR_ENCODING, "the GB18030 table is missing: %s",
                             u_errorName(status));
        ucnv_setToUCallBack(reader->gb18030, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
    }
    struct scan scan = scan_bytes(reader->in, reader->in_size, gb18030_length);
    size_t size = 0;
    TRY(whole_characters(reader, scan, "不是合法的 GB18030 字符", "文件在一个汉字中间断开", fault,
                         &size));
    ucnv_resetToUnicode(reader->gb18030);
    const char *source = (const char *)reader->in;
    UChar *target = reader->pivot;
    ucnv_toUnicode(reader->gb18030, &target, reader->pivot + WINDOW, &source, source + size, NULL,
                   true, &status);
    size_t converted_size = (size_t)(source - (const char *)reader->in);
    if (U_FAILURE(status)) {
        char bytes[16];
        int8_t bad_size = sizeof bytes;
        UErrorCode ignored = U_ZERO_ERROR;
        ucnv_getInvalidChars(reader->gb18030, bytes, &bad_size, &ignored);
        return bad_byte(reader, converted_size - (size_t)bad_size, "GB18030 中没有这个字符", fault);
    }
    size_t out_size = 0;
    size_t unit_count = (size_t)(target - reader->pivot);
    check(pivot_to_utf8(reader, unit_count, &out_size) == unit_count);
    reader->piece_in_size = size;
    *ret_piece = (struct str){reader->out, out_size};
    return ERR_OK;
}

static enum err next_utf16(struct encoding_reader *reader, struct fault *fault,
                           struct str *ret_piece)
{
    size_t unit_count = reader->in_size / 2;
    int low = reader->encoding == ENCODING_UTF16LE ? 0 : 1;
    for (size_t i = 0; i < unit_count; i++)
        reader->pivot[i] =
            (UChar)(reader->in[2 * i + (size_t)low] | reader->in[2 * i + (size_t)!low] << 8);
    size_t out_size = 0;
    size_t done = pivot_to_utf8(reader, unit_count, &out_size);
    bool waits = done + 1 == unit_count && is_high(reader->pivot[done]) && !reader->source_ended;
    if (done < unit_count && !waits)
        return bad_byte(reader, 2 * done, "不是合法的 UTF-16 字符", fault);
    if (reader->source_ended && reader->in_size % 2)
        return bad_byte(reader, reader->in_size - 1, "文件在一个字符中间断开", fault);
    reader->piece_in_size = 2 * done;
    *ret_piece = (struct str){reader->out, out_size};
    return ERR_OK;
}

enum err encoding_reader_next(struct encoding_reader *reader, struct fault *fault,
                              struct str *ret_piece)
{
    TRY(fill(reader, fault));
    if (!reader->started) {
        reader->started = true;
        recognise_mark(reader);
        TRY(fill(reader, fault));
    }
    if (reader->encoding == ENCODING_UTF16LE || reader->encoding == ENCODING_UTF16BE)
        return next_utf16(reader, fault, ret_piece);
    const unsigned char *zero = memchr(reader->in, 0, reader->in_size);
    if (zero)
        return bad_byte(reader, (size_t)(zero - reader->in), "这不是文本文件（出现了零字节）",
                        fault);
    if (reader->encoding == ENCODING_ASCII) {
        size_t size = ascii_prefix(reader->in, reader->in_size);
        if (size == reader->in_size || size > WINDOW / 2) {
            reader->piece_in_size = size;
            *ret_piece = (struct str){(const char *)reader->in, size};
            return ERR_OK;
        }
        TRY(recognise_text(reader, fault));
    }
    if (reader->encoding == ENCODING_GB18030)
        return next_gb18030(reader, fault, ret_piece);
    return next_utf8(reader, fault, ret_piece);
}

enum err encoding_to_utf8(struct arena *arena, struct str bytes, struct fault *fault,
                          struct str *ret_text)
{
    struct encoding_reader *reader = NULL;
    TRY(encoding_reader_new(byte_source_memory(&bytes), fault, &reader));
    struct text_buf text;
    text_init(&text, arena);
    struct str piece = {0};
    enum err err;
    do {
        err = encoding_reader_next(reader, fault, &piece);
        if (err == ERR_OK)
            text_add(&text, piece);
    } while (err == ERR_OK && piece.size);
    encoding_reader_free(reader);
    TRY(err);
    if (text.failed)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法转换文本");
    *ret_text = text_str(&text);
    return ERR_OK;
}

enum err encoding_to_gb18030(struct arena *arena, struct str text, struct fault *fault,
                             struct str *ret_bytes)
{
    /* Every character takes at most four bytes, and one of UTF-8 with one byte takes one. */
    if (text.size > INT32_MAX / 4)
        return fault_set(fault, ERR_LIMIT, "文本有 %zu 字节，超过转换上限", text.size);
    if (!str_is_utf8(text))
        return fault_set(fault, ERR_ENCODING, "要转换的文本不是合法的 UTF-8");
    int32_t capacity = (int32_t)text.size * 2 + 16;
    char *bytes = arena_alloc(arena, (size_t)capacity);
    if (!bytes)
        return fault_set(fault, ERR_MEMORY, "内存不足，无法转换文本");
    UErrorCode status = U_ZERO_ERROR;
    int32_t size = 0;
    if (text.size)
        size = ucnv_convert("gb18030", "UTF-8", bytes, capacity, text.ptr, (int32_t)text.size,
                            &status);
    if (U_FAILURE(status))
        return fault_set(fault, ERR_ENCODING, "文本不能用 GB18030 表示：%s", u_errorName(status));
    *ret_bytes = (struct str){bytes, (size_t)size};
    return ERR_OK;
}
