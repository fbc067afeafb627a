/* cmd_policy_weave.c — policy weave: a page for each document, and an index page for a folder. */
#include "base/clock.h"
#include "cli/cli_city.h"
#include "cli/cli_documents.h"
#include "cli/cli_file.h"
#include "cli/cli_registry.h"
#include "cli/cli_settings.h"
#include "cli/commands.h"
#include "policy/weave.h"

#include <string.h>

const struct cli_option cmd_policy_weave_options[] = {
    {"PATH", CLI_TEXT, CLI_OPTIONAL, "", "政策文件或文件夹（默认随程序的 policy/）",
     "policy document or folder (default: the program's policy/)"},
    {"out", CLI_TEXT, CLI_REQUIRED, "DIR|FILE.html", "网页写到哪里：文件夹，或单个文件的网页",
     "where pages are written: a folder, or the page of a single document"},
    {"lang", CLI_ONE_OF, CLI_OPTIONAL, "zh|en", "网页的语言（默认 zh）",
     "language of the pages (default: zh)"},
    CLI_AS_OF_OPTION,
    {0},
};

struct weave_run {
    struct cli *cli;
    const struct policy *policy;
    struct weave_live *live;
    int32_t live_day;
};

/* ---- figures of the city ---- */

static enum err figures_step(struct work *w, void *context)
{
    struct weave_run *run = context;
    TRY(incentive_latest_day(w, &run->live_day));
    for (int32_t i = 0; i < run->policy->statement_count; i++) {
        const struct statement *statement = &run->policy->statements[i];
        if (statement->kind < STATEMENT_GRANT || statement->kind > STATEMENT_ADMIT)
            continue;
        struct entitlement_figures figures;
        TRY(incentive_figures(w, run->policy->documents[statement->document].number,
                              statement->name, &figures));
        run->live[i] = (struct weave_live){
            .known = true,
            .granted_count = figures.granted_count,
            .person_count = figures.holder_count,
            .ask_count = figures.ask_count,
            .open_count = figures.open_count,
            .amount_fen = figures.amount_fen,
        };
    }
    return ERR_OK;
}

/* Only with --db: a page for the public does not need the city. */
static enum err read_figures(struct weave_run *run)
{
    struct cli *cli = run->cli;
    if (!cli_given(cli, "db"))
        return ERR_OK;
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct weave_live *live =
        ARENA_NEW_ARRAY(cli->arena, struct weave_live, (size_t)run->policy->statement_count);
    if (!live)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the figures");
    run->live = live;
    TRY(work_run(&city.env, WORK_READ, figures_step, run, &cli->fault));
    if (run->live_day == ABSENT_I32) {
        cli_note(cli, "%s",
                 cli_say(cli, "全市还没有核对过，网页不带人数和金额；先运行 baigong sweep\n",
                         "the city was never swept: the pages have no figures; "
                         "run baigong sweep first\n"));
        run->live = NULL;
    }
    return ERR_OK;
}

/* ---- names of pages ---- */

static bool is_taken(const struct str *names, int32_t count, struct str name)
{
    for (int32_t i = 0; i < count; i++) {
        if (str_equal(names[i], name))
            return true;
    }
    return str_equal_text(name, "index.html");
}

/* policy/jining/2022.md below policy is jining-2022.html; so is what was imported from there. */
static enum err page_names(struct cli *cli, const struct policy *policy, const char *root,
                           const struct str **ret_names)
{
    const char *library = cli_documents_library(cli);
    struct str *names = ARENA_NEW_ARRAY(cli->arena, struct str, (size_t)policy->document_count);
    if (!names)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the names of pages");
    for (int32_t i = 0; i < policy->document_count; i++) {
        struct str path = policy->documents[i].path;
        if (str_starts(path, str_from(root)))
            path = str_sub(path, strlen(root), SIZE_MAX);
        else if (str_starts(path, str_from(library)))
            path = str_sub(path, strlen(library), SIZE_MAX);
        while (path.size && path.ptr[0] == '/')
            path = str_sub(path, 1, SIZE_MAX);
        if (str_ends(path, STR(".md")))
            path.size -= strlen(".md");
        char *stem = arena_copy(cli->arena, path.ptr, path.size);
        for (char *c = stem; c && *c; c++)
            *c = *c == '/' || *c == ' ' || *c == '#' || *c == '?' || *c == '%' ? '-' : *c;
        names[i] = str_from(text_in(cli->arena, "%s.html", stem ? stem : "page"));
        for (int32_t n = 2; is_taken(names, i, names[i]); n++)
            names[i] = str_from(text_in(cli->arena, "%s-%d.html", stem ? stem : "page", n));
    }
    *ret_names = names;
    return ERR_OK;
}

/* ---- writing ---- */

static enum err write_page(struct cli *cli, const char *path, const struct text_buf *page)
{
    if (page->failed)
        return fault_set(&cli->fault, ERR_MEMORY, "no memory for the page %s", path);
    return cli_file_replace(cli, path, text_str(page));
}

static enum err write_folder(struct cli *cli, const struct policy *policy, const char *folder,
                             const struct weave_options *options)
{
    TRY(cli_file_make_folder(cli, folder));
    for (int32_t i = 0; i <= policy->document_count; i++) {
        bool is_index = i == policy->document_count;
        struct arena_mark mark = arena_mark(cli->arena);
        struct text_buf page;
        text_init(&page, cli->arena);
        if (is_index)
            weave_index(&page, policy, options);
        else
            weave_document(&page, policy, i, options);
        const char *name =
            is_index ? "index.html" : text_in(cli->arena, "%.*s", STR_ARG(options->page_names[i]));
        TRY(write_page(cli, text_in(cli->arena, "%s/%s", folder, name), &page));
        arena_rewind(cli->arena, mark);
    }
    return ERR_OK;
}

enum err cmd_policy_weave(struct cli *cli)
{
    const char *path = cli_text(cli, "PATH", cli_documents_library(cli));
    const char *out = cli_text(cli, "out", "");
    bool is_page = str_ends(str_from(out), STR(".html"));
    struct vocab vocab;
    struct catalogues *catalogues;
    struct cli_documents documents;
    TRY(cli_registry_vocab(cli, &catalogues, &vocab));
    TRY(cli_documents_read_sound(cli, &vocab, path, &documents));
    if (is_page && documents.named_count != 1)
        return cli_fail(cli, ERR_USAGE, "%s 有 %d 份文件；--out 请给文件夹",
                        "%s has %d documents; give a folder with --out", path,
                        documents.named_count);
    const struct policy *policy = documents.policy;
    struct weave_run run = {.cli = cli, .policy = policy};
    TRY(read_figures(&run));
    struct weave_options options = {
        .spelling =
            cli_choice(cli, "lang", cli->lang == CLI_LANG_EN) == 0 ? SPELLING_ZH : SPELLING_EN,
        .as_of_day = cli_as_of_day(cli),
        .live = run.live,
        .live_day = run.live_day,
    };
    if (is_page) {
        struct text_buf page;
        text_init(&page, cli->arena);
        weave_document(&page, policy, 0, &options);
        TRY(write_page(cli, out, &page));
    } else {
        TRY(page_names(cli, policy, path, &options.page_names));
        TRY(write_folder(cli, policy, out, &options));
    }
    cli_note(cli, cli_say(cli, "织成 %d 页：%s\n", "%d pages woven: %s\n"),
             is_page ? 1 : policy->document_count + 1, out);
    return ERR_OK;
}
