#include "domain/gate/gate_look.h"

#include "base/day.h"
#include "base/identity.h"
#include "gate_sql.h"
#include "store/stmt.h"

#include <inttypes.h>
#include <string.h>

void gate_look_add(struct gate_look *look, struct gate_evidence row)
{
    if (look->evidence && look->evidence_count < GATE_EVIDENCE_MAX)
        look->evidence[look->evidence_count++] = row;
}

static struct gate_evidence evidence_of(enum gate_link link, int32_t table, int64_t record_id)
{
    return (struct gate_evidence){.link = link,
                                  .table = table,
                                  .record_id = record_id,
                                  .from_day = ABSENT_I32,
                                  .to_day = ABSENT_I32,
                                  .amount_fen = ABSENT_I64,
                                  .division = ABSENT_I32};
}

static const struct person *person_of(const struct gate_look *look)
{
    return look->person.record;
}

static const struct certificate *certificate_of(const struct gate_look *look)
{
    return look->basis.table == REGISTRY_certificate ? look->basis.record : NULL;
}

static const struct training *training_of(const struct gate_look *look)
{
    return look->basis.table == REGISTRY_training ? look->basis.record : NULL;
}

static struct str secret_index_of(const struct fact *person, int32_t field)
{
    return person->secrets[fact_secret_position(REGISTRY_person, field)].index;
}

static bool is_table_of_person(int32_t table)
{
    return table >= 0 && table < REGISTRY_RECORD_COUNT && registry_owner(table) == REGISTRY_person;
}

/* ---- beginning */

static enum err read_basis(struct gate_look *look)
{
    const struct gate_claim *claim = look->claim;
    look->basis.table = -1;
    look->occupation = look->level = ABSENT_I32;
    if (!look->person.record || !is_table_of_person(claim->basis_table))
        return ERR_OK;
    enum err err =
        fact_read(look->w, claim->basis_table, claim->holder_id, claim->basis_id, &look->basis);
    if (err == ERR_NOT_FOUND) { /* corrected away since: the entitlement tells */
        look->basis = (struct fact){.table = -1};
        return ERR_OK;
    }
    TRY(err);
    const struct certificate *certificate = certificate_of(look);
    const struct training *training = training_of(look);
    if (certificate) {
        look->occupation = certificate->occupation;
        look->level = certificate->level;
    }
    if (training) {
        look->occupation = training->occupation;
        look->level = training->target_level;
        look->provider_id = training->provider == ABSENT_I64 ? 0 : training->provider;
        look->course_day = training->start_day;
    }
    if (claim->basis_table == REGISTRY_assessment) {
        const struct assessment *assessment = look->basis.record;
        look->occupation = assessment->occupation;
        look->level = assessment->level;
    }
    return ERR_OK;
}

static enum err read_body(struct gate_look *look, int64_t body_id, int32_t *ret_division)
{
    struct gate_organisation_in in = {body_id};
    struct gate_organisation_out row;
    enum err err = body_id ? gate_organisation(look->w, &in, &row) : ERR_NOT_FOUND;
    *ret_division = ABSENT_I32;
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    TRY(err);
    look->has_body = true;
    look->body.division = *ret_division = row.division;
    look->body.founded_day = row.founded_day;
    look->body.closed_day = row.closed_day;
    return ERR_OK;
}

enum err gate_look_begin(struct work *w, const struct gate_rules *rules,
                         const struct gate_claim *claim, struct gate_look *ret_look)
{
    struct gate_look look = {.w = w, .rules = rules, .claim = claim};
    int32_t division;
    for (int32_t i = 0; i < FIELD_payment_claim_count; i++)
        look.values[i] = ABSENT_I64;
    for (int32_t i = 0; i < GATE_WORD_COUNT; i++)
        look.words[i] = ABSENT_I64;
    if (claim->holder_table == REGISTRY_person)
        TRY(fact_read(w, REGISTRY_person, claim->holder_id, claim->holder_id, &look.person));
    TRY(read_body(&look, claim->body_id, &division));
    if (claim->holder_table == REGISTRY_organisation && !look.has_body)
        return fail(w, ERR_NOT_FOUND, "没有这家单位：%" PRId64, claim->body_id);
    TRY(read_basis(&look));
    const struct person *person = person_of(&look);
    look.division = claim->division ? claim->division : person ? person->division : division;
    look.values[FIELD_payment_claim_claimed_day] = claim->claimed_day;
    look.values[FIELD_payment_claim_amount_fen] = claim->amount_fen;
    look.values[FIELD_payment_claim_amount_filled] = claim->amount_filled;
    look.values[FIELD_payment_claim_entitlement_missing] = claim->entitlement_missing;
    look.values[FIELD_payment_claim_claimant_died] =
        person && person->died_day != ABSENT_I32 && person->died_day < claim->claimed_day;
    *ret_look = look;
    return ERR_OK;
}

/* ---- account, phone, evidence handed in */

/* Letters or digits that differ: 0000 0000 0000 is no account. */
static bool is_filler(const char *number)
{
    bool seen[128] = {false};
    int32_t count = 0;
    for (const char *c = number; *c; c++) {
        count += !seen[*c & 127];
        seen[*c & 127] = true;
    }
    return count < GATE_ACCOUNT_DIGITS_MIN;
}

static enum err look_account_missing(struct gate_look *look, int64_t *ret_value)
{
    struct str clear;
    struct bank_card card;
    if (!look->person.record || look->claim->body_is_paid)
        return ERR_OK;
    TRY(fact_open_secret(look->w->arena, look->w->secrets, &look->person, FIELD_person_bank_account,
                         &clear, &look->w->fault));
    *ret_value = !clear.ptr || identity_read_bank_card(clear, &card, &look->w->fault) != ERR_OK ||
                 is_filler(card.number);
    gate_look_add(look, evidence_of(GATE_LINK_claimant, REGISTRY_person, look->claim->holder_id));
    return ERR_OK;
}

static enum err count_persons(struct gate_look *look, struct cursor *cursor, enum gate_link link,
                              int64_t *ret_value)
{
    struct gate_account_persons_out row; /* laid out as that of gate_phone_persons */
    int64_t count = 0;
    bool more;
    TRY(cursor_struct_next(cursor, &row, &more));
    while (more) {
        count++;
        if (row.id != look->claim->holder_id)
            gate_look_add(look, evidence_of(link, REGISTRY_person, row.id));
        TRY(cursor_struct_next(cursor, &row, &more));
    }
    *ret_value = count;
    return ERR_OK;
}

static enum err look_same_account(struct gate_look *look, int64_t *ret_value)
{
    struct cursor cursor;
    if (!look->person.record || look->claim->body_is_paid)
        return ERR_OK;
    struct gate_account_persons_in in = {secret_index_of(&look->person, FIELD_person_bank_account),
                                         GATE_COUNTED_MAX};
    if (!in.bank_account_index.ptr)
        return ERR_OK;
    TRY(gate_account_persons(look->w, &in, &cursor));
    return count_persons(look, &cursor, GATE_LINK_same_account, ret_value);
}

static enum err look_same_phone(struct gate_look *look, int64_t *ret_value)
{
    struct cursor cursor;
    if (!look->person.record)
        return ERR_OK;
    struct gate_phone_persons_in in = {secret_index_of(&look->person, FIELD_person_phone),
                                       GATE_COUNTED_MAX};
    if (!in.phone_index.ptr)
        return ERR_OK;
    TRY(gate_phone_persons(look->w, &in, &cursor));
    return count_persons(look, &cursor, GATE_LINK_same_phone, ret_value);
}

/* Rows of other claims; the statements that give them are laid out alike. */
static enum err add_claims(struct gate_look *look, struct cursor *cursor, enum gate_link link,
                           int64_t *ret_count)
{
    struct gate_body_claims_out row;
    bool more;
    int64_t count = 0;
    TRY(cursor_struct_next(cursor, &row, &more));
    while (more) {
        struct gate_evidence evidence =
            evidence_of(link, registry_table_by_name(row.holder_record), row.holder_id);
        evidence.other_claim = row.claim_id;
        evidence.from_day = row.claimed_day;
        evidence.amount_fen = row.amount_fen;
        count++;
        if (row.claim_id != look->claim->claim_id)
            gate_look_add(look, evidence);
        TRY(cursor_struct_next(cursor, &row, &more));
    }
    *ret_count = count;
    return ERR_OK;
}

static enum err look_same_proof(struct gate_look *look, int64_t *ret_value)
{
    struct cursor cursor;
    struct gate_proof_claims_in in = {look->claim->proof, GATE_COUNTED_MAX};
    if (!in.proof.ptr)
        return ERR_OK;
    TRY(gate_proof_claims(look->w, &in, &cursor));
    return add_claims(look, &cursor, GATE_LINK_same_proof, ret_value);
}

/* ---- the body that claims */

static void add_body(struct gate_look *look)
{
    struct gate_evidence row =
        evidence_of(GATE_LINK_body, REGISTRY_organisation, look->claim->body_id);
    row.from_day = look->body.founded_day;
    row.to_day = look->body.closed_day;
    row.division = look->body.division;
    gate_look_add(look, row);
}

static enum err look_body_founded(struct gate_look *look, int64_t *ret_value)
{
    if (look->has_body && look->body.founded_day != ABSENT_I32)
        *ret_value = look->body.founded_day;
    add_body(look);
    return ERR_OK;
}

static enum err look_body_closed(struct gate_look *look, int64_t *ret_value)
{
    if (look->has_body)
        *ret_value =
            look->body.closed_day != ABSENT_I32 && look->body.closed_day < look->claim->claimed_day;
    add_body(look);
    return ERR_OK;
}

static enum err look_body_insured(struct gate_look *look, int64_t *ret_value)
{
    struct gate_insured_count_out row;
    struct gate_insured_persons_out person;
    struct cursor cursor;
    bool more;
    int64_t since = look->words[GATE_INSURED_SINCE];
    if (!look->has_body || since == ABSENT_I64)
        return ERR_OK;
    struct gate_insured_count_in in = {look->claim->body_id, day_month((int32_t)since),
                                       GATE_COUNTED_MAX};
    TRY(gate_insured_count(look->w, &in, &row));
    *ret_value = row.person_count;
    add_body(look);
    if (!look->evidence)
        return ERR_OK;
    struct gate_insured_persons_in list = {in.payer, in.from_month, 5}; /* some of its people */
    TRY(gate_insured_persons(look->w, &list, &cursor));
    TRY(gate_insured_persons_next(&cursor, &person, &more));
    while (more) {
        struct gate_evidence evidence =
            evidence_of(GATE_LINK_body_insured, REGISTRY_person, person.person_id);
        evidence.to_day = month_last_day(person.to_month);
        gate_look_add(look, evidence);
        TRY(gate_insured_persons_next(&cursor, &person, &more));
    }
    return ERR_OK;
}

static enum err look_body_claims(struct gate_look *look, int64_t *ret_value)
{
    struct gate_body_claim_count_out row;
    struct cursor cursor;
    int64_t count, since = look->words[GATE_RECENT_SINCE];
    if (!look->has_body || since == ABSENT_I64)
        return ERR_OK;
    struct gate_body_claim_count_in in = {look->claim->body_id, (int32_t)since + 1,
                                          look->claim->claimed_day, GATE_COUNTED_MAX};
    TRY(gate_body_claim_count(look->w, &in, &row));
    *ret_value = row.claim_count;
    if (!look->evidence)
        return ERR_OK;
    struct gate_body_claims_in list = {in.body_id, in.from_day, in.to_day, GATE_EVIDENCE_MAX};
    TRY(gate_body_claims(look->w, &list, &cursor));
    return add_claims(look, &cursor, GATE_LINK_body_claim, &count);
}

static enum err look_near_line(struct gate_look *look, int64_t *ret_value)
{
    struct gate_line_claim_count_out row;
    struct cursor cursor;
    int64_t count, since = look->words[GATE_RECENT_SINCE];
    int64_t low_fen = look->words[GATE_LINE_LOW], high_fen = look->words[GATE_LINE_HIGH];
    if (!look->has_body || !look->claim->amount_filled || since == ABSENT_I64 ||
        low_fen == ABSENT_I64 || high_fen == ABSENT_I64)
        return ERR_OK;
    struct gate_line_claim_count_in in = {
        look->claim->body_id, (int32_t)since + 1, look->claim->claimed_day, low_fen, high_fen,
        GATE_COUNTED_MAX};
    TRY(gate_line_claim_count(look->w, &in, &row));
    *ret_value = row.claim_count;
    if (!look->evidence)
        return ERR_OK;
    struct gate_line_claims_in list = {in.body_id, in.from_day, in.to_day,
                                       low_fen,    high_fen,    GATE_EVIDENCE_MAX};
    TRY(gate_line_claims(look->w, &list, &cursor));
    return add_claims(look, &cursor, GATE_LINK_near_line, &count);
}

/* ---- the course */

static enum err look_course_body(struct gate_look *look, int64_t *ret_value)
{
    const struct training *training = training_of(look);
    if (!training)
        return ERR_OK;
    *ret_value = look->provider_id == 0;
    struct gate_evidence row =
        evidence_of(GATE_LINK_course, REGISTRY_person, look->claim->holder_id);
    row.from_day = training->start_day;
    row.to_day = training->end_day;
    gate_look_add(look, row);
    return ERR_OK;
}

static enum err look_course_claims(struct gate_look *look, int64_t *ret_value)
{
    struct gate_course_claim_count_out row;
    struct cursor cursor;
    int64_t count;
    if (look->provider_id == 0)
        return ERR_OK;
    struct gate_course_claim_count_in in = {look->provider_id, look->course_day,
                                            look->occupation == ABSENT_I32 ? 0 : look->occupation,
                                            GATE_COUNTED_MAX};
    TRY(gate_course_claim_count(look->w, &in, &row));
    *ret_value = row.person_count;
    if (!look->evidence)
        return ERR_OK;
    gate_look_add(look, evidence_of(GATE_LINK_course, REGISTRY_organisation, look->provider_id));
    struct gate_course_claims_in list = {in.provider_id, in.course_day, in.occupation,
                                         GATE_EVIDENCE_MAX};
    TRY(gate_course_claims(look->w, &list, &cursor));
    return add_claims(look, &cursor, GATE_LINK_course_claim, &count);
}

/* ---- the certificate */

/* Who issues a vocational qualification is the state: only the other two kinds have an assessor. */
static bool has_assessor(const struct certificate *certificate)
{
    return certificate && certificate->kind != certificate_kind_qualification;
}

static void add_certificate(struct gate_look *look)
{
    const struct certificate *certificate = certificate_of(look);
    if (!certificate)
        return;
    bool is_known = certificate->issuer != ABSENT_I64;
    struct gate_evidence row =
        evidence_of(GATE_LINK_certificate, is_known ? REGISTRY_organisation : REGISTRY_person,
                    is_known ? certificate->issuer : look->claim->holder_id);
    row.from_day = certificate->issued_day;
    row.to_day = certificate->expires_day;
    gate_look_add(look, row);
}

static enum err look_certificate_body(struct gate_look *look, int64_t *ret_value)
{
    const struct certificate *certificate = certificate_of(look);
    if (!has_assessor(certificate))
        return ERR_OK;
    *ret_value = certificate->issuer == ABSENT_I64;
    add_certificate(look);
    return ERR_OK;
}

static bool is_filed_for(const struct organisation_role *role, const struct certificate *of)
{
    bool fits = role->role == organisation_role_kind_self_assessment ||
                role->role == organisation_role_kind_third_party_assessment ||
                (role->role == organisation_role_kind_special_ability_assessment &&
                 of->kind == certificate_kind_special_ability);
    return fits && role->from_day <= of->issued_day &&
           (role->to_day == ABSENT_I32 || role->to_day >= of->issued_day);
}

/* A level won in a contest or recognised directly is issued by who held it. */
static enum err look_certificate_filed(struct gate_look *look, int64_t *ret_value)
{
    const struct certificate *certificate = certificate_of(look);
    struct fact *roles;
    int32_t role_count;
    if (!has_assessor(certificate) || certificate->issuer == ABSENT_I64)
        return ERR_OK;
    if (certificate->route != ABSENT_I32 && certificate->route != certificate_route_examination)
        return ERR_OK;
    TRY(fact_read_current(look->w, REGISTRY_organisation_role, certificate->issuer, &roles,
                          &role_count));
    bool is_filed = false;
    for (int32_t i = 0; i < role_count; i++)
        is_filed |= is_filed_for(roles[i].record, certificate);
    *ret_value = !is_filed;
    add_certificate(look);
    return ERR_OK;
}

static enum err look_certificate_age(struct gate_look *look, int64_t *ret_value)
{
    const struct certificate *certificate = certificate_of(look);
    const struct person *person = person_of(look);
    if (!certificate || !person || person->birth_day == ABSENT_I32 ||
        certificate->issued_day < person->birth_day)
        return ERR_OK;
    *ret_value = day_years_between(person->birth_day, certificate->issued_day);
    add_certificate(look);
    return ERR_OK;
}

/* ---- the same skill again */

/* A rule that pays each occupation and level once says so itself: 每组 职业, 等级. Allowances that
 * come again every year are none of these. */
static bool pays_skill_once(const struct policy *policy, struct str rule_name)
{
    int32_t s = policy_statement(policy, rule_name);
    if (s < 0 || policy->statements[s].kind != STATEMENT_GRANT || !policy->statements[s].as.rule)
        return false;
    const struct rule *rule = policy->statements[s].as.rule;
    for (int32_t i = 0; i < rule->distinct_count; i++)
        if (rule->distinct[i]->type.kind == TYPE_CODE &&
            strcmp(policy->vocab->catalogues[rule->distinct[i]->type.target].name, "occupation") ==
                0)
            return true;
    return false;
}

static enum err count_skill_claims(struct gate_look *look, int64_t *count)
{
    struct gate_skill_claims_in in = {look->claim->holder_id, look->occupation, look->level,
                                      GATE_COUNTED_MAX};
    struct gate_skill_claims_out row;
    struct cursor cursor;
    bool more;
    TRY(gate_skill_claims(look->w, &in, &cursor));
    TRY(gate_skill_claims_next(&cursor, &row, &more));
    while (more) {
        bool is_another = row.claim_id != look->claim->claim_id &&
                          row.basis_id != look->claim->basis_id &&
                          pays_skill_once(look->rules->policy, row.rule_name);
        if (is_another) {
            struct gate_evidence evidence =
                evidence_of(GATE_LINK_claimed_before, REGISTRY_person, look->claim->holder_id);
            evidence.other_claim = row.claim_id;
            evidence.from_day = row.claimed_day;
            evidence.amount_fen = row.amount_fen;
            evidence.division = row.division;
            gate_look_add(look, evidence);
            (*count)++;
        }
        TRY(gate_skill_claims_next(&cursor, &row, &more));
    }
    return ERR_OK;
}

static bool is_money_for_skill(const struct payment *payment)
{
    return payment->kind == subsidy_kind_skill_upgrade_money ||
           payment->kind == subsidy_kind_training_money ||
           payment->kind == subsidy_kind_assessment_money;
}

static enum err count_skill_payments(struct gate_look *look, int64_t *count)
{
    struct fact *facts;
    int32_t fact_count;
    TRY(fact_read_current(look->w, REGISTRY_payment, look->claim->holder_id, &facts, &fact_count));
    for (int32_t i = 0; i < fact_count; i++) {
        const struct payment *payment = facts[i].record;
        if (!is_money_for_skill(payment) || payment->occupation != look->occupation ||
            payment->level != look->level || payment->paid_day > look->claim->claimed_day)
            continue;
        struct gate_evidence evidence =
            evidence_of(GATE_LINK_paid_before, REGISTRY_person, look->claim->holder_id);
        evidence.from_day = payment->paid_day;
        evidence.amount_fen = payment->amount_fen;
        evidence.division = payment->place;
        gate_look_add(look, evidence);
        (*count)++;
    }
    return ERR_OK;
}

static enum err look_same_skill(struct gate_look *look, int64_t *ret_value)
{
    int64_t count = 0;
    if (!look->person.record || look->occupation == ABSENT_I32 || look->level == ABSENT_I32 ||
        !pays_skill_once(look->rules->policy, look->claim->rule))
        return ERR_OK;
    TRY(count_skill_claims(look, &count));
    TRY(count_skill_payments(look, &count));
    *ret_value = count;
    return ERR_OK;
}

/* ---- the officer */

static enum err look_handler(struct gate_look *look, int64_t *ret_value)
{
    int64_t handler = look->claim->handler_person_id;
    struct gate_kin_between_in in = {handler, look->claim->holder_id};
    struct gate_kin_between_out row;
    struct fact officer;
    if (handler == 0 || !look->person.record)
        return ERR_OK;
    TRY(gate_kin_between(look->w, &in, &row));
    bool is_self = handler == look->claim->holder_id;
    bool shares_account = false;
    enum err err = fact_read(look->w, REGISTRY_person, handler, handler, &officer);
    if (err != ERR_NOT_FOUND)
        TRY(err);
    struct str account = secret_index_of(&look->person, FIELD_person_bank_account);
    if (err == ERR_OK && account.ptr)
        shares_account = str_equal(account, secret_index_of(&officer, FIELD_person_bank_account));
    *ret_value = is_self || row.kin_count > 0 || shares_account;
    enum gate_link link = is_self             ? GATE_LINK_handler
                          : row.kin_count > 0 ? GATE_LINK_kin
                                              : GATE_LINK_same_account;
    if (*ret_value)
        gate_look_add(look, evidence_of(link, REGISTRY_person, handler));
    return ERR_OK;
}

/* ---- all of it */

static enum err look_claimant(struct gate_look *look, int64_t *ret_value)
{
    (void)ret_value;
    struct gate_evidence row =
        evidence_of(GATE_LINK_claimant, look->claim->holder_table, look->claim->holder_id);
    if (person_of(look))
        row.to_day = person_of(look)->died_day;
    gate_look_add(look, row);
    return ERR_OK;
}

static enum err look_presence_job(struct gate_look *look, int64_t *ret_value)
{
    return look->person.record ? gate_job_overlap(look, ret_value) : ERR_OK;
}

static enum err look_presence_course(struct gate_look *look, int64_t *ret_value)
{
    return look->person.record ? gate_course_overlap(look, ret_value) : ERR_OK;
}

static enum err look_presence_insured(struct gate_look *look, int64_t *ret_value)
{
    return look->person.record ? gate_insured_twice(look, ret_value) : ERR_OK;
}

/* NULL: told by the claim itself. What a part does not know it leaves absent. */
typedef enum err look_part(struct gate_look *look, int64_t *ret_value);
static look_part *const parts[FIELD_payment_claim_count] = {
    [FIELD_payment_claim_entitlement_missing] = look_claimant,
    [FIELD_payment_claim_claimant_died] = look_claimant,
    [FIELD_payment_claim_account_missing] = look_account_missing,
    [FIELD_payment_claim_same_account_count] = look_same_account,
    [FIELD_payment_claim_same_phone_count] = look_same_phone,
    [FIELD_payment_claim_same_proof_count] = look_same_proof,
    [FIELD_payment_claim_body_founded_day] = look_body_founded,
    [FIELD_payment_claim_body_closed] = look_body_closed,
    [FIELD_payment_claim_body_insured_count] = look_body_insured,
    [FIELD_payment_claim_body_claim_count] = look_body_claims,
    [FIELD_payment_claim_near_line_count] = look_near_line,
    [FIELD_payment_claim_course_without_body] = look_course_body,
    [FIELD_payment_claim_course_claim_count] = look_course_claims,
    [FIELD_payment_claim_certificate_without_body] = look_certificate_body,
    [FIELD_payment_claim_certificate_unfiled] = look_certificate_filed,
    [FIELD_payment_claim_certificate_age] = look_certificate_age,
    [FIELD_payment_claim_same_skill_count] = look_same_skill,
    [FIELD_payment_claim_job_overlap_days] = look_presence_job,
    [FIELD_payment_claim_course_overlap_days] = look_presence_course,
    [FIELD_payment_claim_insured_twice_months] = look_presence_insured,
    [FIELD_payment_claim_handler_related] = look_handler,
};
_Static_assert(FIELD_payment_claim_count <= 64, "fields read are bits of a word");

enum err gate_look_all(struct gate_look *look)
{
    for (int32_t i = 0; i < FIELD_payment_claim_count; i++)
        if (parts[i])
            TRY(parts[i](look, &look->values[i]));
    return ERR_OK;
}

enum err gate_look_evidence(struct gate_look *look, uint64_t fields, struct gate_evidence *rows,
                            int32_t *ret_count)
{
    enum err err = ERR_OK;
    int64_t value;
    look->evidence = rows;
    look->evidence_count = 0;
    for (int32_t i = 0; i < FIELD_payment_claim_count && err == ERR_OK; i++)
        if (parts[i] && (fields >> i & 1))
            err = parts[i](look, &value);
    look->evidence = NULL;
    *ret_count = look->evidence_count;
    return err;
}

enum err gate_look_division(struct gate_look *look, int64_t organisation_id, int32_t *ret_division)
{
    struct gate_organisation_in in = {organisation_id};
    struct gate_organisation_out row;
    enum err err = gate_organisation(look->w, &in, &row);
    if (err != ERR_NOT_FOUND)
        TRY(err);
    *ret_division = err == ERR_OK ? row.division : ABSENT_I32;
    return ERR_OK;
}
