#include "base/text.h"

#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const uint32_t MALFORMED = 0xFFFFFFFF;

struct str str_from(const char *zero_terminated)
{
    return (struct str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}

bool str_equal(struct str a, struct str b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.ptr, b.ptr, a.size) == 0);
}

bool str_equal_text(struct str a, const char *zero_terminated)
{
    return str_equal(a, str_from(zero_terminated));
}

int str_compare(struct str a, struct str b)
{
    size_t common_size = a.size < b.size ? a.size : b.size;
    int order = common_size ? memcmp(a.ptr, b.ptr, common_size) : 0;
    if (order != 0)
        return order < 0 ? -1 : 1;
    return a.size < b.size ? -1 : a.size > b.size;
}

bool str_starts(struct str s, struct str prefix)
{
    return s.size >= prefix.size && str_equal(str_sub(s, 0, prefix.size), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
    return s.size >= suffix.size &&
           str_equal(str_sub(s, s.size - suffix.size, suffix.size), suffix);
}

size_t str_find(struct str s, struct str part)
{
    if (part.size == 0)
        return 0;
    if (s.size < part.size)
        return SIZE_MAX;
    const char *found = memmem(s.ptr, s.size, part.ptr, part.size);
    return found ? (size_t)(found - s.ptr) : SIZE_MAX;
}

struct str str_sub(struct str s, size_t offset, size_t size)
{
    if (offset > s.size)
        offset = s.size;
    if (size > s.size - offset)
        size = s.size - offset;
    return (struct str){s.ptr ? s.ptr + offset : NULL, size};
}

/* Size of the white space that starts at s, 0 when there is none. */
static size_t space_size(struct str s)
{
    if (s.size == 0)
        return 0;
    if (strchr(" \t\r\n\v\f", s.ptr[0]) && s.ptr[0] != '\0')
        return 1;
    if (str_starts(s, STR("\xE3\x80\x80")) || str_starts(s, STR("\xEF\xBB\xBF")) ||
        str_starts(s, STR("\xC2\xA0")))
        return s.ptr[0] == '\xC2' ? 2 : 3;
    return 0;
}

struct str str_trim(struct str s)
{
    size_t skip_size;
    while ((skip_size = space_size(s)) > 0)
        s = str_sub(s, skip_size, s.size);
    for (;;) {
        if (s.size > 0 && space_size(str_sub(s, s.size - 1, 1)) == 1)
            s.size -= 1;
        else if (str_ends(s, STR("\xE3\x80\x80")))
            s.size -= 3;
        else if (str_ends(s, STR("\xC2\xA0")))
            s.size -= 2;
        else
            return s;
    }
}

bool str_split(struct str *rest, char separator, struct str *ret_part)
{
    if (!rest->ptr)
        return false;
    const char *found = rest->size ? memchr(rest->ptr, separator, rest->size) : NULL;
    if (!found) {
        *ret_part = *rest;
        *rest = (struct str){NULL, 0};
        return true;
    }
    size_t part_size = (size_t)(found - rest->ptr);
    *ret_part = str_sub(*rest, 0, part_size);
    *rest = str_sub(*rest, part_size + 1, rest->size);
    return true;
}

struct str str_copy(struct arena *arena, struct str s)
{
    char *copy = arena_copy(arena, s.ptr, s.size);
    return (struct str){copy, copy ? s.size : 0};
}

const char *str_z(struct arena *arena, struct str s)
{
    return arena_copy(arena, s.ptr, s.size);
}

bool str_to_i64(struct str s, int64_t *ret_value)
{
    bool negative = s.size > 0 && s.ptr[0] == '-';
    if (s.size > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+'))
        s = str_sub(s, 1, s.size);
    if (s.size == 0)
        return false;
    int64_t value = 0;
    while (s.size > 0) {
        uint32_t character = str_next_character(&s);
        int64_t digit;
        if (character >= '0' && character <= '9')
            digit = character - '0';
        else if (character >= 0xFF10 && character <= 0xFF19) /* full-width 0 to 9 */
            digit = character - 0xFF10;
        else
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

struct str str_of_i64(int64_t value, char buffer[I64_TEXT_SIZE])
{
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = I64_TEXT_SIZE;
    do {
        buffer[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        buffer[--at] = '-';
    return (struct str){buffer + at, I64_TEXT_SIZE - at};
}

static uint32_t one_byte(struct str *rest, uint32_t character)
{
    *rest = str_sub(*rest, 1, rest->size);
    return character;
}

uint32_t str_next_character(struct str *rest)
{
    check(rest->size > 0);
    const unsigned char *byte = (const unsigned char *)rest->ptr;
    if (byte[0] < 0x80)
        return one_byte(rest, byte[0]);
    size_t size = byte[0] >= 0xF0 ? 4 : byte[0] >= 0xE0 ? 3 : 2;
    if (byte[0] < 0xC2 || byte[0] > 0xF4 || rest->size < size)
        return one_byte(rest, MALFORMED);
    uint32_t character = byte[0] & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((byte[i] & 0xC0) != 0x80)
            return one_byte(rest, MALFORMED);
        character = character << 6 | (byte[i] & 0x3Fu);
    }
    bool overlong = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
    bool surrogate = character >= 0xD800 && character <= 0xDFFF;
    if (overlong || surrogate || character > 0x10FFFF)
        return one_byte(rest, MALFORMED);
    *rest = str_sub(*rest, size, rest->size);
    return character;
}

bool str_is_utf8(struct str s)
{
    while (s.size > 0) {
        if (str_next_character(&s) == MALFORMED)
            return false;
    }
    return true;
}

size_t str_character_count(struct str s)
{
    size_t count = 0;
    for (; s.size > 0; count++)
        str_next_character(&s);
    return count;
}

/* East Asian wide and full-width ranges that occur in Chinese office text. */
static bool is_wide(uint32_t character)
{
    static const struct { uint32_t first, last; } ranges[] = {
        {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
        {0xA000, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60},
        {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F}, {0x20000, 0x3FFFD},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    }
    return false;
}

size_t str_display_width(struct str s)
{
    size_t width = 0;
    while (s.size > 0)
        width += is_wide(str_next_character(&s)) ? 2 : 1;
    return width;
}

struct text_buf *text_new(struct arena *arena)
{
    struct text_buf *buf = ARENA_NEW(arena, struct text_buf);
    if (buf)
        text_init(buf, arena);
    return buf;
}

void text_init(struct text_buf *buf, struct arena *arena)
{
    *buf = (struct text_buf){.arena = arena};
}

/* Makes room for size more bytes and a terminating zero. */
static bool reserve(struct text_buf *buf, size_t size)
{
    if (buf->failed)
        return false;
    if (size < buf->capacity - buf->size && buf->ptr)
        return true;
    size_t capacity = buf->capacity ? buf->capacity : 64;
    while (capacity - buf->size <= size) {
        if (__builtin_mul_overflow(capacity, 2, &capacity)) {
            buf->failed = true;
            return false;
        }
    }
    char *grown = arena_alloc(buf->arena, capacity);
    if (!grown) {
        buf->failed = true;
        return false;
    }
    if (buf->size)
        memcpy(grown, buf->ptr, buf->size);
    buf->ptr = grown;
    buf->capacity = capacity;
    return true;
}

void text_add(struct text_buf *buf, struct str s)
{
    if (!reserve(buf, s.size) || s.size == 0)
        return;
    memcpy(buf->ptr + buf->size, s.ptr, s.size);
    buf->size += s.size;
    buf->ptr[buf->size] = '\0';
}

void text_add_z(struct text_buf *buf, const char *zero_terminated)
{
    text_add(buf, str_from(zero_terminated));
}

void text_add_byte(struct text_buf *buf, char byte)
{
    text_add(buf, (struct str){&byte, 1});
}

void text_add_character(struct text_buf *buf, uint32_t character)
{
    char bytes[4];
    size_t size = 0;
    if (character < 0x80) {
        bytes[size++] = (char)character;
    } else if (character < 0x800) {
        bytes[size++] = (char)(0xC0 | character >> 6);
        bytes[size++] = (char)(0x80 | (character & 0x3F));
    } else if (character < 0x10000) {
        bytes[size++] = (char)(0xE0 | character >> 12);
        bytes[size++] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[size++] = (char)(0x80 | (character & 0x3F));
    } else {
        check(character <= 0x10FFFF);
        bytes[size++] = (char)(0xF0 | character >> 18);
        bytes[size++] = (char)(0x80 | (character >> 12 & 0x3F));
        bytes[size++] = (char)(0x80 | (character >> 6 & 0x3F));
        bytes[size++] = (char)(0x80 | (character & 0x3F));
    }
    text_add(buf, (struct str){bytes, size});
}

void text_add_repeat(struct text_buf *buf, char byte, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_add_byte(buf, byte);
}

void text_format_list(struct text_buf *buf, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && reserve(buf, (size_t)length)) {
        vsnprintf(buf->ptr + buf->size, (size_t)length + 1, format, again);
        buf->size += (size_t)length;
    }
    va_end(again);
}

void text_format(struct text_buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_format_list(buf, format, arguments);
    va_end(arguments);
}

void text_add_padded(struct text_buf *buf, struct str s, size_t width)
{
    text_add(buf, s);
    size_t used_width = str_display_width(s);
    if (used_width < width)
        text_add_repeat(buf, ' ', width - used_width);
}

struct str text_str(const struct text_buf *buf)
{
    return (struct str){buf->ptr ? buf->ptr : "", buf->size};
}

const char *text_in(struct arena *arena, const char *format, ...)
{
    struct text_buf buf;
    text_init(&buf, arena);
    va_list arguments;
    va_start(arguments, format);
    text_format_list(&buf, format, arguments);
    va_end(arguments);
    return buf.ptr ? buf.ptr : "";
}
