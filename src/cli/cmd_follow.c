#include "base/clock.h"
#include "base/day.h"
#include "base/json.h"
#include "cli/cli_city.h"
#include "cli/commands.h"
#include "domain/incentive/incentive_draft.h"
#include "domain/incentive/incentive_follow.h"
#include "policy/policy_files.h"
#include "store/store.h"

#include <inttypes.h>
#include <signal.h>
#include <time.h>

const struct cli_option cmd_follow_options[] = {
    CLI_AS_OF_OPTION,
    CLI_POLICY_OPTION,
    {"once", CLI_FLAG, CLI_OPTIONAL, "", "处理完现有的就结束", "work off what is there and end"},
    {0},
};

enum {
    POLL_MS = 20,            /* a fact waits no longer than this; looking takes a tenth of one */
    POLICY_POLL_MS = 30000,  /* a new edition of the documents waits no longer than this */
    ONCE_WAIT_MS = 30000,    /* longest that --once waits for other writers */
    POLICY_ARENA_SIZE_MAX = 1 << 30,
};

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
    (void)number;
    stop_asked = 1;
}

struct following {
    struct cli *cli;
    struct cli_city city;
    struct arena arena; /* of the policy in use */
    struct incentive_policy policy;
    struct follower *follower;
    int64_t policy_read_ms;
};

static void following_done(struct following *f)
{
    follower_free(f->follower);
    f->follower = NULL;
    arena_done(&f->arena);
}

/* What --policy names, or what is in force today: the home folder's and those enacted. */
static enum err read_policy(struct following *f, struct arena *arena,
                            struct incentive_policy *ret_policy, struct findings *findings,
                            struct fault *fault)
{
    const char *path = cli_policy_path(f->cli);
    int64_t version;
    if (cli_given(f->cli, "policy"))
        return incentive_policy_read(arena, &f->city.vocab, path, ret_policy, findings, fault);
    return incentive_policy_in_force(&f->city.env, arena, &f->city.vocab, path,
                                     cli_as_of_day(f->cli), ret_policy, &version, findings, fault);
}

static enum err take_policy(struct following *f)
{
    struct cli *cli = f->cli;
    following_done(f);
    arena_init(&f->arena, POLICY_ARENA_SIZE_MAX);
    struct findings findings = {.arena = &f->arena};
    enum err err = read_policy(f, &f->arena, &f->policy, &findings, &cli->fault);
    if (err == ERR_POLICY)
        cli_print_findings(cli, f->policy.sources, &findings);
    if (err == ERR_OK)
        err = follower_new(&f->city.env, &f->city.vocab, &f->policy, &f->follower, &cli->fault);
    f->policy_read_ms = clock_now_ms();
    return err;
}

static bool same_sources(const struct incentive_policy *policy, const struct policy_source *sources,
                         int32_t source_count)
{
    bool same = policy->source_count == source_count;
    for (int32_t i = 0; same && i < source_count; i++)
        same = str_equal(policy->sources[i].path, sources[i].path) &&
               str_equal(policy->sources[i].text, sources[i].text);
    return same;
}

/* A new edition with errors is not taken: the one in use goes on, and says so. */
static enum err look_for_new_policy(struct following *f)
{
    if (clock_now_ms() - f->policy_read_ms < POLICY_POLL_MS)
        return ERR_OK;
    f->policy_read_ms = clock_now_ms();
    struct arena arena;
    arena_init(&arena, POLICY_ARENA_SIZE_MAX);
    struct fault fault = {0};
    struct incentive_policy read = {0};
    struct findings findings = {.arena = &arena};
    enum err err = read_policy(f, &arena, &read, &findings, &fault);
    bool is_new = (err == ERR_OK || err == ERR_POLICY) &&
                  !same_sources(&f->policy, read.sources, read.source_count);
    bool is_good = is_new && err == ERR_OK;
    arena_done(&arena);
    if (is_new && !is_good)
        cli_note(f->cli, "%s",
                 cli_say(f->cli, "新的政策文件有错，继续按原来的执行（baigong policy check 查看）",
                         "the new policy documents have errors: the former stay in use (see"
                         " baigong policy check)"));
    return is_good ? take_policy(f) : ERR_OK;
}

/* ---- what is said ---- */

struct reason {
    const char *code, *zh, *en;
};

static const struct reason reasons[] = {
    {"first", "第一次核对", "the first time"},
    {"policy", "政策文件变了", "the policy changed"},
    {"document", "有文件开始施行或失效", "a document came into force or ended"},
    {"events", "新记录很多", "many new facts"},
    {"due", "到期的人很多", "many are due"},
    {"touches many", "一条记录牵涉很多人", "one fact touches many"},
    {"whole tables", "有规则要看全市", "a rule reads the whole city"},
};

static const char *reason_text(const struct cli *cli, struct str code)
{
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (str_equal_text(code, reasons[i].code))
            return cli_say(cli, reasons[i].zh, reasons[i].en);
    return "";
}

static enum err print_json(struct following *f, const struct follow_report *report, int32_t day,
                           int64_t elapsed_ms)
{
    struct text_buf buf;
    text_init(&buf, f->cli->arena);
    struct json json;
    json_init(&json, &buf);
    json_object_begin(&json);
    json_add_day(&json, "as_of", day);
    json_add_number(&json, "event_count", report->event_count);
    json_add_number(&json, "touched_count", report->holder_count);
    json_add_number(&json, "due_count", report->due_count);
    json_add_number(&json, "new_count", report->new_count);
    json_add_number(&json, "changed_count", report->changed_count);
    json_add_number(&json, "ended_count", report->ended_count);
    json_add_text(&json, "swept_because", report->swept_because);
    json_add_number(&json, "elapsed_ms", elapsed_ms);
    json_object_end(&json);
    return cli_print_buf(f->cli, &buf);
}

static void print_words(struct following *f, const struct follow_report *report, int32_t day,
                        int64_t elapsed_ms)
{
    struct cli *cli = f->cli;
    if (report->swept_because.size > 0)
        cli_print(cli, cli_say(cli, "全市核对：%s。\n", "The whole city was swept: %s.\n"),
                  reason_text(cli, report->swept_because));
    cli_print(cli,
              cli_say(cli,
                      "截至 %s：%" PRId64 " 条新记录，牵涉 %" PRId64 " 户；到期 %" PRId64
                      " 户；新增 %" PRId64 "，变更 %" PRId64 "，结束 %" PRId64 "（%" PRId64
                      " 毫秒）。\n",
                      "As of %s: %" PRId64 " facts that touch %" PRId64 " holders, %" PRId64
                      " due; %" PRId64 " new, %" PRId64 " changed, %" PRId64 " ended (%" PRId64
                      " ms).\n"),
              day_text_in(cli->arena, day), report->event_count, report->holder_count,
              report->due_count, report->new_count, report->changed_count, report->ended_count,
              elapsed_ms);
}

static bool is_worth_saying(const struct follow_report *report)
{
    return report->swept_because.size > 0 || report->event_count > 0 || report->due_count > 0;
}

/* ---- rounds ---- */

static void add_report(struct follow_report *sum, const struct follow_report *report)
{
    sum->event_count += report->event_count;
    sum->holder_count += report->holder_count;
    sum->due_count += report->due_count;
    sum->new_count += report->new_count;
    sum->changed_count += report->changed_count;
    sum->ended_count += report->ended_count;
    if (report->swept_because.size > 0)
        sum->swept_because = report->swept_because;
}

/* On PostgreSQL the newest events are not read before every writer that may come before them has
 * ended: who follows once waits for that. */
static enum err rounds(struct following *f, int32_t day, bool waits, struct follow_report *sum)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    int64_t until_ms = clock_now_ms() + (waits ? ONCE_WAIT_MS : 0);
    for (;;) {
        struct follow_report report;
        bool has_work = false;
        TRY(follower_round(f->follower, day, 0, &report, &f->cli->fault));
        add_report(sum, &report);
        if (waits)
            TRY(follower_has_work(f->follower, day, &has_work, &f->cli->fault));
        if (!has_work || clock_now_ms() >= until_ms)
            return ERR_OK;
        nanosleep(&pause, NULL);
    }
}

static enum err one_round(struct following *f, bool says_all)
{
    int32_t day = cli_as_of_day(f->cli);
    struct follow_report report = {0};
    int64_t start_ns = clock_monotonic_ns();
    TRY(rounds(f, day, cli_flag(f->cli, "once"), &report));
    int64_t elapsed_ms = (clock_monotonic_ns() - start_ns) / 1000000;
    if (!says_all && !is_worth_saying(&report))
        return ERR_OK;
    if (f->cli->json)
        return print_json(f, &report, day, elapsed_ms);
    print_words(f, &report, day, elapsed_ms);
    return ERR_OK;
}

static enum err follow_on(struct following *f)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
    struct sigaction action = {.sa_handler = ask_to_stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    TRY(one_round(f, true));
    while (!stop_asked) {
        struct arena_mark mark = arena_mark(f->cli->arena);
        bool has_work = false;
        TRY(look_for_new_policy(f));
        TRY(follower_has_work(f->follower, cli_as_of_day(f->cli), &has_work, &f->cli->fault));
        enum err err = has_work ? one_round(f, false) : ERR_OK;
        if (err == ERR_SWEEP_EARLIER) { /* another's clock is ahead: its day comes here too */
            fault_clear(&f->cli->fault);
            has_work = false;
            err = ERR_OK;
        }
        TRY(err);
        fflush(f->cli->world.out);
        arena_rewind(f->cli->arena, mark);
        if (!has_work) {
            TRY(store_fold(f->city.env.store, &f->cli->fault));
            nanosleep(&pause, NULL);
        }
    }
    return ERR_OK;
}

enum err cmd_follow(struct cli *cli)
{
    struct following f = {.cli = cli};
    TRY(cli_city_open(cli, &f.city));
    /* Decisions and the place in the log are one transaction: what a crash takes away is decided
     * again. */
    TRY(store_set_durability(f.city.env.store, DB_DERIVED, &cli->fault));
    enum err err = take_policy(&f);
    if (err == ERR_OK)
        err = cli_flag(cli, "once") ? one_round(&f, true) : follow_on(&f);
    following_done(&f);
    return err;
}
