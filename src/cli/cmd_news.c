#include "base/day.h"
#include "base/id.h"
#include "base/record.h"
#include "cli/cli_settings.h"
#include "cli/cli_table.h"
#include "cli/cli_work.h"
#include "cli/commands.h"
#include "domain/news/news_letter.h"
#include "domain/news/news_message.h"
#include "domain/news/news_notice.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

const struct cli_option cmd_notice_list_options[] = {
    {"state", CLI_ONE_OF, CLI_OPTIONAL, "draft|offered|published|ended|withdrawn",
     "哪种状态（默认公示中）", "in which state (default: published)"},
    {0},
};
const struct cli_option cmd_notice_end_options[] = {{0}};
const struct cli_option cmd_letter_list_options[] = {{0}};
const struct cli_option cmd_letter_print_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "文书号", "the letter"},
    {"FILE", CLI_TEXT, CLI_REQUIRED, "", "写到哪个 PDF 文件", "PDF file to write"},
    {0},
};
const struct cli_option cmd_message_list_options[] = {
    {"state", CLI_ONE_OF, CLI_OPTIONAL, "waits|sent|dead|no_address",
     "哪种状态（默认没有发出的）", "in which state (default: given up)"},
    {0},
};
const struct cli_option cmd_message_again_options[] = {
    {"ID", CLI_COUNT, CLI_REQUIRED, "", "消息号", "the message"},
    {0},
};
const struct cli_option cmd_message_write_options[] = {
    {"person", CLI_COUNT, CLI_REQUIRED, "ID", "给谁（人员号）", "to whom (id of the person)"},
    {"text", CLI_TEXT, CLI_REQUIRED, "TEXT", "内容", "what it says"},
    {"key", CLI_TEXT, CLI_OPTIONAL, "KEY", "幂等键：同一个键只发一次（默认随编号）",
     "idempotency key: sent once a key (default: a fresh one)"},
    {"to", CLI_TEXT, CLI_OPTIONAL, "NUMBER", "号码（默认登记的手机号码）",
     "number (default: the registered one)"},
    {0},
};

/* A list that a step fills in one unit of work. */
struct listing {
    struct cli *cli;
    struct cli_table table;
    int state;
};

/* ---- notices */

static enum err notice_step(struct work *w, void *context)
{
    struct listing *listing = context;
    struct notice *notices;
    int32_t count;
    char day[DAY_TEXT_SIZE];
    TRY(news_notice_list(w, (enum notice_state)listing->state, 0, INT32_MAX, INT64_MAX,
                         NOTICE_ROWS_MAX, &notices, &count));
    listing->table.cell_count = 0;
    for (int32_t i = 0; i < count; i++) {
        cli_table_format(&listing->table, "%" PRId64, notices[i].id);
        cli_table_add_str(&listing->table, notices[i].index_number);
        cli_table_add(&listing->table, notices[i].last_day == ABSENT_I32
                                           ? ""
                                           : day_text(notices[i].last_day, day));
        cli_table_number(&listing->table, notices[i].line_count);
        cli_table_add_str(&listing->table, notices[i].title);
    }
    return ERR_OK;
}

enum err cmd_notice_list(struct cli *cli)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "编号", "id"), CLI_LEFT},
        {cli_say(cli, "索引号", "index number"), CLI_LEFT},
        {cli_say(cli, "公示至", "last day"), CLI_LEFT},
        {cli_say(cli, "行数", "rows"), CLI_RIGHT},
        {cli_say(cli, "标题", "title"), CLI_LEFT},
    };
    struct work_env env;
    struct listing listing = {.cli = cli, .state = NOTICE_PUBLISHED};
    const char *state = cli_text(cli, "state", "published");
    for (int s = NOTICE_DRAFT; s < NOTICE_STATE_COUNT; s++)
        if (strcmp(state, news_notice_state_name((enum notice_state)s)) == 0)
            listing.state = s;
    TRY(cli_open_existing_work_env(cli, &env));
    cli_table_init(&listing.table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    TRY(work_run(&env, WORK_READ, notice_step, &listing, &cli->fault));
    return cli_table_print(&listing.table, cli->world.out);
}

static enum err end_step(struct work *w, void *context)
{
    return news_notice_end_due(w, context);
}

enum err cmd_notice_end(struct cli *cli)
{
    struct work_env env;
    int32_t count = 0, step_count = 0;
    TRY(cli_open_existing_work_env(cli, &env));
    do {
        TRY(work_run(&env, WORK_WRITE, end_step, &step_count, &cli->fault));
        count += step_count;
    } while (step_count == NOTICE_ROWS_MAX);
    cli_print(cli, cli_say(cli, "结束公示 %d 份\n", "%d notices ended\n"), (int)count);
    return ERR_OK;
}

/* ---- letters */

static enum err letter_step(struct work *w, void *context)
{
    struct listing *listing = context;
    struct letter *letters;
    int32_t count;
    char day[DAY_TEXT_SIZE];
    TRY(news_letter_list(w, 0, INT32_MAX, INT64_MAX, LETTER_PAGE_MAX, &letters, &count));
    listing->table.cell_count = 0;
    for (int32_t i = 0; i < count; i++) {
        cli_table_format(&listing->table, "%" PRId64, letters[i].id);
        cli_table_add_str(&listing->table, letters[i].mark);
        cli_table_add(&listing->table, day_text(letters[i].made_day, day));
        cli_table_add_str(&listing->table, letters[i].title);
    }
    return ERR_OK;
}

enum err cmd_letter_list(struct cli *cli)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "编号", "id"), CLI_LEFT},
        {cli_say(cli, "文号", "number"), CLI_LEFT},
        {cli_say(cli, "日期", "day"), CLI_LEFT},
        {cli_say(cli, "标题", "title"), CLI_LEFT},
    };
    struct work_env env;
    struct listing listing = {.cli = cli};
    TRY(cli_open_existing_work_env(cli, &env));
    cli_table_init(&listing.table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    TRY(work_run(&env, WORK_READ, letter_step, &listing, &cli->fault));
    return cli_table_print(&listing.table, cli->world.out);
}

enum err cmd_letter_print(struct cli *cli)
{
    struct work_env env;
    struct str pdf;
    const char *path = cli_text(cli, "FILE", "");
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(news_letter_file(&env, cli->arena, cli_count(cli, "ID", 0), &pdf, &cli->fault));
    FILE *file = fopen(path, "wbe");
    if (!file)
        return fault_set(&cli->fault, ERR_IO, "%s: %s", path, strerror(errno));
    bool is_written = fwrite(pdf.ptr, 1, pdf.size, file) == pdf.size;
    if (fclose(file) != 0 || !is_written)
        return fault_set(&cli->fault, ERR_IO, "%s: %s", path, strerror(errno));
    cli_print(cli, "%s\n", path);
    return ERR_OK;
}

/* ---- messages */

static enum err message_step(struct work *w, void *context)
{
    struct listing *listing = context;
    struct message *messages;
    int32_t count;
    TRY(news_message_list(w, (enum message_state)listing->state, INT64_MAX, MESSAGE_ROWS_MAX,
                          &messages, &count));
    listing->table.cell_count = 0;
    for (int32_t i = 0; i < count; i++) {
        cli_table_format(&listing->table, "%" PRId64, messages[i].id);
        cli_table_add_str(&listing->table, messages[i].kind);
        cli_table_number(&listing->table, messages[i].attempt_count);
        cli_table_add_str(&listing->table, messages[i].outcome);
    }
    return ERR_OK;
}

enum err cmd_message_list(struct cli *cli)
{
    const struct cli_column columns[] = {
        {cli_say(cli, "编号", "id"), CLI_LEFT},
        {cli_say(cli, "种类", "kind"), CLI_LEFT},
        {cli_say(cli, "试了几次", "tries"), CLI_RIGHT},
        {cli_say(cli, "最近结果", "outcome"), CLI_LEFT},
    };
    struct work_env env;
    struct listing listing = {.cli = cli, .state = MESSAGE_DEAD};
    const char *state = cli_text(cli, "state", "dead");
    for (int s = MESSAGE_WAITS; s < MESSAGE_STATE_COUNT; s++)
        if (strcmp(state, news_message_state_name((enum message_state)s)) == 0)
            listing.state = s;
    TRY(cli_open_existing_work_env(cli, &env));
    cli_table_init(&listing.table, cli->arena, columns, sizeof columns / sizeof columns[0]);
    TRY(work_run(&env, WORK_READ, message_step, &listing, &cli->fault));
    return cli_table_print(&listing.table, cli->world.out);
}

static enum err again_step(struct work *w, void *context)
{
    const int64_t *id = context;
    return news_message_again(w, *id);
}

enum err cmd_message_again(struct cli *cli)
{
    struct work_env env;
    int64_t id = cli_count(cli, "ID", 0);
    TRY(cli_open_existing_work_env(cli, &env));
    TRY(work_run(&env, WORK_WRITE, again_step, &id, &cli->fault));
    cli_print(cli, "%" PRId64 "\n", id);
    return ERR_OK;
}

struct writing {
    const struct news_book *book;
    struct message_request request;
    int64_t id;
};

static enum err write_step(struct work *w, void *context)
{
    struct writing *writing = context;
    return news_message_queue(w, writing->book, &writing->request, &writing->id);
}

enum err cmd_message_write(struct cli *cli)
{
    struct news_book book;
    struct work_env env;
    const char *folder = text_in(cli->arena, "%s/catalogue", cli->settings->values[SETTING_HOME]);
    TRY(news_book_load(cli->arena, folder, &book, &cli->fault));
    TRY(cli_open_existing_work_env(cli, &env));
    const struct news_value value = {"text", str_from(cli_text(cli, "text", ""))};
    struct writing writing = {
        .book = &book,
        .request = {.kind = "office.note", .person_id = cli_count(cli, "person", 0),
                    .values = &value, .value_count = 1,
                    .address = str_from(cli_text(cli, "to", ""))},
    };
    const char *key = cli_text(cli, "key", NULL);
    writing.request.key = str_from(
        key ? key : text_in(cli->arena, "note-%" PRId64, id_next(env.ids)));
    TRY(work_run(&env, WORK_WRITE, write_step, &writing, &cli->fault));
    cli_print(cli, "%" PRId64 "\n", writing.id);
    return ERR_OK;
}
