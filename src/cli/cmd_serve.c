#include "base/calendar.h"
#include "cli/cli_city.h"
#include "cli/cli_settings.h"
#include "cli/commands.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/sample.h"
#include "http/server.h"
#include "page/page.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

const struct cli_option cmd_serve_options[] = {
    {"address", CLI_TEXT, CLI_OPTIONAL, "ADDRESS", "监听地址，默认 127.0.0.1",
     "address to listen on, default 127.0.0.1"},
    {"port", CLI_COUNT, CLI_OPTIONAL, "N", "端口，默认 8080；0 由系统选",
     "port, default 8080; 0 takes a free one"},
    {"loops", CLI_COUNT, CLI_OPTIONAL, "N", "网络线程数（默认每核一个）",
     "network threads (default: one for each core)"},
    {"workers", CLI_COUNT, CLI_OPTIONAL, "N", "处理长请求的线程数，默认 4",
     "threads for long requests, default 4"},
    {"behind-proxy", CLI_FLAG, CLI_OPTIONAL, "", "在本机代理（如 nginx）之后，信任它写的来源地址",
     "behind a proxy on this machine: trust the addresses that it names"},
    {"tls-certificate", CLI_TEXT, CLI_OPTIONAL, "FILE", "TLS 证书（PEM）", "TLS certificate (PEM)"},
    {"tls-key", CLI_TEXT, CLI_OPTIONAL, "FILE", "TLS 私钥（PEM）", "TLS key (PEM)"},
    {"today", CLI_DAY, CLI_OPTIONAL, "DATE", "把这一天当作今天（演示）",
     "take this day as today (for demonstration)"},
    {"debug", CLI_FLAG, CLI_OPTIONAL, "", "显示内部错误和 /_components",
     "show internal errors and /_components"},
    CLI_POLICY_OPTION,
    {0},
};

enum {
    PORT_DEFAULT = 8080,
    PORT_MAX = 65535,
    WORKERS_DEFAULT = 4,
    CONNECTIONS_MAX = 20000,
    DRAIN_MS = 10 * 1000,
    PEM_SIZE_MAX = 256 * 1024,
};

static enum err read_pem(struct cli *cli, const char *option, const char **ret_text)
{
    const char *path = cli_text(cli, option, NULL);
    *ret_text = NULL;
    if (!path)
        return ERR_OK;
    char *text = arena_alloc(cli->arena, PEM_SIZE_MAX + 1);
    FILE *file = text ? fopen(path, "rb") : NULL;
    if (!file)
        return cli_fail(cli, ERR_IO, "不能读 %s：%s", "cannot read %s: %s", path,
                        strerror(errno));
    size_t size = fread(text, 1, PEM_SIZE_MAX + 1, file);
    fclose(file);
    if (size > PEM_SIZE_MAX)
        return cli_fail(cli, ERR_LIMIT, "%s 太大，不是证书或私钥",
                        "%s is too large for a certificate or key", path);
    text[size] = '\0';
    *ret_text = text;
    return ERR_OK;
}

static enum err read_options(struct cli *cli, struct http_options *ret_options)
{
    int64_t port = cli_count(cli, "port", PORT_DEFAULT);
    int64_t cores = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t loops = cli_count(cli, "loops", cores < 1 ? 1 : cores);
    int64_t workers = cli_count(cli, "workers", WORKERS_DEFAULT);
    if (port > PORT_MAX)
        return cli_fail(cli, ERR_USAGE, "端口最大 %d", "the largest port is %d", PORT_MAX);
    if (loops < 1 || loops > HTTP_LOOPS_MAX)
        return cli_fail(cli, ERR_USAGE, "网络线程数应在 1 到 %d 之间",
                        "there can be 1 to %d network threads", HTTP_LOOPS_MAX);
    if (workers < 1 || workers > HTTP_WORKERS_MAX)
        return cli_fail(cli, ERR_USAGE, "处理线程数应在 1 到 %d 之间",
                        "there can be 1 to %d workers", HTTP_WORKERS_MAX);
    struct http_options options = {
        .address = cli_text(cli, "address", "127.0.0.1"),
        .port = (int32_t)port,
        .loop_count = (int32_t)loops,
        .worker_count = (int32_t)workers,
        .connection_count_max = CONNECTIONS_MAX,
        .trusts_proxy = cli_flag(cli, "behind-proxy"),
    };
    TRY(read_pem(cli, "tls-certificate", &options.certificate_pem));
    TRY(read_pem(cli, "tls-key", &options.key_pem));
    if (!options.certificate_pem != !options.key_pem)
        return cli_fail(cli, ERR_USAGE, "--tls-certificate 和 --tls-key 要一起给",
                        "--tls-certificate and --tls-key go together");
    *ret_options = options;
    return ERR_OK;
}

/* The signals are blocked in every thread and taken here. */
static void wait_for_stop(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    int taken = 0;
    while (sigwait(&signals, &taken) != 0)
        continue;
}

static void block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    check(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0);
    signal(SIGPIPE, SIG_IGN);
}

static enum err serve(struct cli *cli, const struct http_options *http,
                      const struct page_options *pages)
{
    struct live_hub *hub;
    TRY(live_hub_new(&hub, &cli->fault));
    struct page_app *app;
    struct http_server *server;
    enum err err = page_app_new(cli->arena, pages, hub, &app, &cli->fault);
    if (err == ERR_OK) {
        struct http_app face = page_app_http(app);
        err = http_server_start(http, &face, hub, &server, &cli->fault);
    }
    if (err == ERR_OK) {
        cli_print(cli, "%s http%s://%s:%" PRId32 "\n", cli_say(cli, "百工在", "Baigong is at"),
                  http->certificate_pem ? "s" : "", http->address, http_server_port(server));
        fflush(cli->world.out);
        wait_for_stop();
        cli_note(cli, "%s", cli_say(cli, "正在停止", "stopping"));
        http_server_stop(server, DRAIN_MS);
        page_app_free(app);
    }
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

/* Which city this is and its working days; a city that is empty yet is any city. */
static enum err know_city(struct cli *cli, struct cli_city *city, struct calendar *calendar,
                          struct page_options *pages)
{
    const char *path = text_in(cli->arena, "%s/catalogue/holiday.csv",
                               cli->settings->values[SETTING_HOME]);
    TRY(calendar_load(cli->arena, path, calendar, &cli->fault));
    pages->calendar = calendar;
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

enum err cmd_serve(struct cli *cli)
{
    struct http_options http;
    TRY(read_options(cli, &http));
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy policy;
    TRY(cli_policy(cli, &city.vocab, &policy));
    city.env.fixed_today_day = cli_day(cli, "today", ABSENT_I32);
    struct page_options pages = {
        .env = city.env,
        .vocab = &city.vocab,
        .policy = &policy,
        .policy_path = cli_policy_path(cli),
        .divisions = &cli->catalogues->identity_divisions,
        .city_name = cli_say(cli, "人力资源和社会保障局", "Human Resources Bureau"),
        .is_debug = cli_flag(cli, "debug"),
    };
    struct calendar calendar;
    TRY(know_city(cli, &city, &calendar, &pages));
    block_signals();
    return serve(cli, &http, &pages);
}
