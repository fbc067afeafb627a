/* session_cache.h — the sessions that this process read from the store a moment ago.
 *
 * A busy desk asks many times a second, and its session is the same each time: it is taken from
 * here for at most SESSION_CACHE_MS_MAX. What ends or changes a session:
 *
 *   in this process    at once: every unit of work that could write makes all that was read before
 *                      it old (w->written_count), whether it was a sign-out, a closed account, a
 *                      new password, another role or none of these
 *   in another one     after SESSION_CACHE_MS_MAX (guard.h)
 *
 * Idle and old sessions end to the millisecond, as in guard_session. Only for requests that change
 * nothing: who changes something asks guard_session, in the transaction of the change.
 *
 * Memory   the cache: session_cache_free; a session's texts are copied into w->arena
 * Errors   those of guard_session
 * Limits   SESSION_CACHE_SLOTS sessions, one a slot: a newer one takes the place of an older one.
 *          Tokens are not kept, only a digest of them.
 */
#ifndef BAIGONG_SESSION_CACHE_H
#define BAIGONG_SESSION_CACHE_H

#include "domain/guard/guard.h"

enum {
    SESSION_CACHE_MS_MAX = 250, /* shorter than it takes to leave the room after a sign-out */
    SESSION_CACHE_SLOTS = 1024, /* a city's desks; 0.8 MB */
};

struct session_cache;

enum err session_cache_new(struct session_cache **ret_cache, struct fault *fault);
void session_cache_free(struct session_cache *cache); /* accepts NULL; nobody may use it then */

/* As guard_session; may be called from any thread. */
enum err session_cache_read(struct session_cache *cache, struct work *w, struct str token,
                            struct session *ret_session);

#endif
