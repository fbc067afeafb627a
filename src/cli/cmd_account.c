#include "base/rand.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/guard/guard.h"
#include "domain/incentive/incentive_holder.h"
#include "domain/registry/sample.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

const struct cli_option cmd_account_add_options[] = {
    {"LOGIN", CLI_TEXT, CLI_REQUIRED, "", "登录名", "name at the sign-in"},
    {"role", CLI_TEXT, CLI_REQUIRED, "ROLE", "角色，如 reviewer", "role, such as reviewer"},
    {"name", CLI_TEXT, CLI_OPTIONAL, "NAME", "显示的姓名（默认登录名）",
     "name shown to others (default: the login)"},
    {"division", CLI_COUNT, CLI_OPTIONAL, "CODE", "所辖区划，默认全市",
     "its division, default all"},
    {"organisation", CLI_COUNT, CLI_OPTIONAL, "ID", "所代表的单位", "organisation it acts for"},
    {"person", CLI_COUNT, CLI_OPTIONAL, "ID", "本人的人员号", "the person it is"},
    {"password-stdin", CLI_FLAG, CLI_OPTIONAL, "", "从标准输入读密码（默认随机生成并显示一次）",
     "read the password from standard input (default: made and shown once)"},
    {0},
};

const struct cli_option cmd_account_list_options[] = {{0}};

const struct cli_option cmd_account_password_options[] = {
    {"LOGIN", CLI_TEXT, CLI_REQUIRED, "", "登录名", "name at the sign-in"},
    {"password-stdin", CLI_FLAG, CLI_OPTIONAL, "", "从标准输入读密码（默认随机生成并显示一次）",
     "read the password from standard input (default: made and shown once)"},
    {0},
};

const struct cli_option cmd_account_close_options[] = {
    {"LOGIN", CLI_TEXT, CLI_REQUIRED, "", "登录名", "name at the sign-in"},
    {0},
};

const struct cli_option cmd_account_verify_options[] = {{0}};

const struct cli_option cmd_account_demo_options[] = {
    {"division", CLI_COUNT, CLI_OPTIONAL, "CODE", "县区审核所辖区划（默认人最多的一个）",
     "division of the county reviewer (default: the one with most people)"},
    {0},
};

enum { PASSWORD_SIZE_MAX = 256, MADE_CHARACTERS = 16, ACCOUNTS_A_PAGE = 200 };

/* Letters and digits that are not mistaken for each other. */
static enum err make_password(struct cli *cli, struct str *ret_password)
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    uint8_t bytes[MADE_CHARACTERS];
    char text[MADE_CHARACTERS + 1];
    TRY(rand_secure(bytes, sizeof bytes));
    for (int i = 0; i < MADE_CHARACTERS; i++)
        text[i] = letters[bytes[i] % (sizeof letters - 1)];
    text[MADE_CHARACTERS] = '\0';
    *ret_password = str_copy(cli->arena, str_from(text));
    return ERR_OK;
}

static enum err read_password(struct cli *cli, struct str *ret_password, bool *ret_is_made)
{
    *ret_is_made = !cli_flag(cli, "password-stdin");
    if (*ret_is_made)
        return make_password(cli, ret_password);
    char line[PASSWORD_SIZE_MAX];
    if (!fgets(line, sizeof line, stdin))
        return cli_fail(cli, ERR_INPUT, "标准输入没有密码",
                        "there is no password on standard input");
    struct str password = str_from(line);
    while (password.size > 0 && (password.ptr[password.size - 1] == '\n' ||
                                 password.ptr[password.size - 1] == '\r'))
        password.size--;
    *ret_password = str_copy(cli->arena, password);
    return ERR_OK;
}

struct account_job {
    struct account account;
    struct str password;
    bool is_made;
};

static enum err add_step(struct work *w, void *context)
{
    struct account_job *job = context;
    int64_t id;
    enum err err = guard_account_add(w, &job->account, job->password, &id);
    if (err == ERR_STORE_UNIQUE)
        return fail(w, err, "登录名 %.*s 已有人用", STR_ARG(job->account.login));
    job->account.id = id;
    return err;
}

static enum err unknown_role(struct cli *cli, const char *role)
{
    struct text_buf names;
    text_init(&names, cli->arena);
    for (int r = 1; r < ROLE_COUNT; r++)
        text_format(&names, "%s%s（%s）", r > 1 ? "、" : "", guard_roles[r].name,
                    guard_roles[r].label);
    cli_fail(cli, ERR_USAGE, "没有角色 %s", "there is no role %s", role);
    return cli_fail_hint(cli, "角色有：%.*s。", "Roles: %.*s.", STR_ARG(text_str(&names)));
}

enum err cmd_account_add(struct cli *cli)
{
    const char *login = cli_text(cli, "LOGIN", "");
    const char *role = cli_text(cli, "role", "");
    struct account_job job = {
        .account = {
            .login = str_from(login),
            .name = str_from(cli_text(cli, "name", login)),
            .role = guard_role_by_name(str_from(role)),
            .division = (int32_t)cli_count(cli, "division", 0),
            .organisation_id = cli_count(cli, "organisation", 0),
            .person_id = cli_count(cli, "person", 0),
        },
    };
    if (job.account.role == ROLE_NONE)
        return unknown_role(cli, role);
    TRY(read_password(cli, &job.password, &job.is_made));
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(work_run(&env, WORK_WRITE, add_step, &job, &cli->fault));
    cli_print(cli, "%s %s", login, guard_roles[job.account.role].label);
    if (job.is_made)
        cli_print(cli, " %.*s", STR_ARG(job.password));
    cli_print(cli, "\n");
    return ERR_OK;
}

struct account_list {
    struct cli *cli;
    struct cli_table *table;
};

static enum err list_step(struct work *w, void *context)
{
    struct account_list *list = context;
    struct str after = STR("");
    for (;;) {
        struct account *accounts;
        int32_t count;
        TRY(guard_accounts(w, ROLE_NONE, after, ACCOUNTS_A_PAGE, &accounts, &count));
        for (int32_t i = 0; i < count; i++) {
            const struct role_desc *role = &guard_roles[accounts[i].role];
            cli_table_add_str(list->table, accounts[i].login);
            cli_table_add_str(list->table, accounts[i].name);
            cli_table_add(list->table, cli_say(list->cli, role->label, role->label_en));
            cli_table_add(list->table, accounts[i].is_active
                                           ? ""
                                           : cli_say(list->cli, "停用", "closed"));
        }
        if (count < ACCOUNTS_A_PAGE)
            return ERR_OK;
        after = accounts[count - 1].login;
    }
}

enum err cmd_account_list(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {
        {cli_say(cli, "登录名", "login"), CLI_LEFT},
        {cli_say(cli, "姓名", "name"), CLI_LEFT},
        {cli_say(cli, "角色", "role"), CLI_LEFT},
        {cli_say(cli, "状态", "state"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    struct account_list list = {cli, &table};
    TRY(work_run(&env, WORK_READ, list_step, &list, &cli->fault));
    return cli_table_print(&table, cli->world.out);
}

static enum err password_step(struct work *w, void *context)
{
    struct account_job *job = context;
    TRY(guard_account_by_login(w, job->account.login, &job->account));
    return guard_set_password(w, job->account.id, job->password, job->is_made);
}

static enum err close_step(struct work *w, void *context)
{
    struct account_job *job = context;
    TRY(guard_account_by_login(w, job->account.login, &job->account));
    return guard_account_set_active(w, job->account.id, false);
}

static enum err no_such(struct cli *cli, enum err err, const char *login)
{
    if (err != ERR_NOT_FOUND)
        return err;
    return cli_fail(cli, ERR_NOT_FOUND, "没有账户 %s", "there is no account %s", login);
}

enum err cmd_account_password(struct cli *cli)
{
    const char *login = cli_text(cli, "LOGIN", "");
    struct account_job job = {.account = {.login = str_from(login)}};
    TRY(read_password(cli, &job.password, &job.is_made));
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(no_such(cli, work_run(&env, WORK_WRITE, password_step, &job, &cli->fault), login));
    if (job.is_made)
        cli_print(cli, "%s %.*s\n", login, STR_ARG(job.password));
    return ERR_OK;
}

enum err cmd_account_close(struct cli *cli)
{
    const char *login = cli_text(cli, "LOGIN", "");
    struct account_job job = {.account = {.login = str_from(login)}};
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    return no_such(cli, work_run(&env, WORK_WRITE, close_step, &job, &cli->fault), login);
}

struct verification {
    int64_t broken_id, row_count;
};

static enum err verify_step(struct work *w, void *context)
{
    struct verification *v = context;
    return guard_audit_verify(w, &v->broken_id, &v->row_count);
}

enum err cmd_account_verify(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    struct verification v = {0};
    TRY(work_run(&env, WORK_READ, verify_step, &v, &cli->fault));
    if (v.broken_id != 0)
        return cli_fail(cli, ERR_STORE_RULE, "操作记录在 %" PRId64 " 处被改动过",
                        "the audit record was changed at %" PRId64, v.broken_id);
    cli_print(cli, cli_say(cli, "操作记录完整：%" PRId64 " 条\n", "audit record whole: %" PRId64
                                                                 " rows\n"), v.row_count);
    return ERR_OK;
}

/* One account for each role, to look around with: the worker is somebody with an entitlement, the
 * organisations are ones that people work for, train at or are assessed by. */
struct demo_accounts {
    struct cli *cli;
    int32_t division;
    struct cli_table *table;
};

static const char *const demo_names[ROLE_COUNT] = {
    [ROLE_worker] = "演示劳动者",   [ROLE_employer] = "演示单位经办",
    [ROLE_training_body] = "演示培训机构", [ROLE_assessment_body] = "演示评价机构",
    [ROLE_reviewer] = "演示审核",   [ROLE_approver] = "演示审批",
    [ROLE_finance] = "演示财务",    [ROLE_supervisor] = "演示监督",
    [ROLE_policy_maker] = "演示政策", [ROLE_director] = "演示局长",
    [ROLE_administrator] = "演示管理",
};

/* Before the first sweep nobody was found anything: then somebody with a full record. */
static enum err sample_worker(struct work *w, int64_t *ret_person_id)
{
    enum err err = incentive_sample_person(w, ret_person_id);
    if (err != ERR_NOT_FOUND)
        return err;
    fault_clear(&w->fault);
    return registry_sample_worker(w, ret_person_id);
}

static enum err demo_account_of(struct work *w, const struct demo_accounts *demo, enum role role,
                                struct account *ret_account)
{
    struct account account = {.login = str_from(guard_roles[role].name),
                              .name = str_from(demo_names[role]), .role = role};
    if (role == ROLE_reviewer)
        account.division = demo->division;
    if (guard_roles[role].scope == SCOPE_SELF)
        TRY(sample_worker(w, &account.person_id));
    if (guard_roles[role].scope == SCOPE_ORGANISATION) {
        enum sample_organisation kind = role == ROLE_employer        ? SAMPLE_EMPLOYER
                                        : role == ROLE_training_body ? SAMPLE_TRAINING_BODY
                                                                     : SAMPLE_ASSESSMENT_BODY;
        TRY(registry_sample_organisation(w, kind, &account.organisation_id));
    }
    *ret_account = account;
    return ERR_OK;
}

static enum err demo_step(struct work *w, void *context)
{
    struct demo_accounts *demo = context;
    if (demo->division == 0)
        TRY(registry_sample_division(w, &demo->division));
    demo->table->cell_count = 0; /* the step may be run again */
    for (int role = 1; role < ROLE_COUNT; role++) {
        struct account_job job = {0};
        TRY(demo_account_of(w, demo, (enum role)role, &job.account));
        TRY(make_password(demo->cli, &job.password));
        TRY(add_step(w, &job));
        cli_table_add(demo->table, cli_say(demo->cli, guard_roles[role].label,
                                           guard_roles[role].label_en));
        cli_table_add_str(demo->table, job.account.login);
        cli_table_add_str(demo->table, job.password);
    }
    return ERR_OK;
}

enum err cmd_account_demo(struct cli *cli)
{
    struct work_env env;
    TRY(cli_open_existing_work_env(cli, &env));
    const struct cli_column columns[] = {
        {cli_say(cli, "角色", "role"), CLI_LEFT},
        {cli_say(cli, "登录名", "login"), CLI_LEFT},
        {cli_say(cli, "密码", "password"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    struct demo_accounts demo = {cli, (int32_t)cli_count(cli, "division", 0), &table};
    TRY(work_run(&env, WORK_WRITE, demo_step, &demo, &cli->fault));
    return cli_table_print(&table, cli->world.out);
}
