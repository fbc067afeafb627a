#include "base/calendar.h"
#include "base/clock.h"
#include "cli/cli_case.h"
#include "cli/cli_city.h"
#include "cli/cli_news.h"
#include "cli/cli_settings.h"
#include "cli/cli_money.h"
#include "cli/commands.h"
#include "domain/ledger/ledger_batch.h"
#include "domain/incentive/case_batch.h"
#include "domain/incentive/case_open.h"
#include "domain/insight/insight_book.h"
#include "domain/news/news_book.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/sample.h"
#include "http/server.h"
#include "http/tls.h"
#include "page/page.h"
#include "page/promise.h"
#include "port/oidc.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const struct cli_option cmd_serve_options[] = {
#define COMMON(setting, name, kind, value)
#define SERVE(setting, name, kind, min, max, otherwise, value, when, zh, en)                       \
    {name, kind, CLI_OPTIONAL, value, zh, en},
#include "cli/settings.def"
#undef COMMON
#undef SERVE
    {0},
};

enum {
    PEM_SIZE_MAX = 256 * 1024,
    RELOAD_ARENA_SIZE_MAX = 64 * 1024 * 1024,
};

/* What serves, and what a reload needs. */
enum { CASES_EVERY_S = 5 }; /* a fact is at its desk before somebody looks again */
#define CLOCKS_EVERY_MS ((int64_t)60 * 60 * 1000)

struct serving {
    struct cli *cli;
    struct cli_settings settings; /* in force; in settings_arena after the first reload */
    struct arena settings_arena;
    const char *policy_path;
    struct page_app *app;
    struct http_server *server;
    struct log log;
    int64_t clocks_ms; /* when the clocks of cases were looked at last */
};

/* ---- settings */

static enum err read_settings(struct cli *cli, struct arena *arena,
                              struct cli_settings *ret_settings, struct fault *fault)
{
    const char *given[SETTING_COUNT] = {
        [SETTING_DB] = cli_text(cli, "db", NULL),
        [SETTING_HOME] = cli_text(cli, "home", NULL),
        [SETTING_LANG] = cli_text(cli, "lang", NULL),
    };
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *name = settings_name((enum setting)i);
        if (!settings_is_of_serve((enum setting)i) || !cli_given(cli, name))
            continue;
        const char *text = cli_text(cli, name, NULL);
        given[i] = text[0] ? text : "yes"; /* a flag */
    }
    return settings_load(arena, given, cli_text(cli, "settings", NULL), cli->world.variable,
                         ret_settings, fault);
}

static enum err read_pem(struct arena *arena, const char *path, const char **ret_text,
                         struct fault *fault)
{
    char *text = arena_alloc(arena, PEM_SIZE_MAX + 1);
    if (!text)
        return fault_set(fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    FILE *file = fopen(path, "rbe");
    if (!file)
        return fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    size_t size = fread(text, 1, PEM_SIZE_MAX + 1, file);
    fclose(file);
    if (size > PEM_SIZE_MAX)
        return fault_set(fault, ERR_LIMIT, "%s: 太大，不是证书或私钥 (too large)", path);
    text[size] = '\0';
    *ret_text = text;
    return ERR_OK;
}

/* The certificate is read anew at each reload, also when its path is the same. */
static enum err use_certificate(const struct cli_settings *settings, struct arena *arena,
                                struct fault *fault)
{
    const char *certificate_path = settings->values[SETTING_TLS_CERTIFICATE];
    const char *key_path = settings->values[SETTING_TLS_KEY];
    if (!certificate_path && !key_path)
        return ERR_OK;
    if (!certificate_path || !key_path)
        return fault_set(fault, ERR_USAGE,
                         "tls_certificate 和 tls_key 要一起给 (one needs the other)");
    const char *certificate, *key;
    TRY(read_pem(arena, certificate_path, &certificate, fault));
    TRY(read_pem(arena, key_path, &key, fault));
    return tls_set(certificate, key, fault);
}

static enum err read_proxies(const struct cli_settings *settings, struct networks *ret_proxies,
                             struct fault *fault)
{
    const char *list = settings->values[SETTING_TRUSTED_PROXIES];
    if (!list)
        list = settings_flag(settings, SETTING_BEHIND_PROXY) ? "127.0.0.0/8,::1" : "";
    enum err err = networks_read(str_from(list), ret_proxies, fault);
    return err == ERR_OK ? err : fault_hint(fault, "trusted_proxies = 127.0.0.0/8, ::1");
}

static enum log_level log_level_of(const struct cli_settings *settings)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    int level = LOG_DEBUG;
    while (strcmp(settings->values[SETTING_LOG_LEVEL], names[level]) != 0)
        level++;
    return (enum log_level)level;
}

static enum err read_code_roles(const struct cli_settings *settings, uint32_t *ret_roles,
                                struct fault *fault)
{
    struct str rest = str_from(settings->values[SETTING_CODE_ROLES]), name;
    uint32_t roles = 0;
    while (rest.size > 0 && str_split(&rest, ',', &name)) {
        enum role role = guard_role_by_name(str_trim(name));
        if (role == ROLE_NONE)
            return fault_set(fault, ERR_USAGE, "%s: 没有角色“%.*s” (no such role)",
                             settings->origins[SETTING_CODE_ROLES], STR_ARG(str_trim(name)));
        roles |= UINT32_C(1) << role;
    }
    *ret_roles = roles;
    return ERR_OK;
}

static void use_limits(struct page_app *app, const struct cli_settings *settings,
                       uint32_t code_roles)
{
    struct page_limits limits = {
        .sign_in_rate = settings_count(settings, SETTING_SIGN_IN_RATE),
        .public_rate = settings_count(settings, SETTING_PUBLIC_RATE),
        .upload_mib_max = (int32_t)settings_count(settings, SETTING_UPLOAD_MIB),
        .code_roles = code_roles,
        .log_level_min = log_level_of(settings),
    };
    page_app_limit(app, &limits);
}

static struct http_options http_options_of(const struct cli_settings *settings)
{
    int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t loops = settings_count(settings, SETTING_LOOPS);
    if (loops == 0)
        loops = cores < 1 ? 1 : cores > HTTP_LOOPS_MAX ? HTTP_LOOPS_MAX : cores;
    return (struct http_options){
        .address = settings->values[SETTING_ADDRESS],
        .port = (int32_t)settings_count(settings, SETTING_PORT),
        .loop_count = (int32_t)loops,
        .worker_count = (int32_t)settings_count(settings, SETTING_WORKERS),
        .connection_count_max = (int32_t)settings_count(settings, SETTING_CONNECTIONS),
        .idle_s = (int32_t)settings_count(settings, SETTING_IDLE_S),
        .head_s = (int32_t)settings_count(settings, SETTING_HEAD_S),
        .is_tls = settings->values[SETTING_TLS_CERTIFICATE] != NULL,
    };
}

/* ---- signing in elsewhere */

/* One line; a file, because a command line is for everyone's eyes. */
static enum err read_secret(struct cli *cli, const char *path, const char **ret_secret)
{
    const char *text = "";
    TRY(read_pem(cli->arena, path, &text, &cli->fault));
    struct str line = str_trim(str_from(text));
    if (line.size == 0 || memchr(line.ptr, '\n', line.size))
        return fault_set(&cli->fault, ERR_USAGE, "%s: 应是一行口令 (one line)", path);
    *ret_secret = str_z(cli->arena, line);
    return *ret_secret ? ERR_OK : ERR_MEMORY;
}

static enum err open_oidc(struct serving *s, struct page_options *pages)
{
    struct cli *cli = s->cli;
    const char *const *values = s->settings.values;
    if (!values[SETTING_OIDC_ISSUER])
        return ERR_OK;
    static const enum setting needed[] = {SETTING_PUBLIC_URL, SETTING_OIDC_CLIENT,
                                          SETTING_OIDC_SECRET_FILE};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (!values[needed[i]])
            return fault_set(&cli->fault, ERR_USAGE, "oidc_issuer 还需要 %s (is missing)",
                             settings_name(needed[i]));
    struct oidc_options options = {
        .issuer = values[SETTING_OIDC_ISSUER],
        .client_id = values[SETTING_OIDC_CLIENT],
        .redirect_uri = text_in(cli->arena, "%s/sign-in/oidc/back", values[SETTING_PUBLIC_URL]),
        .claim = values[SETTING_OIDC_CLAIM],
    };
    TRY(read_secret(cli, values[SETTING_OIDC_SECRET_FILE], &options.client_secret));
    pages->oidc_name = values[SETTING_OIDC_NAME];
    pages->oidc_asks_code = settings_flag(&s->settings, SETTING_OIDC_CODE);
    return oidc_new(&options, &pages->oidc, &cli->fault);
}

/* ---- messages */

static enum err read_gateway(struct serving *s, const struct page_options *pages,
                             const struct case_practice *practice,
                             struct cli_news_options *ret_options)
{
    struct cli *cli = s->cli;
    const char *const *values = s->settings.values;
    const char *secret = "";
    struct cli_news_options options = {
        .book = pages->news,
        .gateway = {.sms_url = values[SETTING_MESSAGE_SMS_URL],
                    .email_url = values[SETTING_MESSAGE_EMAIL_URL]},
    };
    if (!cli_news_read_quiet(str_from(values[SETTING_MESSAGE_QUIET]), &options.quiet))
        return fault_set(&cli->fault, ERR_USAGE, "%s: 应写成 21:00-08:00 (FROM-TO)",
                         s->settings.origins[SETTING_MESSAGE_QUIET]);
    bool sends = options.gateway.sms_url || options.gateway.email_url;
    if (sends && !values[SETTING_MESSAGE_SECRET_FILE])
        return fault_set(&cli->fault, ERR_USAGE, "网关还需要 message-secret-file (is missing)");
    if (sends)
        TRY(read_secret(cli, values[SETTING_MESSAGE_SECRET_FILE], &secret));
    options.gateway.secret = str_from(secret);
    options.telling = (struct case_telling){pages->vocab, pages->news, practice};
    *ret_options = options;
    return ERR_OK;
}

/* ---- reload */

static bool differs(const char *one, const char *other)
{
    return !one != !other || (one && strcmp(one, other) != 0);
}

/* What only a new process takes is told, and the rest is taken. */
static void tell_unused(const struct serving *s, const struct cli_settings *fresh)
{
    for (int i = 0; i < SETTING_COUNT; i++)
        if (!settings_may_reload((enum setting)i) &&
            differs(s->settings.values[i], fresh->values[i]))
            log_event(&s->log, LOG_WARNING, "reload_needs_restart",
                      log_text("setting", settings_name((enum setting)i)));
    bool was_tls = s->settings.values[SETTING_TLS_CERTIFICATE] != NULL;
    if (was_tls != (fresh->values[SETTING_TLS_CERTIFICATE] != NULL))
        log_event(&s->log, LOG_WARNING, "reload_needs_restart",
                  log_text("setting", settings_name(SETTING_TLS_CERTIFICATE)));
}

static enum err reload_all(struct serving *s, struct arena *arena, struct fault *fault)
{
    struct cli_settings fresh;
    struct networks proxies;
    struct findings findings = {.arena = arena};
    TRY(read_settings(s->cli, arena, &fresh, fault));
    uint32_t code_roles;
    TRY(read_proxies(&fresh, &proxies, fault));
    TRY(read_code_roles(&fresh, &code_roles, fault));
    const char *policy = fresh.values[SETTING_POLICY];
    enum err err = page_app_read_policy(s->app, policy ? policy : s->policy_path, &findings, fault);
    if (err == ERR_POLICY && findings.row_count > 0)
        return fault_set(fault, err, "政策文件有 %d 处错误 (policy documents with errors)",
                         (int)findings.row_count);
    TRY(err);
    TRY(use_certificate(&fresh, arena, fault));
    TRY(http_server_trust(s->server, &proxies, fault));
    use_limits(s->app, &fresh, code_roles);
    s->log.level_min = log_level_of(&fresh);
    tell_unused(s, &fresh);
    s->settings = fresh;
    return ERR_OK;
}

/* A reload that fails leaves everything as it was, but for what stood before the mistake. */
static void reload(struct serving *s)
{
    struct arena arena;
    struct fault fault = {0};
    arena_init(&arena, RELOAD_ARENA_SIZE_MAX);
    enum err err = reload_all(s, &arena, &fault);
    if (err != ERR_OK) {
        log_event(&s->log, LOG_ERROR, "reload_failed", log_err("error", err));
        cli_note(s->cli, "%s: %s\n", cli_say(s->cli, "没有重新载入", "not reloaded"),
                 fault.message);
        arena_done(&arena);
        return;
    }
    arena_done(&s->settings_arena);
    s->settings_arena = arena;
    log_event(&s->log, LOG_INFO, "reloaded", log_count("pid", getpid()));
}

/* ---- running */

static void signals_of_serve(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGHUP);
}

/* Cases follow what is found and what the bank says; clocks are looked at once an hour. A round
 * that fails is told and tried again. */
static void keep_cases(struct serving *s, const struct page_options *pages)
{
    struct work_env env = pages->env;
    struct case_open_report report;
    struct case_clock_report clocks;
    struct fault fault = {0};
    env.actor = (struct actor){0, STR("serve")};
    bool is_hour = clock_now_ms() - s->clocks_ms >= CLOCKS_EVERY_MS;
    enum err err = ERR_OK;
    if (is_hour)
        err = case_clocks(&env, pages->case_practice, &clocks, &fault);
    if (err == ERR_OK)
        err = case_follow(&env, pages->policy, pages->case_practice, &report, &fault);
    if (err != ERR_OK)
        log_event(&s->log, LOG_ERROR, "cases_failed", log_err("error", err));
    else if (is_hour)
        s->clocks_ms = clock_now_ms();
}

/* The signals are blocked in every thread and taken here. */
static void serve_until_stopped(struct serving *s, const struct page_options *pages)
{
    const struct timespec pause = {.tv_sec = CASES_EVERY_S};
    sigset_t signals;
    signals_of_serve(&signals);
    for (;;) {
        int taken = sigtimedwait(&signals, NULL, &pause);
        if (taken < 0)
            keep_cases(s, pages);
        else if (taken != SIGHUP)
            return;
        else
            reload(s);
    }
}

static void block_signals(void)
{
    sigset_t signals;
    signals_of_serve(&signals);
    check(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
}

static enum err start(struct serving *s, const struct page_options *pages, struct live_hub *hub)
{
    struct cli *cli = s->cli;
    struct networks proxies;
    uint32_t code_roles;
    TRY(read_proxies(&s->settings, &proxies, &cli->fault));
    TRY(read_code_roles(&s->settings, &code_roles, &cli->fault));
    TRY(use_certificate(&s->settings, cli->arena, &cli->fault));
    TRY(page_app_new(cli->arena, pages, hub, &s->app, &cli->fault));
    use_limits(s->app, &s->settings, code_roles);
    struct http_app face = page_app_http(s->app);
    struct http_options http = http_options_of(&s->settings);
    TRY(http_server_start(&http, &face, hub, &s->server, &cli->fault));
    return http_server_trust(s->server, &proxies, &cli->fault);
}

static enum err serve(struct serving *s, const struct page_options *pages)
{
    struct cli *cli = s->cli;
    struct live_hub *hub;
    TRY(live_hub_new(&hub, &cli->fault));
    struct cli_news_options news_options;
    struct cli_news news = {.is_started = false};
    struct case_practice practice;
    const char *path = text_in(cli->arena, "%s/catalogue/case_practice.csv",
                               s->settings.values[SETTING_HOME]);
    enum err err = case_practice_load(cli->arena, path, pages->calendar, &practice, &cli->fault);
    if (err == ERR_OK)
        err = read_gateway(s, pages, &practice, &news_options);
    if (err == ERR_OK)
        err = start(s, pages, hub);
    if (err == ERR_OK)
        err = cli_news_start(&news, &pages->env, &news_options, &s->log, &cli->fault);
    if (err == ERR_OK) {
        bool is_tls = s->settings.values[SETTING_TLS_CERTIFICATE] != NULL;
        cli_print(cli, "%s http%s://%s:%" PRId32 "\n", cli_say(cli, "百工在", "Baigong is at"),
                  is_tls ? "s" : "", s->settings.values[SETTING_ADDRESS],
                  http_server_port(s->server));
        fflush(cli->world.out);
        serve_until_stopped(s, pages);
        cli_note(cli, "%s\n", cli_say(cli, "正在停止", "stopping"));
    }
    cli_news_stop(&news);
    int64_t drain_s = settings_count(&s->settings, SETTING_DRAIN_S);
    http_server_stop(s->server, (int32_t)drain_s * 1000);
    page_app_free(s->app);
    tls_forget();
    arena_done(&s->settings_arena);
    live_hub_free(hub);
    return err;
}

static enum err read_division(struct work *w, void *context)
{
    return registry_sample_division(w, context);
}

/* 济宁市, not 山东省济宁市. */
static void name_city(struct cli *cli, const struct vocab *vocab, struct page_options *pages)
{
    int32_t index = vocab_catalogue(vocab, STR("division"));
    if (index < 0 || cli->lang != CLI_LANG_ZH)
        return;
    const struct catalogue *divisions = &vocab->catalogues[index];
    int32_t division = pages->city_division;
    const struct catalogue_entry *city = catalogue_by_code(divisions, division);
    const struct catalogue_entry *province =
        catalogue_by_code(divisions, division - division % 10000);
    if (!city)
        return;
    struct str name = city->name;
    if (province && province != city && str_starts(name, province->name))
        name = str_sub(name, province->name.size, name.size);
    pages->city_name = text_in(cli->arena, "%.*s人力资源和社会保障局", STR_ARG(name));
}

static enum err know_office(struct cli *cli, struct page_options *pages)
{
    struct news_book *book = ARENA_NEW(cli->arena, struct news_book);
    if (!book)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the office's texts");
    const char *folder = text_in(cli->arena, "%s/catalogue", cli->settings->values[SETTING_HOME]);
    TRY(news_book_load(cli->arena, folder, book, &cli->fault));
    pages->news = book;
    return ERR_OK;
}

/* Which city this is and its working days; a city that is empty yet is any city. */
static enum err know_city(struct cli *cli, struct cli_city *city, struct calendar *calendar,
                          struct promises *promises, struct page_options *pages)
{
    const char *path =
        text_in(cli->arena, "%s/catalogue/holiday.csv", cli->settings->values[SETTING_HOME]);
    TRY(calendar_load(cli->arena, path, calendar, &cli->fault));
    pages->calendar = calendar;
    path = text_in(cli->arena, "%s/catalogue/promise.csv", cli->settings->values[SETTING_HOME]);
    TRY(promises_load(cli->arena, path, promises, &cli->fault));
    pages->promises = promises;
    TRY(know_office(cli, pages));
    int32_t division;
    struct fault fault = {0};
    enum err err = work_run(&city->env, WORK_READ, read_division, &division, &fault);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err != ERR_OK) {
        cli->fault = fault;
        return err;
    }
    pages->city_division = division - division % 100;
    name_city(cli, &city->vocab, pages);
    return ERR_OK;
}

/* Until when batches are approved, and where files for the bank go. */
static enum err know_bank(struct cli *cli, struct ledger_practice *practice,
                          struct page_options *pages)
{
    const char *path =
        text_in(cli->arena, "%s/catalogue/payment.csv", cli->settings->values[SETTING_HOME]);
    TRY(ledger_practice_load(cli->arena, path, practice, &cli->fault));
    pages->payment = practice;
    return cli_money_bank_folder(cli, &pages->bank_folder);
}

enum err cmd_serve(struct cli *cli)
{
    struct serving s = {.cli = cli, .log = {.file = 2, .level_min = LOG_INFO}};
    arena_init(&s.settings_arena, RELOAD_ARENA_SIZE_MAX);
    TRY(read_settings(cli, cli->arena, &s.settings, &cli->fault));
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    const char *policy_path = s.settings.values[SETTING_POLICY];
    s.policy_path = policy_path ? policy_path : cli_home_policy_path(cli);
    struct incentive_policy policy;
    int64_t policy_version;
    int32_t fixed_day = settings_day(&s.settings, SETTING_TODAY);
    int32_t today_day = fixed_day != ABSENT_I32 ? fixed_day : clock_city_day(clock_now_ms());
    TRY(cli_policy_in_force_at(cli, &city, s.policy_path, today_day, &policy, &policy_version));
    city.env.fixed_today_day = fixed_day;
    struct page_options pages = {
        .env = city.env,
        .vocab = &city.vocab,
        .policy = &policy,
        .policy_path = s.policy_path,
        .policy_version = policy_version,
        .divisions = &cli->catalogues->identity_divisions,
        .city_name = cli_say(cli, "人力资源和社会保障局", "Human Resources Bureau"),
        .is_debug = settings_flag(&s.settings, SETTING_DEBUG),
    };
    struct insight_board board;
    TRY(cli_board(cli, &board));
    pages.board = &board;
    struct case_practice practice;
    TRY(cli_case_practice(cli, &practice));
    pages.case_practice = &practice;
    struct calendar calendar;
    struct promises promises;
    TRY(know_city(cli, &city, &calendar, &promises, &pages));
    struct ledger_practice payment;
    TRY(know_bank(cli, &payment, &pages));
    TRY(open_oidc(&s, &pages));
    block_signals();
    enum err err = serve(&s, &pages);
    oidc_free(pages.oidc);
    return err;
}
