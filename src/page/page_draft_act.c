#include "page/app.h"
#include "page/page_draft.h"

#include <inttypes.h>

/* What is done with a draft: submitted, recalled, dropped, returned, put in force. */

static enum err move(struct page *page, enum draft_act act, const char *action, struct str words,
                     const char *done)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(draft_move(page->w, id, act, words));
    TRY(page_audit(page, action, "policy_draft", id, words));
    doc_add_id(page->doc, "id", id);
    return page_see(page, doc_format(page->doc, "/policy/drafts/%" PRId64 "?done=%s", id, done));
}

/* A draft with errors is not sent to anybody. */
enum err page_draft_submit(struct page *page)
{
    int64_t id;
    struct draft draft;
    struct draft_text text;
    struct draft_reading reading;
    TRY(page_id(page, "id", &id));
    TRY(draft_read(page->w, id, &draft));
    TRY(draft_text_read(page->w, id, draft.version, &text));
    TRY(page_draft_read(page, draft.path, text.body, &reading));
    if (!reading.policy || reading.findings.error_count > 0) {
        fail(page->w, ERR_POLICY, "草案有错误，不能送会签");
        return fault_hint(&page->w->fault, "先按页上的行号改好。");
    }
    return move(page, DRAFT_SUBMIT, "policy.submitted", STR(""), "sent");
}

enum err page_draft_recall(struct page *page)
{
    return move(page, DRAFT_RECALL, "policy.recalled", STR(""), "saved");
}

enum err page_draft_drop(struct page *page)
{
    return move(page, DRAFT_DROP, "policy.dropped", STR(""), "saved");
}

enum err page_draft_return(struct page *page)
{
    struct str words = page_field(page, "words");
    if (words.size == 0) {
        TRY(page_draft_show(page));
        page_field_error(page, "words", "退回要说明理由");
        return page_refuse_form(page);
    }
    return move(page, DRAFT_RETURN, "policy.returned", words, "saved");
}

/* ---- approval */

struct approving {
    struct page *page;
    int64_t id;
    struct str words;
};

static enum err approve_step(struct work *w, void *context)
{
    struct approving *approving = context;
    struct page *page = approving->page;
    const struct page_options *options = page_options_of(page);
    struct draft_base base = {options->vocab, options->policy->sources,
                              options->policy->source_count};
    struct findings findings = {.arena = w->arena};
    struct draft draft;
    TRY(draft_read(w, approving->id, &draft));
    TRY(draft_approve(w, &base, approving->id, approving->words, &findings));
    bool is_repeal = draft.kind == DRAFT_REPEAL;
    struct audit audit = {.action = is_repeal ? STR("policy.repealed") : STR("policy.approved"),
                          .record = STR("policy_draft"), .subject_id = approving->id,
                          .client = page->request->client_address,
                          .detail = approving->words};
    return guard_audit(w, &audit);
}

/* The process goes on with the documents that it has and tries again by itself. */
static void tell_not_read(struct page *page, int64_t id, enum err err)
{
    log_event(&page->app->log, LOG_ERROR, "policy_not_read", log_id("draft", id),
              log_err("error", err));
    doc_add_text(page->doc, "message",
                 doc_format(page->doc, "%s", page->own_fault->message));
    fault_clear(page->own_fault);
}

enum err page_draft_approve(struct page *page)
{
    struct approving approving = {.page = page, .words = page_field(page, "words")};
    if (!str_to_i64(page_parameter(page, "id"), &approving.id))
        return fault_set(page->own_fault, ERR_NOT_FOUND, "没有这一页");
    struct work_env env = page_env(page);
    TRY(work_run(&env, WORK_WRITE, approve_step, &approving, page->own_fault));
    /* In force from here on, whatever this process makes of it. */
    enum err err = page_city_renew(page->app, page->own_fault);
    page->doc = doc_new(page->request->arena);
    doc_add_id(page->doc, "id", approving.id);
    doc_add_bool(page->doc, "is_in_use", err == ERR_OK);
    if (err != ERR_OK)
        tell_not_read(page, approving.id, err);
    return page_see(page, doc_format(page->doc, "/policy/drafts/%" PRId64 "?done=%s",
                                     approving.id,
                                     err == ERR_OK ? "approved" : "approved_not_read"));
}
