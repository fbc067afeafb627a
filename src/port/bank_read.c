/* What the bank sends back: common checks, and the CSV of our own. */
#include "port/bank_reading.h"

#include "base/checked.h"
#include "base/csv.h"
#include "base/day.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { REFERENCE_SIZE_MAX = 140, REASON_SIZE_MAX = 420 };

bool bank_amount_read(struct str text, int64_t *ret_amount_fen)
{
    int64_t yuan = 0;
    int32_t decimals = -1;
    int64_t fen = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '.' && decimals < 0 && i > 0) {
            decimals = 0;
            continue;
        }
        if (c < '0' || c > '9' || decimals == 2 || yuan > BANK_AMOUNT_MAX_FEN)
            return false;
        if (decimals < 0)
            yuan = yuan * 10 + (c - '0');
        else
            fen += (c - '0') * (decimals++ == 0 ? 10 : 1);
    }
    if (text.size == 0 || decimals == 0 || yuan > BANK_AMOUNT_MAX_FEN / 100)
        return false;
    int64_t amount_fen = yuan * 100 + fen;
    if (amount_fen <= 0 || amount_fen > BANK_AMOUNT_MAX_FEN)
        return false;
    *ret_amount_fen = amount_fen;
    return true;
}

enum err bank_reading_refuse(struct bank_reading *reading, int64_t place, const char *format, ...)
{
    char words[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    fault_set(reading->fault, ERR_BANK_FILE, "第%lld行：%s", (long long)place, words);
    if (reading->fault)
        fault_hint(reading->fault, "整份文件没有入账。请银行更正后重发，再导入。");
    return ERR_BANK_FILE;
}

static enum err grow(struct bank_reading *reading)
{
    struct bank_statement *statement = &reading->statement;
    if (statement->line_count < reading->line_capacity)
        return ERR_OK;
    if (statement->line_count == BANK_LINES_MAX)
        return fault_set(reading->fault, ERR_LIMIT, "一份银行文件最多%d笔", BANK_LINES_MAX);
    int32_t capacity = reading->line_capacity * 2 + 256;
    struct bank_line *lines = ARENA_NEW_ARRAY(reading->arena, struct bank_line, (size_t)capacity);
    if (!lines)
        return fault_set(reading->fault, ERR_MEMORY, "no memory for the lines of a bank file");
    if (statement->line_count > 0)
        memcpy(lines, statement->lines, (size_t)statement->line_count * sizeof lines[0]);
    statement->lines = lines;
    reading->line_capacity = capacity;
    return ERR_OK;
}

static enum err check_line(struct bank_reading *reading, const struct bank_line *line)
{
    char day[DAY_TEXT_SIZE];
    if (line->booked_day > reading->today_day + 1)
        return bank_reading_refuse(reading, line->place, "记账日%s晚于今天",
                                   day_text(line->booked_day, day));
    if (line->reference.size == 0 || line->reference.size > REFERENCE_SIZE_MAX)
        return bank_reading_refuse(reading, line->place, "缺少银行流水号或太长");
    if (line->order_id.size > REFERENCE_SIZE_MAX || line->reason.size > REASON_SIZE_MAX)
        return bank_reading_refuse(reading, line->place, "编号或原因太长");
    return ERR_OK;
}

enum err bank_reading_add(struct bank_reading *reading, const struct bank_line *line)
{
    struct bank_statement *statement = &reading->statement;
    TRY(check_line(reading, line));
    TRY(grow(reading));
    int64_t *total_fen = line->kind == BANK_PAID ? &statement->paid_fen : &statement->returned_fen;
    if (!checked_add(*total_fen, line->amount_fen, total_fen))
        return bank_reading_refuse(reading, line->place, "金额合计超出范围");
    struct bank_line copy = *line;
    copy.order_id = str_copy(reading->arena, line->order_id);
    copy.reference = str_copy(reading->arena, line->reference);
    copy.reason = str_copy(reading->arena, line->reason);
    if (!copy.order_id.ptr || !copy.reference.ptr || !copy.reason.ptr)
        return fault_set(reading->fault, ERR_MEMORY, "no memory for the lines of a bank file");
    statement->lines[statement->line_count++] = copy;
    return ERR_OK;
}

/* ---- the CSV of our own */

struct csv_reading {
    struct bank_reading *reading;
    bool has_head, has_tail;
};

static enum err refuse_row(struct csv_reading *csv, const struct csv_row *row, const char *words)
{
    return bank_reading_refuse(csv->reading, row->line_number, "%s", words);
}

static enum err csv_take_head(struct csv_reading *csv, const struct csv_row *row)
{
    if (csv->has_head || row->row_number != 1)
        return refuse_row(csv, row, "H行只能是第一行");
    if (row->cell_count < 4 || !str_equal_text(row->cells[1], "1"))
        return refuse_row(csv, row, "应为 H,1,文件编号,时间");
    struct str message = str_trim(row->cells[2]);
    if (message.size == 0 || message.size > BANK_ID_SIZE_MAX)
        return refuse_row(csv, row, "文件编号应为1至35个字符");
    csv->has_head = true;
    csv->reading->statement.message_id = str_copy(csv->reading->arena, message);
    return csv->reading->statement.message_id.ptr ? ERR_OK : ERR_MEMORY;
}

static enum err csv_take_line(struct csv_reading *csv, const struct csv_row *row,
                              enum bank_kind kind)
{
    struct bank_line line = {.kind = kind, .place = row->line_number};
    int32_t cell_count_min = kind == BANK_PAID ? 5 : 6;
    if (row->cell_count < cell_count_min)
        return refuse_row(csv, row,
                          kind == BANK_PAID ? "应为 P,付款编号,流水号,金额,日期"
                                            : "应为 R,付款编号,流水号,金额,日期,原因");
    line.order_id = str_trim(row->cells[1]);
    line.reference = str_trim(row->cells[2]);
    if (!bank_amount_read(str_trim(row->cells[3]), &line.amount_fen))
        return refuse_row(csv, row, "金额不对：应为大于零的元数，最多两位小数");
    if (!day_parse(row->cells[4], &line.booked_day))
        return refuse_row(csv, row, "日期不对");
    line.reason = kind == BANK_RETURNED ? str_trim(row->cells[5]) : STR("");
    return bank_reading_add(csv->reading, &line);
}

static bool total_is(struct str text, int64_t amount_fen)
{
    int64_t read_fen;
    struct str trimmed = str_trim(text);
    if (amount_fen == 0)
        return str_equal_text(trimmed, "0") || str_equal_text(trimmed, "0.00");
    return bank_amount_read(trimmed, &read_fen) && read_fen == amount_fen;
}

static enum err csv_take_tail(struct csv_reading *csv, const struct csv_row *row)
{
    const struct bank_statement *statement = &csv->reading->statement;
    int64_t count;
    if (row->cell_count < 4)
        return refuse_row(csv, row, "应为 T,笔数,到账合计,退回合计");
    if (!str_to_i64(str_trim(row->cells[1]), &count) || count != statement->line_count)
        return refuse_row(csv, row, "笔数与明细不符");
    if (!total_is(row->cells[2], statement->paid_fen))
        return refuse_row(csv, row, "到账合计与明细不符");
    if (!total_is(row->cells[3], statement->returned_fen))
        return refuse_row(csv, row, "退回合计与明细不符");
    csv->has_tail = true;
    return ERR_OK;
}

static enum err csv_take_row(struct csv_reading *csv, const struct csv_row *row)
{
    if (csv->has_tail)
        return refuse_row(csv, row, "T行后面还有内容");
    if (str_equal_text(row->cells[0], "H"))
        return csv_take_head(csv, row);
    if (!csv->has_head)
        return refuse_row(csv, row, "第一行应为H行");
    if (str_equal_text(row->cells[0], "P"))
        return csv_take_line(csv, row, BANK_PAID);
    if (str_equal_text(row->cells[0], "R"))
        return csv_take_line(csv, row, BANK_RETURNED);
    return str_equal_text(row->cells[0], "T") ? csv_take_tail(csv, row)
                                              : refuse_row(csv, row, "行首应为H、P、R或T");
}

static enum err csv_take_rows(struct csv_reading *csv, struct csv_reader *reader)
{
    int64_t line_number = 1;
    for (;;) {
        const struct csv_row *row;
        TRY(csv_reader_next(reader, csv->reading->fault, &row));
        if (!row)
            break;
        line_number = row->line_number;
        TRY(csv_take_row(csv, row));
    }
    return csv->has_tail
               ? ERR_OK
               : bank_reading_refuse(csv->reading, line_number, "文件不完整：没有T行（合计）");
}

enum err bank_csv_read(struct bank_reading *reading, struct str bytes)
{
    struct csv_reading csv = {.reading = reading};
    struct csv_options options = {.delimiter = ','};
    struct csv_reader *reader;
    reading->statement.format = BANK_CSV;
    TRY(csv_reader_new(byte_source_memory(&bytes), &options, reading->fault, &reader));
    enum err err = csv_take_rows(&csv, reader);
    csv_reader_free(reader);
    return err;
}

/* ---- any */

/* No reference stands there twice; slots hold indexes + 1. */
static enum err check_references(struct bank_reading *reading)
{
    const struct bank_statement *statement = &reading->statement;
    uint32_t size = 16;
    while (size < (uint32_t)statement->line_count * 2)
        size *= 2;
    int32_t *slots = ARENA_NEW_ARRAY(reading->arena, int32_t, size);
    if (!slots)
        return fault_set(reading->fault, ERR_MEMORY, "no memory for the lines of a bank file");
    for (int32_t i = 0; i < statement->line_count; i++) {
        const struct bank_line *line = &statement->lines[i];
        uint32_t at = (uint32_t)hash_64(line->reference) & (size - 1);
        for (; slots[at] != 0; at = (at + 1) & (size - 1)) {
            const struct bank_line *other = &statement->lines[slots[at] - 1];
            if (str_equal(other->reference, line->reference))
                return bank_reading_refuse(reading, line->place, "流水号与第%lld行重复",
                                           (long long)other->place);
        }
        slots[at] = i + 1;
    }
    return ERR_OK;
}

static bool is_xml(struct str text)
{
    struct str rest = str_trim(text);
    return rest.size > 0 && rest.ptr[0] == '<';
}

enum err bank_statement_read(struct arena *arena, struct str bytes, int32_t today_day,
                             struct bank_statement *ret_statement, struct fault *fault)
{
    struct bank_reading reading = {.arena = arena, .fault = fault, .today_day = today_day};
    if (bytes.size > BANK_FILE_SIZE_MAX)
        return fault_set(fault, ERR_LIMIT, "银行文件最大%d MiB", BANK_FILE_SIZE_MAX >> 20);
    struct str text;
    TRY(encoding_to_utf8(arena, bytes, fault, &text));
    if (str_trim(text).size == 0)
        return fault_set(fault, ERR_BANK_FILE, "文件是空的");
    TRY(is_xml(text) ? bank_camt_read(&reading, text) : bank_csv_read(&reading, text));
    TRY(check_references(&reading));
    *ret_statement = reading.statement;
    return ERR_OK;
}
