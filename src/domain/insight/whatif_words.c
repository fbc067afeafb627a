#include "domain/insight/whatif_show.h"

#include <inttypes.h>

/* Words of a report, and its long table. */

const char *whatif_by_words(const struct whatif_show *show, enum whatif_by by)
{
    static const char *const zh[WHATIF_BY_COUNT] = {"项目", "资金", "期间", "区划", "等级"};
    static const char *const en[WHATIF_BY_COUNT] = {"rule", "fund", "period", "division", "level"};
    return show->is_zh ? zh[by] : en[by];
}

const char *whatif_when_short(const struct whatif_show *show, enum fund_short when_short)
{
    static const char *const zh[] = {"停发", "排队到下一年", "按比例发"};
    static const char *const en[] = {"stop", "queue for the next year", "pro rata"};
    return show->is_zh ? zh[when_short] : en[when_short];
}

const char *whatif_record_label(const struct whatif_show *show, int32_t table)
{
    const struct record_desc *record = &show->vocab->records[table];
    return show->is_zh ? record->label_zh : record->name;
}

const struct whatif_group *whatif_rule_of(const struct whatif_show *show, int32_t draft,
                                          struct str name)
{
    const struct whatif_report *report = show->drafts[draft].report;
    for (int32_t i = 0; i < report->group_counts[WHATIF_BY_RULE]; i++)
        if (str_equal(report->groups[WHATIF_BY_RULE][i].name, name))
            return &report->groups[WHATIF_BY_RULE][i];
    return NULL;
}

/* ---- CSV */

static void csv_text(struct text_buf *out, struct str text)
{
    bool is_plain = str_find(text, STR(",")) == SIZE_MAX && str_find(text, STR("\"")) == SIZE_MAX &&
                    str_find(text, STR("\n")) == SIZE_MAX;
    if (is_plain) {
        text_add(out, text);
        return;
    }
    text_add_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.ptr[i] == '"')
            text_add_byte(out, '"');
        text_add_byte(out, text.ptr[i]);
    }
    text_add_byte(out, '"');
}

static void csv_yuan(struct text_buf *out, int64_t fen)
{
    int64_t whole = fen / 100, part = fen % 100;
    text_format(out, ",%s%" PRId64 ".%02d", fen < 0 && whole == 0 ? "-" : "", whole,
                (int)(part < 0 ? -part : part));
}

static void csv_group(struct text_buf *out, const struct whatif_show *show,
                      const struct whatif_draft *draft, enum whatif_by by,
                      const struct whatif_group *group)
{
    const struct whatif_change *change = &group->change;
    bool is_empty = !whatif_changes(change) && !change->base_fen &&
                    !change->base_open; /* another city's rule */
    if (is_empty)
        return;
    csv_text(out, draft->name);
    text_format(out, ",%s,", whatif_by_words(show, by));
    csv_text(out, group->name);
    csv_yuan(out, change->base_fen);
    csv_yuan(out, change->draft_fen);
    csv_yuan(out, change->draft_fen - change->base_fen);
    const int64_t counts[] = {change->won_count,  change->lost_count, change->more_count,
                              change->less_count, change->base_open,  change->draft_open};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        text_format(out, ",%" PRId64, counts[i]);
    text_add(out, STR("\r\n"));
}

void whatif_print_csv(const struct whatif_show *show, struct text_buf *out)
{
    text_add(out, STR("draft,by,name,in_force_yuan,draft_yuan,difference_yuan,won_count,lost_count,"
                      "more_count,less_count,in_force_open_count,draft_open_count\r\n"));
    for (int32_t d = 0; d < show->draft_count; d++)
        for (int by = 0; by < WHATIF_BY_COUNT; by++)
            for (int32_t i = 0; i < show->drafts[d].report->group_counts[by]; i++)
                csv_group(out, show, &show->drafts[d], (enum whatif_by)by,
                          &show->drafts[d].report->groups[by][i]);
}
