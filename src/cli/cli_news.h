/* cli_news.h — what runs beside the pages: cases are told of, messages sent, notices ended, letters
 * printed.
 *
 * A round does a bit of each; serve runs rounds in a thread of its own, any number of processes
 * may.
 *
 * Memory   none of its own but each round's, which ends with it
 * Errors   store errors; that a gateway fails is no error: the message is tried again
 */
#ifndef BAIGONG_CLI_NEWS_H
#define BAIGONG_CLI_NEWS_H

#include "base/log.h"
#include "domain/incentive/case_tell.h"
#include "domain/news/news_message.h"
#include "port/message.h"
#include "store/work.h"

#include <pthread.h>

struct cli_news_options {
    const struct news_book *book;
    struct message_gateway gateway; /* no URL: nothing is sent, messages wait */
    struct message_quiet quiet;
    struct case_telling telling; /* vocab NULL: cases are not told of */
};

struct cli_news_round {
    int32_t sent_count, failed_count, ended_count, printed_count;
    int32_t event_count; /* looked at for what to tell of */
};

enum err cli_news_round(struct work_env *env, const struct cli_news_options *options,
                        struct cli_news_round *ret_round, struct fault *fault);

/* "21:00-08:00"; false when it is not of this form. */
bool cli_news_read_quiet(struct str text, struct message_quiet *ret_quiet);

struct cli_news {
    struct work_env env;
    const struct cli_news_options *options;
    struct log *log;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t stopping;
    bool is_stopping; /* guarded by mutex */
    bool is_started;
};

/* news, options and log must live until it is stopped. */
enum err cli_news_start(struct cli_news *news, const struct work_env *env,
                        const struct cli_news_options *options, struct log *log,
                        struct fault *fault);
void cli_news_stop(struct cli_news *news); /* waits for the round; also when it did not start */

#endif
