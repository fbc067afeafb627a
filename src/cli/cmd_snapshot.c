/* The column snapshot from the command line: what it stands for, making it, taking it away. */
#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "cli/cli_registry.h"
#include "cli/cli_snapshot.h"
#include "cli/cli_work.h"
#include "cli/commands.h"

#include <inttypes.h>
#include <stdio.h>

enum { THREADS = 2 }; /* see domain/incentive/incentive_sweep.c */

const struct cli_option cmd_snapshot_status_options[] = {{0}};
const struct cli_option cmd_snapshot_build_options[] = {{0}};
const struct cli_option cmd_snapshot_drop_options[] = {{0}};

static enum err open_snapshot(struct cli *cli, struct work_env *ret_env, struct vocab *ret_vocab)
{
    struct catalogues *catalogues;
    TRY(cli_open_existing_work_env(cli, ret_env));
    TRY(cli_registry_vocab(cli, &catalogues, ret_vocab));
    if (ret_env->snapshot)
        return ERR_OK;
    cli_fail(cli, ERR_NOT_FOUND, "没有设置列快照的位置", "there is no place for a column snapshot");
    return cli_fail_hint(cli,
                         "在设置文件中写 snapshot = 路径（不是 off），或设置 BAIGONG_SNAPSHOT。",
                         "Write snapshot = PATH (not off) in the settings file, or set "
                         "BAIGONG_SNAPSHOT.");
}

/* 2023-12-31 08:15:02, in the city's time. */
static const char *instant_text(struct cli *cli, int64_t ms)
{
    int64_t local_ms = ms + CLOCK_CITY_OFFSET_MS;
    int64_t second = local_ms % CLOCK_DAY_MS / 1000;
    char day[DAY_TEXT_SIZE];
    return text_in(cli->arena, "%s %02d:%02d:%02d", day_text(clock_city_day(ms), day),
                   (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
}

static enum err print_json(struct cli *cli, const char *path, const struct snapshot_state *state)
{
    struct text_buf buf;
    struct json json;
    text_init(&buf, cli->arena);
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_text_z(&json, "path", path);
    json_add_bool(&json, "usable", state->is_usable);
    if (state->is_usable) {
        json_add_number(&json, "size", state->file.file_size);
        json_add_number(&json, "rows", state->file.row_count);
        json_add_number(&json, "known_at_ms", state->file.mark.known_at_ms);
        json_add_number(&json, "changed_since", state->root_count);
    } else {
        json_add_text_z(&json, "reason", state->reason.message);
    }
    json_object_end(&json);
    return cli_print_json(cli, &buf);
}

static enum err print_state(struct cli *cli, const char *path, const struct snapshot_state *state)
{
    if (cli->json)
        return print_json(cli, path, state);
    cli_print(cli, cli_say(cli, "列快照 %s\n", "column snapshot %s\n"), path);
    if (!state->is_usable) {
        cli_print(cli, cli_say(cli, "  不能用，下次查询时重新生成：%s\n",
                               "  not usable, made anew at the next query: %s\n"),
                  state->reason.message);
        return ERR_OK;
    }
    cli_print(cli, cli_say(cli, "  截至 %s 已知的事实，%" PRId64 " 行，%.1f MB\n",
                           "  facts known at %s, %" PRId64 " rows, %.1f MB\n"),
              instant_text(cli, state->file.mark.known_at_ms), state->file.row_count,
              (double)state->file.file_size / 1e6);
    cli_print(cli, cli_say(cli, "  此后有变化的人员和单位：%d\n",
                           "  people and bodies changed since: %d\n"),
              state->root_count);
    return ERR_OK;
}

enum err cmd_snapshot_status(struct cli *cli)
{
    struct work_env env;
    struct vocab vocab;
    struct snapshot_state state;
    TRY(open_snapshot(cli, &env, &vocab));
    enum err err = snapshot_look(&env, &vocab, &state, &cli->fault);
    if (err == ERR_NOT_FOUND) {
        cli_fail(cli, err, "还没有列快照 %s", "there is no column snapshot %s yet",
                 env.snapshot->path);
        return cli_fail_hint(cli, "第一次核对或查询时自动生成，也可用 baigong snapshot build。",
                             "The first sweep or query makes it, and so does baigong snapshot "
                             "build.");
    }
    return err == ERR_OK ? print_state(cli, env.snapshot->path, &state) : err;
}

enum err cmd_snapshot_build(struct cli *cli)
{
    struct work_env env;
    struct vocab vocab;
    struct snapshot_state state;
    TRY(open_snapshot(cli, &env, &vocab));
    TRY(snapshot_build(&env, &vocab, THREADS, &cli->fault));
    TRY(snapshot_look(&env, &vocab, &state, &cli->fault));
    return print_state(cli, env.snapshot->path, &state);
}

enum err cmd_snapshot_drop(struct cli *cli)
{
    struct work_env env;
    struct vocab vocab;
    TRY(open_snapshot(cli, &env, &vocab));
    enum err err = snapshot_drop(env.snapshot->path, &cli->fault);
    if (err == ERR_NOT_FOUND)
        return cli_fail(cli, err, "没有列快照 %s", "there is no column snapshot %s",
                        env.snapshot->path);
    if (err == ERR_OK && !cli->json)
        cli_print(cli, cli_say(cli, "已删除列快照 %s\n", "deleted the column snapshot %s\n"),
                  env.snapshot->path);
    return err;
}
