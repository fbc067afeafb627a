#include "domain/guard/session_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Invariant: a slot holds what a transaction saw that began when written_count was its number. So
 * a transaction that began at the same number may see the same. */

enum {
    LOCKS = 16,      /* each guards every 16th slot */
    TEXTS = 4,       /* of a session */
    TEXTS_SIZE = 512, /* longer ones are not kept */
    DIGEST_SIZE = crypto_generichash_BYTES,
};

struct slot {
    uint8_t digest[DIGEST_SIZE]; /* of the token: another than the store's, and a cheaper one */
    uint64_t written_count;
    int64_t read_ms;
    struct session session; /* id 0: the slot is free; the pointers of its texts mean nothing */
    char texts[TEXTS_SIZE]; /* one behind the other */
    size_t texts_size;
};

struct session_cache {
    pthread_mutex_t locks[LOCKS];
    struct slot slots[SESSION_CACHE_SLOTS];
};

enum err session_cache_new(struct session_cache **ret_cache, struct fault *fault)
{
    check(sodium_init() >= 0);
    struct session_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return fault_set(fault, ERR_MEMORY, "no memory for the sessions");
    for (int i = 0; i < LOCKS; i++)
        check(pthread_mutex_init(&cache->locks[i], NULL) == 0);
    *ret_cache = cache;
    return ERR_OK;
}

void session_cache_free(struct session_cache *cache)
{
    if (!cache)
        return;
    for (int i = 0; i < LOCKS; i++)
        pthread_mutex_destroy(&cache->locks[i]);
    free(cache);
}

static void texts_of(struct session *session, struct str *ret_texts[TEXTS])
{
    ret_texts[0] = &session->account.login;
    ret_texts[1] = &session->account.name;
    ret_texts[2] = &session->client;
    ret_texts[3] = &session->agent;
}

static bool is_fresh(const struct slot *slot, const struct work *w)
{
    int64_t age_ms = w->now_ms - slot->read_ms; /* below 0: the clock was set back */
    return slot->written_count == w->written_count && age_ms >= 0 &&
           age_ms < SESSION_CACHE_MS_MAX && slot->session.ends_ms > w->now_ms &&
           slot->session.seen_ms > w->now_ms - GUARD_IDLE_MS;
}

/* *ret_texts: a copy of the slot's, NULL without memory. */
static bool take(const struct slot *slot, const uint8_t digest[DIGEST_SIZE], struct work *w,
                 struct session *ret_session, char **ret_texts)
{
    if (slot->session.id == 0 || sodium_memcmp(slot->digest, digest, DIGEST_SIZE) != 0 ||
        !is_fresh(slot, w))
        return false;
    *ret_session = slot->session;
    *ret_texts = arena_copy(w->arena, slot->texts, slot->texts_size);
    return true;
}

static void put(struct slot *slot, const uint8_t digest[DIGEST_SIZE], const struct work *w,
                const struct session *session)
{
    struct session kept = *session;
    struct str *texts[TEXTS];
    size_t size = 0;
    texts_of(&kept, texts);
    for (int i = 0; i < TEXTS; i++)
        size += texts[i]->size;
    if (size > TEXTS_SIZE)
        return;
    slot->texts_size = 0;
    for (int i = 0; i < TEXTS; i++) {
        if (texts[i]->size > 0)
            memcpy(slot->texts + slot->texts_size, texts[i]->ptr, texts[i]->size);
        slot->texts_size += texts[i]->size;
        texts[i]->ptr = NULL;
    }
    memcpy(slot->digest, digest, DIGEST_SIZE);
    slot->written_count = w->written_count;
    slot->read_ms = w->now_ms;
    slot->session = kept;
}

enum err session_cache_read(struct session_cache *cache, struct work *w, struct str token,
                            struct session *ret_session)
{
    if (token.size != GUARD_TOKEN_SIZE)
        return guard_session(w, token, ret_session);
    uint8_t digest[DIGEST_SIZE];
    check(crypto_generichash(digest, sizeof digest, (const uint8_t *)token.ptr, token.size, NULL,
                             0) == 0);
    size_t index = (digest[0] | (size_t)digest[1] << 8) % SESSION_CACHE_SLOTS;
    struct slot *slot = &cache->slots[index];
    pthread_mutex_t *lock = &cache->locks[index % LOCKS];

    struct session session;
    char *copy = NULL;
    pthread_mutex_lock(lock);
    bool found = take(slot, digest, w, &session, &copy);
    pthread_mutex_unlock(lock);
    if (found && copy) {
        struct str *texts[TEXTS];
        texts_of(&session, texts);
        for (int i = 0; i < TEXTS; copy += texts[i]->size, i++)
            texts[i]->ptr = copy;
        *ret_session = session;
        return ERR_OK;
    }
    TRY(guard_session(w, token, &session));
    pthread_mutex_lock(lock);
    put(slot, digest, w, &session);
    pthread_mutex_unlock(lock);
    *ret_session = session;
    return ERR_OK;
}
