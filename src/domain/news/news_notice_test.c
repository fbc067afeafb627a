#include "domain/news/news_notice.h"

#include "base/day.h"
#include "domain/news/news_objection.h"
#include "domain/news/news_serial.h"
#include "registry_fixture.h"
#include "domain/registry/fact_form.h"
#include "store_fixture.h"

#include <pthread.h>
#include <string.h>

/* Monday to Friday, without holidays. */
static const struct calendar weekdays = {NULL, 0};

struct given {
    int64_t person_id, notice_id, objection_id;
    char code[OBJECTION_CODE_SIZE];
};

static enum err a_person(struct work *w, int64_t *ret_id)
{
    char identity[19];
    struct fact_checker checker = {registry_fixture_vocab(), NULL, w->today_day};
    struct fact_form form = {.table = REGISTRY_person};
    struct fact fact;
    struct fact_problems problems;
    enum fact_outcome outcome;
    form.texts[FIELD_person_name] = STR("李小明");
    form.texts[FIELD_person_identity] = str_from(registry_fixture_identity(1, identity));
    form.texts[FIELD_person_division] = STR("370811");
    TRY(fact_form_read(w, &checker, &form, NULL, &fact, &problems));
    TRY(fact_put(w, &fact, &outcome));
    *ret_id = ((const struct record_head *)fact.record)->id;
    return ERR_OK;
}

static struct notice a_notice(void)
{
    return (struct notice){
        .state = NOTICE_OFFERED,
        .division = 370811,
        .title = STR("关于首席技师津贴拟发放人员的公示"),
        .body = STR("根据《实施意见》，现将名单公示。\n联系人李小明，电话0537-2967000。"),
        .issuer = STR("任城区人力资源和社会保障局"),
        .issuer_code = STR("11370811004000000A"),
        .subject = STR("劳动、人事、监察"),
        .openness = STR("主动公开"),
        .made_day = FIXTURE_TODAY_DAY,
        .working_days = 5,
    };
}

static enum err open_step(struct work *w, void *context)
{
    struct given *given = context;
    TRY(a_person(w, &given->person_id));
    struct notice notice = a_notice();
    struct notice_line line = {.record = REGISTRY_person,
                               .owner_id = given->person_id,
                               .holder_id = given->person_id,
                               .unit = STR("济宁重工有限公司"),
                               .item = STR("首席技师津贴"),
                               .amount_fen = 1200000,
                               .case_id = 77};
    return news_notice_open(w, &notice, &line, 1, &given->notice_id);
}

static void as(struct store_fixture *t, int64_t account_id, const char *name)
{
    t->env.actor = (struct actor){account_id, str_from(name)};
}

static void open_notice(struct store_fixture *t, struct given *given)
{
    t->env.secrets = registry_fixture_secrets();
    as(t, 1, "起草");
    EXPECT_OK(work_run(&t->env, WORK_WRITE, open_step, given, &t->fault));
}

static enum err publish_step(struct work *w, void *context)
{
    const struct given *given = context;
    return news_notice_publish(w, &weekdays, NULL, given->notice_id);
}

static enum err decide_findings_step(struct work *w, void *context)
{
    struct given *given = context;
    struct notice notice;
    struct redact_finding *findings;
    int32_t count;
    TRY(news_notice_read(w, given->notice_id, &notice));
    TRY(news_notice_findings(w, &notice, &findings, &count));
    EXPECT_INT(2, count);
    EXPECT_INT(REDACT_PHONE, findings[0].kind);
    EXPECT_INT(REDACT_NAME, findings[1].kind);
    EXPECT_STR("李*明", findings[1].masked);
    EXPECT_ERR(ERR_INPUT, news_notice_keep(w, notice.id, findings[0].found, STR(" ")));
    fault_clear(&w->fault);
    TRY(news_notice_keep(w, notice.id, findings[0].found, STR("本局公开的办公电话")));
    TRY(news_notice_mask(w, notice.id, findings[1].found));
    TRY(news_notice_read(w, given->notice_id, &notice));
    EXPECT(str_find(notice.body, STR("联系人李*明")) != SIZE_MAX);
    TRY(news_notice_findings(w, &notice, &findings, &count));
    EXPECT_INT(1, count);
    EXPECT(findings[0].is_kept);
    EXPECT_STR("审核", findings[0].kept_by);
    return ERR_OK;
}

static void publish(struct store_fixture *t, struct given *given)
{
    open_notice(t, given);
    as(t, 2, "审核");
    EXPECT_OK(work_run(&t->env, WORK_WRITE, decide_findings_step, given, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, publish_step, given, &t->fault));
}

static enum err look_step(struct work *w, void *context)
{
    const struct given *given = context;
    struct notice notice;
    struct notice_line line;
    struct notice_move *moves;
    int32_t count, position;
    TRY(news_notice_read(w, given->notice_id, &notice));
    EXPECT_INT(NOTICE_PUBLISHED, notice.state);
    EXPECT_STR("11370811004000000A/2026-00001", notice.index_number);
    EXPECT_INT(FIXTURE_TODAY_DAY, notice.published_day);
    EXPECT_INT(FIXTURE_TODAY_DAY + 7, notice.last_day); /* Monday: five working days after it */
    EXPECT_INT(1200000, notice.total_fen);
    TRY(news_notice_line(w, given->notice_id, 1, &line));
    EXPECT_STR("李*明", line.name);
    TRY(news_notice_of_case(w, 77, &notice, &position));
    EXPECT_INT(given->notice_id, notice.id);
    EXPECT_INT(1, position);
    TRY(news_notice_history(w, given->notice_id, &moves, &count));
    EXPECT_INT(5, count);
    EXPECT_STR("made", moves[0].move);
    EXPECT_STR("published", moves[4].move);
    EXPECT_STR("审核", moves[4].actor);
    return ERR_OK;
}

STORE_TEST(notice__is_published_with_masked_names_and_its_number)
{
    struct given given = {0};
    publish(t, &given);
    EXPECT_OK(work_run(&t->env, WORK_READ, look_step, &given, &t->fault));
    EXPECT_INT(1, store_fixture_number(
                      t, "SELECT COUNT(*) FROM event WHERE kind = 'notice.published'"));
}

STORE_TEST(notice__is_not_published_by_its_maker_nor_with_open_findings)
{
    struct given given = {0};
    open_notice(t, &given);
    EXPECT_ERR(ERR_NEWS_OWN, work_run(&t->env, WORK_WRITE, publish_step, &given, &t->fault));
    as(t, 2, "审核");
    EXPECT_ERR(ERR_NEWS_REDACT, work_run(&t->env, WORK_WRITE, publish_step, &given, &t->fault));
}

static enum err object_step(struct work *w, void *context)
{
    struct given *given = context;
    struct objection objection = {.notice_id = given->notice_id,
                                  .position = 1,
                                  .name = STR("王五"),
                                  .contact = STR("13812345678"),
                                  .text = STR("此人已离开该单位两年"),
                                  .due_day = FIXTURE_TODAY_DAY + 7};
    return news_objection_add(w, &objection, given->code, &given->objection_id);
}

static enum err end_step(struct work *w, void *context)
{
    return news_notice_end_due(w, context);
}

static int32_t ended(struct store_fixture *t, int32_t today_day)
{
    int32_t count = -1;
    t->env.fixed_today_day = today_day;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, end_step, &count, &t->fault));
    return count;
}

STORE_TEST(notice__ends_the_day_after_its_last_and_not_before)
{
    struct given given = {0};
    publish(t, &given);
    EXPECT_INT(0, ended(t, FIXTURE_TODAY_DAY + 7));
    EXPECT_INT(1, ended(t, FIXTURE_TODAY_DAY + 8));
    EXPECT_INT(0, ended(t, FIXTURE_TODAY_DAY + 9));
}

static enum err answer_step(struct work *w, void *context)
{
    struct given *given = context;
    struct objection objection;
    TRY(news_objection_decide(w, given->objection_id, OBJECTION_UPHELD, STR("经查属实，不予发放")));
    EXPECT_ERR(ERR_NEWS_STATE, news_objection_decide(w, given->objection_id, OBJECTION_REJECTED,
                                                     STR("又看一遍")));
    fault_clear(&w->fault);
    TRY(news_objection_by_code(w, str_from(given->code), &objection));
    EXPECT_INT(OBJECTION_UPHELD, objection.state);
    EXPECT_STR("经查属实，不予发放", objection.answer);
    EXPECT_STR("此人已离开该单位两年", objection.text);
    EXPECT_INT(77, objection.case_id);
    EXPECT_ERR(ERR_NOT_FOUND, news_objection_by_code(w, STR("AAAA-BBBB-CCCC"), &objection));
    EXPECT_ERR(ERR_NOT_FOUND, news_objection_by_code(w, STR("1"), &objection));
    fault_clear(&w->fault);
    return ERR_OK;
}

STORE_TEST(objection__holds_the_notice_until_another_than_the_maker_decides)
{
    struct given given = {0};
    publish(t, &given);
    as(t, 0, "public");
    EXPECT_OK(work_run(&t->env, WORK_WRITE, object_step, &given, &t->fault));
    EXPECT_INT(14, (int)strlen(given.code));
    EXPECT_INT(0, ended(t, FIXTURE_TODAY_DAY + 8));
    as(t, 1, "起草");
    EXPECT_ERR(ERR_NEWS_OWN, work_run(&t->env, WORK_WRITE, answer_step, &given, &t->fault));
    as(t, 2, "审核");
    EXPECT_OK(work_run(&t->env, WORK_WRITE, answer_step, &given, &t->fault));
    EXPECT_INT(1, store_fixture_number(
                      t, "SELECT COUNT(*) FROM event WHERE kind = 'objection.upheld' AND detail "
                         "LIKE '%\"case\":\"77\"%'"));
    EXPECT_INT(1, ended(t, FIXTURE_TODAY_DAY + 8));
}

STORE_TEST(objection__is_taken_on_the_last_day_and_not_after_it)
{
    struct given given = {0};
    publish(t, &given);
    t->env.fixed_today_day = FIXTURE_TODAY_DAY + 7;
    EXPECT_OK(work_run(&t->env, WORK_WRITE, object_step, &given, &t->fault));
    t->env.fixed_today_day = FIXTURE_TODAY_DAY + 8;
    EXPECT_ERR(ERR_NEWS_STATE, work_run(&t->env, WORK_WRITE, object_step, &given, &t->fault));
}

static enum err withdraw_step(struct work *w, void *context)
{
    const struct given *given = context;
    return news_notice_withdraw(w, given->notice_id, STR("名单有误，更正后重新公示"));
}

static enum err withdraw_silently_step(struct work *w, void *context)
{
    const struct given *given = context;
    return news_notice_withdraw(w, given->notice_id, STR("　"));
}

STORE_TEST(notice__is_withdrawn_with_a_reason_and_once)
{
    struct given given = {0};
    publish(t, &given);
    EXPECT_ERR(ERR_INPUT,
               work_run(&t->env, WORK_WRITE, withdraw_silently_step, &given, &t->fault));
    EXPECT_OK(work_run(&t->env, WORK_WRITE, withdraw_step, &given, &t->fault));
    EXPECT_ERR(ERR_NEWS_STATE, work_run(&t->env, WORK_WRITE, withdraw_step, &given, &t->fault));
    EXPECT_INT(1, store_fixture_number(t, "SELECT COUNT(*) FROM notice WHERE state = 5"));
}

/* ---- numbers without gaps */

enum { NUMBERS_A_THREAD = 25, THREADS = 4 };

static enum err number_step(struct work *w, void *context)
{
    int64_t serial;
    const bool *fails = context;
    TRY(news_serial_next(w, STR("test 2026"), &serial));
    return *fails ? fail(w, ERR_INPUT, "given back") : ERR_OK;
}

static void *number_in_thread(void *context)
{
    struct store_fixture *t = context;
    for (int i = 0; i < NUMBERS_A_THREAD; i++) {
        bool fails = i % 5 == 4;
        struct fault fault;
        enum err err = work_run(&t->env, WORK_WRITE, number_step, &fails, &fault);
        EXPECT_INT(fails ? ERR_INPUT : ERR_OK, err);
    }
    return NULL;
}

STORE_TEST(serial__has_no_gaps_when_many_number_at_once_and_some_fail)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        EXPECT_INT(0, pthread_create(&threads[i], NULL, number_in_thread, t));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    EXPECT_INT(THREADS * NUMBERS_A_THREAD * 4 / 5,
               store_fixture_number(t, "SELECT last FROM news_serial WHERE series = 'test 2026'"));
}
