#include "domain/registry/field_text.h"
#include "domain/registry/submission.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_form.h"
#include "page/page_submission.h"
#include "page/promise.h"

#include <inttypes.h>
#include <string.h>

/* A person or a body gives what is missing: one field of a record that is known, or a record that
 * is not. It waits for an officer (submission.h). */

enum { NOTE_CHARACTERS_MAX = 200 };

struct giving {
    int32_t root_table;
    int64_t root_id;
    struct fact root;
    int32_t table;
    int64_t record_id; /* 0: a new record */
    struct fact current;
    int32_t field; /* the one that is asked for; -1: none in particular */
    int64_t entitlement_id;
    struct fact_form form;
};

static const char *here(const struct giving *giving)
{
    return giving->root_table == REGISTRY_person ? "/my" : "/our";
}

static void stand_at_money(struct page *page)
{
    doc_page_bool(doc_page_object(page->doc, "here"), "money", true);
}

static enum err read_root(struct page *page, struct giving *giving)
{
    bool is_person = page_may(page, PERM_OWN_PERSON);
    giving->root_table = is_person ? REGISTRY_person : REGISTRY_organisation;
    giving->root_id =
        is_person ? page->session.account.person_id : page->session.account.organisation_id;
    if (giving->root_id == 0)
        return fail(page->w, ERR_NOT_FOUND, "这个账户还没有和登记的本人或单位对上，请联系窗口");
    doc_page_bool(page->doc, "is_worker", is_person);
    return fact_read(page->w, giving->root_table, giving->root_id, giving->root_id,
                     &giving->root);
}

/* What a fact is given for is one's own. */
static enum err check_asked(struct page *page, const struct giving *giving)
{
    struct entitlement asked;
    if (giving->entitlement_id == 0)
        return ERR_OK;
    TRY(incentive_read(page->w, giving->entitlement_id, &asked));
    if (asked.holder_id != giving->root_id)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    return ERR_OK;
}

/* A record of one's own: oneself, or what one owns. */
static enum err read_giving(struct page *page, struct giving *giving)
{
    TRY(read_root(page, giving));
    giving->table = registry_table_by_name(page_parameter(page, "record"));
    bool is_root = giving->table == giving->root_table;
    if (giving->table < 0 || (!is_root && registry_owner(giving->table) != giving->root_table))
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    giving->form = (struct fact_form){.table = giving->table,
                                      .owner_id = is_root ? 0 : giving->root_id};
    giving->field = registry_field_by_name(&registry_records[giving->table],
                                           page_field(page, "field"));
    giving->entitlement_id = page_number(page, "for", 1, INT64_MAX, 0);
    TRY(check_asked(page, giving));
    giving->record_id =
        is_root ? giving->root_id : page_number(page, "record_id", 1, INT64_MAX, 0);
    if (giving->record_id == 0)
        return ERR_OK;
    if (giving->field < 0) /* of what is known one thing is asked; the rest is for the office */
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    return fact_read(page->w, giving->table, giving->root_id, giving->record_id,
                     &giving->current);
}

/* ---- the form */

static bool is_asked_first(const struct giving *giving, int32_t i)
{
    const struct field_desc *field = &registry_records[giving->table].fields[i];
    return i == giving->field || (giving->record_id == 0 && field->need == NEED_REQUIRED);
}

static enum err add_fields(struct page *page, const struct giving *giving)
{
    const struct record_desc *desc = &registry_records[giving->table];
    struct page_record_form form = {
        .form = &giving->form,
        .asked = giving->field >= 0 ? desc->fields[giving->field].name : NULL};
    struct doc *first = doc_page_list(page->doc, "fields");
    struct doc *more = doc_page_list(page->doc, "more_fields");
    for (int32_t i = 0; i < desc->field_count; i++) {
        if (is_asked_first(giving, i))
            TRY(page_add_form_field(page, first, &form, i));
        else if (giving->record_id == 0)
            TRY(page_add_form_field(page, more, &form, i));
    }
    doc_page_bool(page->doc, "has_more", more && more->first);
    return ERR_OK;
}

static enum err show(struct page *page, const struct giving *giving)
{
    const struct record_desc *desc = &registry_records[giving->table];
    TRY(add_fields(page, giving));
    if (giving->record_id != 0 && giving->table != giving->root_table)
        TRY(page_add_fact(page, page->doc, "known", &giving->current, NULL));
    stand_at_money(page);
    doc_page_bool(page->doc, "has_known",
                  giving->record_id != 0 && giving->table != giving->root_table);
    doc_add_text_z(page->doc, "record", desc->name);
    doc_page_text(page->doc, "action", page->request->path);
    doc_page_text(page->doc, "field", page_field(page, "field"));
    if (giving->record_id != 0)
        doc_page_text(page->doc, "record_id",
                      doc_format(page->doc, "%" PRId64, giving->record_id));
    if (giving->entitlement_id != 0)
        doc_page_text(page->doc, "for", doc_format(page->doc, "%" PRId64, giving->entitlement_id));
    doc_page_text(page->doc, "note", page_field(page, "note"));
    doc_page_z(page->doc, "list_path", giving->root_table == REGISTRY_person ? "/my/given"
                                                                             : "/our/given");
    const struct promise *promise = promise_of(page_options_of(page)->promises, "submission");
    if (promise)
        doc_page_text(page->doc, "promised_days",
                      doc_format(page->doc, "%d", (int)promise->working_days));
    const char *asked = giving->field >= 0 ? desc->fields[giving->field].label_zh : desc->label_zh;
    bool english = page->lang == PAGE_EN;
    page_title(page, doc_format(page->doc, english ? "Give: %.*s" : "补报%.*s",
                                STR_ARG(page_say(page, asked))));
    return ERR_OK;
}

/* ---- giving */

/* Of a known record only the field that is asked for may be wrong; the office sees to the rest. */
static enum err check_form(struct page *page, struct giving *giving)
{
    struct fact_checker checker = {page_options_of(page)->vocab, page_options_of(page)->divisions,
                                   page->w->today_day};
    struct fact_form whole = giving->form;
    struct fact fact;
    struct fact_problems problems, asked = {.count = 0};
    if (giving->record_id != 0) {
        TRY(fact_form_write(page->w, checker.vocab, &giving->current, &whole));
        whole.texts[giving->field] = giving->form.texts[giving->field];
        if (str_trim(whole.texts[giving->field]).size == 0)
            fact_problem_add(&asked, giving->field, "", "请填写这一项");
    }
    TRY(fact_form_read(page->w, &checker, &whole, giving->record_id ? &giving->current : NULL,
                       &fact, &problems));
    for (int32_t i = 0; i < problems.count; i++)
        if (giving->record_id == 0 || problems.rows[i].field == giving->field)
            asked.rows[asked.count++ % FACT_PROBLEM_COUNT_MAX] = problems.rows[i];
    asked.count = asked.count > FACT_PROBLEM_COUNT_MAX ? FACT_PROBLEM_COUNT_MAX : asked.count;
    page_tell_problems(page, giving->table, &asked);
    return ERR_OK;
}

static enum err give(struct page *page, struct giving *giving)
{
    bool is_person = giving->root_table == REGISTRY_person;
    struct str note = page_field(page, "note");
    page_read_form(page, &giving->form);
    if (giving->record_id != 0) /* nothing else of the record */
        for (int32_t i = 0; i < registry_records[giving->table].field_count; i++)
            giving->form.texts[i] = i == giving->field ? giving->form.texts[i] : STR("");
    TRY(check_form(page, giving));
    if (note.ptr && str_character_count(note) > NOTE_CHARACTERS_MAX)
        page_field_error(page, "note", "说明不超过 200 个字");
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        TRY(show(page, giving));
        return err;
    }
    const struct page_options *options = page_options_of(page);
    struct submission submission = {
        .person_id = is_person ? giving->root_id : 0,
        .organisation_id = is_person ? 0 : giving->root_id,
        .division = fact_division(&giving->root),
        .record_id = giving->record_id,
        .entitlement_id = giving->entitlement_id,
        .form = giving->form,
        .note = note,
        .due_day = promise_due_day(options->promises, options->calendar, "submission",
                                   page->w->today_day),
    };
    TRY(submission_add(page->w, &submission));
    TRY(page_audit(page, "submission.given", registry_records[giving->table].name, submission.id,
                   STR("")));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", submission.id);
    return page_see(page, doc_format(page->doc, "%s/given?done=given", here(giving)));
}

enum err page_give(struct page *page)
{
    struct giving giving = {.field = -1};
    TRY(read_giving(page, &giving));
    return page->request->method == HTTP_POST ? give(page, &giving) : show(page, &giving);
}

/* ---- what was given */

enum err page_given(struct page *page)
{
    struct giving giving = {0};
    struct submission *rows;
    int32_t count;
    TRY(read_root(page, &giving));
    bool is_person = giving.root_table == REGISTRY_person;
    stand_at_money(page);
    TRY(submission_of(page->w, is_person ? giving.root_id : 0, is_person ? 0 : giving.root_id,
                      &rows, &count));
    struct doc *list = doc_add_list(page->doc, "given");
    for (int32_t i = 0; i < count; i++)
        TRY(page_add_submission(page, doc_add_object(list, NULL), &rows[i]));
    doc_page_bool(page->doc, "has_given", count > 0);
    doc_page_z(page->doc, "here_path", here(&giving));
    page_title(page, page_say(page, "补报的事实"));
    return ERR_OK;
}

enum err page_given_back(struct page *page)
{
    struct giving giving = {0};
    struct submission submission;
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(read_root(page, &giving));
    TRY(submission_read(page->w, id, &submission));
    int64_t owner_id = giving.root_table == REGISTRY_person ? submission.person_id
                                                            : submission.organisation_id;
    if (owner_id != giving.root_id)
        return fail(page->w, ERR_NOT_FOUND, "没有这一页");
    TRY(submission_close(page->w, id, SUBMISSION_TAKEN_BACK, STR("")));
    TRY(page_audit(page, "submission.taken_back",
                   registry_records[submission.form.table].name, id, STR("")));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", id);
    return page_see(page, doc_format(page->doc, "%s/given?done=taken_back", here(&giving)));
}
