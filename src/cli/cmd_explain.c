#include "base/day.h"
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/commands.h"
#include "domain/registry/registry.h"

#include <inttypes.h>

const struct cli_option cmd_explain_options[] = {
    {"ID", CLI_COUNT, CLI_OPTIONAL, "", "已发现的权益编号", "number of a stored entitlement"},
    {"rule", CLI_TEXT, CLI_OPTIONAL, "NAME", "项目名称：为何有、为何没有",
     "name of a rule: why somebody gets it, why not"},
    {"subject", CLI_COUNT, CLI_OPTIONAL, "ID", "人员、单位或载体编号（与 --rule 同用）",
     "number of the person, organisation or carrier (with --rule)"},
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

struct explain_request {
    struct cli *cli;
    struct cli_city *city;
    const struct incentive_policy *policy; /* with --rule */
};

static const char *const lane_names[] = {"refused", "ask", "granted"};

static void json_facts(struct json *json, const struct entitlement_explanation *e)
{
    const struct explanation *explanation = e->explanation;
    json_key(json, "missing");
    json_array_begin(json);
    for (int32_t i = 0; i < explanation->missing_count; i++) {
        const struct explain_fact *fact = &explanation->missing[i];
        const struct record_desc *record = &e->world->vocab->records[fact->table];
        json_object_begin(json);
        json_add_text_z(json, "record", record->name);
        json_add_id(json, "id", e->world->tables[fact->table].row_ids[fact->row]);
        json_add_text_z(json, "field", record->fields[fact->field].name);
        json_add_text_z(json, "label", record->fields[fact->field].label_zh);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_steps(struct json *json, const struct entitlement_explanation *e)
{
    static const char *const outcomes[] = {"no", "yes", "unknown"};
    json_key(json, "conditions");
    json_array_begin(json);
    for (int32_t i = 0; i < e->explanation->step_count; i++) {
        const struct explain_step *step = &e->explanation->steps[i];
        json_object_begin(json);
        json_add_text(json, "condition", step->condition->span.text);
        json_add_text_z(json, "outcome", outcomes[step->outcome]);
        json_add_number(json, "depth", step->depth);
        json_object_end(json);
    }
    json_array_end(json);
}

static enum err print_json(struct cli *cli, const struct entitlement_explanation *e)
{
    const struct explanation *explanation = e->explanation;
    const struct statement *statement = &e->policy->statements[explanation->statement];
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_text(&json, "rule", statement->name);
    json_add_text(&json, "article", e->policy->articles[statement->article].id);
    json_add_text(&json, "record", e->entitlement.subject_record);
    json_add_id(&json, "subject_id", e->entitlement.subject_id);
    json_add_day(&json, "as_of", e->entitlement.as_of_day);
    json_add_text_z(&json, "lane", lane_names[explanation->lane]);
    if (explanation->amount_fen != AMOUNT_IS_OPEN)
        json_add_money(&json, "amount_yuan", explanation->amount_fen);
    json_steps(&json, e);
    json_facts(&json, e);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}

static enum err print_words(struct cli *cli, const struct entitlement_explanation *e)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    explain_print(&buf, e->policy, e->world, e->explanation,
                  cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN, NULL, NULL);
    return cli_print_buf(cli, &buf);
}

static enum err explain_step(struct work *w, void *context)
{
    const struct explain_request *request = context;
    struct cli *cli = request->cli;
    struct entitlement_explanation e;
    if (request->policy)
        TRY(incentive_explain_rule(w, &request->city->vocab, request->policy,
                                   str_from(cli_text(cli, "rule", "")),
                                   cli_count(cli, "subject", 0), cli_as_of_day(cli), &e));
    else
        TRY(incentive_explain(w, &request->city->vocab, cli_count(cli, "ID", 0), &e));
    enum err err = cli->json ? print_json(cli, &e) : print_words(cli, &e);
    world_free(e.world);
    return err;
}

static enum err explain_and_print(struct cli *cli, struct cli_city *city)
{
    struct explain_request request = {.cli = cli, .city = city};
    struct incentive_policy policy;
    if (cli_given(cli, "rule")) {
        TRY(cli_policy(cli, &city->vocab, &policy));
        request.policy = &policy;
    }
    return work_run(&city->env, WORK_READ, explain_step, &request, &cli->fault);
}

enum err cmd_explain(struct cli *cli)
{
    bool by_rule = cli_given(cli, "rule") && cli_given(cli, "subject");
    bool by_id = cli_given(cli, "ID") && !cli_given(cli, "rule") && !cli_given(cli, "subject");
    if (!by_id && !by_rule) {
        cli_fail(cli, ERR_USAGE, "要么给出权益编号，要么给出 --rule 和 --subject",
                 "give either the number of an entitlement, or --rule and --subject");
        return cli_fail_hint(cli, "baigong found --rule NAME 列出某项目的权益编号",
                             "baigong found --rule NAME lists the numbers of a rule");
    }
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    return explain_and_print(cli, &city);
}

/* found: numbers to explain */

enum { FOUND_ROWS_DEFAULT = 20, FOUND_ROWS_MAX = 10000 }; /* a page on a terminal; a list for a script */

const struct cli_option cmd_found_options[] = {
    {"rule", CLI_TEXT, CLI_REQUIRED, "NAME", "项目名称", "name of the rule"},
    {"lane", CLI_ONE_OF, CLI_OPTIONAL, "granted|ask", "可享受（默认）或待补事实",
     "granted (default) or waiting for a fact"},
    {"after", CLI_COUNT, CLI_OPTIONAL, "ID", "从这个编号之后列起", "list those after this number"},
    {"limit", CLI_COUNT, CLI_OPTIONAL, "N", "最多列几条（默认 20）", "at most so many (default 20)"},
    CLI_POLICY_OPTION,
    {0},
};

static enum err list_step(struct work *w, void *context)
{
    const struct explain_request *request = context;
    struct cli *cli = request->cli;
    const struct policy *policy = request->policy->policy;
    struct str name = str_from(cli_text(cli, "rule", ""));
    int32_t statement = policy_statement(policy, name);
    if (statement < 0)
        return fail(w, ERR_NOT_FOUND, "the policy has no rule “%.*s”", STR_ARG(name));
    struct str number = policy->documents[policy->statements[statement].document].number;
    int64_t *ids;
    int32_t id_count;
    int64_t limit = cli_count(cli, "limit", FOUND_ROWS_DEFAULT);
    if (limit > FOUND_ROWS_MAX)
        return fail(w, ERR_LIMIT, "at most %d rows at once; use --after for the next ones",
                    FOUND_ROWS_MAX);
    TRY(incentive_list(w, number, name,
                       cli_choice(cli, "lane", 0) == 0 ? LANE_GRANTED : LANE_ASK,
                       cli_count(cli, "after", 0), (int32_t)limit, &ids, &id_count));
    for (int32_t i = 0; i < id_count; i++)
        cli_print(cli, "%" PRId64 "\n", ids[i]);
    if (id_count == 0)
        cli_note(cli, "%s", cli_say(cli, "没有；先运行 baigong sweep", "none; run baigong sweep first"));
    return ERR_OK;
}

enum err cmd_found(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct incentive_policy policy;
    TRY(cli_policy(cli, &city.vocab, &policy));
    struct explain_request request = {.cli = cli, .city = &city, .policy = &policy};
    return work_run(&city.env, WORK_READ, list_step, &request, &cli->fault);
}
