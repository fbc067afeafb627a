#include "cli/cli_city.h"

#include "base/clock.h"
#include "base/day.h"
#include "cli/cli_registry.h"
#include "cli/cli_settings.h"
#include "cli/cli_work.h"
#include "domain/incentive/incentive_draft.h"
#include "domain/insight/insight_book.h"

enum err cli_city_open(struct cli *cli, struct cli_city *ret_city)
{
    struct cli_city city;
    TRY(cli_open_existing_work_env(cli, &city.env));
    struct catalogues *catalogues; /* of the process; the vocabulary points at them */
    TRY(cli_registry_vocab(cli, &catalogues, &city.vocab));
    *ret_city = city;
    return ERR_OK;
}

/* Warnings do not stop a sweep and are not shown: policy check tells them. */
void cli_print_findings(struct cli *cli, const struct policy_source *sources,
                        const struct findings *findings)
{
    for (int32_t i = 0; i < findings->row_count; i++) {
        if (findings->rows[i].severity != FINDING_ERROR)
            continue;
        struct text_buf buf;
        text_init(&buf, cli->arena);
        finding_print(&buf, sources, &findings->rows[i],
                      cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN);
        cli_note(cli, "%.*s", STR_ARG(text_str(&buf)));
    }
}

const char *cli_home_policy_path(const struct cli *cli)
{
    return text_in(cli->arena, "%s/policy", cli->settings->values[SETTING_HOME]);
}

const char *cli_policy_path(const struct cli *cli)
{
    return cli_text(cli, "policy", cli_home_policy_path(cli));
}

enum err cli_policy_at(struct cli *cli, const struct vocab *vocab, const char *path,
                       struct incentive_policy *ret_policy)
{
    struct findings findings = {.arena = cli->arena};
    enum err err = incentive_policy_read(cli->arena, vocab, path, ret_policy, &findings,
                                         &cli->fault);
    if (err == ERR_POLICY)
        cli_print_findings(cli, ret_policy->sources, &findings);
    return err;
}

enum err cli_policy(struct cli *cli, const struct vocab *vocab, struct incentive_policy *ret_policy)
{
    return cli_policy_at(cli, vocab, cli_policy_path(cli), ret_policy);
}

enum err cli_policy_in_force_at(struct cli *cli, struct cli_city *city, const char *path,
                                int32_t day, struct incentive_policy *ret_policy,
                                int64_t *ret_version)
{
    struct findings findings = {.arena = cli->arena};
    enum err err = incentive_policy_in_force(&city->env, cli->arena, &city->vocab, path, day,
                                             ret_policy, ret_version, &findings, &cli->fault);
    if (err == ERR_POLICY)
        cli_print_findings(cli, ret_policy->sources, &findings);
    return err;
}

enum err cli_policy_in_force(struct cli *cli, struct cli_city *city,
                             struct incentive_policy *ret_policy)
{
    int64_t version;
    if (cli_given(cli, "policy"))
        return cli_policy(cli, &city->vocab, ret_policy);
    return cli_policy_in_force_at(cli, city, cli_home_policy_path(cli), cli_as_of_day(cli),
                                  ret_policy, &version);
}

int32_t cli_as_of_day(const struct cli *cli)
{
    return cli_day(cli, "as-of", clock_city_day(clock_now_ms()));
}

int64_t cli_known_at_ms(const struct cli *cli)
{
    if (!cli_given(cli, "known-at"))
        return clock_now_ms();
    return clock_city_day_ms(cli_day(cli, "known-at", 0) + 1) - 1;
}

enum err cli_print_buf(struct cli *cli, const struct text_buf *buf)
{
    if (buf->failed)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the output");
    struct str text = text_str(buf);
    cli_print(cli, "%.*s%s", STR_ARG(text), str_ends(text, STR("\n")) ? "" : "\n");
    return ERR_OK;
}

enum err cli_board(struct cli *cli, struct insight_board *ret_board)
{
    const char *home = cli->settings->values[SETTING_HOME];
    struct insight_board board;
    TRY(insight_board_read(cli->arena, text_in(cli->arena, "%s/catalogue/board.csv", home), &board,
                           &cli->fault));
    TRY(insight_tiles_read(cli->arena, text_in(cli->arena, "%s/catalogue/tile.csv", home),
                           &board, &cli->fault));
    *ret_board = board;
    return ERR_OK;
}
