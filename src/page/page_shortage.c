#include "page/app.h"
#include "page/page_rule.h"

#include <inttypes.h>
#include <string.h>

/* The catalogues of occupations in short supply that policies point at, for everybody: what to
 * learn where it pays. */

enum { ROWS_MAX = 500 };

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

static void add_rows(struct page *page, const struct catalogue_register *here)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    int32_t index = vocab_catalogue(vocab, str_from(here->catalogue));
    struct doc *list = doc_add_list(page->doc, "rows");
    int32_t count = 0;
    for (int32_t i = 0; i < here->row_count && count < ROWS_MAX; i++) {
        const struct catalogue_register_row *entry = &here->rows[i];
        bool holds = entry->from_day <= page->w->today_day && entry->to_day >= page->w->today_day;
        const struct catalogue_entry *named =
            index >= 0 ? catalogue_by_code(&vocab->catalogues[index], entry->code) : NULL;
        if (!holds)
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_add_text(row, "code",
                     named && named->label.size > 0 ? named->label
                                                    : doc_format(row, "%" PRId64, entry->code));
        doc_add_text(row, "name", named ? named->name : STR(""));
        doc_add_day(row, "from", entry->from_day);
        doc_add_day(row, "to", entry->to_day);
        count++;
    }
    doc_add_number(page->doc, "row_count", count);
    doc_page_bool(page->doc, "has_rows", count > 0);
}

enum err page_shortage(struct page *page)
{
    const struct catalogue_register *here = chosen(page);
    if (!here && page_field(page, "register").size > 0)
        return fail(page->w, ERR_NOT_FOUND, "没有这份目录");
    add_registers(page, here);
    page_title(page, here ? here->name : page_say(page, "急需紧缺目录"));
    if (here)
        add_rows(page, here);
    return ERR_OK;
}
