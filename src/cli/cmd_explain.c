/* Why somebody gets something, or not. */
#include "base/day.h"
#include "base/identity.h"
#include "base/json.h"
#include "base/money.h"
#include "cli/cli_city.h"
#include "cli/cli_difference.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "domain/registry/registry_name.h"

#include <inttypes.h>

const struct cli_option cmd_explain_options[] = {
    {"ID", CLI_COUNT, CLI_OPTIONAL, "", "已发现的权益编号", "number of a stored entitlement"},
    {"rule", CLI_TEXT, CLI_OPTIONAL, "NAME", "项目名称：为何有、为何没有",
     "name of a rule: why somebody gets it, why not"},
    {"subject", CLI_COUNT, CLI_OPTIONAL, "ID", "人员、单位或载体编号（与 --rule 同用）",
     "number of the person, organisation or carrier (with --rule)"},
    {"identity", CLI_TEXT, CLI_OPTIONAL, "NUMBER", "证件号码：这个人；不给 --rule 时逐项核对",
     "identity number: this person; every rule without --rule"},
    {"credit-code", CLI_TEXT, CLI_OPTIONAL, "CODE",
     "统一社会信用代码：这家单位；不给 --rule 时逐项核对",
     "credit code: this organisation; every rule without --rule"},
    CLI_AS_OF_OPTION,
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

struct explain_request {
    struct cli *cli;
    struct cli_city *city;
    const struct incentive_policy *policy; /* NULL: a stored entitlement */
};

/* ---- names ---- */

struct naming {
    struct work *w;
    const struct world *world;
    const struct cli *cli;
};

/* 王*明（68719476736）; organisations and carriers by their name alone. */
static struct str name_of(void *context, int32_t table, int32_t row)
{
    struct naming *naming = context;
    const struct table_columns *rows = &naming->world->tables[table];
    int64_t id = rows->row_ids[row];
    int32_t owner = registry_owner(table);
    int64_t owner_id =
        owner < 0 ? id : naming->world->tables[owner].row_ids[rows->owner_rows[row]];
    struct str name;
    if (registry_name(naming->w, table, owner_id, id, &name) != ERR_OK || name.size == 0)
        return (struct str){NULL, 0}; /* the number will do */
    if (table != REGISTRY_person)
        return name;
    const char *text =
        text_in(naming->w->arena, cli_say(naming->cli, "%.*s（%" PRId64 "）", "%.*s (%" PRId64 ")"),
                STR_ARG(name), id);
    return str_from(text);
}

static enum policy_spelling spelling_of(const struct cli *cli)
{
    return cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN;
}

static struct str reason_text(struct work *w, const struct cli *cli,
                              const struct entitlement_explanation *e)
{
    struct naming naming = {w, e->world, cli};
    struct text_buf buf;
    text_init(&buf, cli->arena);
    explain_print_reason(&buf, e->policy, e->world, e->explanation, spelling_of(cli), name_of,
                         &naming);
    return text_str(&buf);
}

/* ---- one explanation ---- */

static const char *const lane_names[] = {"refused", "ask", "granted"};

static void json_fact(struct json *json, const struct world *world,
                      const struct explain_fact *fact)
{
    const struct record_desc *record = &world->vocab->records[fact->table];
    json_object_begin(json);
    json_add_text_z(json, "record", record->name);
    json_add_id(json, "id", world->tables[fact->table].row_ids[fact->row]);
    json_add_text_z(json, "field", record->fields[fact->field].name);
    json_add_text_z(json, "label", record->fields[fact->field].label_zh);
    if (fact->value != ABSENT_I64)
        json_add_number(json, "value", fact->value);
    json_object_end(json);
}

static void json_facts(struct json *json, const char *key, const struct world *world,
                       const struct explain_fact *facts, int32_t count)
{
    json_key(json, key);
    json_array_begin(json);
    for (int32_t i = 0; i < count; i++)
        json_fact(json, world, &facts[i]);
    json_array_end(json);
}

static void json_steps(struct json *json, struct arena *arena, enum policy_spelling spelling,
                       const struct entitlement_explanation *e)
{
    static const char *const outcomes[] = {"no", "yes", "unknown"};
    json_key(json, "conditions");
    json_array_begin(json);
    for (int32_t i = 0; i < e->explanation->step_count; i++) {
        const struct explain_step *step = &e->explanation->steps[i];
        struct text_buf words;
        text_init(&words, arena);
        policy_print_expr(&words, e->policy, step->condition, spelling);
        json_object_begin(json);
        json_add_text(json, "condition", text_str(&words));
        json_add_text_z(json, "outcome", outcomes[step->outcome]);
        json_add_number(json, "depth", step->depth);
        json_add_text(json, "statement", e->policy->statements[step->statement].name);
        json_facts(json, "facts", e->world, step->facts, step->fact_count);
        json_object_end(json);
    }
    json_array_end(json);
}

static void json_answer(struct json *json, struct work *w, struct cli *cli,
                        const struct entitlement_explanation *e)
{
    const struct explanation *explanation = e->explanation;
    const struct statement *statement = &e->policy->statements[explanation->statement];
    json_add_text(json, "rule", statement->name);
    json_add_text(json, "article", e->policy->articles[statement->article].id);
    json_add_text(json, "document", e->policy->documents[statement->document].number);
    json_add_text(json, "record", e->entitlement.subject_record);
    json_add_id(json, "subject_id", e->entitlement.subject_id);
    json_add_day(json, "as_of", e->entitlement.as_of_day);
    json_add_day(json, "period_start", explanation->moment.period_start_day);
    json_add_day(json, "period_end", explanation->moment.period_end_day);
    json_add_text_z(json, "lane", lane_names[explanation->lane]);
    if (explanation->lane == LANE_REFUSED)
        json_add_text(json, "reason", reason_text(w, cli, e));
    if (explanation->amount_fen != AMOUNT_IS_OPEN)
        json_add_money(json, "amount_yuan", explanation->amount_fen);
    else
        json_add_text(json, "amount_owner", statement->as.rule->amount_owner);
}

static void json_missing(struct json *json, const struct entitlement_explanation *e)
{
    json_facts(json, "missing", e->world, e->explanation->missing, e->explanation->missing_count);
}

static enum err print_json(struct work *w, struct cli *cli,
                           const struct entitlement_explanation *e)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_answer(&json, w, cli, e);
    json_steps(&json, cli->arena, spelling_of(cli), e);
    json_missing(&json, e);
    json_object_end(&json);
    return cli_print_buf(cli, &buf);
}

static enum err print_words(struct work *w, struct cli *cli,
                            const struct entitlement_explanation *e)
{
    struct naming naming = {w, e->world, cli};
    struct text_buf buf;
    text_init(&buf, cli->arena);
    explain_print(&buf, e->policy, e->world, e->explanation, spelling_of(cli), name_of, &naming);
    return cli_print_buf(cli, &buf);
}

/* ---- every rule for one subject ---- */

static struct str missing_text(struct cli *cli, const struct entitlement_explanation *e)
{
    struct text_buf text;
    text_init(&text, cli->arena);
    for (int32_t i = 0; i < e->explanation->missing_count; i++) {
        const struct explain_fact *fact = &e->explanation->missing[i];
        const struct record_desc *record = &e->world->vocab->records[fact->table];
        const struct field_desc *field = &record->fields[fact->field];
        text_format(&text, "%s%s%s%s", i > 0 ? cli_say(cli, "、", ", ") : "",
                    cli_say(cli, record->label_zh, record->name), cli_say(cli, "的", "."),
                    cli_say(cli, field->label_zh, field->name));
    }
    return text_str(&text);
}

static const char *amount_text(struct cli *cli, const struct entitlement_explanation *e)
{
    const struct rule *rule = e->policy->statements[e->explanation->statement].as.rule;
    if (e->explanation->lane != LANE_GRANTED || rule->amount_kind == AMOUNT_NONE)
        return "—";
    return e->explanation->amount_fen == AMOUNT_IS_OPEN
               ? cli_say(cli, "待核定", "open")
               : money_text_in(cli->arena, e->explanation->amount_fen);
}

enum { ANSWER_COLUMNS = 4 };

static void add_answer(struct work *w, struct cli *cli, struct cli_table *table,
                       const struct entitlement_explanation *e)
{
    static const char *const lanes_zh[] = {"不符合", "待补充", "符合"};
    enum lane lane = e->explanation->lane;
    cli_table_add_str(table, e->policy->statements[e->explanation->statement].name);
    cli_table_add(table, cli_say(cli, lanes_zh[lane], lane_names[lane]));
    cli_table_add(table, amount_text(cli, e));
    cli_table_add_str(table,
                      lane == LANE_REFUSED ? reason_text(w, cli, e) : missing_text(cli, e));
}

/* What all rules say: granted first, then questions, then refusals; each in document order. */
struct answers {
    struct cli_table lanes[3];
    struct text_buf buf;
    struct json json;
};

static void answers_init(struct answers *answers, struct cli *cli,
                         const struct cli_column columns[ANSWER_COLUMNS])
{
    for (int32_t lane = 0; lane < 3; lane++)
        cli_table_init(&answers->lanes[lane], cli->arena, columns, ANSWER_COLUMNS);
    text_init(&answers->buf, cli->arena);
    json_init(&answers->json, &answers->buf);
}

static enum err gather_answers(struct work *w, const struct explain_request *request,
                               int32_t table, int64_t subject_id, struct answers *answers)
{
    struct cli *cli = request->cli;
    const struct policy *policy = request->policy->policy;
    json_array_begin(&answers->json);
    for (int32_t s = 0; s < policy->statement_count; s++) {
        const struct statement *statement = &policy->statements[s];
        bool is_rule =
            statement->kind >= STATEMENT_GRANT && statement->kind <= STATEMENT_ADMIT;
        if (!is_rule || statement->as.rule->subject != table)
            continue;
        struct entitlement_explanation e;
        TRY(incentive_explain_rule(w, &request->city->vocab, request->policy, statement->name,
                                   subject_id, cli_as_of_day(cli), &e));
        json_object_begin(&answers->json);
        json_answer(&answers->json, w, cli, &e);
        json_missing(&answers->json, &e);
        json_object_end(&answers->json);
        add_answer(w, cli, &answers->lanes[e.explanation->lane], &e);
        world_free(e.world);
    }
    json_array_end(&answers->json);
    return ERR_OK;
}

static enum err explain_all(struct work *w, const struct explain_request *request, int32_t table,
                            int64_t subject_id)
{
    struct cli *cli = request->cli;
    const struct cli_column columns[ANSWER_COLUMNS] = {
        {cli_say(cli, "项目", "rule"), CLI_LEFT},
        {cli_say(cli, "结论", "answer"), CLI_LEFT},
        {cli_say(cli, "金额", "amount"), CLI_RIGHT},
        {cli_say(cli, "原因或待补事实", "reason or missing facts"), CLI_LEFT},
    };
    struct answers answers;
    answers_init(&answers, cli, columns);
    TRY(gather_answers(w, request, table, subject_id, &answers));
    if (cli->json)
        return cli_print_buf(cli, &answers.buf);
    struct cli_table all;
    cli_table_init(&all, cli->arena, columns, ANSWER_COLUMNS);
    for (int32_t lane = LANE_GRANTED; lane >= LANE_REFUSED; lane--)
        for (size_t i = 0; i < answers.lanes[lane].cell_count; i++)
            cli_table_add_str(&all, answers.lanes[lane].cells[i]);
    struct str name;
    TRY(registry_name(w, table, subject_id, subject_id, &name));
    cli_print(cli, cli_say(cli, "%.*s，编号 %" PRId64 "，截至 %s\n\n",
                           "%.*s, number %" PRId64 ", as of %s\n\n"),
              STR_ARG(name), subject_id, day_text_in(cli->arena, cli_as_of_day(cli)));
    return cli_table_print(&all, cli->world.out);
}

/* ---- the command ---- */

static enum err not_found(struct work *w, struct cli *cli, const char *zh, const char *en)
{
    fail(w, ERR_NOT_FOUND, "%s", cli_say(cli, zh, en));
    fault_hint(&w->fault, "%s",
               cli_say(cli, "核对号码；没有登记的先用 baigong import 导入。",
                       "Check the number; baigong import brings in new records."));
    return ERR_NOT_FOUND;
}

/* The subject by what people know of it; a number that is none is looked up as it stands. */
static enum err find_subject(struct work *w, struct cli *cli, int32_t *ret_table,
                             int64_t *ret_subject_id)
{
    enum err err;
    if (cli_given(cli, "identity")) {
        struct str number = str_trim(str_from(cli_text(cli, "identity", "")));
        struct resident_id id;
        if (identity_read_resident(number, NULL, w->today_day, &id, NULL) == ERR_OK)
            number = str_copy(w->arena, str_from(id.number));
        *ret_table = REGISTRY_person;
        err = fact_person_by_identity(w, number, ret_subject_id);
        return err != ERR_NOT_FOUND ? err
                                    : not_found(w, cli, "没有登记这个证件号码",
                                                "no person has this identity number");
    }
    struct str number = str_trim(str_from(cli_text(cli, "credit-code", "")));
    struct credit_code code;
    if (identity_read_credit_code(number, &code, NULL) == ERR_OK)
        number = str_copy(w->arena, str_from(code.code));
    *ret_table = REGISTRY_organisation;
    err = fact_organisation_by_credit_code(w, number, ret_subject_id);
    return err != ERR_NOT_FOUND ? err
                                : not_found(w, cli, "没有登记这个统一社会信用代码",
                                            "no organisation has this credit code");
}

/* A rule is about one kind of record: for another kind no answer would make sense. */
static enum err check_subject(struct work *w, const struct explain_request *request, int32_t table)
{
    const struct policy *policy = request->policy->policy;
    struct cli *cli = request->cli;
    struct str name = str_from(cli_text(cli, "rule", ""));
    int32_t statement = policy_statement(policy, name);
    bool is_rule = statement >= 0 && policy->statements[statement].kind >= STATEMENT_GRANT &&
                   policy->statements[statement].kind <= STATEMENT_ADMIT;
    int32_t subject = is_rule ? policy->statements[statement].as.rule->subject : table;
    if (subject == table)
        return ERR_OK; /* a name that is no rule's is told by incentive.h */
    return fail(w, ERR_NOT_FOUND,
                cli_say(cli, "“%.*s”的对象是%s，不是%s", "“%.*s” is about a %s, not a %s"),
                STR_ARG(name),
                cli_say(cli, registry_records[subject].label_zh, registry_records[subject].name),
                cli_say(cli, registry_records[table].label_zh, registry_records[table].name));
}

/* What was decided before and has changed since, behind the explanation of what stands. */
static enum err print_history(struct work *w, const struct explain_request *request)
{
    struct cli *cli = request->cli;
    struct entitlement_difference *rows;
    int32_t count;
    TRY(incentive_history(w, &request->city->vocab, cli_count(cli, "ID", 0), &rows, &count));
    if (count == 0)
        return ERR_OK;
    cli_print(cli, "%s", cli_say(cli, "\n历次变化：\n", "\nEarlier decisions:\n"));
    return cli_differences_print(cli, w, &request->city->vocab, rows, count, false);
}

static enum err explain_step(struct work *w, void *context)
{
    const struct explain_request *request = context;
    struct cli *cli = request->cli;
    struct entitlement_explanation e;
    if (!request->policy) {
        TRY(incentive_explain(w, &request->city->vocab, cli_count(cli, "ID", 0), &e));
    } else {
        int64_t subject_id = cli_count(cli, "subject", 0);
        int32_t table = -1;
        if (!cli_given(cli, "subject")) {
            TRY(find_subject(w, cli, &table, &subject_id));
            TRY(check_subject(w, request, table));
        }
        if (!cli_given(cli, "rule"))
            return explain_all(w, request, table, subject_id);
        TRY(incentive_explain_rule(w, &request->city->vocab, request->policy,
                                   str_from(cli_text(cli, "rule", "")), subject_id,
                                   cli_as_of_day(cli), &e));
    }
    enum err err = cli->json ? print_json(w, cli, &e) : print_words(w, cli, &e);
    world_free(e.world);
    if (err == ERR_OK && !request->policy && !cli->json)
        err = print_history(w, request);
    return err;
}

static enum err explain_and_print(struct cli *cli, struct cli_city *city)
{
    struct explain_request request = {.cli = cli, .city = city};
    struct incentive_policy policy;
    if (!cli_given(cli, "ID")) {
        TRY(cli_policy_in_force(cli, city, &policy));
        request.policy = &policy;
    }
    return work_run(&city->env, WORK_READ, explain_step, &request, &cli->fault);
}

enum err cmd_explain(struct cli *cli)
{
    int32_t subject_count = cli_given(cli, "subject") + cli_given(cli, "identity") +
                            cli_given(cli, "credit-code");
    bool by_subject = subject_count == 1 && !cli_given(cli, "ID") &&
                      (cli_given(cli, "rule") || !cli_given(cli, "subject"));
    bool by_id = cli_given(cli, "ID") && !cli_given(cli, "rule") && subject_count == 0;
    if (!by_id && !by_subject) {
        cli_fail(cli, ERR_USAGE,
                 "要么给出权益编号，要么给出一个对象："
                 "--identity、--credit-code，或 --rule 和 --subject",
                 "give either the number of an entitlement, or one subject: --identity, "
                 "--credit-code, or --rule and --subject");
        return cli_fail_hint(cli, "baigong found --rule NAME 列出某项目的权益编号",
                             "baigong found --rule NAME lists the numbers of a rule");
    }
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    return explain_and_print(cli, &city);
}
