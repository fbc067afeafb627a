/* news_message.h — messages to people and bodies: queued with the fact they tell of, sent later.
 *
 *   WAITS -answered 2xx-> SENT
 *         -tried too often, or refused for good-> DEAD -send again-> WAITS
 *   (no telephone number or address is known: NO_ADDRESS, for the office to see)
 *
 * A message is queued in the transaction of its fact. The sender (any number of processes) takes
 * one for MESSAGE_HELD_MS, hands it to a gateway and notes the try. When it dies in between, the
 * message is sent again under the same idempotency key. Failures are tried again after pauses that
 * double; outside of quiet hours only, but for what is urgent.
 *
 * Memory   results live in w->arena
 * Errors   ERR_NOT_FOUND; ERR_CATALOGUE when the book has no such kind; ERR_NEWS_STATE; ERR_SECRET;
 *          store errors
 * Limits   MESSAGE_ATTEMPTS_MAX tries
 */
#ifndef BAIGONG_NEWS_MESSAGE_H
#define BAIGONG_NEWS_MESSAGE_H

#include "domain/news/news_book.h"
#include "store/work.h"

enum {
    MESSAGE_ATTEMPTS_MAX = 8, /* 30 s doubling: two hours */
    MESSAGE_ROWS_MAX = 100,
    MESSAGE_RETRY_MS = 30 * 1000,
    MESSAGE_HELD_MS = 60 * 1000, /* longer than a try may take */
};

enum message_state { MESSAGE_WAITS = 1, MESSAGE_SENT, MESSAGE_DEAD, MESSAGE_NO_ADDRESS,
                     MESSAGE_STATE_COUNT };

struct message_request {
    struct str key;  /* one message a key */
    const char *kind; /* row of catalogue/message.csv */
    int64_t person_id, organisation_id; /* one of them is 0 */
    int64_t case_id;                    /* 0: none */
    struct str address; /* empty: what the registry knows; it knows none of bodies */
    const struct news_value *values;
    int32_t value_count;
};

struct message {
    int64_t id;
    struct str key, kind;
    enum message_channel channel;
    int64_t person_id, organisation_id, case_id;
    struct str address, subject, text; /* opened; only by news_message_read and _take */
    enum message_state state;
    int32_t attempt_count;
    int64_t next_ms, queued_ms, ended_ms;
    struct str outcome;
};

/* Hours of a day in which nothing is sent: 21*60 to 8*60 is from 21:00 to 08:00. Equal: none. */
struct message_quiet {
    int32_t from_minute, to_minute;
};

struct message_result {
    int32_t status; /* of the gateway; 0: no answer */
    int32_t duration_ms;
    struct str outcome;
};

enum err news_message_queue(struct work *w, const struct news_book *book,
                            const struct message_request *request, int64_t *ret_id);
enum err news_message_read(struct work *w, int64_t id, struct message *ret_message);

/* Whether one waits whose time has come: without writing. */
enum err news_message_is_due(struct work *w, bool *ret_is_due);

/* Takes the one that waits longest, if its time has come; *ret_found false: none. */
enum err news_message_take(struct work *w, const struct news_book *book,
                           struct message_quiet quiet, struct message *ret_message,
                           bool *ret_found);
enum err news_message_note(struct work *w, const struct message *message,
                           const struct message_result *result);

/* Newest first, before a key; without contents. */
enum err news_message_list(struct work *w, enum message_state state, int64_t before_id,
                           int32_t row_count_max, struct message **ret_messages,
                           int32_t *ret_count);
enum err news_message_count(struct work *w, enum message_state state, int32_t count_max,
                            int64_t *ret_count);
/* A dead one, or one that had no address, is looked up and tried anew. */
enum err news_message_again(struct work *w, int64_t id);

struct message_attempt {
    int64_t at_ms;
    int32_t status, duration_ms;
    struct str outcome, actor;
};
enum err news_message_attempts(struct work *w, int64_t id, struct message_attempt **ret_attempts,
                               int32_t *ret_count);

/* When a message may be sent, at now or later: the end of the quiet hours. */
int64_t message_quiet_end_ms(struct message_quiet quiet, int64_t now_ms);

const char *news_message_state_name(enum message_state state);
const char *news_message_state_words(enum message_state state);

#endif
