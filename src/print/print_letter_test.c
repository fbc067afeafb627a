#include "print/print_letter.h"

#include "base/hash.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 60, COLUMNS = 4 };

static struct str heads[COLUMNS], cells[ROWS * COLUMNS];

/* A letter with a bit of everything; with rows a table goes over pages. */
static struct print_letter a_letter(struct print_block blocks[6], int32_t row_count)
{
    static const int32_t widths[COLUMNS] = {1, 2, 6, 2};
    heads[0] = STR("序号");
    heads[1] = STR("姓名");
    heads[2] = STR("单位");
    heads[3] = STR("金额（元）");
    for (int i = 0; i < ROWS; i++) {
        cells[i * COLUMNS] = STR("1");
        cells[i * COLUMNS + 1] = STR("李*明");
        cells[i * COLUMNS + 2] = STR("济宁重工机械设备制造有限责任公司第二分公司总装车间");
        cells[i * COLUMNS + 3] = STR("12,000");
    }
    blocks[0] = (struct print_block){PRINT_FLUSH, STR("李小明同志："), {0}};
    blocks[1] = (struct print_block){
        PRINT_PARAGRAPH,
        STR("经核对，您符合首席技师津贴的条件，我局决定发放首席技师津贴人民币12,000元"
            "（大写：壹万贰仟元整）。"
            "本次发放的期间为2023年1月至2023年12月。款项将支付到尾号为4567的账户。"), {0}};
    blocks[2] = (struct print_block){PRINT_PARAGRAPH, STR("发放的依据："), {0}};
    blocks[3] = (struct print_block){
        PRINT_QUOTE,
        STR("《关于开展“技能济宁”行动进一步加强技能人才队伍建设的实施意见》第九条：对评选的"
            "济宁首席技师，在管理期内每人每月发放1000元津贴。"), {0}};
    blocks[4] = (struct print_block){PRINT_TABLE, STR(""),
                                     {heads, widths, COLUMNS, row_count, cells}};
    blocks[5] = (struct print_block){
        PRINT_PARAGRAPH,
        STR("对本决定不服的，可以自收到本通知书之日起六十日内依法申请行政复议，也可以自收到"
            "本通知书之日起六个月内依法向人民法院提起行政诉讼。"), {0}};
    return (struct print_letter){
        .issuer = STR("济宁市人力资源和社会保障局"),
        .mark = STR("济人社发字〔2026〕12号"),
        .title = STR("关于发放首席技师津贴的通知书"),
        .blocks = blocks,
        .block_count = 6,
        .signer = STR("济宁市人力资源和社会保障局"),
        .day = 20514,
        .foot = STR("联系：职业能力建设科　电话：0537-0000000"),
    };
}

static struct str print_one(struct arena *arena, int32_t row_count)
{
    struct print_block blocks[6];
    struct print_letter letter = a_letter(blocks, row_count);
    struct fault fault;
    struct str pdf;
    EXPECT_OK(print_letter_pdf(arena, &letter, &pdf, &fault));
    return pdf;
}

static int page_count(struct str pdf)
{
    int count = 0;
    for (size_t at = str_find(pdf, STR("/Type /Page %")); at != SIZE_MAX;
         at = str_find(pdf, STR("/Type /Page %"))) {
        pdf = str_sub(pdf, at + 1, pdf.size);
        count++;
    }
    return count;
}

TEST(print_letter__gives_the_same_bytes_again)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    struct str first = print_one(&arena, 3), second = print_one(&arena, 3);
    EXPECT(str_equal(first, second));
    EXPECT(str_starts(first, STR("%PDF-1.5")));
    EXPECT(!str_equal(first, print_one(&arena, 4)));
    const char *path = getenv("BAIGONG_PRINT_TO"); /* to look at: BAIGONG_PRINT_TO=/tmp/a.pdf */
    if (path) {
        FILE *file = fopen(path, "wb");
        EXPECT(file != NULL);
        struct str shown = print_one(&arena, ROWS);
        EXPECT_INT(shown.size, fwrite(shown.ptr, 1, shown.size, file));
        fclose(file);
    }
    arena_done(&arena);
}

TEST(print_letter__takes_as_many_pages_as_its_table_needs)
{
    struct arena arena;
    arena_init(&arena, 256 << 20);
    EXPECT_INT(2, page_count(print_one(&arena, 1))); /* the signature has no room on the first */
    EXPECT_INT(6, page_count(print_one(&arena, ROWS)));
    arena_done(&arena);
}

TEST(print_letter__refuses_what_is_no_text_and_too_many_columns)
{
    struct arena arena;
    struct print_block blocks[6];
    struct fault fault;
    struct str pdf;
    arena_init(&arena, 64 << 20);
    struct print_letter letter = a_letter(blocks, 1);
    letter.title = STR("\xff");
    EXPECT_ERR(ERR_INPUT, print_letter_pdf(&arena, &letter, &pdf, &fault));
    letter = a_letter(blocks, 1);
    blocks[4].table.column_count = PRINT_COLUMNS_MAX + 1;
    EXPECT_ERR(ERR_LIMIT, print_letter_pdf(&arena, &letter, &pdf, &fault));
    arena_done(&arena);
}
