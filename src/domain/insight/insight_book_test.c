/* Books of figures: they say what the evaluator says, add up by division, and stay as they were. */
#include "domain/insight/insight_book.h"

#include "base/day.h"
#include "base/record.h"
#include "domain/city/city_fixture.h"
#include "domain/registry/registry_facts.h"
#include "registry_fixture.h"
#include "store/db.h"
#include "store_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PEOPLE = 1200, SEED = 29, AS_OF_DAY = 19722 }; /* 2023-12-31 */

static struct arena arena;
static struct incentive_policy policy;
static const struct book_scope whole_city = {.is_city = true};

static void given_city(struct store_fixture *t)
{
    arena_done(&arena);
    arena_init(&arena, (size_t)512 << 20);
    t->env.secrets = registry_fixture_secrets();
    const struct city_plan *plan = city_fixture_plan("jining", PEOPLE, SEED);
    EXPECT_OK(city_fill(&t->env, plan, (struct city_progress){NULL, NULL}, &t->fault));
    struct city_fixture *city = city_fixture();
    char path[600];
    snprintf(path, sizeof path, "%s/policy", getenv("BAIGONG_SOURCE_ROOT"));
    struct findings findings = {.arena = &arena};
    EXPECT_OK(
        incentive_policy_read(&arena, &city->vocab, path, &policy, &findings, &city->fault));
}

static int64_t count(struct store_fixture *t)
{
    struct insight_board board;
    char path[600];
    snprintf(path, sizeof path, "%s/catalogue/board.csv", getenv("BAIGONG_SOURCE_ROOT"));
    EXPECT_OK(insight_board_read(&arena, path, &board, &t->fault));
    EXPECT(board.row_count > 0);
    int64_t id = 0;
    EXPECT_OK(insight_book_count(&t->env, &city_fixture()->vocab, &policy, &board, AS_OF_DAY, &id,
                                 &t->fault));
    return id;
}

struct reading {
    int64_t id;
    struct book_scope scope;
    struct book_head head;
    struct book_line *lines;
    int32_t line_count;
    struct book_place *places; /* of line */
    int32_t line, place_count;
    bool is_whole;
};

static enum err read_step(struct work *w, void *context)
{
    struct reading *reading = context;
    struct arena *own = w->arena;
    w->arena = &arena; /* outlives the unit of work */
    TRY(insight_book_read(w, reading->id, &reading->head));
    TRY(insight_book_lines(w, reading->head.id, &reading->scope, &reading->lines,
                           &reading->line_count));
    TRY(insight_book_places(w, reading->head.id, reading->line, &reading->places,
                            &reading->place_count));
    TRY(insight_book_check(w, reading->head.id, &reading->is_whole));
    w->arena = own;
    return ERR_OK;
}

static struct reading read_book(struct store_fixture *t, int64_t id, struct book_scope scope,
                                int32_t line)
{
    struct reading reading = {.id = id, .scope = scope, .line = line};
    EXPECT_OK(work_run(&t->env, WORK_READ, read_step, &reading, &t->fault));
    return reading;
}

STORE_TEST(insight_book_count__says_what_the_evaluator_says)
{
    given_city(t);
    struct reading book = read_book(t, count(t), whole_city, 0);
    EXPECT_INT(AS_OF_DAY, book.head.as_of_day);
    EXPECT_INT(PEOPLE, book.head.person_count);
    struct insight_request request = {.as_of_day = AS_OF_DAY,
                                      .known_at_ms = book.head.known_at_ms};
    struct target_state *states;
    int32_t state_count;
    EXPECT_OK(insight_targets(&t->env, &city_fixture()->vocab, &policy, &request, &arena, &states,
                              &state_count, &t->fault));
    EXPECT(state_count > 10);
    int32_t target_count = 0;
    for (int32_t i = 0; i < book.line_count; i++) {
        if (book.lines[i].kind != BOOK_TARGET)
            continue;
        const struct target_state *state = &states[target_count++];
        EXPECT(str_equal(policy.policy->statements[state->statement].name, book.lines[i].name));
        EXPECT_INT(state->actual.numerator, book.lines[i].figure.numerator);
        EXPECT_INT(state->actual.denominator, book.lines[i].figure.denominator);
        EXPECT_INT(state->met, book.lines[i].is_met);
    }
    EXPECT_INT(state_count, target_count);
}

STORE_TEST(insight_book__comes_to_the_figure_over_its_divisions)
{
    given_city(t);
    int64_t id = count(t);
    struct reading book = read_book(t, id, whole_city, 0);
    const struct book_scope everywhere = {.division_min = 0, .division_max = INT32_MAX};
    struct reading sums = read_book(t, id, everywhere, 0);
    int32_t split_count = 0;
    EXPECT_INT(book.line_count, sums.line_count);
    for (int32_t i = 0; i < book.line_count; i++) {
        struct reading one = read_book(t, id, whole_city, i + 1);
        if (one.place_count == 0)
            continue;
        EXPECT_INT(book.lines[i].figure.numerator, sums.lines[i].figure.numerator);
        EXPECT_INT(book.lines[i].figure.denominator, sums.lines[i].figure.denominator);
        split_count++;
    }
    EXPECT(split_count > book.line_count / 2);
}

/* What a county adds is counted in no other county. */
STORE_TEST(insight_book_lines__of_two_halves_come_to_the_whole)
{
    given_city(t);
    int64_t id = count(t);
    struct reading book = read_book(t, id, (struct book_scope){.division_max = INT32_MAX}, 0);
    struct reading low = read_book(t, id, (struct book_scope){.division_max = 370811}, 0);
    struct reading high = read_book(
        t, id, (struct book_scope){.division_min = 370812, .division_max = INT32_MAX}, 0);
    int64_t low_count = 0, high_count = 0;
    for (int32_t i = 0; i < book.line_count; i++) {
        EXPECT_INT(book.lines[i].figure.numerator,
                   low.lines[i].figure.numerator + high.lines[i].figure.numerator);
        low_count += low.lines[i].figure.numerator;
        high_count += high.lines[i].figure.numerator;
    }
    EXPECT(low_count > 0 && high_count > 0);
}

STORE_TEST(insight_book_names__are_as_many_as_the_figure)
{
    given_city(t);
    struct reading book = read_book(t, count(t), whole_city, 0);
    int32_t checked = 0;
    for (int32_t i = 0; i < book.line_count; i++) {
        const struct book_line *line = &book.lines[i];
        if (line->kind != BOOK_INDICATOR || line->unit != UNIT_PERSONS ||
            line->figure.numerator == 0)
            continue;
        int64_t after_id = 0, name_count = 0;
        struct book_names names = {.has_more = true};
        while (names.has_more) {
            EXPECT_OK(insight_book_names(&t->env, &city_fixture()->vocab, &policy, &book.head,
                                         line, &whole_city, after_id, 100, &arena, &names,
                                         &t->fault));
            EXPECT(names.id_count > 0 && names.ids[0] > after_id);
            after_id = names.ids[names.id_count - 1];
            name_count += names.id_count;
        }
        EXPECT_INT(line->figure.numerator, name_count);
        if (++checked == 3)
            break;
    }
    EXPECT_INT(3, checked);
}

/* ---- reports */

static enum err freeze_step(struct work *w, void *context)
{
    const int64_t *id = context;
    return insight_book_freeze(w, *id, STR("二〇二三年年报"));
}

static enum err publish_step(struct work *w, void *context)
{
    const int64_t *id = context;
    return insight_book_publish(w, *id);
}

static enum err public_step(struct work *w, void *context)
{
    struct book_head head;
    TRY(insight_book_public(w, &head));
    *(int64_t *)context = head.id;
    return ERR_OK;
}

STORE_TEST(insight_book_count__replaces_the_month_but_never_a_report)
{
    given_city(t);
    int64_t first = count(t), second = count(t);
    struct reading gone = {.id = first, .scope = whole_city};
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, read_step, &gone, &t->fault));
    t->env.actor.account_id = 7;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, freeze_step, &second, &t->fault));
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, freeze_step, &second, &t->fault));
    int64_t third = count(t);
    EXPECT_INT(third, read_book(t, 0, whole_city, 0).head.id);
    struct reading report = read_book(t, second, whole_city, 0);
    EXPECT(report.is_whole);
    EXPECT_STR("二〇二三年年报", report.head.title);
    EXPECT_INT(7, report.head.frozen_by);
}

STORE_TEST(insight_book_publish__needs_another_than_who_froze_it)
{
    given_city(t);
    int64_t id = count(t), shown = 0;
    t->env.actor.account_id = 7;
    EXPECT_ERR(ERR_INPUT, work_run(&t->env, WORK_WRITE, publish_step, &id, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, freeze_step, &id, &t->fault));
    EXPECT_ERR(ERR_FORBIDDEN, work_run(&t->env, WORK_WRITE, publish_step, &id, &t->fault));
    EXPECT_ERR(ERR_NOT_FOUND, work_run(&t->env, WORK_READ, public_step, &shown, &t->fault));
    t->env.actor.account_id = 8;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, publish_step, &id, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_READ, public_step, &shown, &t->fault));
    EXPECT_INT(id, shown);
}

static enum err tamper_step(struct work *w, void *context)
{
    const int64_t *id = context;
    return db_script(w->db,
                     text_in(w->arena,
                             "UPDATE insight_line SET numerator = numerator + 1 "
                             "WHERE book_id = %lld AND line = 1",
                             (long long)*id),
                     &w->fault);
}

STORE_TEST(insight_book_check__sees_a_figure_that_was_changed)
{
    given_city(t);
    int64_t id = count(t);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, freeze_step, &id, &t->fault));
    EXPECT(read_book(t, id, whole_city, 0).is_whole);
    EXPECT_OK(work_run(&t->env, WORK_WRITE, tamper_step, &id, &t->fault));
    EXPECT(!read_book(t, id, whole_city, 0).is_whole);
}

static enum err read_text(enum err (*read)(struct arena *arena, const char *path,
                                           struct insight_board *board, struct fault *fault),
                          const char *text, struct insight_board *board, struct fault *fault)
{
    char path[] = "/tmp/baigong_test_board_XXXXXX";
    int file = mkstemp(path);
    EXPECT(file >= 0);
    EXPECT_INT((int64_t)strlen(text), write(file, text, strlen(text)));
    close(file);
    enum err err = read(&arena, path, board, fault);
    unlink(path);
    return err;
}

TEST(insight_board_read__says_the_line_that_is_wrong)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "第1行：表头应为"},
        {"indicator,period\n全国培训人次,week\n", "第2行第2列：周期“week”"},
        {"indicator,period\n全国培训人次\n", "第2行：应为 indicator,period"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct insight_board board;
        struct fault fault = {0};
        EXPECT_ERR(ERR_CATALOGUE, read_text(insight_board_read, cases[i].text, &board, &fault));
        EXPECT(strstr(fault.message, cases[i].message) != NULL);
    }
}

TEST(insight_tiles_read__keeps_places_and_says_the_line_that_is_wrong)
{
    struct insight_board board = {0};
    struct fault fault = {0};
    EXPECT_OK(read_text(insight_tiles_read, "division,row,column,label\n370811,2,3,任城区\n",
                        &board, &fault));
    EXPECT_INT(1, board.tile_count);
    EXPECT_INT(370811, board.tiles[0].division);
    EXPECT_INT(3, board.tiles[0].column);
    EXPECT_STR("任城区", board.tiles[0].label);
    EXPECT_ERR(ERR_CATALOGUE,
               read_text(insight_tiles_read, "division,row,column,label\n370811,0,3,任城区\n",
                         &board, &fault));
    EXPECT(strstr(fault.message, "第2行") != NULL);
    EXPECT_ERR(ERR_CATALOGUE,
               read_text(insight_tiles_read, "division,row,column,label\n370811,1,3,\n", &board,
                         &fault));
}
