/* camt.053 and camt.054: booked entries with the end-to-end identification of each transaction.
 *
 * An entry that debits our account was paid; one that credits it came back. What is only pending is
 * left aside. Checked: the sums of an entry's transactions, the number and sums of entries where
 * the file tells them, and opening balance, entries and closing balance of a statement. */
#include "port/bank_reading.h"

#include "base/checked.h"
#include "base/day.h"

#include <stdio.h>
#include <string.h>

#include <expat.h>

enum { DEPTH_MAX = 24, PATH_SIZE_MAX = 512, TEXT_SIZE_MAX = 4096, FIELD_SIZE_MAX = 512 };

struct kept { /* a short text of the element that is read */
    char bytes[FIELD_SIZE_MAX];
    size_t size;
};

struct money_seen {
    int64_t amount_fen;
    bool is_given, is_debit, has_direction;
};

struct camt {
    struct bank_reading *reading;
    XML_Parser parser;
    enum err err;
    int depth;
    char path[PATH_SIZE_MAX]; /* below Document and the message, without name spaces */
    size_t path_size;
    char text[TEXT_SIZE_MAX]; /* of the element, when it has no elements inside */
    size_t text_size;
    bool text_is_too_long, is_cny;
    /* of an entry */
    struct money_seen entry;
    struct kept status, day, reference, reason;
    int32_t transaction_count;
    int64_t transactions_fen, entry_place;
    /* of one of its transactions */
    struct money_seen transaction;
    struct kept order_id, own_reference, own_reason;
    /* of a statement */
    struct money_seen balance;
    struct kept balance_code;
    int64_t opening_fen, closing_fen, moved_fen;
    bool has_opening, has_closing;
    int64_t entry_count, entries_fen, told_count, told_fen;
    bool has_told_count, has_told_sum;
    int32_t statement_count;
};

static struct str kept_str(const struct kept *kept)
{
    return (struct str){kept->bytes, kept->size};
}

static int64_t place_of(const struct camt *camt)
{
    return (int64_t)XML_GetCurrentLineNumber(camt->parser);
}

static void stop(struct camt *camt, enum err err)
{
    if (camt->err == ERR_OK && err != ERR_OK) {
        camt->err = err;
        XML_StopParser(camt->parser, XML_FALSE);
    }
}

static void refuse(struct camt *camt, const char *words)
{
    if (camt->err == ERR_OK)
        stop(camt, bank_reading_refuse(camt->reading, place_of(camt), "%s", words));
}

static struct str text_of(const struct camt *camt)
{
    return str_trim((struct str){camt->text, camt->text_size});
}

/* ---- fields: where their text goes */

static void keep(struct camt *camt, struct kept *kept)
{
    struct str text = text_of(camt);
    if (text.size > sizeof kept->bytes || camt->text_is_too_long) {
        refuse(camt, "文字太长");
        return;
    }
    memcpy(kept->bytes, text.ptr, text.size);
    kept->size = text.size;
}

static void take_amount(struct camt *camt, struct money_seen *money)
{
    if (!camt->is_cny)
        refuse(camt, "币种不是人民币");
    else if (!bank_amount_read(text_of(camt), &money->amount_fen))
        refuse(camt, "金额不对：应为大于零的元数，最多两位小数");
    money->is_given = true;
}

/* A balance may be nothing. */
static void take_balance(struct camt *camt)
{
    struct str text = text_of(camt);
    bool is_nothing = text.size > 0;
    for (size_t i = 0; i < text.size; i++)
        is_nothing &= text.ptr[i] == '0' || text.ptr[i] == '.';
    if (!is_nothing) {
        take_amount(camt, &camt->balance);
        return;
    }
    camt->balance.amount_fen = 0;
    camt->balance.is_given = true;
}

static void take_direction(struct camt *camt, struct money_seen *money)
{
    struct str text = text_of(camt);
    money->is_debit = str_equal_text(text, "DBIT");
    money->has_direction = true;
    if (!money->is_debit && !str_equal_text(text, "CRDT"))
        refuse(camt, "借贷方向应为DBIT或CRDT");
}

static void take_message(struct camt *camt)
{
    struct str text = text_of(camt);
    if (text.size == 0 || text.size > BANK_ID_SIZE_MAX) {
        refuse(camt, "文件编号应为1至35个字符");
        return;
    }
    camt->reading->statement.message_id = str_copy(camt->reading->arena, text);
    if (!camt->reading->statement.message_id.ptr)
        stop(camt, fault_set(camt->reading->fault, ERR_MEMORY, "no memory for a bank file"));
}

static void take_told_count(struct camt *camt)
{
    camt->has_told_count = true;
    if (!str_to_i64(text_of(camt), &camt->told_count))
        refuse(camt, "笔数不对");
}

static void take_told_sum(struct camt *camt)
{
    camt->has_told_sum = true;
    if (!bank_amount_read(text_of(camt), &camt->told_fen))
        refuse(camt, "合计不对");
}

enum field {
    FIELD_MESSAGE,
    FIELD_ENTRY_AMOUNT,
    FIELD_ENTRY_DIRECTION,
    FIELD_STATUS,
    FIELD_DAY,
    FIELD_REFERENCE,
    FIELD_ORDER,
    FIELD_OWN_REFERENCE,
    FIELD_OWN_AMOUNT,
    FIELD_OWN_DIRECTION,
    FIELD_REASON,
    FIELD_BALANCE_CODE,
    FIELD_BALANCE,
    FIELD_BALANCE_DIRECTION,
    FIELD_TOLD_COUNT,
    FIELD_TOLD_SUM,
};

#define DETAILS "/Ntry/NtryDtls/TxDtls/"

/* Paths below the message; "*" is Stmt or Ntfctn. */
static const struct {
    const char *path;
    enum field field;
} fields[] = {
    {"GrpHdr/MsgId", FIELD_MESSAGE},
    {"*/Ntry/Amt", FIELD_ENTRY_AMOUNT},
    {"*/Ntry/CdtDbtInd", FIELD_ENTRY_DIRECTION},
    {"*/Ntry/Sts", FIELD_STATUS},
    {"*/Ntry/Sts/Cd", FIELD_STATUS},
    {"*/Ntry/BookgDt/Dt", FIELD_DAY},
    {"*/Ntry/BookgDt/DtTm", FIELD_DAY},
    {"*/Ntry/AcctSvcrRef", FIELD_REFERENCE},
    {"*" DETAILS "Refs/EndToEndId", FIELD_ORDER},
    {"*" DETAILS "Refs/AcctSvcrRef", FIELD_OWN_REFERENCE},
    {"*" DETAILS "Amt", FIELD_OWN_AMOUNT},
    {"*" DETAILS "AmtDtls/TxAmt/Amt", FIELD_OWN_AMOUNT},
    {"*" DETAILS "CdtDbtInd", FIELD_OWN_DIRECTION},
    {"*" DETAILS "RtrInf/Rsn/Cd", FIELD_REASON},
    {"*" DETAILS "RtrInf/Rsn/Prtry", FIELD_REASON},
    {"*" DETAILS "RtrInf/AddtlInf", FIELD_REASON},
    {"*/Bal/Tp/CdOrPrtry/Cd", FIELD_BALANCE_CODE},
    {"*/Bal/Amt", FIELD_BALANCE},
    {"*/Bal/CdtDbtInd", FIELD_BALANCE_DIRECTION},
    {"*/TxsSummry/TtlNtries/NbOfNtries", FIELD_TOLD_COUNT},
    {"*/TxsSummry/TtlNtries/Sum", FIELD_TOLD_SUM},
};

static bool path_is(const struct camt *camt, const char *pattern)
{
    struct str path = {camt->path, camt->path_size};
    struct str wanted = str_from(pattern);
    if (pattern[0] == '*') {
        size_t slash = str_find(path, STR("/"));
        struct str first = str_sub(path, 0, slash);
        if (!str_equal_text(first, "Stmt") && !str_equal_text(first, "Ntfctn"))
            return false;
        path = slash == SIZE_MAX ? STR("") : str_sub(path, slash, path.size);
        wanted = str_sub(wanted, 1, wanted.size);
    }
    return str_equal(path, wanted);
}

static void take_field(struct camt *camt, enum field field)
{
    switch (field) {
    case FIELD_MESSAGE:
        take_message(camt);
        break;
    case FIELD_ENTRY_AMOUNT:
        take_amount(camt, &camt->entry);
        break;
    case FIELD_ENTRY_DIRECTION:
        take_direction(camt, &camt->entry);
        break;
    case FIELD_STATUS:
        if (text_of(camt).size > 0)
            keep(camt, &camt->status);
        break;
    case FIELD_DAY:
        keep(camt, &camt->day);
        break;
    case FIELD_REFERENCE:
        keep(camt, &camt->reference);
        break;
    case FIELD_ORDER:
        keep(camt, &camt->order_id);
        break;
    case FIELD_OWN_REFERENCE:
        keep(camt, &camt->own_reference);
        break;
    case FIELD_OWN_AMOUNT:
        take_amount(camt, &camt->transaction);
        break;
    case FIELD_OWN_DIRECTION:
        take_direction(camt, &camt->transaction);
        break;
    case FIELD_REASON:
        keep(camt, &camt->own_reason);
        break;
    case FIELD_BALANCE_CODE:
        keep(camt, &camt->balance_code);
        break;
    case FIELD_BALANCE:
        take_balance(camt);
        break;
    case FIELD_BALANCE_DIRECTION:
        take_direction(camt, &camt->balance);
        break;
    case FIELD_TOLD_COUNT:
        take_told_count(camt);
        break;
    case FIELD_TOLD_SUM:
        take_told_sum(camt);
        break;
    }
}

/* ---- what is complete */

static bool entry_is_booked(const struct camt *camt)
{
    return camt->status.size == 0 || str_equal_text(kept_str(&camt->status), "BOOK");
}

static void add_line(struct camt *camt, const struct money_seen *money, struct str reference)
{
    struct str day = str_sub(kept_str(&camt->day), 0, 10); /* of an instant, its day */
    struct bank_line line = {
        .kind = money->is_debit ? BANK_PAID : BANK_RETURNED,
        .amount_fen = money->amount_fen,
        .order_id = kept_str(&camt->order_id),
        .reference = reference,
        .reason = kept_str(&camt->own_reason),
        .place = camt->entry_place,
    };
    if (str_equal_text(line.order_id, "NOTPROVIDED"))
        line.order_id = STR("");
    if (!day_parse(day, &line.booked_day))
        refuse(camt, "缺少记账日或日期不对");
    if (camt->err == ERR_OK)
        stop(camt, bank_reading_add(camt->reading, &line));
}

/* Transactions come before the end of their entry, but behind its amount and reference. */
static void end_transaction(struct camt *camt)
{
    struct money_seen money = camt->transaction;
    camt->transaction_count++;
    if (!money.is_given)
        money.amount_fen = camt->entry.amount_fen; /* the only one of its entry, checked there */
    if (!money.has_direction)
        money.is_debit = camt->entry.is_debit;
    if (!checked_add(camt->transactions_fen, money.amount_fen, &camt->transactions_fen))
        refuse(camt, "金额合计超出范围");
    char made[FIELD_SIZE_MAX + 16];
    struct str reference = kept_str(&camt->own_reference);
    if (reference.size == 0 && camt->reference.size > 0) {
        snprintf(made, sizeof made, "%.*s/%d", STR_ARG(kept_str(&camt->reference)),
                 camt->transaction_count);
        reference = str_from(made);
    }
    if (camt->err == ERR_OK && entry_is_booked(camt))
        add_line(camt, &money, reference);
    camt->transaction = (struct money_seen){0};
    camt->order_id.size = camt->own_reference.size = camt->own_reason.size = 0;
}

static void count_entry(struct camt *camt)
{
    int64_t moved_fen = camt->entry.is_debit ? -camt->entry.amount_fen : camt->entry.amount_fen;
    camt->entry_count++;
    if (!checked_add(camt->entries_fen, camt->entry.amount_fen, &camt->entries_fen) ||
        !checked_add(camt->moved_fen, moved_fen, &camt->moved_fen))
        refuse(camt, "金额合计超出范围");
}

static void end_entry(struct camt *camt)
{
    if (!camt->entry.is_given || !camt->entry.has_direction)
        refuse(camt, "一笔记录缺少金额或借贷方向");
    else if (camt->transaction_count > 0 && camt->transactions_fen != camt->entry.amount_fen)
        refuse(camt, "一笔记录的金额与其明细之和不符");
    if (camt->err == ERR_OK && entry_is_booked(camt)) {
        count_entry(camt);
        if (camt->transaction_count == 0)
            add_line(camt, &camt->entry, kept_str(&camt->reference));
    }
    camt->entry = (struct money_seen){0};
    camt->status.size = camt->day.size = camt->reference.size = 0;
    camt->transaction_count = 0;
    camt->transactions_fen = 0;
}

static void end_balance(struct camt *camt)
{
    struct str code = kept_str(&camt->balance_code);
    int64_t amount_fen =
        camt->balance.is_debit ? -camt->balance.amount_fen : camt->balance.amount_fen;
    if (str_equal_text(code, "OPBD")) {
        camt->opening_fen = amount_fen;
        camt->has_opening = true;
    } else if (str_equal_text(code, "CLBD")) {
        camt->closing_fen = amount_fen;
        camt->has_closing = true;
    }
    camt->balance = (struct money_seen){0};
    camt->balance_code.size = 0;
}

static void end_statement(struct camt *camt)
{
    int64_t expected_fen;
    if (camt->has_told_count && camt->told_count != camt->entry_count)
        refuse(camt, "笔数与明细不符");
    else if (camt->has_told_sum && camt->told_fen != camt->entries_fen)
        refuse(camt, "合计与明细不符");
    else if (camt->has_opening && camt->has_closing &&
             (!checked_add(camt->opening_fen, camt->moved_fen, &expected_fen) ||
              expected_fen != camt->closing_fen))
        refuse(camt, "期初余额、发生额与期末余额不符");
    camt->statement_count++;
    camt->has_opening = camt->has_closing = camt->has_told_count = camt->has_told_sum = false;
    camt->moved_fen = camt->entry_count = camt->entries_fen = 0;
}

/* ---- expat */

static void XMLCALL start_element(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct camt *camt = user;
    const char *colon = strrchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    size_t size = strlen(local);
    camt->text_size = 0;
    camt->text_is_too_long = false;
    camt->is_cny = true;
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], "Ccy") == 0)
            camt->is_cny = strcmp(attributes[1], "CNY") == 0;
    camt->depth++;
    if (camt->depth > DEPTH_MAX || camt->path_size + size + 1 > sizeof camt->path) {
        refuse(camt, "层次太深");
        return;
    }
    if (camt->depth == 2) {
        camt->reading->statement.format =
            strcmp(local, "BkToCstmrStmt") == 0 ? BANK_CAMT_053 : BANK_CAMT_054;
        if (strcmp(local, "BkToCstmrStmt") != 0 && strcmp(local, "BkToCstmrDbtCdtNtfctn") != 0)
            refuse(camt, "不是camt.053或camt.054");
    }
    if (camt->depth <= 2)
        return;
    if (camt->path_size > 0)
        camt->path[camt->path_size++] = '/';
    memcpy(camt->path + camt->path_size, local, size);
    camt->path_size += size;
    if (path_is(camt, "*/Ntry"))
        camt->entry_place = place_of(camt);
}

static void end_part(struct camt *camt)
{
    if (path_is(camt, "*/Ntry/NtryDtls/TxDtls"))
        end_transaction(camt);
    else if (path_is(camt, "*/Ntry"))
        end_entry(camt);
    else if (path_is(camt, "*/Bal"))
        end_balance(camt);
    else if (path_is(camt, "*"))
        end_statement(camt);
}

static void XMLCALL end_element(void *user, const XML_Char *name)
{
    struct camt *camt = user;
    camt->depth--;
    if (camt->depth < 2 || camt->err != ERR_OK)
        return;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (path_is(camt, fields[i].path)) {
            take_field(camt, fields[i].field);
            break;
        }
    if (camt->err == ERR_OK)
        end_part(camt);
    while (camt->path_size > 0 && camt->path[camt->path_size - 1] != '/')
        camt->path_size--;
    if (camt->path_size > 0)
        camt->path_size--;
    camt->text_size = 0;
}

static void XMLCALL character_data(void *user, const XML_Char *text, int size)
{
    struct camt *camt = user;
    if ((size_t)size > sizeof camt->text - camt->text_size) {
        camt->text_is_too_long = true;
        return;
    }
    memcpy(camt->text + camt->text_size, text, (size_t)size);
    camt->text_size += (size_t)size;
}

static void XMLCALL doctype(void *user, const XML_Char *name, const XML_Char *system_id,
                            const XML_Char *public_id, int has_internal_subset)
{
    refuse(user, "不接受DOCTYPE");
}

static enum err parse(struct camt *camt, struct str text)
{
    enum { PIECE_SIZE = 1 << 20 };
    size_t at = 0;
    enum XML_Status status = XML_STATUS_OK;
    while (status == XML_STATUS_OK && camt->err == ERR_OK) {
        size_t size = text.size - at < PIECE_SIZE ? text.size - at : PIECE_SIZE;
        bool is_last = at + size == text.size;
        status = XML_Parse(camt->parser, text.ptr + at, (int)size, is_last);
        at += size;
        if (is_last)
            break;
    }
    if (camt->err != ERR_OK)
        return camt->err;
    if (status != XML_STATUS_OK)
        return bank_reading_refuse(camt->reading, place_of(camt), "不是完好的XML（%s）",
                                   XML_ErrorString(XML_GetErrorCode(camt->parser)));
    if (camt->statement_count == 0 || camt->reading->statement.message_id.size == 0)
        return bank_reading_refuse(camt->reading, 1, "文件没有编号或没有内容");
    return ERR_OK;
}

enum err bank_camt_read(struct bank_reading *reading, struct str text)
{
    struct camt *camt = ARENA_NEW(reading->arena, struct camt);
    if (!camt)
        return fault_set(reading->fault, ERR_MEMORY, "no memory for a bank file");
    camt->reading = reading;
    camt->parser = XML_ParserCreate("UTF-8"); /* converted already, whatever the file says */
    if (!camt->parser)
        return fault_set(reading->fault, ERR_MEMORY, "no memory for a bank file");
    XML_SetUserData(camt->parser, camt);
    XML_SetElementHandler(camt->parser, start_element, end_element);
    XML_SetCharacterDataHandler(camt->parser, character_data);
    XML_SetStartDoctypeDeclHandler(camt->parser, doctype);
    enum err err = parse(camt, text);
    XML_ParserFree(camt->parser);
    return err;
}
