#include "base/tabular.h"

#include "unit.h"

#include <stdlib.h>
#include <zip.h>

/* Builds workbooks in memory: the parts that a test does not give are the smallest valid ones. */
struct given {
    const char *sheet; /* inside <worksheet> */
    const char *strings;
    const char *styles;
    const char *workbook; /* inside <workbook> */
    const char *prefix;   /* before the root of the sheet: DOCTYPE and the like */
    const char *other_sheet;
};

static struct arena arena;

static void add_part(zip_t *zip, const char *name, const char *text)
{
    struct str copy = str_copy(&arena, str_from(text));
    zip_source_t *source = zip_source_buffer(zip, copy.ptr, copy.size, 0);
    EXPECT(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
}

static struct str zip_bytes(zip_t *zip, zip_source_t *source)
{
    zip_source_keep(source);
    EXPECT(zip_close(zip) == 0);
    EXPECT(zip_source_open(source) == 0);
    zip_source_seek(source, 0, SEEK_END);
    size_t size = (size_t)zip_source_tell(source);
    zip_source_seek(source, 0, SEEK_SET);
    char *bytes = arena_alloc(&arena, size);
    EXPECT(bytes && zip_source_read(source, bytes, size) == (zip_int64_t)size);
    zip_source_close(source);
    zip_source_free(source);
    return (struct str){bytes, size};
}

static zip_t *new_zip(zip_source_t **ret_source)
{
    zip_error_t error;
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    *ret_source = source;
    return zip_open_from_source(source, ZIP_TRUNCATE, &error);
}

#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static struct str workbook(struct given given)
{
    zip_source_t *source;
    zip_t *zip = new_zip(&source);
    add_part(zip, "_rels/.rels",
             "<Relationships><Relationship Id=\"rId1\" Type=\"" RELATION
             "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>");
    add_part(zip, "xl/_rels/workbook.xml.rels",
             "<Relationships><Relationship Id=\"rId1\" Type=\"" RELATION
             "worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" "
             "Type=\"" RELATION "worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
             "<Relationship Id=\"rId3\" Type=\"" RELATION
             "styles\" Target=\"styles.xml\"/><Relationship Id=\"rId4\" Type=\"" RELATION
             "sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>");
    add_part(zip, "xl/workbook.xml",
             text_in(&arena, "<workbook xmlns:r=\"r\">%s</workbook>",
                     given.workbook
                         ? given.workbook
                         : "<sheets><sheet name=\"人员\" sheetId=\"1\" r:id=\"rId1\"/></sheets>"));
    add_part(zip, "xl/worksheets/sheet1.xml",
             text_in(&arena, "%s<worksheet>%s</worksheet>", given.prefix ? given.prefix : "",
                     given.sheet ? given.sheet : ""));
    if (given.other_sheet)
        add_part(zip, "xl/worksheets/sheet2.xml",
                 text_in(&arena, "<worksheet>%s</worksheet>", given.other_sheet));
    add_part(zip, "xl/styles.xml",
             text_in(&arena, "<styleSheet>%s</styleSheet>", given.styles ? given.styles : ""));
    add_part(zip, "xl/sharedStrings.xml",
             text_in(&arena, "<sst>%s</sst>", given.strings ? given.strings : ""));
    return zip_bytes(zip, source);
}

static const char problem_marks[] = ".#fe^d"; /* by enum cell_problem; '.' is not printed */
_Static_assert(sizeof problem_marks - 1 == CELL_PROBLEM_COUNT, "one each");

static enum err rows_of(struct str bytes, const char *sheet_name, struct fault *fault,
                        struct str *ret_rows)
{
    struct table_reader *reader = NULL;
    struct table_options options = {.sheet_name = sheet_name};
    TRY(table_reader_open_memory(bytes, &options, fault, &reader));
    struct text_buf text;
    text_init(&text, &arena);
    const struct table_row *row = NULL;
    enum err err;
    while ((err = table_reader_next(reader, fault, &row)) == ERR_OK && row) {
        text_format(&text, "%d:", (int)row->row_number);
        for (int32_t i = 0; i < row->cell_count; i++) {
            text_add_z(&text, i ? "|" : "");
            text_add(&text, row->cells[i].text);
            if (row->cells[i].problem)
                text_add_byte(&text, problem_marks[row->cells[i].problem]);
        }
        text_add_z(&text, "\n");
    }
    table_reader_free(reader);
    *ret_rows = text_str(&text);
    return err;
}

static void expect_rows(const char *expected, struct given given)
{
    arena_init(&arena, 64 << 20);
    struct str rows = {0};
    struct fault fault = {0};
    enum err err = rows_of(workbook(given), NULL, &fault, &rows);
    if (err != ERR_OK)
        print_error("%s\n", fault.message);
    EXPECT_OK(err);
    EXPECT_STR(expected, rows);
    arena_done(&arena);
}

static void expect_bytes_fault(enum err code, const char *message, struct str bytes)
{
    struct str rows = {0};
    struct fault fault = {0};
    EXPECT_ERR(code, rows_of(bytes, NULL, &fault, &rows));
    EXPECT_STR(message, str_from(fault.message));
    EXPECT(fault.hint[0] != '\0');
}

static void expect_fault(enum err code, const char *message, struct given given)
{
    arena_init(&arena, 64 << 20);
    expect_bytes_fault(code, message, workbook(given));
    arena_done(&arena);
}

#define ROWS(text) "<sheetData>" text "</sheetData>"

TEST(sheet__reads_every_kind_of_cell)
{
    expect_rows("1:张三|李四|3.3|TRUE|#N/Ae|公式\n",
                (struct given){
                    .strings = "<si><t>张三</t><rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si>",
                    .sheet = ROWS("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
                                  "<c r=\"B1\" t=\"inlineStr\"><is><r><t>李</t></r><r><t>四</t></r>"
                                  "</is></c><c r=\"C1\"><v>3.3000000000000003</v></c>"
                                  "<c r=\"D1\" t=\"b\"><v>1</v></c><c r=\"E1\" t=\"e\"><v>#N/A</v>"
                                  "</c><c r=\"F1\" t=\"str\"><f>X()</f><v>公式</v></c></row>")});
}

TEST(sheet__keeps_gaps_of_cells_and_rows)
{
    expect_rows("2:||7\n5:1|2\n",
                (struct given){.sheet = ROWS("<row r=\"1\"><c r=\"A1\" s=\"0\"/></row><row r=\"2\">"
                                             "<c r=\"C2\"><v>7</v></c></row><row r=\"5\"><c><v>1"
                                             "</v></c><c><v>2</v></c></row><row/>")});
}

TEST(sheet__reads_days_and_times_by_format)
{
    const char *styles =
        "<numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;\"/>"
        "<numFmt numFmtId=\"165\" formatCode=\"[$-804]0.00&quot;d&quot;;[Red]General\"/>"
        "<numFmt numFmtId=\"166\" formatCode=\"000000\"/>"
        "<numFmt numFmtId=\"167\" formatCode=\"[h]:mm\"/></numFmts>"
        "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/>"
        "<xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"166\"/>"
        "<xf numFmtId=\"167\"/></cellXfs>";
    const char *sheet =
        ROWS("<row><c s=\"0\"><v>44795</v></c><c s=\"1\"><v>44795</v></c>"
             "<c s=\"2\"><v>44795.354166666664</v></c><c s=\"3\"><v>44795</v></c>"
             "<c s=\"4\"><v>44795.5</v></c><c s=\"5\"><v>123</v></c><c s=\"6\"><v>0.5</v></c>"
             "<c s=\"1\"><v>-3</v></c></row>");
    expect_rows("1:44795|2022-08-22|2022-08-22 08:30:00|2022-08-22|44795.5|000123|12:00:00|-3d\n",
                (struct given){.styles = styles, .sheet = sheet});
}

TEST(sheet__knows_excels_false_leap_day_and_the_epoch_of_1904)
{
    const char *styles = "<cellXfs><xf numFmtId=\"14\"/></cellXfs>";
    const char *sheet = ROWS("<row><c s=\"0\"><v>1</v></c><c s=\"0\"><v>59</v></c><c s=\"0\">"
                             "<v>60</v></c><c s=\"0\"><v>61</v></c></row>");
    expect_rows("1:1900-01-01|1900-02-28|60d|1900-03-01\n",
                (struct given){.styles = styles, .sheet = sheet});
    expect_rows("1:1904-01-02|1904-02-29|1904-03-01|1904-03-02\n",
                (struct given){.styles = styles,
                               .sheet = sheet,
                               .workbook = "<workbookPr date1904=\"1\"/><sheets><sheet name=\"a\" "
                                           "sheetId=\"1\" r:id=\"rId1\"/></sheets>"});
}

TEST(sheet__reports_identity_numbers_kept_as_numbers)
{
    expect_rows("1:999999999999999|110105194912310000#|110105194912310000#\n",
                (struct given){.sheet = ROWS("<row><c><v>999999999999999</v></c><c><v>"
                                             "1.1010519491231E+17</v></c><c><v>110105194912310000"
                                             "</v></c></row>")});
    EXPECT_STR("长号码存成了数字，第 15 位以后已经丢失",
               str_from(cell_problem_text(CELL_DIGITS_LOST)));
    EXPECT_STR("请把这一列的格式改为“文本”，重新填写完整号码。",
               str_from(cell_problem_hint(CELL_DIGITS_LOST)));
}

TEST(sheet__reports_formulas_without_result)
{
    expect_rows("1:x|f\n", (struct given){.sheet = ROWS("<row><c t=\"str\"><v>x</v></c><c><f>A1"
                                                        "</f></c></row>")});
    expect_rows("1:x|f|y\n",
                (struct given){.sheet = ROWS("<row><c t=\"str\"><v>x</v></c><c><f>A1</f><v></v>"
                                             "</c><c t=\"str\"><v>y</v></c></row>")});
}

TEST(sheet__marks_cells_that_a_merged_area_covers)
{
    expect_rows(
        "1:标题|^|^\n2:单位|甲|x\n3:^|乙|^\n4:^|丙\n5:其他|丁\n",
        (struct given){
            .sheet = ROWS(
                "<row r=\"1\"><c t=\"str\"><v>标题</v></c></row>"
                "<row r=\"2\"><c t=\"str\"><v>单位</v></c><c t=\"str\"><v>甲</v>"
                "</c><c t=\"str\"><v>x</v></c></row><row r=\"3\"><c r=\"B3\" "
                "t=\"str\"><v>乙</v></c></row><row r=\"4\"><c r=\"B4\" "
                "t=\"str\"><v>丙</v></c></row><row r=\"5\"><c t=\"str\"><v>其他"
                "</v></c><c t=\"str\"><v>丁</v></c></row>") "<mergeCells count=\"3\"><mergeCell "
                                                            "ref=\"C2:C3\"/>"
                                                            "<mergeCell ref=\"A2:A4\"/><mergeCell "
                                                            "ref=\"A1:C1\"/></mergeCells>"});
}

TEST(sheet__decodes_escaped_characters)
{
    expect_rows("1:a\rb_x0041_|_x0001_\n",
                (struct given){.strings = "<si><t>a_x000D_b_x005F_x0041_</t></si>"
                                          "<si><t>_x0001_</t></si>",
                               .sheet = ROWS("<row><c t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c>"
                                             "</row>")});
}

TEST(sheet__takes_the_first_visible_sheet_or_the_one_named)
{
    struct given given = {
        .workbook = "<sheets><sheet name=\"说明\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>"
                    "<sheet name=\"名单\" sheetId=\"2\" r:id=\"rId2\"/></sheets>",
        .sheet = ROWS("<row><c><v>1</v></c></row>"),
        .other_sheet = ROWS("<row><c><v>2</v></c></row>"),
    };
    expect_rows("1:2\n", given);
    arena_init(&arena, 1 << 20);
    struct str bytes = workbook(given), rows = {0};
    struct fault fault = {0};
    EXPECT_OK(rows_of(bytes, "说明", &fault, &rows));
    EXPECT_STR("1:1\n", rows);
    EXPECT_ERR(ERR_NOT_FOUND, rows_of(bytes, "人员", &fault, &rows));
    EXPECT_STR("XLSX 工作簿里没有工作表“人员”", str_from(fault.message));
    EXPECT_STR("工作簿里有 2 个工作表，第一个是“说明”。", str_from(fault.hint));
    arena_done(&arena);
}

TEST(sheet__refuses_what_is_malformed)
{
    expect_fault(ERR_SHEET, "工作表“人员”单元格 A1：单元格的值有误",
                 (struct given){.sheet = ROWS("<row><c><v>nan</v></c></row>")});
    expect_fault(ERR_SHEET, "工作表“人员”单元格 B1：单元格的值有误",
                 (struct given){.sheet = ROWS("<row><c r=\"B1\" t=\"s\"><v>0</v></c></row>")});
    expect_fault(ERR_SHEET, "工作表“人员”单元格 A1：单元格的位置有误",
                 (struct given){.sheet = ROWS("<row><c r=\"B1\"/><c r=\"A1\"/></row>")});
    expect_fault(ERR_SHEET, "工作表“人员”的行号 1 有误",
                 (struct given){.sheet = ROWS("<row r=\"2\"/><row r=\"1\"/>")});
    expect_fault(ERR_LIMIT, "工作表“人员”单元格 AMK1：超过 1024 列的上限",
                 (struct given){.sheet = ROWS("<row><c r=\"AMK1\"><v>1</v></c></row>")});
    expect_fault(ERR_SHEET, "XLSX 的合并单元格记录有误",
                 (struct given){.sheet = ROWS("") "<mergeCell ref=\"A1:\"/>"});
    expect_fault(ERR_SHEET, "XLSX 部件 xl/worksheets/sheet1.xml 第 1 行的 XML 有误：mismatched tag",
                 (struct given){.sheet = "<sheetData><row></sheetData>"});
    expect_fault(ERR_NOT_FOUND, "XLSX 工作簿里的工作表都隐藏了",
                 (struct given){.workbook = "<sheets><sheet name=\"a\" r:id=\"rId1\" "
                                            "state=\"veryHidden\"/></sheets>"});
    expect_fault(ERR_SHEET, "XLSX 工作簿里没有工作表", (struct given){.workbook = "<sheets/>"});
}

TEST(sheet__refuses_a_billion_laughs)
{
    expect_fault(ERR_SHEET, "XLSX 部件 xl/worksheets/sheet1.xml 带有 DOCTYPE 声明，拒绝读取",
                 (struct given){.prefix =
                                    "<!DOCTYPE lolz [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">"
                                    "<!ENTITY c \"&b;&b;&b;&b;\">]>",
                                .sheet = ROWS("<row><c t=\"str\"><v>&c;</v></c></row>")});
}

TEST(sheet__refuses_a_zip_bomb)
{
    arena_init(&arena, 64 << 20);
    enum { BOMB_SIZE = 8 << 20 };
    char *blanks = arena_alloc(&arena, BOMB_SIZE + 1);
    memset(blanks, ' ', BOMB_SIZE);
    expect_bytes_fault(ERR_LIMIT,
                       "XLSX 部件 xl/worksheets/sheet1.xml 解压后超过原来的 250 倍，拒绝读取",
                       workbook((struct given){.sheet = blanks}));
    arena_done(&arena);
}

TEST(sheet__refuses_too_many_parts_deep_xml_and_long_tags)
{
    arena_init(&arena, 64 << 20);
    zip_source_t *source;
    zip_t *zip = new_zip(&source);
    for (int i = 0; i <= 4096; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        add_part(zip, name, "");
    }
    expect_bytes_fault(ERR_LIMIT, "XLSX 文件里有 4097 个部件，超过 4096 个的上限",
                       zip_bytes(zip, source));
    struct text_buf deep;
    text_init(&deep, &arena);
    for (int i = 0; i < 70; i++)
        text_add_z(&deep, "<a>");
    text_add_byte(&deep, '\0');
    expect_bytes_fault(ERR_LIMIT, "XLSX 部件 xl/worksheets/sheet1.xml 的 XML 嵌套超过 64 层",
                       workbook((struct given){.sheet = deep.ptr}));
    enum { LONG_SIZE = 2 << 20 };
    char *tag = arena_alloc(&arena, LONG_SIZE + 1);
    unsigned seed = 1; /* does not compress: the ratio is not what stops it */
    for (int i = 0; i < LONG_SIZE; i++)
        tag[i] = (char)('a' + (seed = seed * 1103515245 + 12345) / 65536 % 26);
    tag[0] = '<';
    expect_bytes_fault(ERR_LIMIT, "XLSX 部件 xl/worksheets/sheet1.xml 里有超过 1 MiB 的 XML 标记",
                       workbook((struct given){.sheet = tag}));
    arena_done(&arena);
}

TEST(sheet__tells_other_packages_apart)
{
    static const char *const names[] = {"content.xml", "word/document.xml", "xl/workbook.bin"};
    static const char *const messages[] = {"这是 ODS 或 OFD 文件，不是 XLSX 工作簿",
                                           "这是压缩包或其他 Office 文件，不是 XLSX 工作簿",
                                           "这是二进制工作簿（.xlsb），不能读取"};
    arena_init(&arena, 1 << 20);
    for (int i = 0; i < 3; i++) {
        zip_source_t *source;
        zip_t *zip = new_zip(&source);
        add_part(zip, names[i], "x");
        if (i == 2)
            add_part(zip, "_rels/.rels",
                     "<R><Relationship Type=\"" RELATION
                     "officeDocument\" Target=\"xl/workbook.bin\"/></R>");
        expect_bytes_fault(ERR_SHEET, messages[i], zip_bytes(zip, source));
    }
    arena_done(&arena);
}

TEST(sheet__refuses_damaged_and_cut_files)
{
    arena_init(&arena, 16 << 20);
    struct str bytes = workbook((struct given){.sheet = ROWS("<row><c><v>1</v></c></row>")});
    struct str rows;
    struct fault fault = {0};
    EXPECT_ERR(ERR_SHEET, rows_of(str_sub(bytes, 0, bytes.size / 2), NULL, &fault, &rows));
    EXPECT_STR("XLSX 文件已损坏：Not a zip archive", str_from(fault.message));
    for (size_t size = 4; size < bytes.size; size += 7)
        EXPECT(rows_of(str_sub(bytes, 0, size), NULL, &fault, &rows) != ERR_OK);
    arena_done(&arena);
}
