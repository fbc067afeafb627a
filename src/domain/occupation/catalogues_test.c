#include "unit.h"

#include "base/clock.h"
#include "base/day.h"
#include "domain/occupation/catalogues.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct catalogues *shipped(void)
{
    static struct catalogues *catalogues;
    if (!catalogues) {
        char dir[4096];
        struct fault fault;
        snprintf(dir, sizeof dir, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
        int64_t start_ns = clock_monotonic_ns();
        if (catalogues_load(dir, CATALOGUES_USUAL, &catalogues, &fault) != ERR_OK)
            fail_msg("%s", fault.message);
        print_message("catalogues loaded in %lld us\n",
                      (long long)(clock_monotonic_ns() - start_ns) / 1000);
    }
    return catalogues;
}

static int32_t day_of(const char *text)
{
    int32_t day = INT32_MAX;
    EXPECT(day_parse(str_from(text), &day));
    return day;
}

static int64_t occupation_of(const char *text)
{
    const struct catalogue_entry *entry =
        occupation_find(shipped(), str_from(text), ABSENT_I32);
    return entry ? entry->code : 0;
}

static int64_t division_of(const char *text, int64_t parent)
{
    const struct catalogue_entry *entry =
        division_find(shipped(), str_from(text), parent, ABSENT_I32);
    return entry ? entry->code : 0;
}

TEST(catalogues__keep_entries_ordered_and_the_shown_name_last)
{
    for (int32_t kind = 0; kind < CATALOGUE_KIND_COUNT; kind++) {
        const struct catalogue *catalogue = &shipped()->list[kind];
        EXPECT(catalogue->entry_count > 9);
        for (int32_t i = 1; i < catalogue->entry_count; i++) {
            EXPECT(catalogue->entries[i - 1].code <= catalogue->entries[i].code);
            EXPECT(str_compare(catalogue->entries[catalogue->by_name[i - 1]].name,
                               catalogue->entries[catalogue->by_name[i]].name) <= 0);
        }
    }
    EXPECT_STR("山东省济宁市任城区", catalogues_name(shipped(), CATALOGUE_DIVISION, 370811));
    EXPECT_STR("车工", catalogues_name(shipped(), CATALOGUE_OCCUPATION, 6180101));
    EXPECT_STR("济宁首席技师", catalogues_name(shipped(), CATALOGUE_HONOUR, 302));
    EXPECT_STR("", catalogues_name(shipped(), CATALOGUE_HONOUR, 99999));
}

TEST(occupation_find__takes_codes_names_and_work_types)
{
    EXPECT_INT(6180101, occupation_of("6-18-01-01"));
    EXPECT_INT(6180101, occupation_of(" 6180101 "));
    EXPECT_INT(6180101, occupation_of("6-18-01-01-014"));
    EXPECT_INT(6180101, occupation_of("车工"));
    EXPECT_INT(6180101, occupation_of("数控车工"));
    EXPECT_INT(0, occupation_of("6-18"));
    EXPECT_INT(0, occupation_of("6-18-99-99"));
    EXPECT_INT(0, occupation_of("造梦师"));
    EXPECT_INT(0, occupation_of(""));
    EXPECT_INT(0, occupation_of("装置操作工")); /* a work type of two occupations */
}

TEST(division_find__takes_full_and_short_names_and_does_not_guess)
{
    EXPECT_INT(370811, division_of("370811", 0));
    EXPECT_INT(370811, division_of("山东省济宁市任城区", 0));
    EXPECT_INT(370811, division_of("济宁市任城区", 0));
    EXPECT_INT(370811, division_of("任城区", 0));
    EXPECT_INT(370800, division_of("济宁市", 0));
    EXPECT_INT(370000, division_of("山东省", 0));
    EXPECT_INT(0, division_of("鼓楼区", 0));
    EXPECT_INT(320106, division_of("鼓楼区", 320100));
    EXPECT_INT(0, division_of("任城区", 320000));
    EXPECT_INT(0, division_of("", 370800));
    EXPECT_INT(110101, division_of("北京市东城区", 0));
}

TEST(catalogues__hold_every_division_that_an_identity_number_may_carry)
{
    struct resident_id id;
    EXPECT_OK(identity_read_resident(STR("371001198010082394"), &shipped()->identity_divisions,
                                     20000, &id, NULL));
    EXPECT_OK(identity_read_resident(STR("152101199802202278"), &shipped()->identity_divisions,
                                     20000, &id, NULL)); /* retired */
    EXPECT(shipped()->identity_divisions.count > 7000);
}

TEST(catalogues__give_the_shortage_lists_as_dated_registers)
{
    struct vocab vocab = {0};
    catalogues_into_vocab(shipped(), &vocab);
    int32_t index = vocab_register(&vocab, STR("济宁急需紧缺目录"));
    EXPECT(index >= 0);
    const struct catalogue_register *list = &vocab.registers[index];
    EXPECT(list->row_count > 20);
    int64_t turner = 0;
    for (int32_t i = 0; i < list->row_count; i++) {
        if (i > 0)
            EXPECT(list->rows[i - 1].code <= list->rows[i].code);
        if (list->rows[i].code == 6180101)
            turner = list->rows[i].to_day;
    }
    EXPECT_INT(day_of("2023-12-31"), turner);
    EXPECT(vocab_catalogue(&vocab, STR("称号")) >= 0);
}

TEST(honour__is_found_by_its_further_names)
{
    const struct catalogue *honours = &shipped()->list[CATALOGUE_HONOUR];
    static const char *const names[] = {"济宁首席技师", "济宁市首席技师",
                                        "jining_chief_technician"};
    for (size_t i = 0; i < 3; i++) {
        const struct catalogue_entry *entry =
            catalogue_by_name(honours, str_from(names[i]), ABSENT_I32);
        EXPECT(entry && entry->code == 302);
    }
}

TEST(occupation_levels__come_from_the_national_standards)
{
    uint32_t levels = occupation_levels(shipped(), 3010101);
    EXPECT_INT(1u << 2 | 1u << 3 | 1u << 4, levels); /* 5, 4 and 3 */
    EXPECT_INT(0, occupation_levels(shipped(), 1010001));
}

TEST(calendar__comes_with_the_catalogues)
{
    EXPECT(!calendar_is_working_day(&shipped()->calendar, day_of("2022-10-03")));
}

/* A folder with the shipped files, one of them replaced. */
static void expect_fault(const char *file, const char *text, const char *message)
{
    char dir[] = "/tmp/baigong-catalogue-XXXXXX", path[4200], command[9000];
    EXPECT(mkdtemp(dir) != NULL);
    snprintf(command, sizeof command, "cp %s/catalogue/*.csv %s/", getenv("BAIGONG_SOURCE_ROOT"),
             dir);
    EXPECT_INT(0, system(command));
    snprintf(path, sizeof path, "%s/%s", dir, file);
    FILE *out = fopen(path, "w");
    fputs(text, out);
    fclose(out);
    struct catalogues *catalogues = NULL;
    struct fault fault = {0};
    EXPECT_ERR(ERR_CATALOGUE, catalogues_load(dir, CATALOGUES_USUAL, &catalogues, &fault));
    if (!strstr(fault.message, message) || !strstr(fault.message, file))
        fail_msg("%s", fault.message);
    snprintf(command, sizeof command, "rm -r %s", dir);
    EXPECT_INT(0, system(command));
}

TEST(catalogues_load__names_file_line_and_column)
{
    expect_fault("honour.csv", "code,title\n1,x\n", "第1行：缺少“name”列");
    expect_fault("honour.csv", "code,name\n1,x\nx,y\n", "第3行第1列（code）：“x”不是代码");
    expect_fault("honour.csv", "code,name\n1,\n", "第2行第2列（name）");
    expect_fault("honour.csv", "code,name,from\n1,x,2022-13-01\n", "第2行第3列（from）");
    expect_fault("honour.csv", "code,name,from,to\n1,x,2022-02-02,2022-02-01\n", "第2行第4列");
    expect_fault("work_type.csv", "occupation,name\n9-99-99-99,x\n", "没有“9-99-99-99”");
    expect_fault("division.csv", "code,name,short\n37081,x,x\n", "6位");
    expect_fault("shortage_jining.csv", "occupation,from,to\n9-99-99-99,,\n", "没有“9-99-99-99”");
    expect_fault("register.csv", "name,catalogue,file\nx,occupation,../x.csv\n", "（file）");
    expect_fault("skill_standard.csv", "occupation,levels\n6-18-01-01,6\n", "（levels）");
}

TEST(catalogues_load__shows_the_newest_name_of_a_code)
{
    char dir[] = "/tmp/baigong-catalogue-XXXXXX", command[9000], path[64];
    EXPECT(mkdtemp(dir) != NULL);
    snprintf(command, sizeof command, "cp %s/catalogue/*.csv %s/", getenv("BAIGONG_SOURCE_ROOT"),
             dir);
    EXPECT_INT(0, system(command));
    snprintf(path, sizeof path, "%s/group.csv", dir);
    FILE *out = fopen(path, "w");
    fputs("code,name,alias,from,to\n1,旧名,,2010-01-01,2019-12-31\n1,新名,别名|共名,2020-01-01,\n"
          "2,另一,共名,,\n", out);
    fclose(out);
    struct catalogues *catalogues = NULL;
    EXPECT_OK(catalogues_load(dir, CATALOGUES_WITH_TOWNS, &catalogues, NULL));
    EXPECT_STR("新名", catalogues_name(catalogues, CATALOGUE_GROUP, 1));
    const struct catalogue *groups = &catalogues->list[CATALOGUE_GROUP];
    EXPECT_INT(1, catalogue_by_name(groups, STR("旧名"), ABSENT_I32)->code);
    EXPECT_INT(1, catalogue_by_name(groups, STR("别名"), ABSENT_I32)->code);
    EXPECT(!catalogue_by_name(groups, STR("共名"), ABSENT_I32));
    const struct catalogue_entry *town =
        division_find(catalogues, STR("古槐街道"), 370811, ABSENT_I32);
    EXPECT(town && town->code / 1000 == 370811);
    catalogues_free(catalogues);
    snprintf(command, sizeof command, "rm -r %s", dir);
    EXPECT_INT(0, system(command));
}
