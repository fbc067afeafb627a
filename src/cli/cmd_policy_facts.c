/* policy facts: which facts the rules read, and whether the city's records tell them. */
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/registry/registry_facts.h"
#include "policy/fact_use.h"

#include <inttypes.h>

enum { LOAD_THREADS = 2 };

const struct cli_option cmd_policy_facts_options[] = {
    {"all", CLI_FLAG, CLI_OPTIONAL, "", "也列出登记里有的", "list those that records tell too"},
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

struct facts {
    const struct policy *policy;
    const struct vocab *vocab;
    const struct fact_use *uses;
    int32_t use_count, missing_count;
};

static const char *fact_name(struct cli *cli, const struct facts *facts,
                             const struct fact_use *use)
{
    const struct record_desc *record = &facts->vocab->records[use->table];
    const char *record_name = cli_say(cli, record->label_zh, record->name);
    if (use->field < 0)
        return record_name;
    const struct field_desc *field = &record->fields[use->field];
    return text_in(cli->arena, "%s.%s", record_name,
                   cli_say(cli, field->label_zh, field->name));
}

static const char *told_text(struct cli *cli, const struct fact_use *use)
{
    if (use->row_count == 0)
        return cli_say(cli, "没有这种记录", "no such record");
    if (use->filled_count == 0)
        return cli_say(cli, "从未填写", "never told");
    return text_in(cli->arena, "%" PRId64 "%%", use->filled_count * 100 / use->row_count);
}

static enum err print_table(struct cli *cli, const struct facts *facts, bool all)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "事实", "fact"), CLI_LEFT},
        {cli_say(cli, "填写", "told"), CLI_RIGHT},
        {cli_say(cli, "记录数", "records"), CLI_RIGHT},
        {cli_say(cli, "用到的项目", "rules"), CLI_RIGHT},
        {cli_say(cli, "例如", "such as"), CLI_LEFT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    for (int32_t i = 0; i < facts->use_count; i++) {
        const struct fact_use *use = &facts->uses[i];
        if (!all && !fact_use_is_missing(use))
            continue;
        cli_table_add(&table, fact_name(cli, facts, use));
        cli_table_add(&table, told_text(cli, use));
        cli_table_format(&table, "%" PRId64, use->row_count);
        cli_table_format(&table, "%d", use->rule_count);
        cli_table_add_str(&table, facts->policy->statements[use->statement].name);
    }
    if (all || facts->missing_count > 0)
        TRY(cli_table_print(&table, cli->world.out));
    cli_note(cli,
             cli_say(cli, "项目用到 %d 种事实，其中 %d 种登记里没有",
                     "rules read %d kinds of facts, %d of which no record tells"),
             facts->use_count, facts->missing_count);
    return ERR_OK;
}

static enum err print_json(struct cli *cli, const struct facts *facts, bool all)
{
    struct text_buf buf;
    struct json json;
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < facts->use_count; i++) {
        const struct fact_use *use = &facts->uses[i];
        if (!all && !fact_use_is_missing(use))
            continue;
        const struct record_desc *record = &facts->vocab->records[use->table];
        json_object_begin(&json);
        json_add_text_z(&json, "record", record->name);
        if (use->field >= 0)
            json_add_text_z(&json, "field", record->fields[use->field].name);
        json_add_number(&json, "record_count", use->row_count);
        json_add_number(&json, "told_count", use->filled_count);
        json_add_number(&json, "rule_count", use->rule_count);
        json_add_text(&json, "rule", facts->policy->statements[use->statement].name);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

enum err cmd_policy_facts(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy policy;
    TRY(cli_policy(cli, &city.vocab, &policy));
    struct world *world;
    TRY(registry_load_world_fast(&city.env, &city.vocab, cli_known_at_ms(cli), LOAD_THREADS,
                                 &world, &cli->fault));
    struct fact_use *uses;
    struct facts facts = {.policy = policy.policy, .vocab = &city.vocab};
    enum err err = fact_uses(cli->arena, policy.program, world, &uses, &facts.use_count,
                             &cli->fault);
    world_free(world);
    TRY(err);
    facts.uses = uses;
    for (int32_t i = 0; i < facts.use_count; i++)
        facts.missing_count += fact_use_is_missing(&uses[i]);
    bool all = cli_flag(cli, "all");
    return cli->json ? print_json(cli, &facts, all) : print_table(cli, &facts, all);
}
