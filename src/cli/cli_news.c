#include "cli/cli_news.h"

#include "base/clock.h"
#include "domain/news/news_letter.h"
#include "domain/news/news_notice.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

enum {
    MESSAGES_A_ROUND = 50,
    LETTERS_A_ROUND = 10,
    ROUND_ARENA_SIZE_MAX = 16 * 1024 * 1024,
    PAUSE_MS = 1000,
    TELLING_MS = 300,
};

/* ---- one message */

struct sending {
    const struct cli_news_options *options;
    struct arena *arena; /* outlives the units of work */
    struct message message;
    struct message_result result;
    bool is_found;
};

static enum err keep(struct work *w, struct arena *arena, struct message *message)
{
    struct str *texts[] = {&message->key,     &message->kind,    &message->address,
                           &message->subject, &message->text,    &message->outcome};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        *texts[i] = str_copy(arena, *texts[i]);
        if (!texts[i]->ptr)
            return fail(w, ERR_MEMORY, "no memory for a message");
    }
    return ERR_OK;
}

static enum err take_step(struct work *w, void *context)
{
    struct sending *sending = context;
    TRY(news_message_take(w, sending->options->book, sending->options->quiet, &sending->message,
                          &sending->is_found));
    return sending->is_found ? keep(w, sending->arena, &sending->message) : ERR_OK;
}

static enum err note_step(struct work *w, void *context)
{
    const struct sending *sending = context;
    return news_message_note(w, &sending->message, &sending->result);
}

static enum err send_one(struct work_env *env, struct sending *sending, struct fault *fault)
{
    const struct message *message = &sending->message;
    TRY(work_run(env, WORK_WRITE, take_step, sending, fault));
    if (!sending->is_found)
        return ERR_OK;
    struct message_envelope envelope = {message->channel == MESSAGE_SMS, message->key,
                                        message->kind, message->address, message->subject,
                                        message->text};
    int64_t began_ns = clock_monotonic_ns();
    TRY(message_send(sending->arena, &sending->options->gateway, &envelope, clock_now_ms(),
                     &sending->result.status, &sending->result.outcome, fault));
    sending->result.duration_ms = (int32_t)((clock_monotonic_ns() - began_ns) / 1000000);
    return work_run(env, WORK_WRITE, note_step, sending, fault);
}

static enum err send_some(struct work_env *env, const struct cli_news_options *options,
                          struct cli_news_round *round, struct fault *fault)
{
    if (!options->gateway.sms_url && !options->gateway.email_url)
        return ERR_OK;
    for (int i = 0; i < MESSAGES_A_ROUND; i++) {
        struct arena arena;
        arena_init(&arena, ROUND_ARENA_SIZE_MAX);
        struct sending sending = {.options = options, .arena = &arena};
        enum err err = send_one(env, &sending, fault);
        bool is_sent = sending.result.status >= 200 && sending.result.status < 300;
        arena_done(&arena);
        TRY(err);
        if (!sending.is_found)
            return ERR_OK;
        round->sent_count += is_sent;
        round->failed_count += !is_sent;
    }
    return ERR_OK;
}

/* ---- a round */

/* As long as there are events, for a part of the second. */
static enum err tell_some(struct work_env *env, const struct cli_news_options *options,
                          struct cli_news_round *round, struct fault *fault)
{
    int64_t until_ns = clock_monotonic_ns() + (int64_t)TELLING_MS * 1000000;
    int32_t count = 1;
    while (options->telling.vocab && count > 0 && clock_monotonic_ns() < until_ns) {
        TRY(case_tell_some(env, &options->telling, &count, fault));
        round->event_count += count;
    }
    return ERR_OK;
}

/* What there is to do, looked for without writing: most rounds end here. */
struct waiting {
    int32_t notice_count;
    bool has_message;
};

static enum err look_step(struct work *w, void *context)
{
    struct waiting *waiting = context;
    TRY(news_notice_due_count(w, &waiting->notice_count));
    return news_message_is_due(w, &waiting->has_message);
}

static enum err end_step(struct work *w, void *context)
{
    return news_notice_end_due(w, context);
}

enum err cli_news_round(struct work_env *env, const struct cli_news_options *options,
                        struct cli_news_round *ret_round, struct fault *fault)
{
    struct cli_news_round round = {0};
    struct waiting waiting;
    TRY(tell_some(env, options, &round, fault));
    TRY(work_run(env, WORK_READ, look_step, &waiting, fault));
    if (waiting.notice_count > 0)
        TRY(work_run(env, WORK_WRITE, end_step, &round.ended_count, fault));
    if (waiting.has_message)
        TRY(send_some(env, options, &round, fault));
    TRY(news_letter_print_some(env, LETTERS_A_ROUND, &round.printed_count, fault));
    *ret_round = round;
    return ERR_OK;
}

static bool read_minute(struct str text, int32_t *ret_minute)
{
    struct str hour, rest = text;
    int64_t h, m;
    if (!str_split(&rest, ':', &hour) || hour.size != 2 || rest.size != 2 ||
        !str_to_i64(hour, &h) || !str_to_i64(rest, &m) || h < 0 || h > 23 || m < 0 || m > 59)
        return false;
    *ret_minute = (int32_t)(h * 60 + m);
    return true;
}

bool cli_news_read_quiet(struct str text, struct message_quiet *ret_quiet)
{
    struct str from, rest = text;
    struct message_quiet quiet;
    if (!str_split(&rest, '-', &from) || !read_minute(from, &quiet.from_minute) ||
        !read_minute(rest, &quiet.to_minute))
        return false;
    *ret_quiet = quiet;
    return true;
}

/* ---- the thread of serve */

/* Waits for the next round; false when it is to stop. */
static bool pause_between(struct cli_news *news)
{
    int64_t until_ms = clock_now_ms() + PAUSE_MS;
    struct timespec until = {(time_t)(until_ms / 1000), (long)(until_ms % 1000) * 1000000};
    pthread_mutex_lock(&news->mutex);
    int waited = 0;
    while (!news->is_stopping && waited != ETIMEDOUT)
        waited = pthread_cond_timedwait(&news->stopping, &news->mutex, &until);
    bool goes_on = !news->is_stopping;
    pthread_mutex_unlock(&news->mutex);
    return goes_on;
}

static void *run(void *context)
{
    struct cli_news *news = context;
    enum err last = ERR_OK;
    while (pause_between(news)) {
        struct cli_news_round round;
        struct fault fault = {0};
        enum err err = cli_news_round(&news->env, news->options, &round, &fault);
        if (err != ERR_OK && err != last) /* a broken store is told once, not every second */
            log_event(news->log, LOG_ERROR, "news_failed", log_err("error", err),
                      log_text("said", fault.message));
        last = err;
    }
    return NULL;
}

enum err cli_news_start(struct cli_news *news, const struct work_env *env,
                        const struct cli_news_options *options, struct log *log,
                        struct fault *fault)
{
    *news = (struct cli_news){.env = *env, .options = options, .log = log};
    news->env.actor = (struct actor){0, STR("news")};
    pthread_mutex_init(&news->mutex, NULL);
    pthread_cond_init(&news->stopping, NULL);
    if (pthread_create(&news->thread, NULL, run, news) != 0)
        return fault_set(fault, ERR_MEMORY, "no thread for the sender of messages");
    news->is_started = true;
    return ERR_OK;
}

void cli_news_stop(struct cli_news *news)
{
    if (!news->is_started)
        return;
    pthread_mutex_lock(&news->mutex);
    news->is_stopping = true;
    pthread_cond_signal(&news->stopping);
    pthread_mutex_unlock(&news->mutex);
    pthread_join(news->thread, NULL);
    pthread_cond_destroy(&news->stopping);
    pthread_mutex_destroy(&news->mutex);
    news->is_started = false;
}
