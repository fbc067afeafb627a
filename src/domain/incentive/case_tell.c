#include "domain/incentive/case_tell.h"

#include "base/day.h"
#include "base/money.h"
#include "domain/incentive/case_row.h"
#include "domain/news/news_letter.h"
#include "domain/news/news_message.h"
#include "domain/registry/fact.h"
#include "store/outbox.h"

#include <inttypes.h>

enum {
    EVENTS_A_TURN = 8, /* each may be explained anew: a turn stays within a second */
    VALUES_MAX = 24,
    FACTS_MAX = 12, /* conditions named in a letter */
    ACCOUNT_TAIL = 4,
};

/* Each event told anew may read a whole edition of the policy: some ten megabytes. */
#define TELL_ARENA_SIZE_MAX ((size_t)1 << 30)

/* What a state is told by. */
static const struct {
    enum case_state state;
    enum letter_kind letter; /* 0: none */
    const char *key;         /* of the letter, before the case */
    const char *message;     /* row of catalogue/message.csv; NULL: none */
} tellings[] = {
    {CASE_ASKED, LETTER_QUESTION, "question", "case.question"},
    {CASE_NOTICED, 0, NULL, "case.granted"},
    {CASE_FINANCE, LETTER_GRANT, "grant", NULL},
    {CASE_PAID, 0, NULL, "case.paid"},
    {CASE_RETURNED, 0, NULL, "case.returned"},
    {CASE_REFUSED, LETTER_REFUSAL, "refusal", "case.refused"},
    {CASE_RECOVERING, LETTER_RECOVERY, "recovery", "case.recovery"},
};

struct tale {
    struct work *w;
    const struct case_telling *telling;
    struct incentive_case subject;
    int64_t event_id;
    struct str name, account, facts, missing, reason;
    struct letter_article article;
    bool has_article;
    struct news_value values[VALUES_MAX];
    int32_t value_count;
};

static struct str or_empty(struct str text)
{
    return text.ptr ? text : STR("");
}

/* ---- what is told */

static enum err read_holder(struct tale *tale)
{
    bool is_person = tale->subject.holder_record == CASE_HOLDER_PERSON;
    int32_t table = is_person ? REGISTRY_person : REGISTRY_organisation;
    struct work *w = tale->w;
    struct fact fact;
    struct str account;
    TRY(fact_read(w, table, tale->subject.holder_id, tale->subject.holder_id, &fact));
    if (!is_person) {
        tale->name = ((const struct organisation *)fact.record)->name;
        return ERR_OK;
    }
    tale->name = str_from(text_in(w->arena, "%.*s同志",
                                  STR_ARG(((const struct person *)fact.record)->name)));
    TRY(fact_open_secret(w->arena, w->secrets, &fact, FIELD_person_bank_account, &account,
                         &w->fault));
    if (account.ptr && account.size > ACCOUNT_TAIL)
        tale->account = str_sub(account, account.size - ACCOUNT_TAIL, ACCOUNT_TAIL);
    return ERR_OK;
}

static void take_facts(struct tale *tale, const struct entitlement_explanation *e)
{
    struct arena *arena = tale->w->arena;
    struct text_buf facts;
    text_init(&facts, arena);
    int32_t count = 0;
    for (int32_t i = 0; i < e->explanation->step_count && count < FACTS_MAX; i++) {
        const struct explain_step *step = &e->explanation->steps[i];
        if (step->depth > 0 || step->outcome != TRUTH_YES)
            continue;
        text_add_z(&facts, count++ > 0 ? "；" : "");
        policy_print_expr(&facts, e->policy, step->condition, SPELLING_ZH);
    }
    if (!facts.failed && count > 0)
        tale->facts = str_copy(arena, text_str(&facts));
    struct text_buf missing;
    text_init(&missing, arena);
    for (int32_t i = 0; i < e->explanation->missing_count; i++) {
        const struct explain_fact *fact = &e->explanation->missing[i];
        text_format(&missing, "%s%s的%s", i > 0 ? "、" : "", registry_records[fact->table].label_zh,
                    registry_records[fact->table].fields[fact->field].label_zh);
    }
    if (!missing.failed && missing.size > 0)
        tale->missing = str_copy(arena, text_str(&missing));
}

static void take_article(struct tale *tale, const struct entitlement_explanation *e)
{
    struct arena *arena = tale->w->arena;
    const struct statement *statement = &e->policy->statements[e->explanation->statement];
    const struct article *article = &e->policy->articles[statement->article];
    const struct document *document = &e->policy->documents[statement->document];
    tale->article = (struct letter_article){
        str_from(text_in(arena, "《%.*s》%.*s", STR_ARG(document->title),
                         STR_ARG(article->heading))),
        str_copy(arena, str_trim(article->prose))};
    tale->has_article = tale->article.text.size > 0;
}

/* Under the edition and with the facts of then. When that is not possible any more, the letter
 * speaks of what is registered. */
static enum err explain(struct tale *tale)
{
    struct entitlement_explanation e;
    struct work *w = tale->w;
    if (tale->subject.entitlement_id == 0)
        return ERR_OK;
    enum err err = incentive_explain(w, tale->telling->vocab, tale->subject.entitlement_id, &e);
    if (err != ERR_OK && err_kind(err) == ERR_KIND_BROKEN)
        return err;
    if (err != ERR_OK) {
        fault_clear(&w->fault);
        return ERR_OK;
    }
    take_facts(tale, &e);
    take_article(tale, &e);
    world_free(e.world);
    return ERR_OK;
}

static enum err read_reason(struct tale *tale)
{
    struct case_step *steps;
    int32_t count;
    TRY(case_steps(tale->w, &tale->subject, &steps, &count));
    for (int32_t i = count - 1; i >= 0 && tale->reason.size == 0; i--)
        tale->reason = or_empty(steps[i].reason);
    return ERR_OK;
}

/* ---- as values of a template */

static void add_value(struct tale *tale, const char *name, struct str text)
{
    check(tale->value_count < VALUES_MAX);
    tale->values[tale->value_count++] = (struct news_value){name, or_empty(text)};
}

/* 12,000: the template says 元. */
static struct str amount_words(struct arena *arena, int64_t amount_fen)
{
    struct str words = str_from(money_text_in(arena, amount_fen));
    return str_ends(words, STR("元")) ? str_sub(words, 0, words.size - STR("元").size) : words;
}

static struct str day_words(struct arena *arena, int32_t day)
{
    int32_t year, month, day_of_month;
    if (day == DAY_MAX || day == ABSENT_I32)
        return STR("近期");
    day_to_civil(day, &year, &month, &day_of_month);
    return str_from(text_in(arena, "%d年%d月%d日", (int)year, (int)month, (int)day_of_month));
}

static int32_t practice_of(const struct tale *tale, const char *name)
{
    return case_practice_value(tale->telling->practice, tale->subject.document_number,
                               tale->subject.rule_name, name, 0);
}

static void add_days(struct tale *tale, const char *value, const char *practice)
{
    add_value(tale, value, str_from(text_in(tale->w->arena, "%d",
                                            (int)practice_of(tale, practice))));
}

static void gather_values(struct tale *tale, const struct news_office *office)
{
    struct arena *arena = tale->w->arena;
    const struct incentive_case *subject = &tale->subject;
    int64_t amount_fen = subject->amount_fen == ABSENT_I64 ? 0 : subject->amount_fen;
    int64_t owed_fen = subject->paid_fen > amount_fen ? subject->paid_fen - amount_fen : 0;
    bool is_recovery = subject->state == CASE_RECOVERING;
    int64_t told_fen = is_recovery ? owed_fen : amount_fen;
    add_value(tale, "office", office->name);
    add_value(tale, "item", subject->rule_name);
    add_value(tale, "amount", amount_words(arena, told_fen));
    add_value(tale, "amount_words", str_from(money_capital_in(arena, told_fen)));
    add_value(tale, "paid", amount_words(arena, subject->paid_fen));
    add_value(tale, "due_amount", amount_words(arena, amount_fen));
    add_value(tale, "is_group", subject->holder_record == CASE_HOLDER_PERSON ? STR("") : STR("1"));
    add_value(tale, "has_money", told_fen > 0 ? STR("1") : STR(""));
    add_value(tale, "facts", tale->facts.size > 0 ? tale->facts : STR("已与登记的记录核对"));
    add_value(tale, "missing", tale->missing.size > 0 ? tale->missing : STR("登录后可见的一项"));
    add_value(tale, "reason", tale->reason.size > 0 ? tale->reason : STR("核对的结果见办件页"));
    add_value(tale, "account", tale->account);
    add_value(tale, "due", day_words(arena, subject->due_day));
    add_value(tale, "day", day_words(arena, tale->w->today_day));
    add_days(tale, "correct_days", "letter.correct");
    add_days(tale, "working_days", "notice");
}

/* ---- telling */

static enum err write_letter(struct tale *tale, enum letter_kind kind, const char *key,
                             struct str *ret_mark)
{
    const struct incentive_case *subject = &tale->subject;
    bool is_person = subject->holder_record == CASE_HOLDER_PERSON;
    struct letter letter;
    int64_t id;
    struct letter_request request = {
        .key = str_from(text_in(tale->w->arena, "%s %" PRId64 " %" PRId64, key, subject->id,
                                tale->event_id)),
        .kind = kind,
        .division = subject->division,
        .made_day = tale->w->today_day,
        .person_id = is_person ? subject->holder_id : 0,
        .organisation_id = is_person ? 0 : subject->holder_id,
        .case_id = subject->id,
        .to = tale->name,
        .values = tale->values,
        .value_count = tale->value_count,
        .articles = &tale->article,
        .article_count = tale->has_article,
    };
    TRY(news_letter_make(tale->w, tale->telling->book, &request, &id));
    TRY(news_letter_read(tale->w, id, &letter));
    *ret_mark = letter.mark;
    return ERR_OK;
}

static enum err send_message(struct tale *tale, const char *kind, struct str mark)
{
    int64_t id;
    add_value(tale, "mark", mark);
    struct message_request request = {
        .key = str_from(text_in(tale->w->arena, "%s %" PRId64, kind, tale->event_id)),
        .kind = kind,
        .person_id = tale->subject.holder_id,
        .case_id = tale->subject.id,
        .values = tale->values,
        .value_count = tale->value_count,
    };
    return news_message_queue(tale->w, tale->telling->book, &request, &id);
}

static enum err tell(struct work *w, const struct case_telling *telling,
                     const struct event *event, size_t t)
{
    struct tale tale = {.w = w, .telling = telling, .event_id = event->id};
    struct str mark = STR("");
    TRY(case_read(w, &case_program, event->subject_id, &tale.subject));
    const struct news_office *office = news_office_of(telling->book, tale.subject.division);
    if (tale.subject.state != tellings[t].state || !office) /* it went on: the next move tells */
        return ERR_OK;
    TRY(read_holder(&tale));
    if (tellings[t].letter != 0)
        TRY(explain(&tale));
    TRY(read_reason(&tale));
    gather_values(&tale, office);
    if (tellings[t].letter != 0)
        TRY(write_letter(&tale, tellings[t].letter, tellings[t].key, &mark));
    bool is_person = tale.subject.holder_record == CASE_HOLDER_PERSON;
    return tellings[t].message && is_person ? send_message(&tale, tellings[t].message, mark)
                                            : ERR_OK;
}

/* -1: a kind of event that nobody is told of. */
static int telling_of(struct str kind)
{
    if (!str_starts(kind, STR("case.")))
        return -1;
    struct str key = str_sub(kind, STR("case.").size, kind.size);
    for (size_t t = 0; t < sizeof tellings / sizeof tellings[0]; t++)
        if (str_equal_text(key, case_states[tellings[t].state].key))
            return (int)t;
    return -1;
}

static enum err tell_step(struct work *w, const struct event *events, int32_t event_count,
                          void *context)
{
    const struct case_telling *telling = context;
    for (int32_t i = 0; i < event_count; i++) {
        int t = telling_of(events[i].kind);
        if (t < 0)
            continue;
        enum err err = tell(w, telling, &events[i], (size_t)t);
        if (err == ERR_NOT_FOUND) /* the case or its holder is gone */
            fault_clear(&w->fault);
        else
            TRY(err);
    }
    return ERR_OK;
}

enum err case_tell_some(struct work_env *env, const struct case_telling *telling,
                        int32_t *ret_event_count, struct fault *fault)
{
    struct case_telling copy = *telling;
    struct work_env own = *env;
    own.arena_limit_size = TELL_ARENA_SIZE_MAX;
    return outbox_run(&own, STR("case_tell"), EVENTS_A_TURN, tell_step, &copy, ret_event_count,
                      fault);
}
