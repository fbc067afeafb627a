/* Files to the bank and back: their structure, their totals, and what is refused. */
#include "port/bank.h"

#include "base/day.h"
#include "base/encoding.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <expat.h>

enum { TODAY = 20514 }; /* 2026-03-02 */

static struct arena arena;
static struct fault fault;

/* ---- to the bank */

static struct bank_head given_head(void)
{
    return (struct bank_head){.message_id = STR("BG7000"),
                              .created_ms = INT64_C(1772416800000),
                              .pay_day = TODAY + 1,
                              .debtor = STR("济宁市人力资源和社会保障局"),
                              .debtor_account = STR("37001000000000000001"),
                              .count = 2,
                              .amount_fen = 150001};
}

static struct str file_bytes(const char *path)
{
    static char bytes[65536];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    return (struct str){bytes, size};
}

static struct str write_file(enum bank_format format, uint8_t digest[HASH_SIZE])
{
    static char path[64];
    arena_done(&arena);
    arena_init(&arena, 16 << 20);
    snprintf(path, sizeof path, "/tmp/bank_test_%d", (int)getpid());
    struct bank_head head = given_head();
    const struct bank_order orders[] = {
        {STR("7001-1"), 150000, STR("张三"), STR("6228480402564890018"), STR("农业银行"),
         STR("技能提升补贴 <第三条> & \"其他\"")},
        {STR("7002-1"), 1, STR("李,四"), STR("0537000000000001"), STR(""), STR("")},
    };
    struct bank_writer *writer;
    EXPECT_OK(bank_writer_open(&arena, path, format, &head, &fault, &writer));
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        EXPECT_OK(bank_writer_order(writer, &orders[i], &fault));
    EXPECT(access(path, F_OK) != 0); /* nothing under its name before it is whole */
    EXPECT_OK(bank_writer_close(writer, &fault, digest));
    struct str bytes = file_bytes(path);
    unlink(path);
    return bytes;
}

TEST(bank_writer__writes_the_documented_csv)
{
    uint8_t digest[HASH_SIZE], expected[HASH_SIZE], head_digest[HASH_SIZE];
    char hex[HASH_HEX_SIZE];
    struct str bytes = write_file(BANK_CSV, digest);
    static const char rows[] =
        "H,1,BG7000,2026-03-02T10:00:00+08:00,2026-03-03,济宁市人力资源和社会保障局,"
        "37001000000000000001,2,1500.01\r\n"
        "D,7001-1,1500.00,6228480402564890018,张三,农业银行,"
        "\"技能提升补贴 <第三条> & \"\"其他\"\"\"\r\n"
        "D,7002-1,0.01,0537000000000001,\"李,四\",,\r\n";
    char whole[2048];
    hash_sm3(str_from(rows), head_digest);
    snprintf(whole, sizeof whole, "%sT,2,1500.01,%s\r\n", rows,
             hash_hex(head_digest, sizeof head_digest, hex));
    EXPECT_STR(whole, bytes);
    hash_sm3(bytes, expected);
    EXPECT(memcmp(expected, digest, sizeof digest) == 0);
}

/* pain.001.001.09 as its public message definition orders the elements that we write. */
static const struct {
    const char *parent, *children; /* children in their order; those with * may repeat */
} definition[] = {
    {"Document", "CstmrCdtTrfInitn"},
    {"CstmrCdtTrfInitn", "GrpHdr PmtInf*"},
    {"GrpHdr", "MsgId CreDtTm Authstn NbOfTxs CtrlSum InitgPty FwdgAgt"},
    {"InitgPty", "Nm PstlAdr Id CtryOfRes CtctDtls"},
    {"PmtInf",
     "PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdExctnDt PoolgAdjstmntDt Dbtr "
     "DbtrAcct DbtrAgt DbtrAgtAcct InstrForDbtrAgt UltmtDbtr ChrgBr ChrgsAcct "
     "ChrgsAcctAgt CdtTrfTxInf*"},
    {"ReqdExctnDt", "Dt DtTm"},
    {"Dbtr", "Nm PstlAdr Id CtryOfRes CtctDtls"},
    {"DbtrAcct", "Id Tp Ccy Nm Prxy"},
    {"DbtrAgt", "FinInstnId BrnchId"},
    {"FinInstnId", "BICFI ClrSysMmbId LEI Nm PstlAdr Othr"},
    {"CdtTrfTxInf", "PmtId PmtTpInf Amt XchgRateInf ChrgBr MndtRltdInf ChqInstr UltmtDbtr "
                    "IntrmyAgt1 IntrmyAgt1Acct IntrmyAgt2 IntrmyAgt2Acct IntrmyAgt3 "
                    "IntrmyAgt3Acct CdtrAgt CdtrAgtAcct Cdtr CdtrAcct UltmtCdtr InstrForCdtrAgt "
                    "InstrForDbtrAgt Purp RgltryRptg Tax RltdRmtInf RmtInf SplmtryData"},
    {"PmtId", "InstrId EndToEndId UETR"},
    {"Amt", "InstdAmt EqvtAmt"},
    {"CdtrAgt", "FinInstnId BrnchId"},
    {"Cdtr", "Nm PstlAdr Id CtryOfRes CtctDtls"},
    {"CdtrAcct", "Id Tp Ccy Nm Prxy"},
    {"Id", "IBAN Othr"},
    {"Othr", "Id SchmeNm Issr"},
    {"RmtInf", "Ustrd* Strd*"},
};

struct seen { /* an element that is open */
    char name[32];
    size_t at; /* place among the children of its definition */
};

static struct seen open_elements[16];
static int open_count, transaction_count, wrong_count;

/* Where the child stands in the list at or behind `at`; SIZE_MAX when it may not stand there. */
static size_t next_place(const char *children, size_t at, const char *child)
{
    size_t size = strlen(child);
    for (const char *p = children + at; (p = strstr(p, child)) != NULL; p += size) {
        bool begins = p == children || p[-1] == ' ';
        bool repeats = p[size] == '*';
        if (begins && (p[size] == ' ' || p[size] == '\0' || repeats))
            return (size_t)(p - children) + (repeats ? 0 : size);
    }
    return SIZE_MAX;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    if (open_count > 0) {
        struct seen *parent = &open_elements[open_count - 1];
        bool known = false;
        for (size_t i = 0; i < sizeof definition / sizeof definition[0]; i++) {
            if (strcmp(definition[i].parent, parent->name) != 0)
                continue;
            size_t place = next_place(definition[i].children, parent->at, name);
            known = place != SIZE_MAX;
            parent->at = known ? place : parent->at;
        }
        if (!known)
            print_error("<%s> may not stand in <%s> here\n", name, parent->name);
        wrong_count += !known;
    }
    transaction_count += strcmp(name, "CdtTrfTxInf") == 0;
    struct seen *seen = &open_elements[open_count++];
    snprintf(seen->name, sizeof seen->name, "%s", name);
    seen->at = 0;
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    open_count--;
}

TEST(bank_writer__writes_pain_001_as_its_definition_says)
{
    uint8_t digest[HASH_SIZE];
    struct str bytes = write_file(BANK_PAIN, digest);
    XML_Parser parser = XML_ParserCreate(NULL);
    XML_SetElementHandler(parser, on_start, on_end);
    EXPECT(XML_Parse(parser, bytes.ptr, (int)bytes.size, 1) == XML_STATUS_OK);
    XML_ParserFree(parser);
    EXPECT_INT(0, wrong_count);
    EXPECT_INT(2, transaction_count);
    EXPECT(str_find(bytes, STR("pain.001.001.09\"")) != SIZE_MAX);
    EXPECT(str_find(bytes, STR("<NbOfTxs>2</NbOfTxs><CtrlSum>1500.01</CtrlSum>")) != SIZE_MAX);
    EXPECT(str_find(bytes, STR("&lt;第三条&gt; &amp;")) != SIZE_MAX);
}

TEST(bank_writer__leaves_nothing_when_it_is_cancelled)
{
    arena_done(&arena);
    arena_init(&arena, 16 << 20);
    struct bank_head head = given_head();
    struct bank_writer *writer;
    EXPECT_OK(bank_writer_open(&arena, "/tmp/bank_test_cancel", BANK_CSV, &head, &fault, &writer));
    bank_writer_cancel(writer);
    EXPECT(access("/tmp/bank_test_cancel", F_OK) != 0);
    EXPECT_ERR(ERR_IO,
               bank_writer_open(&arena, "/tmp/no such folder/x", BANK_CSV, &head, &fault, &writer));
}

/* ---- from the bank */

static enum err read_text(const char *text, struct bank_statement *ret_statement)
{
    arena_done(&arena);
    arena_init(&arena, 16 << 20);
    return bank_statement_read(&arena, str_from(text), TODAY, ret_statement, &fault);
}

#define HEAD "H,1,R20260302,2026-03-02T18:00:00+08:00\n"

TEST(bank_read__takes_the_documented_csv)
{
    struct bank_statement statement;
    EXPECT_OK(read_text(HEAD "P,7001-1,B001,1500.00,2026-03-02\n"
                             "R,7002-1,B002,0.01,2026-03-03,户名不符\n"
                             "T,2,1500.00,0.01\n",
                        &statement));
    EXPECT_INT(BANK_CSV, statement.format);
    EXPECT_INT(2, statement.line_count);
    EXPECT_INT(150000, statement.paid_fen);
    EXPECT_INT(BANK_RETURNED, statement.lines[1].kind);
    EXPECT_STR("户名不符", statement.lines[1].reason);
    EXPECT_INT(TODAY + 1, statement.lines[1].booked_day);
}

TEST(bank_read__takes_gb18030)
{
    static const char text[] = HEAD "R,7002-1,B002,0.01,2026-03-02,户名与账号不符\nT,1,0,0.01\n";
    struct bank_statement statement;
    struct str bytes;
    arena_done(&arena);
    arena_init(&arena, 16 << 20);
    EXPECT_OK(encoding_to_gb18030(&arena, str_from(text), &fault, &bytes));
    EXPECT_OK(bank_statement_read(&arena, bytes, TODAY, &statement, &fault));
    EXPECT_STR("户名与账号不符", statement.lines[0].reason);
}

static const struct {
    const char *text, *message;
} refused[] = {
    {HEAD "P,a,B1,1.00,2026-03-02\nT,2,1.00,0\n", "第3行：笔数与明细不符"},
    {HEAD "P,a,B1,1.00,2026-03-02\nT,1,1.01,0\n", "第3行：到账合计与明细不符"},
    {HEAD "P,a,B1,1.00,2026-03-02\nT,1,1.00,1.00\n", "第3行：退回合计与明细不符"},
    {HEAD "P,a,B1,1.00,2026-03-02\nP,b,B1,1.00,2026-03-02\nT,2,2.00,0\n",
     "第3行：流水号与第2行重复"},
    {HEAD "P,a,B1,0,2026-03-02\nT,1,0,0\n", "第2行：金额不对：应为大于零的元数，最多两位小数"},
    {HEAD "P,a,B1,-5,2026-03-02\nT,1,0,0\n", "第2行：金额不对：应为大于零的元数，最多两位小数"},
    {HEAD "P,a,B1,1.005,2026-03-02\n", "第2行：金额不对：应为大于零的元数，最多两位小数"},
    {HEAD "P,a,B1,99999999999999999999,2026-03-02\n",
     "第2行：金额不对：应为大于零的元数，最多两位小数"},
    {HEAD "P,a,B1,1.00,2026-02-30\n", "第2行：日期不对"},
    {HEAD "P,a,B1,1.00,2026-03-04\n", "第2行：记账日2026-03-04晚于今天"},
    {HEAD "P,a,,1.00,2026-03-02\n", "第2行：缺少银行流水号或太长"},
    {HEAD "P,a,B1,1.00,2026-03-02\n", "第2行：文件不完整：没有T行（合计）"},
    {HEAD "X,a\n", "第2行：行首应为H、P、R或T"},
    {"P,a,B1,1.00,2026-03-02\n", "第1行：第一行应为H行"},
    {HEAD HEAD, "第2行：H行只能是第一行"},
    {HEAD "T,0,0,0\nP,a,B1,1.00,2026-03-02\n", "第3行：T行后面还有内容"},
    {" \n", "文件是空的"},
};

TEST(bank_read__refuses_with_the_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct bank_statement statement;
        EXPECT_ERR(ERR_BANK_FILE, read_text(refused[i].text, &statement));
        EXPECT_STR(refused[i].message, str_from(fault.message));
    }
}

#define CAMT(inside)                                                                               \
    "<?xml version=\"1.0\" encoding=\"GB18030\"?>\n"                                               \
    "<n:Document xmlns:n=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><n:BkToCstmrStmt>\n"   \
    "<GrpHdr><MsgId>S1</MsgId></GrpHdr><Stmt><Id>1</Id>" inside "</Stmt></n:BkToCstmrStmt>"        \
    "</n:Document>"
#define BALANCE(code, amount)                                                                      \
    "<Bal><Tp><CdOrPrtry><Cd>" code "</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">" amount "</Amt>"      \
    "<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
#define ENTRY(amount, direction, details)                                                          \
    "\n<Ntry><Amt Ccy=\"CNY\">" amount "</Amt><CdtDbtInd>" direction "</CdtDbtInd>"                \
    "<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>"                               \
    "<AcctSvcrRef>R" amount "</AcctSvcrRef><NtryDtls>" details "</NtryDtls></Ntry>"
#define TRANSACTION(order, amount, more)                                                           \
    "<TxDtls><Refs><EndToEndId>" order "</EndToEndId></Refs><Amt Ccy=\"CNY\">" amount              \
    "</Amt>" more "</TxDtls>"

TEST(bank_read__takes_camt_053_with_batches_and_returns)
{
    struct bank_statement statement;
    EXPECT_OK(read_text(
        CAMT(BALANCE("OPBD", "10.00") BALANCE(
            "CLBD", "7.50") "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries><Sum>3.50</Sum></"
                            "TtlNtries></TxsSummry>" ENTRY("3.00", "DBIT",
                                                           TRANSACTION("7001-1", "1.00", "")
                                                               TRANSACTION("7002-1", "2.00", ""))
                                ENTRY("0.50", "CRDT",
                                      TRANSACTION("7003-1", "0.50",
                                                  "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>"))),
        &statement));
    EXPECT_INT(BANK_CAMT_053, statement.format);
    EXPECT_INT(3, statement.line_count);
    EXPECT_STR("7002-1", statement.lines[1].order_id);
    EXPECT_STR("R3.00/2", statement.lines[1].reference);
    EXPECT_INT(BANK_RETURNED, statement.lines[2].kind);
    EXPECT_STR("AC01", statement.lines[2].reason);
    EXPECT_INT(300, statement.paid_fen);
    EXPECT_INT(2, statement.lines[0].place - 2);
}

static const struct {
    const char *text, *part; /* of the message */
} refused_camt[] = {
    {CAMT(BALANCE("OPBD", "10.00") BALANCE("CLBD", "9.99") ENTRY("1.00", "CRDT", "")),
     "期初余额、发生额与期末余额不符"},
    {CAMT(ENTRY("3.00", "DBIT", TRANSACTION("a", "1.00", "") TRANSACTION("b", "2.01", ""))),
     "一笔记录的金额与其明细之和不符"},
    {CAMT("<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>" ENTRY(
         "1.00", "DBIT", "")),
     "笔数与明细不符"},
    {CAMT(ENTRY("1.00", "DBIT", "") ENTRY("1.00", "DBIT", "")), "重复"},
    {CAMT("<Ntry><Amt Ccy=\"USD\">1.00</Amt></Ntry>"), "币种不是人民币"},
    {CAMT(ENTRY("0.00", "DBIT", "")), "金额不对"},
    {CAMT("<Ntry><CdtDbtInd>DBIT</CdtDbtInd></Ntry>"), "缺少金额"},
    {"<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "DOCTYPE"},
    {"<Document><pain/></Document>", "不是camt.053或camt.054"},
    {"<Document><BkToCstmrStmt><GrpHdr>", "不是完好的XML"},
    {"<Document><BkToCstmrStmt></BkToCstmrStmt></Document>", "没有编号"},
};

TEST(bank_read__refuses_camt_that_does_not_add_up)
{
    for (size_t i = 0; i < sizeof refused_camt / sizeof refused_camt[0]; i++) {
        struct bank_statement statement;
        EXPECT_ERR(ERR_BANK_FILE, read_text(refused_camt[i].text, &statement));
        if (!strstr(fault.message, refused_camt[i].part))
            print_error("%s\n", fault.message);
        EXPECT(strstr(fault.message, refused_camt[i].part) != NULL);
    }
}

TEST(bank_amount_read__takes_yuan_with_two_decimals_and_nothing_else)
{
    static const char *const wrong[] = {"",
                                        "0",
                                        "0.00",
                                        ".5",
                                        "1.",
                                        "1.234",
                                        "1,000",
                                        "-1",
                                        "+1",
                                        "1e3",
                                        " 1",
                                        "1000000000000.01",
                                        "99999999999999999999"};
    int64_t amount_fen = 0;
    EXPECT(bank_amount_read(STR("1000000000000"), &amount_fen));
    EXPECT_INT(BANK_AMOUNT_MAX_FEN, amount_fen);
    EXPECT(bank_amount_read(STR("0.5"), &amount_fen));
    EXPECT_INT(50, amount_fen);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        EXPECT(!bank_amount_read(str_from(wrong[i]), &amount_fen));
}
