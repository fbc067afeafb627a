/* A city made out of nothing, into a fresh database. */
#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "cli/cli_registry.h"
#include "cli/cli_settings.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/city/city.h"
#include "domain/city/city_fund.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    DEMO_PEOPLE = 100000,
    DEMO_YEAR = 2023, /* the newest of the source documents */
    LABEL_SIZE = 128,
};

#define SECOND_NS INT64_C(1000000000)

const struct cli_option cmd_demo_options[] = {
    {"city", CLI_TEXT, CLI_REQUIRED, "NAME", "城市（catalogue/city 下的文件名，如 jining）",
     "the city: a file of catalogue/city, such as jining"},
    {"people", CLI_COUNT, CLI_OPTIONAL, "N", "人数，默认 100000", "how many people; 100000"},
    {"seed", CLI_COUNT, CLI_OPTIONAL, "S", "随机种子，默认 1；种子相同则城市相同",
     "seed, 1; the same seed makes the same city"},
    {"today", CLI_DAY, CLI_OPTIONAL, "DATE", "城市里的今天，默认 2023-12-31",
     "the city's today, 2023-12-31"},
    {"digest", CLI_FLAG, CLI_OPTIONAL, "", "读回全部记录并显示摘要（不含加密字段）",
     "read everything back and show a digest of it (without protected values)"},
    {0},
};

struct demo {
    struct cli *cli;
    const struct city_plan *plan;
    struct city_digest digest;
    int64_t start_ns;
};

static int64_t elapsed_ms(const struct demo *demo)
{
    return (clock_monotonic_ns() - demo->start_ns) / 1000000;
}

static void tell_progress(void *context, int64_t people_done, int64_t people)
{
    struct demo *demo = context;
    int64_t ms = elapsed_ms(demo) + 1;
    int64_t rate = people_done * 1000 / ms;
    int64_t left_s = rate > 0 ? (people - people_done) / rate : 0;
    char label[LABEL_SIZE];
    snprintf(label, sizeof label,
             cli_say(demo->cli, "造城 %" PRId64 " 人/秒，还需 %" PRId64 " 秒",
                     "making %" PRId64 " people/s, %" PRId64 " s left"),
             rate, left_s);
    cli_progress(demo->cli, label, people_done, people);
}

static enum err digest_step(struct work *w, void *context)
{
    return city_digest_store(w, INT64_MAX - 1, &((struct demo *)context)->digest);
}

static enum err plan_read(struct demo *demo)
{
    struct cli *cli = demo->cli;
    struct catalogues *catalogues;
    struct vocab *vocab = ARENA_NEW(cli->arena, struct vocab);
    if (vocab == NULL)
        return fault_set(&cli->fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    TRY(cli_registry_vocab(cli, &catalogues, vocab));
    struct city_request request = {
        .folder = text_in(cli->arena, "%s/catalogue", cli->settings->values[SETTING_HOME]),
        .city = cli_text(cli, "city", ""),
        .vocab = vocab,
        .catalogues = catalogues,
        .people = cli_count(cli, "people", DEMO_PEOPLE),
        .seed = (uint64_t)cli_count(cli, "seed", 1),
        .today_day = cli_day(cli, "today", year_last_day(DEMO_YEAR)),
    };
    return city_plan_read(&request, cli->arena, &cli->fault, &demo->plan);
}

static enum err report_json(const struct demo *demo, bool with_digest)
{
    struct text_buf buf;
    struct json json;
    char digest[CITY_DIGEST_TEXT_SIZE];
    text_init(&buf, demo->cli->arena);
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_text(&json, "city", demo->plan->profile->name);
    json_add_number(&json, "people", demo->plan->given.people);
    json_add_number(&json, "organisations", demo->plan->organisation_count);
    json_add_number(&json, "seed", (int64_t)demo->plan->given.seed);
    json_add_number(&json, "elapsed_ms", elapsed_ms(demo));
    if (with_digest)
        json_add_text_z(&json, "digest", city_digest_text(&demo->digest, digest));
    json_object_end(&json);
    if (buf.failed)
        return fault_set(&demo->cli->fault, ERR_MEMORY, "%s", err_text(ERR_MEMORY));
    cli_print(demo->cli, "%.*s\n", STR_ARG(text_str(&buf)));
    return ERR_OK;
}

static void report_text(const struct demo *demo, bool with_digest)
{
    struct cli *cli = demo->cli;
    int64_t ms = elapsed_ms(demo);
    cli_print(cli,
              cli_say(cli,
                      "%.*s：%" PRId64 " 人，%" PRId64 " 家单位，种子 %" PRIu64 "，用时 %" PRId64
                      ".%" PRId64 " 秒\n所有姓名、号码均为虚构，不属于任何人。\n",
                      "%.*s: %" PRId64 " people, %" PRId64 " organisations, seed %" PRIu64
                      ", %" PRId64 ".%" PRId64 " s\n"
                      "All names and numbers are made up and belong to nobody.\n"),
              STR_ARG(demo->plan->city_name), demo->plan->given.people,
              demo->plan->organisation_count, demo->plan->given.seed, ms / 1000, ms % 1000 / 100);
    if (!with_digest)
        return;
    char digest[CITY_DIGEST_TEXT_SIZE];
    cli_print(cli, cli_say(cli, "摘要 %s（%" PRId64 " 条）\n", "digest %s (%" PRId64 " records)\n"),
              city_digest_text(&demo->digest, digest), demo->digest.row_count);
    for (int32_t table = 0; table < REGISTRY_RECORD_COUNT; table++)
        cli_print(cli, "  %-18s %10" PRId64 "\n", registry_records[table].name,
                  demo->digest.row_counts[table]);
}

enum err cmd_demo(struct cli *cli)
{
    struct demo demo = {.cli = cli, .start_ns = clock_monotonic_ns()};
    struct work_env env;
    TRY(plan_read(&demo));
    TRY(cli_open_work_env(cli, &env));
    env.actor.name = STR("demo");
    enum err err =
        city_fill(&env, demo.plan, (struct city_progress){tell_progress, &demo}, &cli->fault);
    cli_progress_end(cli);
    TRY(err);
    const char *funds = text_in(cli->arena, "%s/catalogue/demo_fund.csv",
                                cli->settings->values[SETTING_HOME]);
    TRY(city_fund_fill(&env, demo.plan, funds, &cli->fault));
    bool with_digest = cli_flag(cli, "digest");
    if (with_digest)
        TRY(work_run(&env, WORK_READ, digest_step, &demo, &cli->fault));
    if (cli->json)
        return report_json(&demo, with_digest);
    report_text(&demo, with_digest);
    return ERR_OK;
}
