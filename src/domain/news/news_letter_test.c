#include "domain/news/news_letter.h"

#include "base/day.h"
#include "registry_fixture.h"
#include "store_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, LETTERS_A_THREAD = 10 };

static const struct news_book *book(void)
{
    static struct news_book loaded;
    static struct arena arena;
    struct fault fault;
    if (loaded.office_count > 0)
        return &loaded;
    arena_init(&arena, 4 << 20);
    const char *folder = text_in(&arena, "%s/catalogue", getenv("BAIGONG_SOURCE_ROOT"));
    EXPECT_OK(news_book_load(&arena, folder, &loaded, &fault));
    return &loaded;
}

struct making {
    const char *key;
    enum letter_kind kind;
    int64_t id;
};

static enum err make_step(struct work *w, void *context)
{
    struct making *making = context;
    const struct news_value values[] = {
        {"item", STR("首席技师津贴")},
        {"amount", STR("12,000")},
        {"amount_words", STR("壹万贰仟元整")},
        {"facts", STR("2023年1月被评为济宁首席技师，在岗。")},
        {"correct_days", STR("5")},
        {"reason", STR("不在管理期内。")},
    };
    const struct letter_article article = {STR("《实施意见》第九条"),
                                           STR("每人每月发放1000元津贴。")};
    struct letter_request request = {
        .key = str_from(making->key),
        .kind = making->kind,
        .division = 370811,
        .made_day = w->today_day,
        .person_id = 5,
        .case_id = 77,
        .to = STR("李小明同志"),
        .values = values,
        .value_count = 6,
        .articles = &article,
        .article_count = 1,
    };
    return news_letter_make(w, book(), &request, &making->id);
}

static void make(struct store_fixture *t, const char *key, enum letter_kind kind, int64_t *ret_id)
{
    struct making making = {key, kind, 0};
    t->env.secrets = registry_fixture_secrets();
    EXPECT_OK(work_run(&t->env, WORK_WRITE, make_step, &making, &t->fault));
    *ret_id = making.id;
}

static enum err look_step(struct work *w, void *context)
{
    const int64_t *id = context;
    struct letter letter, *letters;
    int32_t count;
    TRY(news_letter_read(w, *id, &letter));
    EXPECT_STR("济人社发字〔2026〕1号", letter.mark);
    EXPECT_STR("关于发放首席技师津贴的通知书", letter.title);
    EXPECT(str_find(letter.content, STR("壹万贰仟元整")) != SIZE_MAX);
    EXPECT(str_find(letter.content, STR("《实施意见》第九条：每人每月")) != SIZE_MAX);
    EXPECT(str_find(letter.content, STR("尾号")) == SIZE_MAX);
    EXPECT_INT(0, letter.file_digest.size);
    TRY(news_letter_of(w, 5, 0, &letters, &count));
    EXPECT_INT(2, count);
    TRY(news_letter_of_case(w, 77, &letters, &count));
    EXPECT_INT(2, count);
    TRY(news_letter_list(w, 370800, 370899, INT64_MAX, 10, &letters, &count));
    EXPECT_INT(2, count);
    EXPECT_STR("济人社不发字〔2026〕1号", letters[0].mark);
    return ERR_OK;
}

STORE_TEST(letter__is_composed_numbered_in_its_kind_and_made_once_a_key)
{
    int64_t first_id, again_id, refusal_id;
    make(t, "g1", LETTER_GRANT, &first_id);
    make(t, "g1", LETTER_GRANT, &again_id);
    make(t, "r1", LETTER_REFUSAL, &refusal_id);
    EXPECT_INT(first_id, again_id);
    EXPECT_OK(work_run(&t->env, WORK_READ, look_step, &first_id, &t->fault));
}

STORE_TEST(letter__is_refused_when_its_text_asks_for_what_nobody_gave)
{
    struct making making = {"q1", LETTER_QUESTION, 0};
    t->env.secrets = registry_fixture_secrets();
    EXPECT_ERR(ERR_CATALOGUE, work_run(&t->env, WORK_WRITE, make_step, &making, &t->fault));
    EXPECT_INT(0, store_fixture_number(t, "SELECT COUNT(*) FROM letter"));
}

STORE_TEST(letter__is_printed_once_and_kept_byte_for_byte)
{
    struct arena arena;
    struct str first, second;
    int64_t id;
    int32_t count;
    arena_init(&arena, 64 << 20);
    make(t, "g1", LETTER_GRANT, &id);
    EXPECT_OK(news_letter_file(&t->env, &arena, id, &first, &t->fault));
    EXPECT(str_starts(first, STR("%PDF")));
    EXPECT_OK(news_letter_file(&t->env, &arena, id, &second, &t->fault));
    EXPECT(str_equal(first, second));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM letter_piece"));
    make(t, "r1", LETTER_REFUSAL, &id);
    EXPECT_OK(news_letter_print_some(&t->env, 10, &count, &t->fault));
    EXPECT_INT(1, count);
    EXPECT_OK(news_letter_print_some(&t->env, 10, &count, &t->fault));
    EXPECT_INT(0, count);
    EXPECT_ERR(ERR_NOT_FOUND, news_letter_file(&t->env, &arena, 1, &first, &t->fault));
    arena_done(&arena);
}

STORE_TEST(letter__that_was_changed_in_the_store_is_not_given_out)
{
    struct arena arena;
    struct str pdf;
    int64_t id;
    arena_init(&arena, 64 << 20);
    make(t, "g1", LETTER_GRANT, &id);
    store_fixture_script(t, "UPDATE letter SET content_digest = content");
    EXPECT_ERR(ERR_SECRET, news_letter_file(&t->env, &arena, id, &pdf, &t->fault));
    arena_done(&arena);
}

struct thread_of {
    struct store_fixture *t;
    int number;
};

static void *make_in_thread(void *context)
{
    const struct thread_of *thread = context;
    for (int i = 0; i < LETTERS_A_THREAD; i++) {
        char key[32];
        struct fault fault;
        snprintf(key, sizeof key, "t%d-%d", thread->number, i);
        struct making making = {key, LETTER_GRANT, 0};
        EXPECT_OK(work_run(&thread->t->env, WORK_WRITE, make_step, &making, &fault));
    }
    return NULL;
}

STORE_TEST(letter__numbers_have_no_gaps_when_many_write_at_once)
{
    pthread_t threads[THREADS];
    struct thread_of contexts[THREADS];
    t->env.secrets = registry_fixture_secrets();
    (void)book();
    for (int i = 0; i < THREADS; i++) {
        contexts[i] = (struct thread_of){t, i};
        EXPECT_INT(0, pthread_create(&threads[i], NULL, make_in_thread, &contexts[i]));
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EXPECT_INT(THREADS * LETTERS_A_THREAD, store_fixture_number(t, "SELECT COUNT(*) FROM letter"));
    EXPECT_INT(THREADS * LETTERS_A_THREAD,
               store_fixture_number(t, "SELECT MAX(number) FROM letter"));
    EXPECT_INT(THREADS * LETTERS_A_THREAD,
               store_fixture_number(t, "SELECT COUNT(DISTINCT number) FROM letter"));
}
