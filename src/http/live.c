#include "http/live.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct channel {
    char *name;
    size_t name_size;
    char *text;
    size_t text_size;
    uint64_t version;
};

struct live_hub {
    pthread_mutex_t mutex;
    struct channel channels[LIVE_CHANNELS_MAX];
    int32_t channel_count;
    live_waker *waker;
    void *context;
};

enum err live_hub_new(struct live_hub **ret_hub, struct fault *fault)
{
    struct live_hub *hub = calloc(1, sizeof *hub);
    if (!hub || pthread_mutex_init(&hub->mutex, NULL) != 0) {
        free(hub);
        return fault_set(fault, ERR_MEMORY, "no memory for live channels");
    }
    *ret_hub = hub;
    return ERR_OK;
}

void live_hub_free(struct live_hub *hub)
{
    for (int32_t i = 0; hub && i < hub->channel_count; i++) {
        free(hub->channels[i].name);
        free(hub->channels[i].text);
    }
    if (hub)
        pthread_mutex_destroy(&hub->mutex);
    free(hub);
}

static int32_t find_or_add(struct live_hub *hub, struct str name)
{
    for (int32_t i = 0; i < hub->channel_count; i++) {
        struct str other = {hub->channels[i].name, hub->channels[i].name_size};
        if (str_equal(other, name))
            return i;
    }
    if (hub->channel_count == LIVE_CHANNELS_MAX)
        return -1;
    char *copy = malloc(name.size + 1);
    if (!copy)
        return -1;
    memcpy(copy, name.ptr, name.size);
    hub->channels[hub->channel_count] = (struct channel){.name = copy, .name_size = name.size};
    return hub->channel_count++;
}

int32_t live_channel(struct live_hub *hub, struct str name)
{
    pthread_mutex_lock(&hub->mutex);
    int32_t channel = find_or_add(hub, name);
    pthread_mutex_unlock(&hub->mutex);
    return channel;
}

void live_publish(struct live_hub *hub, int32_t channel, struct str text)
{
    char *copy = channel >= 0 && text.size <= LIVE_TEXT_SIZE_MAX ? malloc(text.size + 1) : NULL;
    if (!copy)
        return;
    memcpy(copy, text.ptr, text.size);
    pthread_mutex_lock(&hub->mutex);
    struct channel *changed = &hub->channels[channel];
    char *old = changed->text;
    changed->text = copy;
    changed->text_size = text.size;
    changed->version++;
    live_waker *waker = hub->waker;
    void *context = hub->context;
    pthread_mutex_unlock(&hub->mutex);
    free(old);
    if (waker)
        waker(context);
}

uint64_t live_version(struct live_hub *hub, int32_t channel)
{
    pthread_mutex_lock(&hub->mutex);
    uint64_t version = hub->channels[channel].version;
    pthread_mutex_unlock(&hub->mutex);
    return version;
}

/* Each line of the text becomes a data line. */
static char *format_event(const struct channel *channel, size_t *ret_size)
{
    size_t line_count = 1;
    for (size_t i = 0; i < channel->text_size; i++)
        line_count += channel->text[i] == '\n';
    char *event = malloc(channel->text_size + line_count * 6 + 64);
    if (!event)
        return NULL;
    size_t size = (size_t)snprintf(event, 64, "id: %" PRIu64 "\n", channel->version);
    struct str rest = {channel->text, channel->text_size};
    struct str line;
    while (str_split(&rest, '\n', &line)) {
        memcpy(event + size, "data: ", 6);
        memcpy(event + size + 6, line.ptr, line.size);
        size += line.size + 6;
        event[size++] = '\n';
    }
    event[size++] = '\n';
    *ret_size = size;
    return event;
}

char *live_event(struct live_hub *hub, int32_t channel, uint64_t *ret_version, size_t *ret_size)
{
    pthread_mutex_lock(&hub->mutex);
    char *event = format_event(&hub->channels[channel], ret_size);
    *ret_version = hub->channels[channel].version;
    pthread_mutex_unlock(&hub->mutex);
    return event;
}

void live_set_waker(struct live_hub *hub, live_waker *waker, void *context)
{
    pthread_mutex_lock(&hub->mutex);
    hub->waker = waker;
    hub->context = context;
    pthread_mutex_unlock(&hub->mutex);
}
