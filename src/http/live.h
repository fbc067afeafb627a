/* live.h — what many browsers watch: channels with one newest text each (Server-Sent Events).
 *
 * A channel holds a snapshot, never a queue: who is slow or comes late gets the newest text, once.
 * Publishing formats nothing for viewers and wakes each loop once.
 *
 * Memory   the hub owns names and texts; a channel lives as long as the hub
 * Threads  all functions may be called from any thread
 * Limits   LIVE_CHANNELS_MAX; a text of LIVE_TEXT_SIZE_MAX bytes
 */
#ifndef BAIGONG_LIVE_H
#define BAIGONG_LIVE_H

#include "base/err.h"
#include "base/text.h"

enum {
    LIVE_CHANNELS_MAX = 4096,           /* running jobs and boards of one process */
    LIVE_TEXT_SIZE_MAX = 256 * 1024,    /* a board of a few hundred rows */
    LIVE_SILENCE_MS_MAX = 20 * 1000,    /* then a comment: proxies drop silent connections */
};

struct live_hub;

enum err live_hub_new(struct live_hub **ret_hub, struct fault *fault);
void live_hub_free(struct live_hub *hub); /* accepts NULL; no stream may be open */

/* Channel number of a name, made when it is new; -1 when there are too many. */
int32_t live_channel(struct live_hub *hub, struct str name);

/* Replaces the channel's text: JSON on one line, or several lines. Ignored when it is too long. */
void live_publish(struct live_hub *hub, int32_t channel, struct str text);

/* What the server asks. The version of the newest text, 0 before the first; and a copy of it as an
 * event, malloc'ed, NULL when memory is out. */
uint64_t live_version(struct live_hub *hub, int32_t channel);
char *live_event(struct live_hub *hub, int32_t channel, uint64_t *ret_version, size_t *ret_size);

/* Called after each publishing, from the publishing thread. */
typedef void live_waker(void *context);
void live_set_waker(struct live_hub *hub, live_waker *waker, void *context);

#endif
