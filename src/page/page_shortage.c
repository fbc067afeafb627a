#include "base/day.h"
#include "page/app.h"
#include "page/page_list.h"
#include "page/page_rule.h"

#include <inttypes.h>
#include <string.h>

/* The catalogues of occupations in short supply that policies point at, for everybody: what to
 * learn where it pays. */

/* The register that the query names; else the first that bears the city's name, else the first. */
static const struct catalogue_register *chosen(struct page *page)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    const char *city = page_options_of(page)->city_name;
    struct str asked = page_field(page, "register");
    const struct catalogue_register *own = NULL;
    struct str rest = str_from(city);
    uint32_t first = str_next_character(&rest), second = str_next_character(&rest);
    for (int32_t i = 0; i < vocab->register_count; i++) {
        const struct catalogue_register *one = &vocab->registers[i];
        struct str name = one->name;
        if (asked.size > 0 && str_equal(name, asked))
            return one;
        bool is_city = str_next_character(&name) == first && str_next_character(&name) == second;
        if (is_city && !own)
            own = one;
    }
    if (asked.size > 0 || vocab->register_count == 0)
        return NULL;
    return own ? own : &vocab->registers[0];
}

static void add_registers(struct page *page, const struct catalogue_register *here)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    struct doc *list = doc_add_list(page->doc, "registers");
    for (int32_t i = 0; i < vocab->register_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "name", vocab->registers[i].name);
        doc_page_text(row, "href", page_query_with(page, "register", vocab->registers[i].name));
        doc_page_bool(row, "is_here", &vocab->registers[i] == here);
    }
}

enum { NAME, CODE, FROM, TO, COLUMN_COUNT };

static const struct page_column columns[COLUMN_COUNT] = {
    [NAME] = {"name", "名称", COLUMN_WIDE, false, ORDER_NONE},
    [CODE] = {"code", "代码", COLUMN_CODE, false, ORDER_NONE},
    [FROM] = {"from", "列入", COLUMN_PLAIN, false, ORDER_NONE},
    [TO] = {"to", "有效期至", COLUMN_PLAIN, false, ORDER_NONE},
};

static enum err add_entry(struct page *page, struct page_list *list, struct doc *json,
                          const struct catalogue *catalogue,
                          const struct catalogue_register_row *entry)
{
    char day[DAY_TEXT_SIZE];
    const struct catalogue_entry *named =
        catalogue ? catalogue_by_code(catalogue, entry->code) : NULL;
    struct str code = named && named->label.size > 0
                          ? named->label
                          : doc_format(page->doc, "%" PRId64, entry->code);
    if (json) {
        struct doc *row = doc_add_object(json, NULL);
        doc_add_text(row, "code", code);
        doc_add_text(row, "name", named ? named->name : STR(""));
        doc_add_day(row, "from", entry->from_day);
        doc_add_day(row, "to", entry->to_day);
        return ERR_OK;
    }
    struct page_cell cells[COLUMN_COUNT] = {0};
    cells[NAME].words = named ? named->name : code;
    cells[CODE].words = code;
    cells[FROM].words = entry->from_day <= DAY_MIN
                            ? page_say(page, "未写明")
                            : doc_format(page->doc, "%s", day_text(entry->from_day, day));
    cells[TO].words = entry->to_day >= DAY_MAX
                          ? page_say(page, "未定")
                          : doc_format(page->doc, "%s", day_text(entry->to_day, day));
    return page_list_row(list, cells);
}

static enum err add_rows(struct page *page, struct page_list *list,
                         const struct catalogue_register *here)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    int32_t index = vocab_catalogue(vocab, str_from(here->catalogue)), count = 0;
    struct doc *json = page->is_api ? doc_add_list(page->doc, "rows") : NULL;
    for (int32_t i = 0; i < here->row_count && count < PAGE_LIST_WHOLE_MAX; i++) {
        const struct catalogue_register_row *entry = &here->rows[i];
        if (entry->from_day > page->w->today_day || entry->to_day < page->w->today_day)
            continue;
        TRY(add_entry(page, list, json, index >= 0 ? &vocab->catalogues[index] : NULL, entry));
        count++;
    }
    doc_add_number(page->doc, "row_count", count);
    doc_page_bool(page->doc, "has_rows", count > 0);
    return ERR_OK;
}

enum err page_shortage(struct page *page)
{
    const struct catalogue_register *here = chosen(page);
    if (!here && page_field(page, "register").size > 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这份目录");
    add_registers(page, here);
    page_title(page, here ? here->name : page_say(page, "急需紧缺目录"));
    if (!here)
        return ERR_OK;
    struct page_list *list;
    TRY(page_list_open_whole(page, columns, COLUMN_COUNT, &list));
    enum err err = add_rows(page, list, here);
    if (err == ERR_OK)
        return page_list_close(list, "急需紧缺目录");
    page_list_cancel(list);
    return err;
}
