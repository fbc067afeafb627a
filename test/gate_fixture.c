#include "gate_fixture.h"

#include "policy/policy_files.h"
#include "registry_fixture.h"

#include <stdio.h>
#include <stdlib.h>

const struct gate_rules *gate_fixture_rules(void)
{
    static struct gate_rules rules;
    static struct arena arena;
    struct fault fault = {0};
    struct policy_source *sources;
    struct policy *policy;
    struct findings findings = {.arena = &arena};
    char path[512];
    int32_t count;
    if (rules.policy)
        return &rules;
    const char *root = getenv("BAIGONG_SOURCE_ROOT");
    arena_init(&arena, 256 << 20);
    snprintf(path, sizeof path, "%s/policy/national/payment-gate.md", root ? root : ".");
    EXPECT_OK(policy_sources_read(&arena, path, &sources, &count, &fault));
    struct policy_source both[2] = {
        sources[0],
        {STR("skill.md"),
         STR("---\n文号: 试一号\n印发: 2017-01-01\n施行: 2017-01-01\n---\n"
             "## 第一条 提升 {#a1}\n\n取得证书的每本补贴一千元，同一职业同一等级一次。\n\n"
             "```资金 试资金\n不足时  排队\n```\n\n"
             "```补贴 提升补贴\n依据  「取得证书的每本补贴一千元，同一职业同一等级一次」\n"
             "对象  人员\n逐项  证书 满足 (在期内(发证日期))\n每组  职业, 等级\n"
             "给予  1000元 每人每年\n取数日 发证日期\n资金  试资金\n```\n")}};
    if (policy_read(&arena, registry_fixture_vocab(), both, 2, &policy, &findings, &fault) !=
        ERR_OK) {
        for (int32_t i = 0; i < findings.row_count; i++)
            fprintf(stderr, "%.*s\n", STR_ARG(findings.rows[i].message));
        abort();
    }
    EXPECT_OK(gate_rules_of(policy, &rules, &fault));
    return &rules;
}

void gate_fixture_clear(int32_t table, void *record, int64_t owner_id)
{
    registry_clear(&registry_records[table], record);
    *(struct record_head *)record = (struct record_head){.owner_id = owner_id};
}

int64_t gate_fixture_put(struct work *w, int32_t table, void *record)
{
    struct fact fact = {.table = table, .record = record, .given = FACT_GIVEN_ALL};
    enum fact_outcome outcome;
    EXPECT_OK(fact_put(w, &fact, &outcome));
    return ((struct record_head *)record)->id;
}

int64_t gate_fixture_person_with(struct work *w, int32_t number, const char *phone,
                                 const char *account)
{
    char identity[19], own_phone[32], own_account[32];
    struct person person;
    gate_fixture_clear(REGISTRY_person, &person, 0);
    snprintf(own_phone, sizeof own_phone, "1540000%04d", number);
    snprintf(own_account, sizeof own_account, "000370800123456%04d", number);
    phone = phone ? phone : own_phone;
    account = account ? account : own_account;
    person.name = STR("李晓明");
    person.identity = str_from(registry_fixture_identity(number, identity));
    person.division = 370811;
    person.birth_day = 7306;
    if (phone[0])
        person.phone = str_from(phone);
    if (account[0])
        person.bank_account = str_from(account);
    return gate_fixture_put(w, REGISTRY_person, &person);
}

int64_t gate_fixture_person(struct work *w, int32_t number)
{
    return gate_fixture_person_with(w, number, NULL, NULL);
}

int64_t gate_fixture_body(struct work *w, int32_t number, int32_t founded_day)
{
    char code[19];
    struct organisation body;
    gate_fixture_clear(REGISTRY_organisation, &body, 0);
    body.name = STR("示例公司");
    body.credit_code = str_from(registry_fixture_credit_code(number, code));
    body.kind = organisation_kind_enterprise;
    body.division = number % 2 == 0 ? 370811 : 370812;
    body.founded_day = founded_day;
    return gate_fixture_put(w, REGISTRY_organisation, &body);
}

struct gate_claim gate_fixture_claim(int64_t claim_id, int64_t person_id)
{
    return (struct gate_claim){.claim_id = claim_id,
                               .rule = STR("提升补贴"),
                               .document = STR("试一号"),
                               .holder_table = REGISTRY_person,
                               .holder_id = person_id,
                               .basis_table = -1,
                               .claimed_day = FIXTURE_TODAY_DAY,
                               .amount_fen = 100000};
}

bool gate_fixture_holds(struct work *w, const struct gate_claim *claim, const char *rule)
{
    struct gate_finding *findings;
    int32_t count;
    bool holds = false;
    EXPECT_OK(gate_check(w, gate_fixture_rules(), claim, 1, &findings, &count));
    for (int32_t i = 0; i < count; i++)
        holds |= !rule || str_equal_text(findings[i].rule, rule);
    return holds;
}
