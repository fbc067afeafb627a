#include "domain/news/news_message.h"

#include "base/clock.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <stdlib.h>

enum { HOUR_MS = 3600 * 1000 };

static const struct message_quiet no_quiet = {0, 0};
static const struct message_quiet night = {21 * 60, 8 * 60};

static const struct news_book *book(void)
{
    static struct news_book loaded;
    static struct arena arena;
    struct fault fault;
    if (loaded.message_count > 0)
        return &loaded;
    arena_init(&arena, 4 << 20);
    const char *folder = text_in(&arena, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
    EXPECT_OK(news_book_load(&arena, folder, &loaded, &fault));
    return &loaded;
}

TEST(message_quiet__is_from_its_first_minute_to_before_its_last)
{
    int64_t noon = clock_city_day_ms(20000) + 12 * HOUR_MS;
    int64_t evening = clock_city_day_ms(20000) + 21 * HOUR_MS;
    int64_t morning = clock_city_day_ms(20001) + 8 * HOUR_MS;
    EXPECT_INT(noon, message_quiet_end_ms(night, noon));
    EXPECT_INT(evening - 1, message_quiet_end_ms(night, evening - 1));
    EXPECT_INT(morning, message_quiet_end_ms(night, evening));
    EXPECT_INT(morning, message_quiet_end_ms(night, morning - 1));
    EXPECT_INT(morning, message_quiet_end_ms(night, morning));
    EXPECT_INT(noon, message_quiet_end_ms(no_quiet, noon));
}

struct given {
    const char *key, *to;
    int64_t id;
    struct message_result result;
    struct message_quiet quiet;
    bool is_found;
    enum message_state state;
    int32_t attempt_count;
};

static enum err queue_step(struct work *w, void *context)
{
    struct given *given = context;
    const struct news_value value = {"text", STR("窗口改在二楼")};
    struct message_request request = {.key = str_from(given->key), .kind = "office.note",
                                      .organisation_id = 9, .values = &value, .value_count = 1,
                                      .address = str_from(given->to)};
    return news_message_queue(w, book(), &request, &given->id);
}

static enum err take_step(struct work *w, void *context)
{
    struct given *given = context;
    struct message message;
    TRY(news_message_take(w, book(), given->quiet, &message, &given->is_found));
    if (!given->is_found)
        return ERR_OK;
    EXPECT_INT(given->id, message.id);
    EXPECT_STR("13812345678", message.address);
    EXPECT(str_find(message.text, STR("窗口改在二楼")) != SIZE_MAX);
    return ERR_OK;
}

static enum err note_step(struct work *w, void *context)
{
    struct given *given = context;
    struct message message;
    TRY(news_message_read(w, given->id, &message));
    TRY(news_message_note(w, &message, &given->result));
    TRY(news_message_read(w, given->id, &message));
    given->state = message.state;
    given->attempt_count = message.attempt_count;
    return ERR_OK;
}

static enum err again_step(struct work *w, void *context)
{
    const struct given *given = context;
    return news_message_again(w, given->id);
}

static void queue(struct store_fixture *t, struct given *given)
{
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, queue_step, given, &t->fault));
}

static bool take(struct store_fixture *t, struct given *given)
{
    EXPECT_OK(work_run(&t->env, WORK_WRITE, take_step, given, &t->fault));
    return given->is_found;
}

static enum message_state note(struct store_fixture *t, struct given *given, int32_t status)
{
    given->result = (struct message_result){status, 12, STR("told")};
    EXPECT_OK(work_run(&t->env, WORK_WRITE, note_step, given, &t->fault));
    return given->state;
}

STORE_TEST(message__is_queued_once_a_key_held_while_it_is_sent_and_sent_once)
{
    struct given given = {.key = "k1", .to = "13812345678"};
    queue(t, &given);
    int64_t first_id = given.id;
    queue(t, &given);
    EXPECT_INT(first_id, given.id);
    EXPECT(take(t, &given));
    EXPECT(!take(t, &given)); /* another sender leaves it alone */
    t->env.fixed_now_ms += MESSAGE_HELD_MS;
    EXPECT(take(t, &given)); /* the first sender died: once more, with the same key */
    EXPECT_INT(MESSAGE_SENT, note(t, &given, 202));
    t->env.fixed_now_ms += 24 * HOUR_MS;
    EXPECT(!take(t, &given));
    EXPECT_INT(1, store_fixture_number(
                      t, "SELECT COUNT(*) FROM event WHERE kind = 'message.sent'"));
}

STORE_TEST(message__is_tried_again_after_longer_pauses_and_given_up)
{
    struct given given = {.key = "k1", .to = "13812345678"};
    queue(t, &given);
    for (int i = 0; i < MESSAGE_ATTEMPTS_MAX; i++) {
        EXPECT(take(t, &given));
        bool is_last = i + 1 == MESSAGE_ATTEMPTS_MAX;
        EXPECT_INT(is_last ? MESSAGE_DEAD : MESSAGE_WAITS, note(t, &given, i % 2 ? 503 : 0));
        t->env.fixed_now_ms += ((int64_t)MESSAGE_RETRY_MS << i) - 1;
        EXPECT(!take(t, &given));
        t->env.fixed_now_ms += 1;
    }
    EXPECT_INT(MESSAGE_ATTEMPTS_MAX, given.attempt_count);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, again_step, &given, &t->fault));
    EXPECT(take(t, &given));
    EXPECT_INT(MESSAGE_SENT, note(t, &given, 200));
    EXPECT_ERR(ERR_NEWS_STATE, work_run(&t->env, WORK_WRITE, again_step, &given, &t->fault));
    EXPECT_INT(MESSAGE_ATTEMPTS_MAX + 2,
               store_fixture_number(t, "SELECT COUNT(*) FROM message_attempt"));
}

STORE_TEST(message__that_a_gateway_refuses_for_good_is_not_tried_again)
{
    struct given given = {.key = "k1", .to = "13812345678"};
    queue(t, &given);
    EXPECT_INT(MESSAGE_WAITS, note(t, &given, 429));
    EXPECT_INT(MESSAGE_DEAD, note(t, &given, 422));
}

STORE_TEST(message__waits_for_the_end_of_the_quiet_hours)
{
    struct given given = {.key = "k1", .to = "13812345678", .quiet = night};
    t->env.fixed_now_ms = clock_city_day_ms(FIXTURE_TODAY_DAY) + 22 * HOUR_MS;
    queue(t, &given);
    EXPECT(!take(t, &given));
    t->env.fixed_now_ms = clock_city_day_ms(FIXTURE_TODAY_DAY + 1) + 8 * HOUR_MS;
    EXPECT(take(t, &given));
}

STORE_TEST(message__without_an_address_is_kept_for_the_office)
{
    struct given given = {.key = "k1", .to = ""};
    queue(t, &given);
    EXPECT(!take(t, &given));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM message WHERE state = 4"));
    EXPECT_ERR(ERR_NEWS_STATE, work_run(&t->env, WORK_WRITE, again_step, &given, &t->fault));
}
