#include "cli/cli_policy_live.h"

#include "base/day.h"
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_table.h"
#include "domain/registry/registry_facts.h"
#include "policy/locality.h"
#include "policy/settle.h"

#include <inttypes.h>

enum { LOAD_THREADS = 2, PAIRS_SHOWN_MAX = 30 };

static const struct {
    const char *zh, *en;
} settlement_words[] = {
    [SETTLEMENT_HIGHER_OF] = {"从高", "higher-of"}, [SETTLEMENT_CAP] = {"封顶", "cap"},
    [SETTLEMENT_STACK] = {"并享", "stack"},         [SETTLEMENT_QUOTA] = {"名额", "quota"},
    [SETTLEMENT_EXCLUSIVE] = {"互斥", "exclusive"},
    [SETTLEMENT_DIFFERENCE] = {"补差", "difference"},
    [SETTLEMENT_CLAW_BACK] = {"追回", "claw-back"},
};

static bool is_in_force_here(const struct policy *policy, const struct world *world,
                             int32_t statement, int32_t day)
{
    const struct statement *rule = &policy->statements[statement];
    return statement_holds_on(policy, rule, day) &&
           locality_concerns(policy, rule->document, world);
}

static enum err find_idle(struct cli *cli, const struct policy *policy, const struct world *world,
                          const struct eval_result *result, struct policy_live *live)
{
    int32_t *idle = ARENA_NEW_ARRAY(cli->arena, int32_t, (size_t)result->total_count + 1);
    if (!idle)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the rules");
    for (int32_t i = 0; i < result->total_count; i++) {
        const struct rule_total *total = &result->totals[i];
        if (total->granted_count + total->ask_count == 0 &&
            is_in_force_here(policy, world, total->statement, live->as_of_day))
            idle[live->idle_count++] = total->statement;
    }
    live->idle_rules = idle;
    return ERR_OK;
}

static enum err look(struct cli *cli, const struct policy *policy, const struct world *world,
                     struct policy_live *live)
{
    struct program *program;
    TRY(program_compile(cli->arena, policy, &program, &cli->fault));
    struct eval_request request = {.as_of_day = live->as_of_day, .since_day = ABSENT_I32,
                                   .rights = EVAL_RIGHTS_COUNTED, .without_budgets = true};
    struct eval_result *result;
    TRY(eval_run(program, world, &request, &result, &cli->fault));
    struct overlap *overlaps = NULL;
    enum err err = overlaps_of(cli->arena, policy, world, result, &overlaps,
                               &live->overlap_count, &cli->fault);
    live->overlaps = overlaps;
    if (err == ERR_OK)
        err = find_idle(cli, policy, world, result, live);
    eval_result_free(result);
    return err;
}

enum err cli_policy_live(struct cli *cli, const struct policy *policy,
                         struct policy_live *ret_live)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct world *world;
    TRY(registry_load_world_fast(&city.env, policy->vocab, cli_known_at_ms(cli), LOAD_THREADS,
                                 &world, &cli->fault));
    struct policy_live live = {.as_of_day = cli_as_of_day(cli)};
    int32_t person = vocab_table(policy->vocab, STR("person"));
    live.person_count = person >= 0 ? world->tables[person].row_count : 0;
    enum err err = look(cli, policy, world, &live);
    world_free(world);
    TRY(err);
    *ret_live = live;
    return ERR_OK;
}

static const char *settled_text(struct cli *cli, const struct policy *policy,
                                const struct overlap *overlap)
{
    if (overlap->settled_by < 0)
        return overlap->one_fund
                   ? cli_say(cli, "同一资金，没有说怎么结算", "one fund, and nothing settles it")
                   : cli_say(cli, "各付各的", "paid apart");
    return text_in(cli->arena, "%s %.*s",
                   cli_say(cli, settlement_words[overlap->how].zh,
                           settlement_words[overlap->how].en),
                   STR_ARG(policy->statements[overlap->settled_by].name));
}

static enum err print_overlaps(struct cli *cli, const struct policy *policy,
                               const struct policy_live *live)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "一项", "rule"), CLI_LEFT},
        {cli_say(cli, "另一项", "and rule"), CLI_LEFT},
        {cli_say(cli, "同时享受", "have both"), CLI_RIGHT},
        {cli_say(cli, "结算", "settled"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    bool all = cli_flag(cli, "notes");
    for (int32_t i = 0; i < live->overlap_count && (all || i < PAIRS_SHOWN_MAX); i++) {
        const struct overlap *overlap = &live->overlaps[i];
        cli_table_add_str(&table, policy->statements[overlap->first].name);
        cli_table_add_str(&table, policy->statements[overlap->second].name);
        cli_table_format(&table, "%" PRId64, overlap->subject_count);
        cli_table_add(&table, settled_text(cli, policy, overlap));
    }
    if (live->overlap_count > 0)
        TRY(cli_table_print(&table, cli->world.out));
    if (!all && live->overlap_count > PAIRS_SHOWN_MAX)
        cli_print(cli, cli_say(cli, "……另有 %d 对（--notes 全部列出）\n",
                               "… and %d pairs more (--notes lists all)\n"),
                  live->overlap_count - PAIRS_SHOWN_MAX);
    return ERR_OK;
}

enum err cli_policy_live_print(struct cli *cli, const struct policy *policy,
                               const struct policy_live *live)
{
    const char *day = day_text_in(cli->arena, live->as_of_day);
    cli_print(cli,
              cli_say(cli,
                      "\n全市 %" PRId64 " 人，截至 %s："
                      "%d 对项目有人同时享受，%d 个项目没有人符合\n",
                      "\n%" PRId64 " people as of %s: "
                      "%d pairs of rules meet, %d rules hit nobody\n"),
              live->person_count, day, live->overlap_count, live->idle_count);
    TRY(print_overlaps(cli, policy, live));
    for (int32_t i = 0; i < live->idle_count; i++) {
        const struct statement *rule = &policy->statements[live->idle_rules[i]];
        struct str heading =
            rule->article >= 0 ? policy->articles[rule->article].heading : STR("");
        cli_print(cli, cli_say(cli, "没有人符合：%.*s（%.*s，%.*s:%d）\n",
                               "nobody meets: %.*s (%.*s, %.*s:%d)\n"),
                  STR_ARG(rule->name), STR_ARG(heading),
                  STR_ARG(policy->documents[rule->document].path), rule->span.line);
    }
    return ERR_OK;
}

void cli_policy_live_json(struct json *json, const struct policy *policy,
                          const struct policy_live *live)
{
    json_key(json, "city");
    json_object_begin(json);
    json_add_day(json, "as_of", live->as_of_day);
    json_add_number(json, "persons", live->person_count);
    json_key(json, "overlaps");
    json_array_begin(json);
    for (int32_t i = 0; i < live->overlap_count; i++) {
        const struct overlap *overlap = &live->overlaps[i];
        json_object_begin(json);
        json_add_text(json, "first", policy->statements[overlap->first].name);
        json_add_text(json, "second", policy->statements[overlap->second].name);
        json_add_number(json, "subjects", overlap->subject_count);
        json_add_bool(json, "one_fund", overlap->one_fund);
        if (overlap->settled_by >= 0)
            json_add_text_z(json, "settled", settlement_words[overlap->how].en);
        json_object_end(json);
    }
    json_array_end(json);
    json_key(json, "nobody");
    json_array_begin(json);
    for (int32_t i = 0; i < live->idle_count; i++)
        json_text(json, policy->statements[live->idle_rules[i]].name);
    json_array_end(json);
    json_object_end(json);
}
