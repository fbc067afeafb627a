#include "domain/registry/field_text.h"
#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_list.h"

#include <inttypes.h>
#include <string.h>

/* Accounts, their sessions, and the log of what was seen and changed. */

enum { ACCOUNTS_A_PAGE = 50, AUDIT_A_PAGE = 50, AUDIT_EXPORT_MAX = 10000 };

/* Whose rows the account sees, in words. */
static struct str scope_words(struct page *page, const struct account *account)
{
    const struct role_desc *role = &guard_roles[account->role];
    if (role->scope != SCOPE_DIVISION)
        return page_say(page, role->scope == SCOPE_SELF ? "本人" : "本单位");
    const struct field_desc *division =
        &registry_records[REGISTRY_person].fields[FIELD_person_division];
    const struct catalogue *divisions = field_catalogue(page_options_of(page)->vocab, division);
    const struct catalogue_entry *entry =
        divisions && account->division ? catalogue_by_code(divisions, account->division) : NULL;
    return entry ? entry->name : page_say(page, "全市");
}

static void add_account(struct page *page, struct doc *parent, const char *name,
                        const struct account *account)
{
    const struct role_desc *role = &guard_roles[account->role];
    struct doc *row = doc_add_object(parent, name);
    doc_add_id(row, "id", account->id);
    doc_add_text(row, "login", account->login);
    doc_add_text(row, "name", account->name);
    doc_add_text_z(row, "role", role->name);
    doc_page_z(row, "role_words", page->lang == PAGE_EN ? role->label_en : role->label);
    if (account->division != 0)
        doc_add_number(row, "division", account->division);
    doc_page_text(row, "division_words", scope_words(page, account));
    doc_add_bool(row, "is_active", account->is_active);
    doc_add_bool(row, "must_change_password", account->must_change_password);
    doc_add_bool(row, "has_code", account->has_code);
    doc_page_bool(row, "is_me", account->id == page->session.account.id);
}

static void add_roles(struct page *page)
{
    struct str chosen = page_field(page, "role");
    struct doc *list = doc_page_list(page->doc, "roles");
    for (int role = 1; role < ROLE_COUNT; role++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_page_z(row, "name", guard_roles[role].name);
        doc_page_z(row, "label",
                   page->lang == PAGE_EN ? guard_roles[role].label_en : guard_roles[role].label);
        doc_page_bool(row, "is_chosen", str_equal_text(chosen, guard_roles[role].name));
    }
}

enum { LOGIN, NAME, ROLE, DIVISION, STATE, ACCOUNT_COLUMNS };

static const struct page_column account_columns[ACCOUNT_COLUMNS] = {
    [LOGIN] = {"login", "登录名", COLUMN_PLAIN, false, ORDER_OWN_UP},
    [NAME] = {"name", "姓名", COLUMN_END, false, ORDER_NONE},
    [ROLE] = {"role", "角色", COLUMN_PLAIN, false, ORDER_NONE},
    [DIVISION] = {"division", "范围", COLUMN_PLAIN, false, ORDER_NONE},
    [STATE] = {"state", "状态", COLUMN_PLAIN, false, ORDER_NONE},
};

static enum err add_account_row(struct page *page, struct page_list *list,
                                const struct account *account)
{
    const struct role_desc *role = &guard_roles[account->role];
    struct page_cell cells[ACCOUNT_COLUMNS] = {0};
    cells[LOGIN] = (struct page_cell){
        account->login, doc_format(page->doc, "/admin/accounts/%" PRId64, account->id), NULL};
    cells[NAME].words = account->name;
    cells[ROLE].words = str_from(page->lang == PAGE_EN ? role->label_en : role->label);
    cells[DIVISION].words = scope_words(page, account);
    cells[STATE].words = page_say(page, account->is_active ? "可用" : "已停用");
    cells[STATE].state = account->is_active ? "met" : "unmet";
    return page_list_row(list, cells);
}

/* One page of the accounts, or all of them for a file. */
static enum err add_accounts(struct page *page, struct page_list *list, int32_t *ret_count,
                             struct str *ret_next)
{
    struct str after = page_field(page, "after");
    struct doc *json = page->is_api ? doc_add_list(page->doc, "accounts") : NULL;
    int32_t account_count, total = 0;
    enum role role = guard_role_by_name(page_field(page, "role"));
    after = after.ptr ? after : STR("");
    do {
        struct account *accounts;
        TRY(guard_accounts(page->w, role, after, ACCOUNTS_A_PAGE, &accounts, &account_count));
        for (int32_t i = 0; i < account_count; i++, total++) {
            if (json)
                add_account(page, json, NULL, &accounts[i]);
            else
                TRY(add_account_row(page, list, &accounts[i]));
        }
        if (account_count > 0)
            after = accounts[account_count - 1].login;
    } while (page_list_is_file(list) && account_count == ACCOUNTS_A_PAGE);
    *ret_count = total;
    *ret_next = account_count == ACCOUNTS_A_PAGE ? after : (struct str){0};
    return ERR_OK;
}

enum err page_accounts(struct page *page)
{
    struct page_list *list;
    struct str next;
    int32_t count;
    TRY(page_list_open(page, account_columns, ACCOUNT_COLUMNS, &list));
    enum err err = add_accounts(page, list, &count, &next);
    if (err != ERR_OK) {
        page_list_cancel(list);
        return err;
    }
    add_roles(page);
    page_pager(page, count, -1, next);
    doc_page_bool(page->doc, "has_accounts", count > 0);
    page_title(page, page_say(page, "账户"));
    return page_list_close(list, "账户");
}

enum err page_account_new(struct page *page)
{
    add_roles(page);
    page_title(page, page_say(page, "添加账户"));
    return ERR_OK;
}

/* ---- adding: the hash is made before the unit of work begins, inside of it it would hold the
 * writers up for 22 ms */

struct account_change {
    struct page *page;
    struct account account;
    struct str password;
    int64_t id;
};

static enum err store_account(struct work *w, void *context)
{
    struct account_change *change = context;
    TRY(guard_account_add(w, &change->account, change->password, &change->id));
    struct audit audit = {.action = STR("account.added"), .record = STR("account"),
                          .subject_id = change->id,
                          .client = change->page->request->client_address,
                          .detail = change->account.login};
    return guard_audit(w, &audit);
}

static bool is_login(struct str text)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
              c == '-'))
            return false;
    }
    return text.size >= 2 && text.size <= 40;
}

static void read_account(struct page *page, struct account_change *change)
{
    struct account *account = &change->account;
    account->login = page_field(page, "login");
    account->name = page_field(page, "name");
    account->role = guard_role_by_name(page_field(page, "role"));
    account->division = (int32_t)page_number(page, "division", 0, 999999, 0);
    account->organisation_id = page_number(page, "organisation_id", 0, INT64_MAX, 0);
    account->person_id = page_number(page, "person_id", 0, INT64_MAX, 0);
    change->password = page_field(page, "password");
    if (!is_login(account->login))
        page_field_error(page, "login", "登录名由 2 至 40 个小写字母、数字、点、横线组成");
    if (account->name.size == 0)
        page_field_error(page, "name", "请填姓名");
    if (account->role == ROLE_NONE) {
        page_field_error(page, "role", "请选角色");
        return;
    }
    enum role_scope scope = guard_roles[account->role].scope;
    if (scope == SCOPE_ORGANISATION && account->organisation_id == 0)
        page_field_error(page, "organisation_id", "这个角色要填所属单位的编号");
    if (scope == SCOPE_SELF && account->person_id == 0)
        page_field_error(page, "person_id", "这个角色要填本人的编号");
}

static void keep_fields(struct page *page)
{
    static const char *const names[] = {"login", "name", "division", "organisation_id",
                                        "person_id"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        doc_page_text(page->doc, names[i], page_field(page, names[i]));
}

enum err page_account_add(struct page *page)
{
    struct account_change change = {.page = page};
    struct work_env env = page_env(page);
    add_roles(page);
    keep_fields(page);
    page_title(page, page_say(page, "添加账户"));
    read_account(page, &change);
    if (page->error_count > 0)
        return page_refuse_form(page);
    change.account.must_change_password = true;
    enum err err = work_run(&env, WORK_WRITE, store_account, &change, page->own_fault);
    if (err == ERR_STORE_UNIQUE)
        page_field_error(page, "login", "已有这个登录名");
    if (err == ERR_PASSWORD)
        page_field_error(page, "password", text_in(page->request->arena, "%s",
                                                   page->own_fault->message));
    if (page->error_count > 0)
        return page_refuse_form(page);
    TRY(err);
    doc_add_id(page->doc, "id", change.id);
    return page_see(page, STR("/admin/accounts?done=added"));
}

/* ---- one account */

enum err page_account_show(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    struct account account;
    TRY(guard_account(page->w, id, &account));
    add_account(page, page->doc, "account", &account);
    struct session *sessions;
    int32_t session_count;
    TRY(guard_sessions(page->w, id, &sessions, &session_count));
    struct doc *list = doc_add_list(page->doc, "sessions");
    for (int32_t i = 0; i < session_count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        doc_add_instant(row, "created", sessions[i].created_ms);
        doc_add_instant(row, "seen", sessions[i].seen_ms);
        doc_add_text(row, "client", sessions[i].client);
        doc_add_text(row, "agent", sessions[i].agent);
    }
    doc_page_bool(page->doc, "has_sessions", session_count > 0);
    page_title(page, account.name);
    return ERR_OK;
}

/* Nobody locks themselves out: the last administrator would be gone. */
static enum err other_account(struct page *page, int64_t *ret_id)
{
    struct account account;
    TRY(page_id(page, "id", ret_id));
    TRY(guard_account(page->w, *ret_id, &account));
    if (*ret_id == page->session.account.id)
        return fail(page->w, ERR_INPUT, "不能停用自己的账户，请另一位管理员来办");
    return ERR_OK;
}

static enum err back_to_account(struct page *page, int64_t id)
{
    return page_see(page, str_from(text_in(page->request->arena,
                                           "/admin/accounts/%" PRId64 "?done=saved", id)));
}

enum err page_account_close(struct page *page)
{
    int64_t id;
    TRY(other_account(page, &id));
    TRY(guard_account_set_active(page->w, id, false));
    TRY(guard_sign_out_everywhere(page->w, id, 0));
    TRY(page_audit(page, "account.closed", "account", id, STR("")));
    return back_to_account(page, id);
}

enum err page_account_open(struct page *page)
{
    int64_t id;
    TRY(other_account(page, &id));
    TRY(guard_account_set_active(page->w, id, true));
    TRY(page_audit(page, "account.opened", "account", id, STR("")));
    return back_to_account(page, id);
}

enum err page_account_sign_out(struct page *page)
{
    int64_t id;
    TRY(page_id(page, "id", &id));
    struct account account;
    TRY(guard_account(page->w, id, &account));
    TRY(guard_sign_out_everywhere(page->w, id, page->session.id));
    TRY(page_audit(page, "account.sessions_ended", "account", id, STR("")));
    return back_to_account(page, id);
}

static enum err store_reset(struct work *w, void *context)
{
    struct account_change *change = context;
    struct account account;
    TRY(guard_account(w, change->id, &account));
    TRY(guard_set_password(w, change->id, change->password, true));
    struct audit audit = {.action = STR("account.password_reset"), .record = STR("account"),
                          .subject_id = change->id,
                          .client = change->page->request->client_address};
    return guard_audit(w, &audit);
}

enum err page_account_reset(struct page *page)
{
    struct account_change change = {.page = page, .password = page_field(page, "password")};
    struct work_env env = page_env(page);
    if (!str_to_i64(page_parameter(page, "id"), &change.id) || change.id <= 0)
        return fault_set(page->own_fault, ERR_NOT_FOUND, "没有这一页");
    enum err err = work_run(&env, WORK_WRITE, store_reset, &change, page->own_fault);
    if (err == ERR_PASSWORD) {
        page_field_error(page, "password", text_in(page->request->arena, "%s",
                                                   page->own_fault->message));
        page->view = "page/account_password";
        doc_page_text(page->doc, "id",
                      str_from(text_in(page->request->arena, "%" PRId64, change.id)));
        page_title(page, page_say(page, "重设密码"));
        return page_refuse_form(page);
    }
    TRY(err);
    return back_to_account(page, change.id);
}

/* ---- audit */

static enum err read_audit(struct page *page, int32_t row_count_max, struct audit **ret_rows,
                           int32_t *ret_row_count)
{
    struct audit_filter filter = {
        .account_id = page_number(page, "account", 1, INT64_MAX, 0),
        .subject_id = page_number(page, "subject", 1, INT64_MAX, 0),
        .account_name = str_trim(page_field(page, "name")),
        .action = page_field(page, "action"),
        .from_day = page_day(page, "from", ABSENT_I32),
        .to_day = page_day(page, "to", ABSENT_I32),
        .before_id = page_number(page, "after", 1, INT64_MAX, 0),
        .row_count_max = row_count_max,
    };
    return guard_audit_read(page->w, &filter, ret_rows, ret_row_count);
}

enum { AT, WHO, ACTION, RECORD, SUBJECT, CLIENT, DETAIL, AUDIT_COLUMNS };

static const struct page_column audit_columns[AUDIT_COLUMNS] = {
    [AT] = {"at", "时间", COLUMN_PLAIN, false, ORDER_OWN_DOWN},
    [WHO] = {"account", "谁", COLUMN_END, false, ORDER_NONE},
    [ACTION] = {"action", "动作", COLUMN_CODE, false, ORDER_NONE},
    [RECORD] = {"record", "对象", COLUMN_PLAIN, false, ORDER_NONE},
    [SUBJECT] = {"subject", "对象编号", COLUMN_CODE, false, ORDER_NONE},
    [CLIENT] = {"client", "地址", COLUMN_CODE, false, ORDER_NONE},
    [DETAIL] = {"detail", "说明", COLUMN_WIDE, false, ORDER_NONE},
};

static void add_audit_json(struct doc *list, const struct audit *audit)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "id", audit->id);
    doc_add_instant(row, "at", audit->at_ms);
    doc_add_id(row, "account_id", audit->account_id);
    doc_add_text(row, "account", audit->account_name);
    doc_add_text(row, "action", audit->action);
    doc_add_text(row, "record", audit->record);
    if (audit->subject_id != 0)
        doc_add_id(row, "subject_id", audit->subject_id);
    doc_add_text(row, "client", audit->client);
    doc_add_text(row, "detail", audit->detail);
}

static enum err add_audit(struct page *page, struct page_list *list, const struct audit *audit)
{
    struct page_cell cells[AUDIT_COLUMNS] = {0};
    cells[AT].words = page_list_instant(list, audit->at_ms);
    cells[WHO] = (struct page_cell){
        audit->account_name,
        doc_format(page->doc, "/admin/audit?account=%" PRId64, audit->account_id), NULL};
    cells[ACTION].words = audit->action;
    cells[RECORD].words = audit->record;
    if (audit->subject_id != 0)
        cells[SUBJECT] = (struct page_cell){
            doc_format(page->doc, "%" PRId64, audit->subject_id),
            doc_format(page->doc, "/admin/audit?subject=%" PRId64, audit->subject_id), NULL};
    cells[CLIENT].words = audit->client;
    cells[DETAIL].words = audit->detail;
    return page_list_row(list, cells);
}

enum err page_audit_list(struct page *page)
{
    struct audit *rows;
    struct page_list *list;
    int32_t row_count;
    TRY(page_list_open(page, audit_columns, AUDIT_COLUMNS, &list));
    int32_t row_count_max = page_list_is_file(list) ? AUDIT_EXPORT_MAX : AUDIT_A_PAGE;
    TRY(read_audit(page, row_count_max, &rows, &row_count));
    struct doc *json = page->is_api ? doc_add_list(page->doc, "rows") : NULL;
    for (int32_t i = 0; i < row_count; i++) {
        if (json)
            add_audit_json(json, &rows[i]);
        else
            TRY(add_audit(page, list, &rows[i]));
    }
    struct str next = {0};
    if (row_count == AUDIT_A_PAGE)
        next = str_from(text_in(page->w->arena, "%" PRId64, rows[row_count - 1].id));
    page_pager(page, row_count, -1, next);
    doc_page_bool(page->doc, "has_rows", row_count > 0);
    static const char *const names[] = {"account", "subject", "name", "action", "from", "to"};
    struct doc *filter = doc_page_object(page->doc, "filter");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        doc_page_text(filter, names[i], page_field(page, names[i]));
    page_title(page, page_say(page, "操作记录"));
    return page_list_close(list, "操作记录");
}

enum err page_audit_verify(struct page *page)
{
    int64_t broken_id, row_count;
    TRY(guard_audit_seal(page->w));
    TRY(guard_audit_verify(page->w, &broken_id, &row_count));
    doc_add_number(page->doc, "row_count", row_count);
    doc_add_bool(page->doc, "is_whole", broken_id == 0);
    if (broken_id != 0)
        doc_add_id(page->doc, "broken_id", broken_id);
    TRY(page_audit(page, "audit.verified", "audit", 0,
                   broken_id ? STR("broken") : STR("whole")));
    page_title(page, page_say(page, broken_id ? "操作记录被改动过" : "操作记录完整"));
    return ERR_OK;
}

enum err page_admin(struct page *page)
{
    doc_page_bool(page->doc, "may_accounts", page_may(page, PERM_ACCOUNTS));
    page_title(page, page_say(page, "管理"));
    return ERR_OK;
}
