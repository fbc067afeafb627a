/* Figures of the city counted into a book: what the director's page shows and reports cite. */
#include "base/day.h"
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_table.h"
#include "cli/commands.h"
#include "domain/insight/insight_book.h"

#include <inttypes.h>

const struct cli_option cmd_figures_options[] = {
    CLI_AS_OF_OPTION,
    {"show", CLI_FLAG, CLI_OPTIONAL, "", "不重新统计，显示最近一次的数字",
     "show the newest figures without counting"},
    CLI_NO_SNAPSHOT_OPTION,
    CLI_POLICY_OPTION,
    {0},
};

struct shown {
    int64_t book_id;
    struct cli *cli;
    struct book_head head;
    struct book_line *lines;
    int32_t line_count;
};

static const char *kind_text(const struct cli *cli, enum book_kind kind)
{
    static const char *const zh[] = {"", "目标", "义务", "指标", "逐年", "逐月"};
    static const char *const en[] = {"", "target", "duty", "indicator", "year", "month"};
    return cli_say(cli, zh[kind], en[kind]);
}

static const char *figure_text(struct cli *cli, const struct book_line *line)
{
    struct text_buf buf;
    text_init(&buf, cli->arena);
    if (line->figure.numerator == ABSENT_I64)
        return "—";
    enum indicator_unit unit = line->kind == BOOK_DUTY ? UNIT_ITEMS : line->unit;
    insight_print_figure(&buf, unit, line->figure);
    return text_in(cli->arena, "%.*s", STR_ARG(text_str(&buf)));
}

static enum err print_lines(const struct shown *shown)
{
    struct cli *cli = shown->cli;
    const struct cli_column columns[] = {
        {"#", CLI_RIGHT},
        {cli_say(cli, "种类", "kind"), CLI_LEFT},
        {cli_say(cli, "名称", "name"), CLI_LEFT},
        {cli_say(cli, "条款", "article"), CLI_LEFT},
        {cli_say(cli, "截至", "until"), CLI_LEFT},
        {cli_say(cli, "数值", "figure"), CLI_RIGHT},
    };
    struct cli_table table;
    cli_table_init(&table, cli->arena, columns, (int32_t)(sizeof columns / sizeof columns[0]));
    for (int32_t i = 0; i < shown->line_count; i++) {
        const struct book_line *line = &shown->lines[i];
        cli_table_number(&table, line->line);
        cli_table_add(&table, kind_text(cli, line->kind));
        cli_table_add_str(&table, line->name);
        cli_table_add_str(&table, line->article);
        cli_table_add(&table, day_text_in(cli->arena, line->period_end_day));
        cli_table_add(&table, figure_text(cli, line));
    }
    TRY(cli_table_print(&table, cli->world.out));
    cli_note(cli, cli_say(cli, "截至 %s，批次 %" PRId64 "。", "As of %s, book %" PRId64 "."),
             day_text_in(cli->arena, shown->head.as_of_day), shown->head.id);
    return ERR_OK;
}

static enum err print_json(const struct shown *shown)
{
    struct text_buf buf;
    text_init(&buf, shown->cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_id(&json, "book", shown->head.id);
    json_add_day(&json, "as_of", shown->head.as_of_day);
    json_key(&json, "figures");
    json_array_begin(&json);
    for (int32_t i = 0; i < shown->line_count; i++) {
        const struct book_line *line = &shown->lines[i];
        json_object_begin(&json);
        json_add_number(&json, "line", line->line);
        json_add_text(&json, "name", line->name);
        json_add_text(&json, "measure", line->measure);
        json_add_day(&json, "period_end", line->period_end_day);
        if (line->figure.numerator != ABSENT_I64)
            json_add_number(&json, "numerator", line->figure.numerator);
        json_add_number(&json, "denominator", line->figure.denominator);
        json_object_end(&json);
    }
    json_array_end(&json);
    json_object_end(&json);
    return cli_print_buf(shown->cli, &buf);
}

/* Printed inside: the words live as long as the unit of work. */
static enum err show_step(struct work *w, void *context)
{
    struct shown *shown = context;
    const struct book_scope city = {.is_city = true};
    enum err err = insight_book_read(w, shown->book_id, &shown->head);
    if (err == ERR_NOT_FOUND)
        return fail(w, err, "%s",
                    cli_say(shown->cli, "还没有统计过：先运行 baigong figures",
                            "nothing is counted yet: run baigong figures first"));
    TRY(err);
    TRY(insight_book_lines(w, shown->head.id, &city, &shown->lines, &shown->line_count));
    return shown->cli->json ? print_json(shown) : print_lines(shown);
}

enum err cmd_figures(struct cli *cli)
{
    struct cli_city city;
    TRY(cli_city_open(cli, &city));
    struct shown shown = {.cli = cli};
    if (!cli_flag(cli, "show")) {
        struct incentive_policy policy;
        struct insight_board board;
        TRY(cli_policy_in_force(cli, &city, &policy));
        TRY(cli_board(cli, &board));
        TRY(insight_book_count(&city.env, &city.vocab, &policy, &board, cli_as_of_day(cli),
                               &shown.book_id, &cli->fault));
    }
    return work_run(&city.env, WORK_READ, show_step, &shown, &cli->fault);
}
