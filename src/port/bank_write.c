/* Files to the bank, written beside their place and put there whole. */
#include "port/bank.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/checked.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

enum { BUFFER_SIZE = 64 * 1024, ROW_ARENA_SIZE_MAX = 1024 * 1024 };

struct bank_writer {
    struct arena row_arena; /* one row at a time */
    enum bank_format format;
    struct bank_head head;
    const char *path;
    char *part_path;
    FILE *file;
    EVP_MD_CTX *digest;
    int64_t order_count, amount_fen;
};

/* ---- bytes */

static enum err put(struct bank_writer *writer, const struct text_buf *row, struct fault *fault)
{
    if (row->failed)
        return fault_set(fault, ERR_LIMIT, "一笔付款的文字太长");
    struct str bytes = text_str(row);
    check(EVP_DigestUpdate(writer->digest, bytes.ptr, bytes.size) == 1);
    if (fwrite(bytes.ptr, 1, bytes.size, writer->file) != bytes.size)
        return byte_fault(fault, errno, "写入银行文件");
    return ERR_OK;
}

static void add_amount(struct text_buf *row, int64_t amount_fen)
{
    text_format(row, "%" PRId64 ".%02d", amount_fen / 100, (int)(amount_fen % 100));
}

static void add_instant(struct text_buf *row, int64_t at_ms)
{
    int32_t day = clock_city_day(at_ms);
    int64_t second = (at_ms - clock_city_day_ms(day)) / 1000;
    char text[DAY_TEXT_SIZE];
    text_format(row, "%sT%02d:%02d:%02d+08:00", day_text(day, text), (int)(second / 3600),
                (int)(second / 60 % 60), (int)(second % 60));
}

/* At most so many characters, without those that no file of a bank may hold. */
static struct str clipped(struct str text, size_t character_count_max)
{
    struct str rest = text;
    size_t count = 0;
    while (rest.size > 0 && count++ < character_count_max)
        str_next_character(&rest);
    return str_sub(text, 0, text.size - rest.size);
}

/* ---- CSV */

static void add_cell(struct text_buf *row, struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.size; i++)
        quoted |= text.ptr[i] == ',' || text.ptr[i] == '"' || (unsigned char)text.ptr[i] < ' ';
    text_add_byte(row, ',');
    if (!quoted) {
        text_add(row, text);
        return;
    }
    text_add_byte(row, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == '"')
            text_add_byte(row, '"');
        text_add_byte(row, (unsigned char)text.ptr[i] < ' ' ? ' ' : text.ptr[i]);
    }
    text_add_byte(row, '"');
}

static void csv_head(struct text_buf *row, const struct bank_head *head)
{
    char day[DAY_TEXT_SIZE];
    text_add_z(row, "H,1,");
    text_add(row, head->message_id);
    text_add_byte(row, ',');
    add_instant(row, head->created_ms);
    text_format(row, ",%s", day_text(head->pay_day, day));
    add_cell(row, head->debtor);
    add_cell(row, head->debtor_account);
    text_format(row, ",%" PRId64 ",", head->count);
    add_amount(row, head->amount_fen);
    text_add_z(row, "\r\n");
}

static void csv_order(struct text_buf *row, const struct bank_order *order)
{
    text_add_z(row, "D,");
    text_add(row, order->order_id);
    text_add_byte(row, ',');
    add_amount(row, order->amount_fen);
    add_cell(row, order->account);
    add_cell(row, clipped(order->name, BANK_TEXT_MAX));
    add_cell(row, clipped(order->bank, BANK_TEXT_MAX));
    add_cell(row, clipped(order->text, BANK_TEXT_MAX));
    text_add_z(row, "\r\n");
}

static void csv_tail(struct text_buf *row, struct bank_writer *writer)
{
    uint8_t digest[HASH_SIZE];
    char hex[HASH_HEX_SIZE];
    EVP_MD_CTX *so_far = EVP_MD_CTX_new();
    check(so_far);
    check(EVP_MD_CTX_copy_ex(so_far, writer->digest) == 1);
    check(EVP_DigestFinal_ex(so_far, digest, NULL) == 1);
    EVP_MD_CTX_free(so_far);
    text_format(row, "T,%" PRId64 ",", writer->head.count);
    add_amount(row, writer->head.amount_fen);
    text_format(row, ",%s\r\n", hash_hex(digest, sizeof digest, hex));
}

/* ---- pain.001.001.09 */

static void add_text(struct text_buf *row, const char *tag, struct str text)
{
    text_format(row, "<%s>", tag);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (c == '<')
            text_add_z(row, "&lt;");
        else if (c == '>')
            text_add_z(row, "&gt;");
        else if (c == '&')
            text_add_z(row, "&amp;");
        else
            text_add_byte(row, (unsigned char)c < ' ' ? ' ' : c);
    }
    text_format(row, "</%s>", tag);
}

static void add_totals(struct text_buf *row, const struct bank_head *head)
{
    text_format(row, "<NbOfTxs>%" PRId64 "</NbOfTxs><CtrlSum>", head->count);
    add_amount(row, head->amount_fen);
    text_add_z(row, "</CtrlSum>");
}

static void pain_head(struct text_buf *row, const struct bank_head *head)
{
    char day[DAY_TEXT_SIZE];
    text_add_z(row, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">\n"
                    "<CstmrCdtTrfInitn>\n<GrpHdr>");
    add_text(row, "MsgId", head->message_id);
    text_add_z(row, "<CreDtTm>");
    add_instant(row, head->created_ms);
    text_add_z(row, "</CreDtTm>");
    add_totals(row, head);
    text_add_z(row, "<InitgPty>");
    add_text(row, "Nm", clipped(head->debtor, BANK_TEXT_MAX));
    text_add_z(row, "</InitgPty></GrpHdr>\n<PmtInf>");
    add_text(row, "PmtInfId", head->message_id);
    text_add_z(row, "<PmtMtd>TRF</PmtMtd><BtchBookg>false</BtchBookg>");
    add_totals(row, head);
    text_format(row, "<ReqdExctnDt><Dt>%s</Dt></ReqdExctnDt><Dbtr>", day_text(head->pay_day, day));
    add_text(row, "Nm", clipped(head->debtor, BANK_TEXT_MAX));
    text_add_z(row, "</Dbtr><DbtrAcct><Id><Othr>");
    add_text(row, "Id", head->debtor_account);
    text_add_z(row, "</Othr></Id><Ccy>CNY</Ccy></DbtrAcct><DbtrAgt><FinInstnId><Othr>"
                    "<Id>NOTPROVIDED</Id></Othr></FinInstnId></DbtrAgt>\n");
}

static void pain_order(struct text_buf *row, const struct bank_order *order)
{
    text_add_z(row, "<CdtTrfTxInf><PmtId>");
    add_text(row, "EndToEndId", order->order_id);
    text_add_z(row, "</PmtId><Amt><InstdAmt Ccy=\"CNY\">");
    add_amount(row, order->amount_fen);
    text_add_z(row, "</InstdAmt></Amt>");
    if (order->bank.size > 0) {
        text_add_z(row, "<CdtrAgt><FinInstnId>");
        add_text(row, "Nm", clipped(order->bank, BANK_TEXT_MAX));
        text_add_z(row, "</FinInstnId></CdtrAgt>");
    }
    text_add_z(row, "<Cdtr>");
    add_text(row, "Nm", clipped(order->name, BANK_TEXT_MAX));
    text_add_z(row, "</Cdtr><CdtrAcct><Id><Othr>");
    add_text(row, "Id", order->account);
    text_add_z(row, "</Othr></Id></CdtrAcct>");
    if (order->text.size > 0) {
        text_add_z(row, "<RmtInf>");
        add_text(row, "Ustrd", clipped(order->text, BANK_TEXT_MAX));
        text_add_z(row, "</RmtInf>");
    }
    text_add_z(row, "</CdtTrfTxInf>\n");
}

/* ---- the writer */

void bank_writer_cancel(struct bank_writer *writer)
{
    if (!writer)
        return;
    if (writer->file) {
        fclose(writer->file);
        unlink(writer->part_path);
    }
    EVP_MD_CTX_free(writer->digest);
    writer->digest = NULL;
    arena_done(&writer->row_arena);
}

static struct bank_writer *new_writer(struct arena *arena, const char *path,
                                      enum bank_format format, const struct bank_head *head)
{
    struct bank_writer *writer = ARENA_NEW(arena, struct bank_writer);
    size_t part_size = strlen(path) + sizeof ".part-XXXXXX";
    char *part_path = arena_alloc(arena, part_size);
    const char *own_path = arena_copy(arena, path, strlen(path));
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    if (!writer || !part_path || !own_path || !digest) {
        EVP_MD_CTX_free(digest);
        return NULL;
    }
    *writer = (struct bank_writer){.format = format,
                                   .head = *head,
                                   .path = own_path,
                                   .part_path = part_path,
                                   .digest = digest};
    arena_init(&writer->row_arena, ROW_ARENA_SIZE_MAX);
    snprintf(part_path, part_size, "%s.part-XXXXXX", path);
    check(EVP_DigestInit_ex(digest, EVP_sm3(), NULL) == 1);
    return writer;
}

static enum err open_part(struct bank_writer *writer, struct fault *fault)
{
    int fd = mkostemp(writer->part_path, O_CLOEXEC); /* for its owner alone */
    if (fd < 0)
        return byte_fault(fault, errno, "写入银行文件");
    writer->file = fdopen(fd, "w");
    if (!writer->file) {
        close(fd);
        unlink(writer->part_path);
        return fault_set(fault, ERR_MEMORY, "no memory for a file of payments");
    }
    setvbuf(writer->file, NULL, _IOFBF, BUFFER_SIZE);
    return ERR_OK;
}

enum err bank_writer_open(struct arena *arena, const char *path, enum bank_format format,
                          const struct bank_head *head, struct fault *fault,
                          struct bank_writer **ret_writer)
{
    check(format == BANK_CSV || format == BANK_PAIN);
    struct bank_writer *writer = new_writer(arena, path, format, head);
    if (!writer)
        return fault_set(fault, ERR_MEMORY, "no memory for a file of payments");
    struct text_buf row;
    text_init(&row, &writer->row_arena);
    if (format == BANK_CSV)
        csv_head(&row, head);
    else
        pain_head(&row, head);
    enum err err = open_part(writer, fault);
    if (err == ERR_OK)
        err = put(writer, &row, fault);
    if (err != ERR_OK) {
        bank_writer_cancel(writer);
        return err;
    }
    *ret_writer = writer;
    return ERR_OK;
}

enum err bank_writer_order(struct bank_writer *writer, const struct bank_order *order,
                           struct fault *fault)
{
    check(order->order_id.size > 0);
    check(order->order_id.size <= BANK_ID_SIZE_MAX);
    struct arena_mark mark = arena_mark(&writer->row_arena);
    struct text_buf row;
    text_init(&row, &writer->row_arena);
    if (writer->format == BANK_CSV)
        csv_order(&row, order);
    else
        pain_order(&row, order);
    writer->order_count++;
    check(checked_add(writer->amount_fen, order->amount_fen, &writer->amount_fen));
    enum err err = put(writer, &row, fault);
    arena_rewind(&writer->row_arena, mark);
    return err;
}

/* The name of the file is on disk too. */
static void sync_folder(struct bank_writer *writer)
{
    const char *slash = strrchr(writer->path, '/');
    size_t size = slash ? (size_t)(slash - writer->path) : 0;
    const char *folder =
        slash ? arena_copy(&writer->row_arena, writer->path, size + (size == 0)) : ".";
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static enum err place(struct bank_writer *writer, struct fault *fault)
{
    if (fflush(writer->file) != 0 || fsync(fileno(writer->file)) != 0)
        return byte_fault(fault, errno, "写入银行文件");
    if (rename(writer->part_path, writer->path) != 0)
        return byte_fault(fault, errno, "放置银行文件");
    fclose(writer->file);
    writer->file = NULL;
    sync_folder(writer);
    return ERR_OK;
}

enum err bank_writer_close(struct bank_writer *writer, struct fault *fault,
                           uint8_t ret_digest[HASH_SIZE])
{
    check(writer->order_count == writer->head.count);
    check(writer->amount_fen == writer->head.amount_fen);
    struct text_buf row;
    text_init(&row, &writer->row_arena);
    if (writer->format == BANK_CSV)
        csv_tail(&row, writer);
    else
        text_add_z(&row, "</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n");
    enum err err = put(writer, &row, fault);
    if (err == ERR_OK)
        err = place(writer, fault);
    if (err == ERR_OK)
        check(EVP_DigestFinal_ex(writer->digest, ret_digest, NULL) == 1);
    bank_writer_cancel(writer);
    return err;
}
