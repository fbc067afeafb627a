#include "page/app.h"
#include "page/page_draft.h"
#include "page/page_rule.h"
#include "policy/front_matter.h"
#include "policy/policy_files.h"

#include <inttypes.h>

/* The versions of one document: the one on disk and those enacted, and the words in which any two
 * of them differ. */

struct document_version {
    int64_t id; /* 0: the base set on disk */
    struct str text;
};

static enum err base_text(struct page *page, struct str number, struct str *ret_text)
{
    struct policy_source *sources;
    int32_t source_count;
    TRY(policy_sources_read(page->w->arena, page_options_of(page)->policy_path, &sources,
                            &source_count, &page->w->fault));
    *ret_text = (struct str){0};
    for (int32_t i = 0; i < source_count; i++)
        if (str_equal(front_matter_number(sources[i].text), number))
            *ret_text = sources[i].text;
    return ERR_OK;
}

/* A version of this document and no other: the id comes from the address. */
static enum err text_of(struct page *page, struct str number, struct document_version *version)
{
    struct str own_number = number;
    if (version->id == 0)
        return base_text(page, number, &version->text);
    TRY(enactment_text(page->w, version->id, &own_number, &version->text));
    if (!str_equal(own_number, number))
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    return ERR_OK;
}

static void add_version(struct page *page, struct doc *list, const struct enactment *enacted,
                        int64_t from_id, int64_t to_id)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", enacted->id);
    doc_page_text(row, "value", doc_format(row, "%" PRId64, enacted->id));
    doc_page_bool(row, "is_from", enacted->id == from_id);
    doc_page_bool(row, "is_to", enacted->id == to_id);
    doc_page_bool(row, "is_base", enacted->id == 0);
    if (enacted->id == 0)
        return;
    doc_add_text_z(row, "kind", enacted->kind == DRAFT_REPEAL ? "repeal" : "text");
    doc_page_bool(row, "is_repeal", enacted->kind == DRAFT_REPEAL);
    doc_add_day(row, "counts_from", enacted->from_day);
    doc_add_instant(row, "enacted", enacted->enacted_ms);
    doc_add_text(row, "reason", enacted->reason);
    if (!page_may(page, PERM_POLICY_DRAFT_READ))
        return; /* who signed is the bureau's own affair */
    doc_add_text(row, "author", enacted->author_name);
    doc_add_text(row, "approver", enacted->approver_name);
    doc_page_text(row, "draft_href",
                  doc_format(row, "/policy/drafts/%" PRId64, enacted->draft_id));
}

static enum err add_differences(struct page *page, struct str number, int64_t from_id,
                                int64_t to_id)
{
    struct document_version from = {.id = from_id}, to = {.id = to_id};
    struct draft_reading former = {0}, latter;
    TRY(text_of(page, number, &from));
    TRY(text_of(page, number, &to));
    if (from.text.ptr)
        TRY(page_draft_read(page, STR("former.md"), from.text, &former));
    if (!to.text.ptr)
        return ERR_OK;
    TRY(page_draft_read(page, STR("latter.md"), to.text, &latter));
    if (!latter.policy || (from.text.ptr && !former.policy))
        return ERR_OK;
    doc_page_bool(page->doc, "is_compared", true);
    return page_add_changes(page, page->doc, former.policy, latter.policy, number);
}

enum err page_policy_versions(struct page *page)
{
    int32_t index;
    TRY(page_document_by_slug(page, page_parameter(page, "document"), &index));
    const struct document *document = &page_policy_of(page)->documents[index];
    struct enactment *rows;
    int32_t row_count;
    TRY(enactment_list(page->w, document->number, &rows, &row_count));
    int64_t newest = row_count > 0 ? rows[0].id : 0;
    int64_t to_id = page_number(page, "to", 0, INT64_MAX, newest);
    int64_t from_id = page_number(page, "from", 0, INT64_MAX, row_count > 1 ? rows[1].id : 0);
    struct doc *list = doc_add_list(page->doc, "versions");
    for (int32_t i = 0; i < row_count; i++)
        add_version(page, list, &rows[i], from_id, to_id);
    struct str base;
    TRY(base_text(page, document->number, &base));
    if (base.ptr)
        add_version(page, list, &(struct enactment){0}, from_id, to_id);
    doc_add_text(page->doc, "number", document->number);
    struct str slug = page_document_slug(page, index);
    doc_page_text(page->doc, "href", doc_format(page->doc, "/policy/%.*s", STR_ARG(slug)));
    doc_page_bool(page->doc, "has_enacted", row_count > 0);
    if (row_count > 0)
        TRY(add_differences(page, document->number, from_id, to_id));
    page_title(page, page_say(page, "历次版本"));
    return ERR_OK;
}
