#include "domain/registry/duplicate.h"
#include "page/app.h"
#include "page/page_fact.h"
#include "page/page_line.h"

#include <inttypes.h>

/* Persons that may stand twice: joined into the one known longer, and parted again. */

enum { PAIRS_SHOWN_MAX = 50, REASON_CHARACTERS_MIN = 4, REASON_CHARACTERS_MAX = 200 };

static bool sees(struct page *page, int64_t person_id)
{
    struct fact person;
    enum err err = page_person_in_scope(page, person_id, &person);
    if (err != ERR_OK)
        fault_clear(&page->w->fault);
    return err == ERR_OK;
}

static enum err add_pair(struct page *page, struct doc *list, const struct duplicate_pair *pair)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_add_id(row, "first_id", pair->first_id);
    doc_add_id(row, "second_id", pair->second_id);
    doc_add_bool(row, "same_phone", pair->same_phone);
    doc_add_bool(row, "same_bank_account", pair->same_bank_account);
    doc_add_bool(row, "other_paper", pair->other_paper);
    doc_add_day(row, "birth_day", pair->birth_day);
    struct doc *persons = doc_add_list(row, "persons");
    TRY(page_add_person_line(page, persons, pair->first_id));
    return page_add_person_line(page, persons, pair->second_id);
}

enum err page_duplicates(struct page *page)
{
    struct duplicate_pair *pairs;
    int32_t pair_count, shown_count = 0;
    int32_t from = (int32_t)page_number(page, "after", 0, INT32_MAX, 0), at = from;
    TRY(person_duplicates(page->w, &pairs, &pair_count));
    struct doc *list = doc_add_list(page->doc, "pairs");
    for (; at < pair_count && shown_count < PAIRS_SHOWN_MAX; at++) {
        if (!sees(page, pairs[at].first_id) || !sees(page, pairs[at].second_id))
            continue;
        TRY(add_pair(page, list, &pairs[at]));
        shown_count++;
    }
    struct str next = {0};
    if (at < pair_count)
        next = doc_format(page->doc, "%d", (int)at);
    page_pager(page, shown_count, -1, next);
    int64_t join_id = page_number(page, "join", 1, INT64_MAX, 0);
    if (join_id > 0)
        doc_page_text(page->doc, "join", doc_format(page->doc, "%" PRId64, join_id));
    doc_page_bool(page->doc, "has_pairs", shown_count > 0);
    doc_page_bool(page->doc, "has_pager", at < pair_count || from > 0);
    page_registry_views(page, "duplicates");
    page_title(page, page_say(page, "疑似重复"));
    return ERR_OK;
}

enum err page_duplicates_join(struct page *page)
{
    int64_t kept_id = page_number(page, "kept", 1, INT64_MAX, 0);
    int64_t dropped_id = page_number(page, "dropped", 1, INT64_MAX, 0);
    struct fact person;
    TRY(page_person_in_scope(page, kept_id, &person));
    TRY(page_person_in_scope(page, dropped_id, &person));
    struct str reason = page_field(page, "reason");
    size_t count = str_character_count(reason);
    if (count < REASON_CHARACTERS_MIN || count > REASON_CHARACTERS_MAX) {
        fail(page->w, ERR_INPUT, "请写明理由，4 至 200 个字");
        return fault_hint(&page->w->fault, "请回到上一页，写明怎么核对的。");
    }
    int64_t join_id;
    TRY(person_join(page->w, kept_id, dropped_id, reason, &join_id));
    TRY(page_audit(page, "person.joined", "person", kept_id, reason));
    doc_add_id(page->doc, "join_id", join_id);
    return page_see(page,
                    doc_format(page->doc, "/duplicates?done=joined&join=%" PRId64, join_id));
}

enum err page_duplicates_part(struct page *page)
{
    int64_t join_id, person_id;
    TRY(page_id(page, "id", &join_id));
    TRY(person_of_join(page->w, join_id, &person_id));
    struct fact person;
    TRY(page_person_in_scope(page, person_id, &person));
    TRY(person_part(page->w, join_id));
    TRY(page_audit(page, "person.parted", "person", person_id, STR("")));
    doc_add_id(page->doc, "person_id", person_id);
    return page_see(page, STR("/duplicates?done=parted"));
}
