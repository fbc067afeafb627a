#include "domain/registry/registry.h"
#include "domain/registry/registry_facts.h"
#include "page/app.h"
#include "page/page_explain.h"
#include "page/page_fact.h"
#include "page/page_rule.h"

#include <inttypes.h>

/* Why this one, why not that one: any rule held against any person or organisation, today. */

struct asked {
    int32_t root; /* REGISTRY_person or REGISTRY_organisation */
    const char *folder;
    int32_t name_field;
    int64_t id;
    struct fact fact;
};

static enum err read_asked(struct page *page, int32_t root, struct asked *asked)
{
    bool is_person = root == REGISTRY_person;
    *asked = (struct asked){
        .root = root,
        .folder = is_person ? "persons" : "organisations",
        .name_field = is_person ? (int32_t)FIELD_person_name : (int32_t)FIELD_organisation_name};
    TRY(page_id(page, "id", &asked->id));
    return is_person ? page_person_in_scope(page, asked->id, &asked->fact)
                     : page_organisation_in_scope(page, asked->id, &asked->fact);
}

static enum err add_holder(struct page *page, const struct asked *asked)
{
    struct str name;
    struct doc *holder = doc_add_object(page->doc, "holder");
    TRY(page_field_words(page, &asked->fact, asked->name_field, &name));
    doc_add_id(holder, "id", asked->id);
    doc_add_text_z(holder, "record", registry_records[asked->root].name);
    doc_add_text(holder, "name", name);
    doc_page_text(holder, "href", doc_format(holder, "/%s/%" PRId64, asked->folder, asked->id));
    return ERR_OK;
}

/* ---- one rule */

static enum err show_reason(struct page *page, int32_t root)
{
    struct asked asked;
    TRY(read_asked(page, root, &asked));
    const struct page_options *options = page_options_of(page);
    const struct policy *policy = page_policy_of(page);
    struct str rule = page_parameter(page, "rule");
    int32_t statement = policy_statement(policy, rule);
    bool is_asked = statement >= 0 && page_is_rule(&policy->statements[statement]) &&
                    policy->statements[statement].as.rule->subject == root;
    if (!is_asked)
        return fail(page->w, ERR_NOT_FOUND, "没有这个项目");
    struct entitlement_explanation e;
    TRY(incentive_explain_rule(page->w, options->vocab, options->policy, rule, asked.id,
                               page->w->today_day, &e));
    struct str answer;
    enum err err = add_holder(page, &asked);
    if (err == ERR_OK)
        err = page_add_explanation(page, &e, &answer);
    if (err == ERR_OK) {
        doc_page_text(page->doc, "all_href", doc_format(page->doc, "/%s/%" PRId64 "/why",
                                                        asked.folder, asked.id));
        page_title(page, answer);
    }
    world_free(e.world);
    return err;
}

enum err page_person_reason(struct page *page)
{
    return show_reason(page, REGISTRY_person);
}

enum err page_organisation_reason(struct page *page)
{
    return show_reason(page, REGISTRY_organisation);
}

/* ---- every rule */

static const struct {
    enum lane lane;
    const char *code, *words, *mark, *glyph;
} lanes[] = {{LANE_GRANTED, "granted", "符合", "met", "yes"},
             {LANE_ASK, "ask", "待核实", "ask", "ask"},
             {LANE_REFUSED, "refused", "不符合", "unmet", "no"}};
enum { LANES = sizeof lanes / sizeof lanes[0] };

struct reasons {
    struct entitlement_explanation e;
    struct doc *lists[LANES];
    int64_t counts[LANES];
};

static void add_reason(struct page *page, const struct asked *asked, struct reasons *reasons,
                       int32_t statement)
{
    const struct policy *policy = page_policy_of(page);
    const struct statement *rule = &policy->statements[statement];
    const struct document *document = &policy->documents[rule->document];
    for (int32_t i = 0; i < LANES; i++) {
        if (reasons->e.explanation->lane != lanes[i].lane)
            continue;
        struct doc *row = doc_add_object(reasons->lists[i], NULL);
        doc_add_text(row, "rule", rule->name);
        doc_add_text(row, "document", document->number);
        doc_add_text(row, "article", policy->articles[rule->article].heading);
        if (lanes[i].lane == LANE_REFUSED)
            doc_add_text(row, "reason", page_refusal_reason(page, &reasons->e));
        if (lanes[i].lane == LANE_ASK)
            doc_add_number(row, "missing_count", reasons->e.explanation->missing_count);
        struct text_buf *href = text_new(page->request->arena);
        if (href) {
            text_format(href, "/%s/%" PRId64 "/why/", asked->folder, asked->id);
            http_encode(href, rule->name);
            doc_page_text(row, "href", text_str(href));
        }
        reasons->counts[i]++;
    }
}

/* The small world of one subject tells all rules but for places that others may hold. */
static enum err explain_all(struct page *page, const struct asked *asked, struct reasons *reasons)
{
    const struct policy *policy = page_policy_of(page);
    int32_t row = world_row(reasons->e.world, asked->root, asked->id);
    for (int32_t i = 0; row >= 0 && i < policy->statement_count; i++) {
        const struct statement *statement = &policy->statements[i];
        const struct document *document = &policy->documents[statement->document];
        bool is_asked = page_is_rule(statement) && statement->as.rule->subject == asked->root &&
                        document->in_force_day <= page->w->today_day &&
                        document->ends_day >= page->w->today_day &&
                        page_speaks_here(page, document);
        if (!is_asked)
            continue;
        int32_t period_min, period;
        incentive_period_scope(policy, statement, page->w->today_day, &period_min, &period);
        TRY(explain_rule(page->w->arena, policy, reasons->e.world, i, row, -1, period,
                         page->w->today_day, &reasons->e.explanation, &page->w->fault));
        add_reason(page, asked, reasons, i);
    }
    return ERR_OK;
}

static enum err show_all(struct page *page, int32_t root)
{
    struct asked asked;
    struct reasons reasons = {.e = {.policy = page_options_of(page)->policy->policy}};
    TRY(read_asked(page, root, &asked));
    TRY(add_holder(page, &asked));
    struct doc *groups = doc_add_list(page->doc, "groups");
    struct doc *rows[LANES];
    for (int32_t i = 0; i < LANES; i++) {
        rows[i] = doc_add_object(groups, NULL);
        doc_add_text_z(rows[i], "lane", lanes[i].code);
        doc_page_text(rows[i], "words", page_say(page, lanes[i].words));
        doc_page_z(rows[i], "mark", lanes[i].mark);
        doc_page_z(rows[i], "glyph", lanes[i].glyph);
        reasons.lists[i] = doc_add_list(rows[i], "rules");
    }
    TRY(registry_load_subject_world(page->w, page_options_of(page)->vocab, root, asked.id,
                                    page->w->now_ms, &reasons.e.world));
    enum err err = explain_all(page, &asked, &reasons);
    world_free(reasons.e.world);
    TRY(err);
    for (int32_t i = 0; i < LANES; i++) {
        doc_add_number(rows[i], "count", reasons.counts[i]);
        doc_page_bool(rows[i], "has_rules", reasons.counts[i] > 0);
    }
    doc_add_day(page->doc, "as_of", page->w->today_day);
    page_title(page, doc_format(page->doc, "%.*s %" PRId64 "%.*s %" PRId64,
                                STR_ARG(page_say(page, "符合")), reasons.counts[0],
                                STR_ARG(page_say(page, "，待核实")), reasons.counts[1]));
    return ERR_OK;
}

enum err page_person_reasons(struct page *page)
{
    return show_all(page, REGISTRY_person);
}

enum err page_organisation_reasons(struct page *page)
{
    return show_all(page, REGISTRY_organisation);
}
