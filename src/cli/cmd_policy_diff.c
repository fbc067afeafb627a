#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_documents.h"
#include "cli/cli_registry.h"
#include "cli/commands.h"
#include "policy/difference.h"

const struct cli_option cmd_policy_diff_options[] = {
    {"OLD", CLI_TEXT, CLI_REQUIRED, "", "旧的政策文件或文件夹", "the former document or folder"},
    {"NEW", CLI_TEXT, CLI_REQUIRED, "", "新的政策文件或文件夹", "the new document or folder"},
    {0},
};

/* The word of a statement's kind is its first token. */
static struct str kind_word(struct cli *cli, const struct statement *statement)
{
    struct expr word = {.tokens = statement->tokens, .token_count = 1};
    struct text_buf buf;
    text_init(&buf, cli->arena);
    policy_print_expr(&buf, NULL, &word, cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN);
    return text_str(&buf);
}

static const char *kind_name(const struct cli *cli, enum difference_kind kind)
{
    static const char *const zh[] = {"新增", "删去", "改动"};
    static const char *const en[] = {"added", "removed", "changed"};
    return cli_say(cli, zh[kind], en[kind]);
}

static void print_row(struct cli *cli, const struct policy *before, const struct policy *after,
                      const struct difference *row)
{
    const struct statement *statement = row->after ? row->after : row->before;
    const struct policy *policy = row->after ? after : before;
    cli_print(cli, "%s  %.*s %.*s  (%.*s)\n", kind_name(cli, row->kind),
              STR_ARG(kind_word(cli, statement)), STR_ARG(statement->name),
              STR_ARG(policy->articles[statement->article].heading));
    for (int32_t i = 0; i < row->clause_count; i++) {
        const struct difference_clause *clause = &row->clauses[i];
        if (clause->before.size)
            cli_print(cli, "  - %.*s\n", STR_ARG(clause->before));
        if (clause->after.size)
            cli_print(cli, "  + %.*s\n", STR_ARG(clause->after));
    }
}

static enum err print_json(struct cli *cli, const struct difference *rows, int32_t row_count)
{
    static const char *const kinds[] = {"added", "removed", "changed"};
    struct text_buf buf;
    text_init(&buf, cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_array_begin(&json);
    for (int32_t i = 0; i < row_count; i++) {
        const struct statement *statement = rows[i].after ? rows[i].after : rows[i].before;
        json_object_begin(&json);
        json_add_text_z(&json, "difference", kinds[rows[i].kind]);
        json_add_text(&json, "kind", kind_word(cli, statement));
        json_add_text(&json, "name", statement->name);
        json_key(&json, "clauses");
        json_array_begin(&json);
        for (int32_t c = 0; c < rows[i].clause_count; c++) {
            json_object_begin(&json);
            json_add_text(&json, "before", rows[i].clauses[c].before);
            json_add_text(&json, "after", rows[i].clauses[c].after);
            json_object_end(&json);
        }
        json_array_end(&json);
        json_object_end(&json);
    }
    json_array_end(&json);
    return cli_print_buf(cli, &buf);
}

enum err cmd_policy_diff(struct cli *cli)
{
    struct catalogues *catalogues;
    struct vocab vocab;
    struct cli_documents before, after;
    struct difference *rows;
    int32_t row_count;
    TRY(cli_registry_vocab(cli, &catalogues, &vocab));
    TRY(cli_documents_read_sound(cli, &vocab, cli_text(cli, "OLD", ""), &before));
    TRY(cli_documents_read_sound(cli, &vocab, cli_text(cli, "NEW", ""), &after));
    enum policy_spelling spelling = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN;
    TRY(policy_difference(cli->arena, before.policy, after.policy, spelling, &rows, &row_count,
                          &cli->fault));
    if (cli->json)
        return print_json(cli, rows, row_count);
    for (int32_t i = 0; i < row_count; i++)
        print_row(cli, before.policy, after.policy, &rows[i]);
    if (row_count == 0)
        cli_print(cli, "%s\n", cli_say(cli, "语句没有差别。", "The statements are the same."));
    return ERR_OK;
}
