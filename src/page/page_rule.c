#include "page/page_rule.h"

#include "base/day.h"
#include "base/division.h"
#include "base/money.h"
#include "page/app.h"

#include <inttypes.h>

const struct policy *page_policy_of(const struct page *page)
{
    return page_options_of(page)->policy->policy;
}

enum policy_spelling page_spelling(const struct page *page)
{
    return page->lang == PAGE_EN ? SPELLING_EN : SPELLING_ZH;
}

/* ---- documents */

struct str page_document_slug(struct page *page, int32_t document)
{
    struct str path = page_policy_of(page)->documents[document].path;
    if (str_ends(path, STR(".md")))
        path.size -= STR(".md").size;
    size_t start = path.size;
    for (int32_t parts = 2; start > 0; start--) {
        if (path.ptr[start - 1] == '/' && --parts == 0)
            break;
    }
    struct str tail = str_sub(path, start, path.size);
    char *slug = arena_copy(page->request->arena, tail.ptr, tail.size);
    if (!slug)
        return STR("");
    for (size_t i = 0; i < tail.size; i++) {
        bool is_plain = (slug[i] >= 'a' && slug[i] <= 'z') || (slug[i] >= '0' && slug[i] <= '9') ||
                        (slug[i] >= 'A' && slug[i] <= 'Z') || slug[i] == '_' || slug[i] == '.';
        if (!is_plain)
            slug[i] = '-';
    }
    return (struct str){slug, tail.size};
}

enum err page_document_by_slug(struct page *page, struct str slug, int32_t *ret_document)
{
    const struct policy *policy = page_policy_of(page);
    for (int32_t i = 0; i < policy->document_count; i++) {
        if (str_equal(page_document_slug(page, i), slug)) {
            *ret_document = i;
            return ERR_OK;
        }
    }
    struct fault *fault = page->w ? &page->w->fault : page->own_fault;
    return fault_set(fault, ERR_NOT_FOUND, "没有这份文件");
}

bool page_speaks_here(const struct page *page, const struct document *document)
{
    int64_t division = document->division;
    int32_t city = page_options_of(page)->city_division;
    return city == 0 || division <= 0 || division_holds(division, city) ||
           division_holds(city, division);
}

/* ---- rules */

bool page_is_rule(const struct statement *statement)
{
    return statement->kind >= STATEMENT_GRANT && statement->kind <= STATEMENT_ADMIT &&
           statement->as.rule;
}

int32_t page_rule_statement(const struct page *page, struct str document_number,
                            struct str rule_name)
{
    const struct policy *policy = page_policy_of(page);
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        if (page_is_rule(statement) && str_equal(statement->name, rule_name) &&
            str_equal(policy->documents[statement->document].number, document_number))
            return i;
    }
    return -1;
}

struct str page_found_href(struct page *page, const struct statement *statement, enum lane lane)
{
    struct text_buf *href = text_new(page->request->arena);
    if (!href)
        return STR("/found");
    text_add(href, STR("/found/list?document="));
    http_encode(href, page_policy_of(page)->documents[statement->document].number);
    text_add(href, STR("&rule="));
    http_encode(href, statement->name);
    text_add_z(href, lane == LANE_ASK ? "&lane=ask" : "&lane=granted");
    return href->failed ? STR("/found") : text_str(href);
}

struct str page_away_href(struct page *page, struct str rule_name)
{
    struct text_buf *href = text_new(page->request->arena);
    if (!href)
        return STR("/found");
    text_add(href, STR("/away?rule="));
    http_encode(href, rule_name);
    return href->failed ? STR("/found") : text_str(href);
}

struct str page_period(struct page *page, const struct rule *rule, int32_t period)
{
    char month[DAY_TEXT_SIZE];
    struct arena *arena = page->request->arena;
    switch (rule->period) {
    case PERIOD_ONCE:
    case PERIOD_WEEK:
        break;
    case PERIOD_MONTH:
        return str_from(text_in(arena, "%s", month_text(period, month)));
    case PERIOD_YEAR:
        return str_from(text_in(arena, "%d", period));
    case PERIOD_YEARS:
        return str_from(text_in(arena, "%d - %d", period, period + rule->period_years - 1));
    }
    return STR("");
}

/* ---- sums */

/* Two decimals at most, without zeros behind: 1.5, 12. */
static const char *scaled(struct arena *arena, int64_t hundredths)
{
    bool is_negative = hundredths < 0;
    int64_t size = is_negative ? -hundredths : hundredths;
    const char *sign = is_negative ? "−" : "";
    if (size % 100 == 0)
        return text_in(arena, "%s%" PRId64, sign, size / 100);
    if (size % 10 == 0)
        return text_in(arena, "%s%" PRId64 ".%" PRId64, sign, size / 100, size / 10 % 10);
    return text_in(arena, "%s%" PRId64 ".%02" PRId64, sign, size / 100, size % 100);
}

static int64_t rounded(int64_t amount, int64_t unit)
{
    return amount >= 0 ? (amount + unit / 2) / unit : -((-amount + unit / 2) / unit);
}

void page_add_sum(struct page *page, struct doc *parent, const char *name, int64_t amount_fen)
{
    const int64_t ten_thousand_fen = 1000000, hundred_million_fen = 10000000000;
    struct arena *arena = page->request->arena;
    int64_t size_fen = amount_fen < 0 ? -amount_fen : amount_fen;
    struct doc *sum = doc_add_object(parent, name);
    doc_add_money(sum, "yuan", amount_fen);
    const char *size;
    struct str unit;
    if (size_fen >= hundred_million_fen) {
        size = scaled(arena, rounded(amount_fen, hundred_million_fen / 100));
        unit = page_say(page, "亿元");
    } else if (size_fen >= ten_thousand_fen) {
        size = scaled(arena, rounded(amount_fen, ten_thousand_fen / 100));
        unit = page_say(page, "万元");
    } else {
        size = scaled(arena, amount_fen);
        unit = page_say(page, "元");
    }
    doc_page_text(sum, "words", doc_format(sum, "%s %.*s", size, STR_ARG(unit)));
    doc_page_bool(sum, "is_short", size_fen >= ten_thousand_fen);
}

/* ---- units of work */

struct shown {
    struct page *page;
    enum err (*show)(struct page *page);
    enum err (*show_with)(struct page *page, void *context);
    void *context;
};

static enum err show_step(struct work *w, void *context)
{
    const struct shown *shown = context;
    struct page *page = shown->page;
    page->w = w;
    page->doc = doc_new(page->request->arena);
    page->error_count = 0;
    enum err err = shown->show ? shown->show(page) : shown->show_with(page, shown->context);
    if (err == ERR_OK && !page->is_sent)
        err = page_present(page, &w->fault);
    page->w = NULL;
    return err;
}

static enum err run_shown(struct shown *shown)
{
    struct work_env env = page_env(shown->page);
    TRY(work_run(&env, WORK_READ, show_step, shown, shown->page->own_fault));
    shown->page->is_sent = true;
    return ERR_OK;
}

enum err page_show_step(struct page *page, enum err (*show)(struct page *page))
{
    struct shown shown = {.page = page, .show = show};
    return run_shown(&shown);
}

enum err page_show_with(struct page *page, enum err (*show)(struct page *page, void *context),
                        void *context)
{
    struct shown shown = {.page = page, .show_with = show, .context = context};
    return run_shown(&shown);
}

struct str page_division_name(const struct page *page, int64_t division)
{
    const struct vocab *vocab = page_options_of(page)->vocab;
    int32_t catalogue = vocab_catalogue(vocab, STR("division"));
    const struct catalogue_entry *entry =
        catalogue >= 0 ? catalogue_by_code(&vocab->catalogues[catalogue], division) : NULL;
    return entry ? entry->name : STR("");
}
