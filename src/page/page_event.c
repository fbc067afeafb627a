#include "page/page_event.h"

#include "domain/registry/registry_name.h"

/* Up to four parts make a sentence: words, or the value of a field. A part whose field is absent
 * vanishes with the words that belong to it. */
struct part {
    const char *before; /* words before the value, in Chinese; may be "" */
    int32_t field;      /* -1: words only */
    const char *after;
};

enum { PARTS_MAX = 4 };

static const struct part sentences[REGISTRY_RECORD_COUNT][PARTS_MAX] = {
    [REGISTRY_person_group] = {{"认定为", FIELD_person_group_group_code, ""}},
    [REGISTRY_employment] = {{"入职", FIELD_employment_employer, ""}},
    [REGISTRY_insured_span] = {{"参加", FIELD_insured_span_insurance, ""},
                               {" ", FIELD_insured_span_from_month, ""},
                               {"至", FIELD_insured_span_to_month, ""}},
    [REGISTRY_certificate] = {{"取得", FIELD_certificate_occupation, ""},
                              {"", FIELD_certificate_level, ""}},
    [REGISTRY_training] = {{"参加", FIELD_training_occupation, ""},
                           {"", FIELD_training_content, "培训"},
                           {" ", FIELD_training_project, ""}},
    [REGISTRY_award] = {{"获得", FIELD_award_contest_name, ""},
                        {"第", FIELD_award_place, "名"},
                        {" ", FIELD_award_prize, ""}},
    [REGISTRY_honour] = {{"获评", FIELD_honour_title, ""}},
    [REGISTRY_professional_title] = {{"取得", FIELD_professional_title_series, ""},
                                     {"", FIELD_professional_title_level, "职称"}},
    [REGISTRY_assessment] = {{"参加", FIELD_assessment_occupation, ""},
                             {"", FIELD_assessment_level, "评价"}},
    [REGISTRY_payment] = {{"领", FIELD_payment_kind, ""}, {" ", FIELD_payment_amount_fen, "元"}},
    [REGISTRY_apprentice_agreement] = {{"签学徒协议", FIELD_apprentice_agreement_employer, ""}},
    [REGISTRY_enrolment] = {{"入读", FIELD_enrolment_school, ""}},
};

struct str page_level_words(struct page *page, int32_t level)
{
    const struct code_desc *row =
        registry_enum_row(&registry_enums[REGISTRY_ENUM_skill_level], level);
    if (!row)
        return STR("");
    struct str label = page_say(page, row->label_zh);
    struct str rest = str_from(row->alias), number;
    if (page->lang != PAGE_ZH || !str_split(&rest, '|', &number) || number.size == 0)
        return label;
    return doc_format(page->doc, "%.*s（%.*s）", STR_ARG(number), STR_ARG(label));
}

static bool is_level(int32_t table, int32_t field)
{
    return (table == REGISTRY_certificate && field == FIELD_certificate_level) ||
           (table == REGISTRY_assessment && field == FIELD_assessment_level);
}

static enum err part_words(struct page *page, const struct fact *fact, int32_t field,
                           struct str *ret_words)
{
    if (!is_level(fact->table, field))
        return page_field_words(page, fact, field, ret_words);
    const struct field_desc *desc = &registry_records[fact->table].fields[field];
    int64_t level = registry_number(desc, fact->record);
    *ret_words = level == ABSENT_I64 ? STR("") : page_level_words(page, (int32_t)level);
    return ERR_OK;
}

static struct str said(struct page *page, const char *words)
{
    return words[0] && words[0] != ' ' ? page_say(page, words) : str_from(words);
}

enum err page_event_title(struct page *page, const struct fact *fact, struct str *ret_title)
{
    const struct part *parts = sentences[fact->table];
    struct text_buf title;
    text_init(&title, page->w->arena);
    for (int32_t i = 0; i < PARTS_MAX && parts[i].before; i++) {
        struct str words;
        TRY(part_words(page, fact, parts[i].field, &words));
        /* The verb stays when its first object is unknown. */
        if (words.size == 0 && i > 0)
            continue;
        text_add(&title, said(page, parts[i].before));
        if (page->lang == PAGE_EN)
            text_add_byte(&title, ' ');
        text_add(&title, words);
        if (words.size > 0)
            text_add(&title, said(page, parts[i].after));
    }
    const struct record_head *head = fact->record;
    if (title.size == 0 && registry_owner(fact->table) >= 0) {
        struct str label;
        TRY(registry_label(page->w, page_options_of(page)->vocab, fact->table, head->owner_id,
                           head->id, &label));
        text_add(&title, page_say(page, registry_records[fact->table].label_zh));
        text_add_byte(&title, ' ');
        text_add(&title, label);
    }
    if (title.failed)
        return fail(page->w, ERR_MEMORY, "no memory for the title of an event");
    *ret_title = text_str(&title);
    return ERR_OK;
}
