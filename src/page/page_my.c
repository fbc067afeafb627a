#include "domain/incentive/incentive_holder.h"
#include "domain/registry/registry.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_holder.h"
#include "page/page_own_money.h"

/* What a worker sees of themselves, on a phone: the money first, then the one fact asked. */

static enum err own_person(struct page *page, int64_t *ret_id)
{
    *ret_id = page->session.account.person_id;
    if (*ret_id == 0)
        return fail(page->w, ERR_NOT_FOUND, "这个账户还没有和登记的本人对上，请联系窗口");
    return ERR_OK;
}

/* The place in the dock. */
static void stand_at(struct page *page, const char *place)
{
    doc_page_bool(doc_page_object(page->doc, "here"), place, true);
}

static enum err add_name(struct page *page, int64_t id)
{
    struct fact person;
    struct str name;
    TRY(fact_read(page->w, REGISTRY_person, id, id, &person));
    TRY(page_field_words(page, &person, FIELD_person_name, &name));
    doc_add_text(page->doc, "name", name);
    return ERR_OK;
}

static bool holds(const struct certificate *certificate, int32_t today_day)
{
    return (certificate->state == ABSENT_I32 ||
            certificate->state == certificate_state_in_force) &&
           (certificate->expires_day == ABSENT_I32 || certificate->expires_day >= today_day);
}

static enum err add_certificates(struct page *page, int64_t person_id)
{
    struct fact *facts;
    int32_t fact_count;
    int64_t valid_count = 0;
    TRY(fact_read_current(page->w, REGISTRY_certificate, person_id, &facts, &fact_count));
    struct doc *list = doc_add_list(page->doc, "certificates");
    for (int32_t i = 0; i < fact_count; i++) {
        const struct certificate *certificate = facts[i].record;
        struct doc *row;
        struct str occupation, level;
        TRY(page_add_fact(page, list, NULL, &facts[i], &row));
        TRY(page_field_words(page, &facts[i], FIELD_certificate_occupation, &occupation));
        TRY(page_field_words(page, &facts[i], FIELD_certificate_level, &level));
        doc_page_text(row, "occupation", occupation);
        doc_page_text(row, "level", level);
        doc_page_text(row, "number", certificate->number);
        bool valid = holds(certificate, page->w->today_day);
        doc_page_bool(row, "is_valid", valid);
        valid_count += valid;
    }
    doc_add_number(page->doc, "certificate_count", fact_count);
    doc_add_number(page->doc, "valid_count", valid_count);
    doc_page_bool(page->doc, "has_certificates", fact_count > 0);
    return ERR_OK;
}

/* The first thing that is asked of this person, with what is missing. */
static enum err add_question(struct page *page, int64_t person_id)
{
    struct entitlement *rows;
    int32_t row_count;
    TRY(incentive_of_holder(page->w, person_id, &rows, &row_count));
    for (int32_t i = 0; i < row_count; i++) {
        if (rows[i].lane != LANE_ASK)
            continue;
        doc_page_bool(page->doc, "has_question", true);
        return page_add_why(page, rows[i].id, person_id);
    }
    return ERR_OK;
}

enum err page_my(struct page *page)
{
    int64_t id;
    TRY(own_person(page, &id));
    stand_at(page, "my");
    TRY(add_name(page, id));
    TRY(page_add_entitlements(page, id));
    TRY(add_question(page, id));
    TRY(page_add_life(page, id));
    TRY(add_certificates(page, id));
    page_title(page, page_say(page, "我的"));
    return ERR_OK;
}

enum err page_my_money(struct page *page)
{
    int64_t id;
    TRY(own_person(page, &id));
    stand_at(page, "money");
    TRY(page_add_entitlements(page, id));
    TRY(page_add_own_money(page, id, 0));
    page_title(page, page_say(page, "我的待遇"));
    return ERR_OK;
}

enum err page_my_certificates(struct page *page)
{
    int64_t id;
    TRY(own_person(page, &id));
    stand_at(page, "certificates");
    TRY(add_certificates(page, id));
    page_title(page, page_say(page, "我的证书"));
    return ERR_OK;
}

enum err page_my_record(struct page *page)
{
    int64_t id;
    TRY(own_person(page, &id));
    stand_at(page, "record");
    struct fact person;
    TRY(fact_read(page->w, REGISTRY_person, id, id, &person));
    TRY(page_add_fact(page, page->doc, "person", &person, NULL));
    TRY(page_add_life(page, id));
    page_title(page, page_say(page, "我的档案"));
    return ERR_OK;
}

enum err page_my_why(struct page *page)
{
    int64_t id, entitlement_id;
    TRY(own_person(page, &id));
    stand_at(page, "money");
    TRY(page_id(page, "id", &entitlement_id));
    doc_page_bool(page->doc, "is_mine", true);
    return page_add_why(page, entitlement_id, id);
}
