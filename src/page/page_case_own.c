#include "base/money.h"
#include "domain/incentive/case_money.h"
#include "domain/incentive/case_open.h"
#include "domain/registry/fact.h"
#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_case.h"
#include "page/page_rule.h"
#include "page/page_submission.h"

#include <inttypes.h>

/* Cases as those see them whom they concern: where each is, withdrawing, appealing, applying. */

enum { OWN_ROWS = 100 };

static bool is_person(const struct page *page)
{
    return page_may(page, PERM_OWN_PERSON);
}

static int64_t own_id(const struct page *page)
{
    return is_person(page) ? page->session.account.person_id
                           : page->session.account.organisation_id;
}

static const char *own_path(const struct page *page)
{
    return is_person(page) ? "/my/cases" : "/our/cases";
}

/* What they may do themselves. */
static enum err add_own_acts(struct page *page, struct doc *row, const struct case_actor *actor,
                             const struct incentive_case *subject)
{
    struct doc *list = doc_add_list(row, "acts");
    for (int32_t i = 0; i < case_move_count; i++) {
        const struct case_move_desc *move = &case_moves[i];
        if (move->from != subject->state || move->by != CASE_BY_OWN ||
            case_allows(actor, page->session.account.id, subject, move->act) != ERR_OK)
            continue;
        struct doc *act = doc_add_object(list, NULL);
        doc_add_text_z(act, "act", case_acts[move->act].key);
        doc_page_text(act, "words", page_case_act_words(page, move->act));
    }
    return ERR_OK;
}

/* The last words that were written to them. */
static enum err add_last_words(struct page *page, struct doc *row,
                               const struct incentive_case *subject)
{
    struct case_step *steps;
    int32_t count;
    TRY(case_steps(page->w, subject, &steps, &count));
    for (int32_t i = count - 1; i >= 0; i--) {
        bool is_told = steps[i].act == CASE_DO_ASK || steps[i].act == CASE_DO_REFUSE ||
                       steps[i].act == CASE_DO_REJECT;
        if (!is_told || steps[i].reason.size == 0)
            continue;
        doc_add_text(row, "words", steps[i].reason);
        return ERR_OK;
    }
    return ERR_OK;
}

enum err page_case_own(struct page *page)
{
    struct case_actor actor;
    struct incentive_case *cases;
    int32_t count;
    TRY(case_actor_of(page->w, &page->session, &actor));
    TRY(case_list_of(page->w, own_id(page), 0, OWN_ROWS, &cases, &count));
    struct doc *list = doc_add_list(page->doc, "cases");
    for (int32_t i = 0; i < count; i++) {
        struct doc *row = doc_add_object(list, NULL);
        TRY(page_add_case(page, row, &cases[i]));
        TRY(add_last_words(page, row, &cases[i]));
        TRY(add_own_acts(page, row, &actor, &cases[i]));
        doc_page_bool(row, "is_asked", cases[i].state == CASE_ASKED);
        doc_page_text(row, "why_href",
                      doc_format(row, "%s/%" PRId64, is_person(page) ? "/my/money" : "/our/found",
                                 cases[i].entitlement_id));
        doc_page_bool(row, "has_why", cases[i].entitlement_id != 0);
    }
    doc_page_bool(page->doc, "has_cases", count > 0);
    doc_page_z(page->doc, "path", own_path(page));
    page_title(page, page_say(page, "我的办件"));
    return ERR_OK;
}

enum err page_case_own_act(struct page *page)
{
    struct case_setting setting = page_case_setting(page);
    struct case_actor actor;
    struct str say = page_field(page, "say");
    struct case_order order = {.act = case_act_by_key(page_field(page, "act")),
                               .reason = say.ptr ? say : STR("")};
    int64_t id;
    TRY(page_id(page, "id", &id));
    TRY(case_actor_of(page->w, &page->session, &actor));
    TRY(case_read(page->w, &actor, id, &order.subject));
    const struct case_move_desc *move = case_move_of(order.subject.state, order.act);
    if (move && move->flags & CASE_WORDS && str_trim(order.reason).size == 0)
        page_field_error(page, "say", "请写明理由");
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        TRY(page_case_own(page));
        return err;
    }
    TRY(case_decide(page->w, &setting, &actor, &order));
    TRY(page_audit(page, "case.own", "case", id, str_from(case_acts[order.act].key)));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", id);
    doc_add_text_z(page->doc, "state", case_states[order.subject.state].key);
    return page_see(page, doc_format(page->doc, "%s?done=saved", own_path(page)));
}

/* ---- applying ---- */

static bool is_for(const struct page *page, const struct statement *statement)
{
    if (statement->kind != STATEMENT_GRANT)
        return false;
    int32_t root = is_person(page) ? (int32_t)REGISTRY_person : (int32_t)REGISTRY_organisation;
    return statement->as.rule->subject == root;
}

enum err page_case_apply_form(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct str typed = page_field(page, "rule");
    struct doc *list = doc_page_list(page->doc, "rules");
    FOR_GROUP(policy, GROUP_DECIDES, s)
    {
        const struct statement *statement = &policy->statements[s];
        if (!is_for(page, statement) || !statement_holds_on(policy, statement, page->w->today_day))
            continue;
        struct doc *row = doc_add_object(list, NULL);
        doc_page_text(row, "name", statement->name);
        doc_page_bool(row, "is_chosen", str_equal(typed, statement->name));
    }
    doc_page_z(page->doc, "path", own_path(page));
    doc_page_text(page->doc, "typed", page_field(page, "say"));
    page_title(page, page_say(page, "申请一项待遇"));
    return ERR_OK;
}

static enum err division_of_own(struct page *page, int32_t *ret_division)
{
    struct fact fact;
    int32_t table = is_person(page) ? (int32_t)REGISTRY_person : (int32_t)REGISTRY_organisation;
    TRY(fact_read(page->w, table, own_id(page), own_id(page), &fact));
    *ret_division = is_person(page)
                        ? ((const struct person *)(const void *)fact.record)->division
                        : ((const struct organisation *)(const void *)fact.record)->division;
    return ERR_OK;
}

enum err page_case_apply(struct page *page)
{
    const struct policy *policy = page_policy_of(page);
    struct str rule = page_field(page, "rule"), say = page_field(page, "say");
    int32_t s = rule.ptr ? policy_statement(policy, rule) : -1;
    int64_t id;
    if (s < 0 || !is_for(page, &policy->statements[s]))
        page_field_error(page, "rule", "请选一项");
    if (page->error_count > 0) {
        enum err err = page_refuse_form(page);
        TRY(page_case_apply_form(page));
        return err;
    }
    struct case_application application = {
        .document_number = policy->documents[policy->statements[s].document].number,
        .rule_name = rule,
        .holder_id = own_id(page),
        .subject_id = own_id(page),
        .holder_record = is_person(page) ? 1 : 2,
        .words = say.ptr ? say : STR(""),
    };
    TRY(division_of_own(page, &application.division));
    TRY(case_apply(page->w, page_options_of(page)->case_practice, &application, &id));
    TRY(page_audit(page, "case.applied", "case", id, rule));
    page_tasks_changed(page);
    doc_add_id(page->doc, "id", id);
    return page_see(page, doc_format(page->doc, "%s?done=saved", own_path(page)));
}
