#include "page/page_subject.h"

#include "base/day.h"
#include "domain/registry/registry_name.h"
#include "page/page_line.h"

#include <inttypes.h>

/* ---- people */

enum { NAME, LEVEL, OCCUPATION, EMPLOYER, DIVISION, BIRTH_YEAR, SEX, PERSON_COLUMNS };

static const struct page_column person_columns[PERSON_COLUMNS] = {
    [NAME] = {"name", "姓名", COLUMN_PLAIN, false, ORDER_UP},
    [LEVEL] = {"level", "最高等级", COLUMN_END, false, ORDER_NONE},
    [OCCUPATION] = {"occupation", "职业", COLUMN_PLAIN, false, ORDER_NONE},
    [EMPLOYER] = {"employer", "用人单位", COLUMN_WIDE, false, ORDER_NONE},
    [DIVISION] = {"division", "居住地区划", COLUMN_PLAIN, false, ORDER_OWN_UP},
    [BIRTH_YEAR] = {"birth_year", "出生年", COLUMN_NUMBER, false, ORDER_NONE},
    [SEX] = {"sex", "性别", COLUMN_PLAIN, true, ORDER_NONE},
};

static enum err add_person(struct page *page, struct page_list *list, int64_t id)
{
    struct person_line line;
    TRY(person_line_read(page->w, id, &line));
    struct page_cell cells[PERSON_COLUMNS] = {0};
    cells[NAME].words = registry_mask_name(page->w->arena, line.name);
    cells[NAME].href = doc_format(page->doc, "/persons/%" PRId64, id);
    cells[LEVEL].words =
        page_code_words(page, REGISTRY_certificate, FIELD_certificate_level, line.level);
    cells[OCCUPATION].words = page_code_words(page, REGISTRY_certificate,
                                              FIELD_certificate_occupation, line.occupation);
    cells[DIVISION].words = page_place_words(page, line.division);
    cells[SEX].words = page_code_words(page, REGISTRY_person, FIELD_person_sex, line.sex);
    if (line.employer_id != ABSENT_I64) {
        bool opens = page_may(page, PERM_ORGANISATION_READ) &&
                     guard_sees_division(&page->session.scope, line.employer_division);
        cells[EMPLOYER].words = line.employer_name;
        if (opens)
            cells[EMPLOYER].href = doc_format(page->doc, "/organisations/%" PRId64,
                                              line.employer_id);
    }
    if (line.birth_day != ABSENT_I32) {
        int32_t year, month, day;
        day_to_civil(line.birth_day, &year, &month, &day);
        cells[BIRTH_YEAR].words = doc_format(page->doc, "%d", (int)year);
    }
    return page_list_row(list, cells);
}

/* ---- bodies */

enum { BODY, CREDIT_CODE, KIND, INDUSTRY, PLACE, STAFF, BODY_COLUMNS };

static const struct page_column body_columns[BODY_COLUMNS] = {
    [BODY] = {"name", "单位名称", COLUMN_WIDE, false, ORDER_UP},
    [CREDIT_CODE] = {"credit_code", "统一社会信用代码", COLUMN_CODE, false, ORDER_NONE},
    [KIND] = {"kind", "单位类型", COLUMN_PLAIN, false, ORDER_NONE},
    [INDUSTRY] = {"industry", "行业", COLUMN_PLAIN, false, ORDER_NONE},
    [PLACE] = {"division", "所在区划", COLUMN_END, false, ORDER_OWN_UP},
    [STAFF] = {"staff", "在职人数", COLUMN_NUMBER, true, ORDER_NONE},
};

static enum err add_body(struct page *page, struct page_list *list, int64_t id)
{
    struct organisation_line line;
    int64_t staff_count = 0;
    TRY(organisation_line_read(page->w, id, &line));
    if (page_list_shows(list, STAFF))
        TRY(roll_staff_count(page->w, id, &staff_count));
    struct page_cell cells[BODY_COLUMNS] = {0};
    cells[BODY] = (struct page_cell){
        line.name, doc_format(page->doc, "/organisations/%" PRId64, id), NULL};
    cells[CREDIT_CODE].words = line.credit_code;
    cells[KIND].words =
        page_code_words(page, REGISTRY_organisation, FIELD_organisation_kind, line.kind);
    cells[INDUSTRY].words = page_code_words(page, REGISTRY_organisation,
                                            FIELD_organisation_industry, line.industry);
    cells[PLACE].words = page_place_words(page, line.division);
    cells[STAFF].words = doc_format(page->doc, "%" PRId64, staff_count);
    return page_list_row(list, cells);
}

/* ---- either */

static enum err open_subjects(struct page *page, int32_t table, bool is_file,
                              struct page_subjects *ret_subjects)
{
    bool is_person = table == REGISTRY_person;
    const struct page_column *columns = is_person ? person_columns : body_columns;
    int32_t column_count = is_person ? PERSON_COLUMNS : BODY_COLUMNS;
    struct page_subjects subjects = {.page = page, .table = table};
    check(is_person || table == REGISTRY_organisation);
    TRY(is_file ? page_list_open_file(page, columns, column_count, &subjects.list)
                : page_list_open(page, columns, column_count, &subjects.list));
    if (page->is_api && !is_file)
        subjects.json = doc_add_list(page->doc, is_person ? "persons" : "organisations");
    *ret_subjects = subjects;
    return ERR_OK;
}

enum err page_subjects_open(struct page *page, int32_t table, struct page_subjects *ret_subjects)
{
    return open_subjects(page, table, false, ret_subjects);
}

enum err page_subjects_open_file(struct page *page, int32_t table,
                                 struct page_subjects *ret_subjects)
{
    return open_subjects(page, table, true, ret_subjects);
}

enum err page_subjects_add(struct page_subjects *subjects, int64_t id)
{
    struct page *page = subjects->page;
    bool is_person = subjects->table == REGISTRY_person;
    enum err err;
    if (subjects->json)
        err = is_person ? page_add_person_line(page, subjects->json, id)
                        : page_add_organisation_line(page, subjects->json, id);
    else
        err = is_person ? add_person(page, subjects->list, id)
                        : add_body(page, subjects->list, id);
    if (err == ERR_NOT_FOUND) {
        fault_clear(&page->w->fault);
        return ERR_OK;
    }
    subjects->count++;
    return err;
}

enum err page_subjects_close(struct page_subjects *subjects, enum err err, const char *file_name)
{
    if (err == ERR_OK)
        return page_list_close(subjects->list, file_name);
    page_list_cancel(subjects->list);
    return err;
}
