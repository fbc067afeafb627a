#include "domain/insight/whatif_show.h"

#include "base/clock.h"
#include "policy/difference.h"
#include "policy/front_matter.h"
#include "policy/scalar.h"

#include <string.h>

/* What a draft is made of, and what it says otherwise. */

static enum policy_spelling spelling_of(const struct whatif_show *show)
{
    return show->is_zh ? SPELLING_ZH : SPELLING_EN;
}

static const char *say(const struct whatif_show *show, const char *zh, const char *en)
{
    return show->is_zh ? zh : en;
}

/* ---- settings */

static enum err refuse_setting(const struct whatif_show *show, enum err code, struct str text,
                               const struct override_error *error, struct fault *fault)
{
    if (code != ERR_POLICY)
        return code;
    int side = show->is_zh ? 0 : 1;
    fault_set(fault, ERR_POLICY, "%.*s%s%.*s", STR_ARG(text), say(show, "：", ": "),
              STR_ARG(error->message[side]));
    return fault_hint(fault, "%.*s", STR_ARG(error->hint[side]));
}

static struct str value_on(const struct whatif_show *show, const struct policy *policy,
                           const struct policy_setting *setting)
{
    const struct parameter *parameter = policy->statements[setting->statement].as.parameter;
    const struct parameter_row *row = parameter_row_on(parameter, show->as_of_day);
    struct text_buf buf;
    text_init(&buf, show->arena);
    enum policy_spelling spelling = spelling_of(show);
    for (int32_t i = 0; row && i < row->value_count; i++) {
        bool is_meant = !setting->has_key || (row->keys && row->keys[i] == setting->key);
        if (!is_meant)
            continue;
        text_add_z(&buf, buf.size > 0 ? say(show, "、", ", ") : "");
        if (row->keys) {
            policy_print_value(&buf, policy, (struct type){TYPE_ENUM, parameter->key_enum},
                               row->keys[i], spelling);
            text_add_byte(&buf, ' ');
        }
        policy_print_value(&buf, policy, parameter->type, row->values[i], spelling);
    }
    return text_str(&buf);
}

static struct str place_of(const struct whatif_show *show, const struct policy *policy,
                           const struct statement *named)
{
    return str_from(text_in(show->arena, "%.*s　%.*s",
                            STR_ARG(policy->articles[named->article].heading),
                            STR_ARG(named->name)));
}

static enum err apply_settings(const struct whatif_show *show, const struct whatif_given *given,
                               struct whatif_draft *draft, struct fault *fault)
{
    struct policy *policy = draft->policy.policy;
    for (int32_t i = 0; i < given->setting_count; i++) {
        struct policy_setting setting;
        struct override_error error;
        enum err err = policy_read_setting(show->arena, policy, given->settings[i], &setting,
                                           &error, fault);
        if (err != ERR_OK)
            return refuse_setting(show, err, given->settings[i], &error, fault);
        struct whatif_edit *edit = &draft->edits[draft->edit_count++];
        edit->place = place_of(show, policy, &policy->statements[setting.statement]);
        edit->before = value_on(show, policy, &setting);
        if (!policy_apply_setting(show->arena, policy, &setting))
            return fault_set(fault, ERR_MEMORY, "no memory for a setting");
        edit->after = value_on(show, policy, &setting);
    }
    return ERR_OK;
}

/* A budget supposed holds for the policy in force and for the draft alike. */
enum err whatif_suppose_budgets(struct whatif_show *show, struct policy *policy,
                                const struct str *budgets, int32_t budget_count,
                                struct fault *fault)
{
    for (int32_t i = 0; i < budget_count; i++) {
        struct policy_setting setting;
        struct override_error error;
        enum err err =
            policy_read_budget(show->arena, policy, budgets[i], &setting, &error, fault);
        if (err != ERR_OK)
            return refuse_setting(show, err, budgets[i], &error, fault);
        if (!policy_apply_setting(show->arena, policy, &setting))
            return fault_set(fault, ERR_MEMORY, "no memory for a budget");
    }
    return ERR_OK;
}

/* ---- documents */

/* The documents in force with those of the draft in the place of their numbers. */
static enum err lay_over(const struct whatif_show *show, const struct whatif_given *given,
                         struct incentive_policy *ret_sources, struct fault *fault)
{
    const struct incentive_policy *base = show->base;
    size_t count_max = (size_t)given->own_count + (size_t)base->source_count;
    struct policy_source *all = ARENA_NEW_ARRAY(show->arena, struct policy_source, count_max);
    if (!all)
        return fault_set(fault, ERR_MEMORY, "no memory for the draft");
    int32_t count = 0;
    for (int32_t i = 0; i < base->source_count; i++) {
        struct str number = base->policy->documents[i].number;
        bool replaced = false;
        for (int32_t k = 0; k < given->own_count && !replaced; k++)
            replaced = str_equal(number, front_matter_number(given->own[k].text));
        if (!replaced)
            all[count++] = base->sources[i];
    }
    if (given->own_count > 0)
        memcpy(all + count, given->own, (size_t)given->own_count * sizeof *given->own);
    ret_sources->sources = all;
    ret_sources->source_count = count + given->own_count;
    return ERR_OK;
}

/* The statements of documents whose text the other edition does not have. */
static enum err changed_part(const struct whatif_show *show, const struct policy *policy,
                             const struct policy *other, struct policy *ret_part,
                             struct fault *fault)
{
    *ret_part = *policy;
    ret_part->statement_count = 0;
    ret_part->statements =
        ARENA_NEW_ARRAY(show->arena, struct statement, (size_t)policy->statement_count);
    if (!ret_part->statements)
        return fault_set(fault, ERR_MEMORY, "no memory for the changes");
    for (int32_t i = 0; i < policy->statement_count; i++) {
        const struct document *document = &policy->documents[policy->statements[i].document];
        enum statement_kind kind = policy->statements[i].kind;
        bool same = kind == STATEMENT_EXAMPLE || kind == STATEMENT_NARRATIVE;
        for (int32_t d = 0; d < other->document_count && !same; d++)
            same = memcmp(document->hash, other->documents[d].hash, sizeof document->hash) == 0;
        if (!same)
            ret_part->statements[ret_part->statement_count++] = policy->statements[i];
    }
    return ERR_OK;
}

static bool is_cite(struct str clause)
{
    return str_starts(clause, STR("依据")) || str_starts(clause, STR("cites"));
}

static void add_edits(const struct whatif_show *show, const struct policy *of,
                      const struct difference *row, struct whatif_draft *draft)
{
    struct str place = place_of(show, of, row->after ? row->after : row->before);
    int32_t clauses = row->kind == DIFFERENCE_CHANGED ? row->clause_count : 1;
    for (int32_t k = 0; k < clauses && draft->edit_count < WHATIF_EDITS_MAX; k++) {
        struct whatif_edit *edit = &draft->edits[draft->edit_count++];
        *edit = (struct whatif_edit){place, STR(""), STR("")};
        if (row->kind == DIFFERENCE_ADDED)
            edit->after = str_from(say(show, "新增", "added"));
        else if (row->kind == DIFFERENCE_REMOVED)
            edit->after = str_from(say(show, "删去", "removed"));
        else
            *edit = (struct whatif_edit){place, row->clauses[k].before, row->clauses[k].after};
        bool is_quotation = is_cite(edit->before) && is_cite(edit->after);
        draft->edit_count -= is_quotation; /* what it quotes decides nothing */
    }
}

static enum err list_edits(const struct whatif_show *show, struct whatif_draft *draft,
                           struct fault *fault)
{
    const struct policy *base = show->base->policy;
    struct policy before, after;
    TRY(changed_part(show, base, draft->policy.policy, &before, fault));
    TRY(changed_part(show, draft->policy.policy, base, &after, fault));
    struct difference *rows;
    int32_t row_count;
    TRY(policy_difference(show->arena, &before, &after, spelling_of(show), &rows, &row_count,
                          fault));
    draft->edits = ARENA_NEW_ARRAY(show->arena, struct whatif_edit,
                                   WHATIF_EDITS_MAX + WHATIF_SETTINGS_MAX);
    if (!draft->edits)
        return fault_set(fault, ERR_MEMORY, "no memory for the changes");
    for (int32_t i = 0; i < row_count; i++)
        add_edits(show, rows[i].after ? &after : &before, &rows[i], draft);
    return ERR_OK;
}

static struct str settings_text(const struct whatif_show *show, const struct whatif_given *given)
{
    struct text_buf buf;
    text_init(&buf, show->arena);
    for (int32_t i = 0; i < given->setting_count; i++)
        text_format(&buf, "%s%.*s", i ? "，" : "", STR_ARG(given->settings[i]));
    return text_str(&buf);
}

static void name_drafts(struct whatif_show *show)
{
    static const char *const zh[WHATIF_DRAFTS_MAX] = {"草案一", "草案二", "草案三", "草案四"};
    static const char *const en[WHATIF_DRAFTS_MAX] = {"draft 1", "draft 2", "draft 3", "draft 4"};
    for (int32_t i = 0; i < show->draft_count; i++)
        show->drafts[i].name = str_from(show->draft_count == 1 ? say(show, "草案", "draft")
                                                               : say(show, zh[i], en[i]));
}

enum err whatif_add_draft(struct whatif_show *show, const struct whatif_given *given,
                          struct findings *findings, struct fault *fault)
{
    *findings = (struct findings){.arena = show->arena};
    if (show->draft_count == WHATIF_DRAFTS_MAX)
        return fault_set(fault, ERR_LIMIT,
                         say(show, "一次最多比较 %d 份草案", "at most %d drafts at a time"),
                         WHATIF_DRAFTS_MAX);
    if (given->setting_count > WHATIF_SETTINGS_MAX)
        return fault_set(fault, ERR_LIMIT,
                         say(show, "一次最多改 %d 个参数", "at most %d parameters at a time"),
                         WHATIF_SETTINGS_MAX);
    struct whatif_draft *draft = &show->drafts[show->draft_count++];
    *draft = (struct whatif_draft){
        .from = given->from.size > 0 ? given->from : settings_text(show, given)};
    name_drafts(show);
    TRY(lay_over(show, given, &draft->policy, fault));
    TRY(policy_read(show->arena, show->vocab, draft->policy.sources, draft->policy.source_count,
                    &draft->policy.policy, findings, fault));
    TRY(list_edits(show, draft, fault));
    TRY(apply_settings(show, given, draft, fault));
    TRY(whatif_suppose_budgets(show, draft->policy.policy, given->budgets, given->budget_count,
                               fault));
    return program_compile(show->arena, draft->policy.policy, &draft->policy.program, fault);
}

enum err whatif_run(struct whatif_show *show, struct work_env *env,
                    const struct whatif_request *request, struct fault *fault)
{
    struct incentive_policy policies[WHATIF_DRAFTS_MAX];
    struct whatif_report *reports =
        ARENA_NEW_ARRAY(show->arena, struct whatif_report, WHATIF_DRAFTS_MAX);
    if (!reports)
        return fault_set(fault, ERR_MEMORY, "no memory for the reports");
    for (int32_t i = 0; i < show->draft_count; i++)
        policies[i] = show->drafts[i].policy;
    int64_t begun_ms = clock_now_ms();
    TRY(insight_whatif(env, show->vocab, show->base, policies, show->draft_count, request,
                       show->arena, reports, fault));
    show->took_ms = clock_now_ms() - begun_ms;
    for (int32_t i = 0; i < show->draft_count; i++)
        show->drafts[i].report = &reports[i];
    return ERR_OK;
}
