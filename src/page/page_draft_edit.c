#include "base/day.h"
#include "page/app.h"
#include "page/page_draft.h"
#include "page/page_rule.h"
#include "policy/front_matter.h"

#include <inttypes.h>
#include <string.h>

/* Beginning a draft and writing its text. Whoever saves over somebody else's text is shown both. */

static const char template_text[] =
    "---\n"
    "文号: \n"
    "标题: \n"
    "地区: %d\n"
    "印发: %s\n"
    "施行: %s\n"
    "---\n"
    "\n"
    "# 标题\n"
    "\n"
    "## 第一条 {#a1}\n"
    "\n"
    "在这里写正文，下面的代码块写执行它的语句。\n";

/* ---- what a form gives */

/* The file when one was chosen, else the text; line ends of one kind, without a mark of order. */
static struct str body_of(struct page *page)
{
    int32_t at = 0;
    const struct form_field *file = form_next(&page->form, "file", &at);
    bool is_file = file && file->value.size > 0;
    struct str text = is_file ? file->value : page_field(page, "body");
    if (text.size > 0 && !str_is_utf8(text)) {
        page_field_error(page, is_file ? "file" : "body", "文件应是 UTF-8 编码");
        return STR("");
    }
    if (str_starts(text, STR("\xEF\xBB\xBF")))
        text = str_sub(text, 3, text.size);
    char *bytes = arena_alloc(page->request->arena, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; bytes && i < text.size; i++)
        if (text.ptr[i] != '\r')
            bytes[size++] = text.ptr[i];
    if (!bytes || size == 0)
        return STR("");
    if (bytes[size - 1] != '\n')
        bytes[size++] = '\n';
    return (struct str){bytes, size};
}

static void read_given(struct page *page, struct draft_given *given)
{
    given->kind = DRAFT_TEXT;
    given->body = body_of(page);
    given->from_day = page_day(page, "from", ABSENT_I32);
    given->reason = page_field(page, "reason");
    if (given->from_day == ABSENT_I32)
        page_field_error(page, "from", "请写施行日期，如 2024-01-01");
    if (given->reason.size == 0)
        page_field_error(page, "reason", "请写修改理由，会签的人要看");
    if (page->error_count > 0)
        return;
    if (given->body.size == 0)
        page_field_error(page, "body", "请写文件的正文，或者选一个文件");
    else if (front_matter_number(given->body).size == 0)
        page_field_error(page, "body", "开头的两行 --- 之间要写明文号");
    else if (given->body.size > DRAFT_BODY_SIZE_MAX)
        page_field_error(page, "body", "文件最大 1 MiB，请分成几份文件");
}

/* ---- beginning */

enum err page_draft_new_form(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct str chosen = page_field(page, "document");
    bool is_repeal = str_equal_text(page_field(page, "kind"), "repeal");
    struct doc *list = doc_add_list(page->doc, "documents");
    for (int32_t i = 0; i < policy->document_count; i++) {
        const struct document *document = &policy->documents[i];
        struct doc *row = doc_add_object(list, NULL);
        struct str slug = page_document_slug(page, i);
        doc_add_text(row, "id", slug);
        doc_add_text(row, "title", document->title.size > 0 ? document->title : document->number);
        doc_page_bool(row, "is_chosen", str_equal(slug, chosen));
    }
    doc_page_bool(page->doc, "is_repeal", is_repeal);
    doc_page_text(page->doc, "reason", page_field(page, "reason"));
    struct str from = page_field(page, "from");
    char today[DAY_TEXT_SIZE];
    doc_page_text(page->doc, "from",
                  from.ptr ? from
                           : doc_format(page->doc, "%s",
                                        day_text(page->w->today_day + 1, today)));
    page_title(page, page_say(page, "起草"));
    return ERR_OK;
}

/* The text to begin with: what is in force, its repeal, or an empty document. */
static enum err begin_with(struct page *page, struct draft_given *given)
{
    struct str slug = page_field(page, "document");
    const struct incentive_policy *policy = page_options_of(page)->policy;
    if (slug.size == 0) {
        char today[DAY_TEXT_SIZE], from[DAY_TEXT_SIZE];
        day_text(page->w->today_day, today);
        day_text(given->from_day, from);
        given->body = doc_format(page->doc, template_text,
                                 (int)page_options_of(page)->city_division, today, from);
        return ERR_OK;
    }
    int32_t index;
    TRY(page_document_by_slug(page, slug, &index));
    given->path = policy->sources[index].path;
    given->body = policy->sources[index].text;
    if (given->kind == DRAFT_REPEAL)
        return draft_repeal_text(page->w->arena, policy->sources[index].text, given->from_day,
                                 &given->body, &page->w->fault);
    return ERR_OK;
}

static void read_beginning(struct page *page, struct draft_given *given, struct str *number)
{
    bool is_repeal = str_equal_text(page_field(page, "kind"), "repeal");
    bool is_blank = page_field(page, "document").size == 0;
    given->kind = is_repeal ? DRAFT_REPEAL : DRAFT_TEXT;
    given->from_day = page_day(page, "from", ABSENT_I32);
    given->reason = page_field(page, "reason");
    *number = page_field(page, "number");
    if (is_repeal && is_blank)
        page_field_error(page, "document", "请选择要废止的文件");
    if (!is_repeal && is_blank && number->size == 0)
        page_field_error(page, "number", "新文件要有文号");
    if (given->from_day == ABSENT_I32)
        page_field_error(page, "from", "请写施行日期，如 2024-01-01");
    else if (is_repeal && given->from_day <= page->w->today_day)
        page_field_error(page, "from", "废止日期应在今天之后");
    if (given->reason.size == 0)
        page_field_error(page, "reason", "请写修改理由，会签的人要看");
}

/* 文号: NUMBER in the head of the empty document. */
static struct str with_number(struct page *page, struct str body, struct str number)
{
    struct str key = STR("文号: ");
    size_t at = str_find(body, key);
    struct text_buf *text = text_new(page->w->arena);
    if (!text || at == SIZE_MAX)
        return body;
    text_add(text, str_sub(body, 0, at + key.size));
    for (size_t i = 0; i < number.size; i++)
        text_add_byte(text, number.ptr[i] == '\n' ? ' ' : number.ptr[i]);
    text_add(text, str_sub(body, at + key.size, body.size));
    return text_str(text);
}

enum err page_draft_new(struct page *page)
{
    struct draft_given given = {0};
    struct str number;
    int64_t id;
    read_beginning(page, &given, &number);
    if (page->error_count > 0) {
        TRY(page_draft_new_form(page));
        doc_page_text(page->doc, "number", number);
        return page_refuse_form(page);
    }
    TRY(begin_with(page, &given));
    if (page_field(page, "document").size == 0)
        given.body = with_number(page, given.body, number);
    if (page->is_api && page_field(page, "body").size > 0)
        given.body = body_of(page);
    TRY(draft_new(page->w, &given, &id));
    TRY(page_audit(page, "policy.drafted", "policy_draft", id, given.reason));
    doc_add_id(page->doc, "id", id);
    return page_see(page, given.kind == DRAFT_REPEAL
                              ? doc_format(page->doc, "/policy/drafts/%" PRId64, id)
                              : doc_format(page->doc, "/policy/drafts/%" PRId64 "/edit", id));
}

/* ---- writing */

static void add_form(struct page *page, const struct draft *draft, struct str body,
                     struct str from, struct str reason, int32_t known_version)
{
    doc_add_id(page->doc, "id", draft->id);
    doc_add_text(page->doc, "number", draft->number);
    doc_add_number(page->doc, "version", draft->version);
    doc_page_text(page->doc, "known_version", doc_format(page->doc, "%d", (int)known_version));
    doc_add_text(page->doc, "body", body);
    doc_add_text(page->doc, "from", from);
    doc_add_text(page->doc, "reason", reason);
    page_title(page, draft->title);
}

static enum err open_draft(struct page *page, struct draft *draft)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(draft_read(page->w, id, draft));
    if (!draft_allows(draft->state, DRAFT_EDIT) || draft->kind == DRAFT_REPEAL)
        return fail(page->w, ERR_DRAFT_STATE, "这份草案现在不能改");
    return ERR_OK;
}

static enum err check_body(struct page *page, const struct draft *draft, struct str body)
{
    struct draft_reading reading;
    TRY(page_draft_read(page, draft->path, body, &reading));
    page_add_findings(page, page->doc, &reading);
    doc_page_bool(page->doc, "is_checked", true);
    return ERR_OK;
}

enum err page_draft_edit_form(struct page *page)
{
    struct draft draft;
    struct draft_text text;
    char from[DAY_TEXT_SIZE];
    TRY(open_draft(page, &draft));
    TRY(draft_text_read(page->w, draft.id, draft.version, &text));
    add_form(page, &draft, text.body, doc_format(page->doc, "%s", day_text(draft.from_day, from)),
             draft.reason, draft.version);
    return check_body(page, &draft, text.body);
}

/* Both texts, and the words in which they differ; saving once more takes the writer's own. */
static enum err show_conflict(struct page *page, const struct draft *draft,
                              const struct draft_given *given)
{
    struct draft_text theirs;
    struct draft_reading former, latter;
    TRY(draft_text_read(page->w, draft->id, draft->version, &theirs));
    doc_page_bool(page->doc, "has_conflict", true);
    doc_page_text(page->doc, "their_name", theirs.account_name);
    doc_page_text(page->doc, "their_body", theirs.body);
    TRY(page_draft_read(page, draft->path, theirs.body, &former));
    TRY(page_draft_read(page, draft->path, given->body, &latter));
    if (former.policy && latter.policy)
        TRY(page_add_changes(page, page->doc, former.policy, latter.policy, draft->number));
    add_form(page, draft, given->body, page_field(page, "from"), given->reason, draft->version);
    page_field_error(page, "body", "您打开以后别人保存过。两份都在下面，合并后再保存。");
    (void)page_refuse_form(page);
    page->status = 409;
    return ERR_DRAFT_STALE;
}

enum err page_draft_edit(struct page *page)
{
    struct draft draft;
    struct draft_given given = {0};
    int32_t version;
    TRY(open_draft(page, &draft));
    read_given(page, &given);
    int32_t known = (int32_t)page_number(page, "known_version", 1, INT32_MAX, 0);
    bool is_check = str_equal_text(page_field(page, "act"), "check");
    if (page->error_count == 0 && !is_check && known != draft.version)
        return show_conflict(page, &draft, &given);
    if (page->error_count > 0 || is_check) {
        add_form(page, &draft, given.body.size > 0 ? given.body : page_field(page, "body"),
                 page_field(page, "from"), given.reason, known);
        if (given.body.size > 0)
            TRY(check_body(page, &draft, given.body));
        return page->error_count > 0 ? page_refuse_form(page) : ERR_OK;
    }
    if (!str_equal(front_matter_number(given.body), draft.number)) {
        page_field_error(page, "body", "文号变了：一份草案只改一份文件，新文号请另起草案");
        add_form(page, &draft, given.body, page_field(page, "from"), given.reason, known);
        return page_refuse_form(page);
    }
    TRY(draft_edit(page->w, draft.id, known, &given, &version));
    TRY(page_audit(page, "policy.draft_written", "policy_draft", draft.id,
                   doc_format(page->doc, "%d", (int)version)));
    doc_add_number(page->doc, "version", version);
    return page_see(page, doc_format(page->doc, "/policy/drafts/%" PRId64 "?done=saved", draft.id));
}
