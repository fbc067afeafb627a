#include "domain/incentive/incentive_draft.h"

#include "base/id.h"
#include "incentive_fixture.h"
#include "store_fixture.h"

enum { CHEN = 1, LI = 2, WANG = 3, TODAY = FIXTURE_TODAY_DAY };

/* One act of one person, each in a unit of work of its own. */
struct acting {
    int64_t id;
    struct draft_given given;
    enum draft_act act;
    int32_t known_version, version;
    struct str words;
    int32_t day;
    int64_t policy_version;
    struct draft draft;
    bool is_replaced; /* of the documents in force on the day */
    struct arena arena;
};

static struct id_source ids;

static void prepare(struct store_fixture *t, struct acting *a)
{
    *a = (struct acting){.day = TODAY};
    arena_init(&a->arena, 16 << 20);
    id_source_init_fixed(&ids, 1, FIXTURE_NOW_MS);
    t->env.ids = &ids;
}

static enum err as(struct store_fixture *t, int64_t account_id, work_step *step, void *context)
{
    t->env.actor = (struct actor){account_id, STR("某人")};
    return work_run(&t->env, WORK_WRITE, step, context, &t->fault);
}

static const struct policy_source *jining(void)
{
    return &incentive_fixture_policy("policy/jining")->sources[0];
}

/* The document with one phrase written otherwise. */
static struct str body_with(struct arena *arena, const char *before, const char *after)
{
    struct str text = jining()->text;
    size_t at = str_find(text, str_from(before));
    EXPECT(at != SIZE_MAX);
    struct text_buf *buf = text_new(arena);
    text_add(buf, str_sub(text, 0, at));
    text_add_z(buf, after);
    text_add(buf, str_sub(text, at + strlen(before), SIZE_MAX));
    return text_str(buf);
}

static struct str better_body(struct acting *a)
{
    return body_with(&a->arena, "标题: 关于", "标题: 修订：关于");
}

static enum err new_step(struct work *w, void *context)
{
    struct acting *a = context;
    return draft_new(w, &a->given, &a->id);
}

static enum err edit_step(struct work *w, void *context)
{
    struct acting *a = context;
    return draft_edit(w, a->id, a->known_version, &a->given, &a->version);
}

static enum err move_step(struct work *w, void *context)
{
    struct acting *a = context;
    return draft_move(w, a->id, a->act, a->words);
}

static enum err approve_step(struct work *w, void *context)
{
    struct acting *a = context;
    struct draft_base base = {&city_fixture()->vocab, jining(), 1};
    struct findings findings = {.arena = w->arena};
    return draft_approve(w, &base, a->id, STR("同意"), &findings);
}

static enum err look_step(struct work *w, void *context)
{
    struct acting *a = context;
    struct policy_source *sources;
    int32_t source_count;
    TRY(enactment_version(w, a->day, &a->policy_version));
    TRY(enactment_sources(w, w->arena, jining(), 1, a->day, &sources, &source_count));
    EXPECT_INT(1, source_count);
    a->is_replaced = !str_equal(sources[0].text, jining()->text);
    TRY(draft_read(w, a->id, &a->draft));
    return ERR_OK;
}

static void given_draft(struct store_fixture *t, struct acting *a, int32_t from_day)
{
    a->given = (struct draft_given){.kind = DRAFT_TEXT, .path = jining()->path,
                                    .body = better_body(a), .from_day = from_day,
                                    .reason = STR("试点")};
    EXPECT_OK(as(t, CHEN, new_step, a));
}

static void submitted(struct store_fixture *t, struct acting *a)
{
    a->act = DRAFT_SUBMIT;
    EXPECT_OK(as(t, CHEN, move_step, a));
}

TEST(draft_allows__only_the_moves_of_its_table)
{
    static const char *const allowed[DRAFT_STATE_COUNT] = {
        [DRAFT_OPEN] = "esd", [DRAFT_SUBMITTED] = "car", [DRAFT_ENACTED] = "",
        [DRAFT_RETURNED] = "esd", [DRAFT_DROPPED] = ""};
    static const char letters[DRAFT_ACT_COUNT] = {
        [DRAFT_EDIT] = 'e', [DRAFT_SUBMIT] = 's', [DRAFT_RECALL] = 'c',
        [DRAFT_APPROVE] = 'a', [DRAFT_RETURN] = 'r', [DRAFT_DROP] = 'd'};
    for (int from = DRAFT_OPEN; from < DRAFT_STATE_COUNT; from++)
        for (int act = 0; act < DRAFT_ACT_COUNT; act++)
            EXPECT(draft_allows((enum draft_state)from, (enum draft_act)act) ==
                   (strchr(allowed[from], letters[act]) != NULL));
}

STORE_TEST(draft__is_in_force_from_its_day_when_another_approves_it)
{
    struct acting a;
    prepare(t, &a);
    given_draft(t, &a, TODAY + 10);
    submitted(t, &a);
    EXPECT_ERR(ERR_OWN_DRAFT, as(t, CHEN, approve_step, &a));
    EXPECT_OK(as(t, LI, approve_step, &a));
    a.day = TODAY + 9; /* the last day of the former text */
    EXPECT_OK(as(t, LI, look_step, &a));
    EXPECT_INT(0, a.policy_version);
    EXPECT(!a.is_replaced);
    a.day = TODAY + 10;
    EXPECT_OK(as(t, LI, look_step, &a));
    EXPECT_INT(1, a.policy_version);
    EXPECT(a.is_replaced);
    EXPECT(a.draft.state == DRAFT_ENACTED);
    EXPECT_ERR(ERR_DRAFT_STATE, as(t, LI, approve_step, &a));
    arena_done(&a.arena);
}

STORE_TEST(draft__of_a_day_gone_by_is_in_force_from_today)
{
    struct acting a;
    prepare(t, &a);
    given_draft(t, &a, TODAY - 40);
    submitted(t, &a);
    EXPECT_OK(as(t, LI, approve_step, &a));
    a.day = TODAY - 1;
    EXPECT_OK(as(t, LI, look_step, &a));
    EXPECT(!a.is_replaced);
    a.day = TODAY;
    EXPECT_OK(as(t, LI, look_step, &a));
    EXPECT(a.is_replaced);
    arena_done(&a.arena);
}

STORE_TEST(draft__is_not_decided_by_whoever_wrote_one_of_its_texts)
{
    struct acting a;
    prepare(t, &a);
    given_draft(t, &a, TODAY);
    a.known_version = 1;
    EXPECT_OK(as(t, LI, edit_step, &a));
    EXPECT_INT(2, a.version);
    submitted(t, &a);
    EXPECT_ERR(ERR_OWN_DRAFT, as(t, LI, approve_step, &a));
    a.act = DRAFT_RETURN;
    EXPECT_ERR(ERR_OWN_DRAFT, as(t, CHEN, move_step, &a));
    a.words = STR("金额没有依据");
    EXPECT_OK(as(t, WANG, move_step, &a));
    EXPECT_OK(as(t, WANG, look_step, &a));
    EXPECT(a.draft.state == DRAFT_RETURNED);
    EXPECT(!a.is_replaced);
    arena_done(&a.arena);
}

STORE_TEST(draft_edit__refuses_what_was_written_over_meanwhile)
{
    struct acting a;
    prepare(t, &a);
    given_draft(t, &a, TODAY);
    a.known_version = 1;
    EXPECT_OK(as(t, CHEN, edit_step, &a));
    EXPECT_ERR(ERR_DRAFT_STALE, as(t, LI, edit_step, &a));
    a.known_version = 2;
    EXPECT_OK(as(t, LI, edit_step, &a));
    a.given.body = body_with(&a.arena, "文号: ", "文号: 另");
    a.known_version = 3;
    EXPECT_ERR(ERR_INPUT, as(t, LI, edit_step, &a));
    arena_done(&a.arena);
}

STORE_TEST(draft_approve__refuses_a_text_with_errors)
{
    struct acting a;
    prepare(t, &a);
    given_draft(t, &a, TODAY);
    a.given.body = body_with(&a.arena, "施行: 2022-08-22", "施行: 某日");
    a.known_version = 1;
    EXPECT_OK(as(t, CHEN, edit_step, &a));
    submitted(t, &a);
    EXPECT_ERR(ERR_POLICY, as(t, LI, approve_step, &a));
    EXPECT_OK(as(t, LI, look_step, &a));
    EXPECT(a.draft.state == DRAFT_SUBMITTED);
    EXPECT_INT(0, a.policy_version);
    arena_done(&a.arena);
}

TEST(draft_repeal_text__writes_the_last_day_once)
{
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct fault fault;
    struct str body;
    EXPECT_OK(draft_repeal_text(&arena, STR("---\n文号: a\n失效: 2030-01-01\n---\n正文\n"),
                                TODAY, &body, &fault));
    EXPECT_STR("---\n文号: a\n失效: 2026-03-01\n---\n正文\n", body);
    arena_done(&arena);
}
