#include "cli/cli_registry.h"

#include "cli/cli_settings.h"
#include "domain/registry/registry.h"

enum err cli_registry_table(struct cli *cli, int32_t *ret_table)
{
    const char *kind = cli_text(cli, "KIND", "");
    const char *names[REGISTRY_RECORD_COUNT];
    *ret_table = registry_table_by_name(str_from(kind));
    if (*ret_table >= 0)
        return ERR_OK;
    for (int32_t i = 0; i < REGISTRY_RECORD_COUNT; i++)
        names[i] = registry_records[i].name;
    cli_fail(cli, ERR_USAGE, "没有“%s”这种记录", "there is no kind of record \"%s\"", kind);
    const char *nearest = cli_nearest(kind, names, REGISTRY_RECORD_COUNT);
    if (nearest)
        return cli_fail_hint(cli, "是不是 %s？", "did you mean %s?", nearest);
    struct text_buf list;
    text_init(&list, cli->arena);
    for (int32_t i = 0; i < REGISTRY_RECORD_COUNT; i++)
        text_format(&list, "%s%s（%s）", i ? "、" : "", names[i], registry_records[i].label_zh);
    return cli_fail_hint(cli, "可用：%.*s。", "use one of: %.*s.", STR_ARG(text_str(&list)));
}

enum err cli_registry_vocab(struct cli *cli, struct catalogues **ret_catalogues,
                            struct vocab *ret_vocab)
{
    if (!cli->catalogues) {
        const char *dir = text_in(cli->arena, "%s/catalogue", cli->settings->values[SETTING_HOME]);
        TRY(catalogues_load(dir, CATALOGUES_USUAL, &cli->catalogues, &cli->fault));
    }
    registry_vocab(NULL, 0, NULL, 0, ret_vocab);
    catalogues_into_vocab(cli->catalogues, ret_vocab);
    ret_vocab->findings_in = cli->lang == CLI_LANG_ZH ? SPELLING_ZH : SPELLING_EN;
    *ret_catalogues = cli->catalogues;
    return ERR_OK;
}

void cli_close_registry(struct cli *cli)
{
    catalogues_free(cli->catalogues);
    cli->catalogues = NULL;
}
