#include "domain/incentive/case_tell.h"

#include "domain/incentive/case_fixture.h"
#include "domain/news/news_letter.h"

#include <stdlib.h>

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

static void tell_all(struct store_fixture *t)
{
    struct case_telling telling = {&city_fixture()->vocab, book(), case_fixture_practice()};
    int32_t count = 1;
    while (count > 0)
        EXPECT_OK(case_tell_some(&t->env, &telling, &count, &t->fault));
}

static enum err look_step(struct work *w, void *context)
{
    const struct case_try *try = context;
    struct letter *letters, letter;
    int32_t count;
    TRY(news_letter_of_case(w, try->id, &letters, &count));
    EXPECT_INT(1, count);
    EXPECT_INT(LETTER_REFUSAL, letters[0].kind);
    TRY(news_letter_read(w, letters[0].id, &letter));
    EXPECT(str_find(letter.content, STR("证书已被撤销")) != SIZE_MAX);
    EXPECT(str_find(letter.content, STR("《")) != SIZE_MAX);
    return ERR_OK;
}

STORE_TEST(case_tell__writes_a_letter_for_what_is_asked_and_what_is_refused_once)
{
    given_cases(t);
    tell_all(t);
    int64_t asked_count = store_fixture_number(
        t, "SELECT COUNT(*) FROM letter WHERE kind = 2");
    EXPECT_INT(store_fixture_number(t, "SELECT COUNT(*) FROM incentive_case WHERE state = 2"),
               asked_count);
    struct case_try try = {.id = case_in(t, CASE_CHECKED), .act = CASE_DO_REFUSE,
                           .role = ROLE_reviewer, .reason = STR("证书已被撤销")};
    EXPECT_OK(move_as(t, CHEN, &try));
    tell_all(t);
    EXPECT_OK(work_run(&t->env, WORK_READ, look_step, &try, &t->fault));
    tell_all(t);
    EXPECT_INT(asked_count + 1, store_fixture_number(t, "SELECT COUNT(*) FROM letter"));
    EXPECT_INT(asked_count + 1, store_fixture_number(t, "SELECT COUNT(DISTINCT mark) FROM letter"));
}
