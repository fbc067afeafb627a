/* whatif_page.c — the what-if report as one page: the finding first, then what changed, three
 * sentences, who and where, when the money runs out, and the cases. */
#include "base/clock.h"
#include "base/day.h"
#include "base/html.h"
#include "base/money.h"
#include "domain/insight/chart.h"
#include "domain/insight/whatif_show.h"
#include "domain/insight/whatif_style.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct sheet {
    struct html html;
    const struct whatif_show *show;
    const struct whatif_draft *draft; /* at hand */
    const struct whatif_report *report;
    struct arena *arena;
    bool zh;
};

static const char *say(const struct sheet *p, const char *zh, const char *en)
{
    return p->zh ? zh : en;
}

/* ---- amounts ---- */

/* As a sentence says it, with the full amount for who points at it, and on paper. */
static void money(struct sheet *p, int64_t fen)
{
    struct chart_unit unit = chart_unit_for(fen, p->zh);
    const char *full = money_text_in(p->arena, fen);
    html_open(&p->html, "data", "class", "n", "title", full);
    html_attribute_format(&p->html, "value", "%" PRId64 ".%02d", fen / 100,
                          (int)(llabs(fen) % 100));
    html_format(&p->html, "%s %s", chart_number(p->arena, unit, fen), unit.name);
    html_close(&p->html);
    if (unit.fen > 100)
        html_element_z(&p->html, "span", "full",
                       text_in(p->arena, say(p, "（%s）", " (%s)"), full));
}

static const char *full_money(const struct sheet *p, int64_t fen)
{
    return p->zh ? money_text_in(p->arena, fen)
                 : text_in(p->arena, "%s yuan",
                           chart_number(p->arena, (struct chart_unit){100, ""}, fen));
}

static const char *money_words(const struct sheet *p, int64_t fen)
{
    struct chart_unit unit = chart_unit_for(fen, p->zh);
    return text_in(p->arena, "%s %s", chart_number(p->arena, unit, fen), unit.name);
}

static const char *count_words(const struct sheet *p, int64_t count)
{
    return chart_number(p->arena, (struct chart_unit){100, ""}, count * 100);
}

static const char *signed_words(const struct sheet *p, struct chart_unit unit, int64_t fen)
{
    return text_in(p->arena, "%s%s", fen > 0 ? "+" : "",
                   chart_column_number(p->arena, unit, fen));
}

/* ---- pieces of tables ---- */

static void open_table(struct sheet *p, const char *css_class)
{
    html_open(&p->html, "table", "class", css_class);
    html_open(&p->html, "thead");
    html_open(&p->html, "tr");
}

static void column(struct sheet *p, const char *name, bool is_number)
{
    html_open(&p->html, "th", "scope", "col");
    if (is_number)
        html_attribute(&p->html, "class", STR("num"));
    html_text_z(&p->html, name);
    html_close(&p->html);
}

static void bar_column(struct sheet *p)
{
    html_open(&p->html, "td");
    html_close(&p->html);
}

static void open_body(struct sheet *p)
{
    html_close(&p->html);
    html_close(&p->html);
    html_open(&p->html, "tbody");
    html_newline(&p->html);
}

static void open_row(struct sheet *p, struct str name)
{
    html_open(&p->html, "tr");
    html_open(&p->html, "th", "scope", "row");
    html_text(&p->html, name);
    html_close(&p->html);
}

static void number_cell(struct sheet *p, const char *text)
{
    html_element_z(&p->html, "td", "num", text);
}

static void close_row(struct sheet *p)
{
    html_close(&p->html);
    html_newline(&p->html);
}

static void close_table(struct sheet *p)
{
    html_close(&p->html);
    html_close(&p->html);
    html_newline(&p->html);
}

/* A table that is wider than a phone scrolls in a region that can be reached by the keyboard. */
static void open_scroll(struct sheet *p, const char *label)
{
    html_open(&p->html, "div", "class", "table-scroll", "tabindex", "0", "role", "region",
              "aria-label", label);
}

static void open_figure(struct sheet *p, const char *finding, const char *unit)
{
    html_open(&p->html, "figure", "class", "figure");
    html_open(&p->html, "figcaption");
    html_element_z(&p->html, "h3", NULL, finding);
    html_element_z(&p->html, "p", NULL, unit);
    html_close(&p->html);
    html_newline(&p->html);
}

static void close_figure(struct sheet *p, const char *source)
{
    if (source)
        html_element_z(&p->html, "p", "figure-from", source);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- what changed ---- */

static void edit_words(struct sheet *p, const char *element, struct str words)
{
    if (words.size > 0)
        html_element(&p->html, element, NULL, words);
    else
        html_element_z(&p->html, "span", "faint", say(p, "没有", "none"));
}

static void edits(struct sheet *p)
{
    if (p->draft->edit_count == 0)
        return;
    html_open(&p->html, "section");
    html_element_z(&p->html, "h2", "hide", say(p, "改了什么", "What changed"));
    html_open(&p->html, "table", "class", "table is-stack edits", "role", "table");
    html_open(&p->html, "thead");
    html_open(&p->html, "tr");
    column(p, say(p, "改动", "change"), false);
    column(p, say(p, "现行", "in force"), false);
    column(p, say(p, "草案", "draft"), false);
    open_body(p);
    for (int32_t i = 0; i < p->draft->edit_count; i++) {
        const struct whatif_edit *edit = &p->draft->edits[i];
        html_open(&p->html, "tr");
        html_open(&p->html, "th", "scope", "row", "class", "wide");
        html_text(&p->html, edit->place);
        html_close(&p->html);
        html_open(&p->html, "td", "class", "wide", "data-label", say(p, "现行", "in force"));
        edit_words(p, "del", edit->before);
        html_close(&p->html);
        html_open(&p->html, "td", "class", "wide", "data-label", say(p, "草案", "draft"));
        edit_words(p, "ins", edit->after);
        html_close(&p->html);
        close_row(p);
    }
    close_table(p);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- three sentences ---- */

static const char *measure_word(const struct sheet *p, int32_t table)
{
    bool is_person = strcmp(p->show->vocab->records[table].name, "person") == 0;
    if (!p->zh)
        return p->show->vocab->records[table].name;
    return is_person ? "人" : text_in(p->arena, "个%s", p->show->vocab->records[table].label_zh);
}

static void open_sentence(struct sheet *p)
{
    html_open(&p->html, "li");
    html_open(&p->html, "p");
}

static void close_sentence(struct sheet *p, const char *then)
{
    html_close(&p->html);
    if (then)
        html_element_z(&p->html, "p", "then", then);
    html_close(&p->html);
    html_newline(&p->html);
}

static void spending(struct sheet *p)
{
    const struct whatif_change *total = &p->report->total;
    int64_t difference_fen = total->draft_fen - total->base_fen;
    open_sentence(p);
    html_text_z(&p->html, say(p, "支出由 ", "Spending goes from "));
    money(p, total->base_fen);
    html_text_z(&p->html, say(p, " 变为 ", " to "));
    money(p, total->draft_fen);
    if (total->base_fen > 0 && difference_fen != 0) {
        int64_t tenths = (llabs(difference_fen) * 2000 / total->base_fen + 1) / 2;
        const char *way = difference_fen > 0 ? say(p, "多", "up") : say(p, "少", "down");
        const char *words =
            tenths == 0 ? text_in(p->arena, say(p, "%s不到 0.1%%", "%s less than 0.1%%"), way)
                        : text_in(p->arena, "%s %" PRId64 ".%d%%", way, tenths / 10,
                                  (int)(tenths % 10));
        html_text_z(&p->html, say(p, "，", ", "));
        html_element_z(&p->html, "strong", NULL, words);
    }
    html_text_z(&p->html, say(p, "。", "."));
    const char *then = NULL;
    if (total->draft_open > 0 || total->base_open > 0)
        then = text_in(p->arena,
                       say(p, "另有金额待定的：现行 %s 笔，草案 %s 笔，没有算在内。",
                           "Amounts still open are not counted: %s in force, %s under the draft."),
                       count_words(p, total->base_open), count_words(p, total->draft_open));
    close_sentence(p, then);
}

/* Who has more, or less: 87 人、17 个载体. */
static void side_sentence(struct sheet *p, bool more)
{
    int64_t all_fen = 0, gained = 0;
    int32_t told = 0;
    open_sentence(p);
    for (int32_t i = 0; i < p->report->subjects_count; i++) {
        const struct whatif_subjects *s = &p->report->subjects[i];
        int64_t count = more ? s->more_count : s->less_count;
        all_fen += more ? s->more_fen : s->less_fen;
        gained += more ? s->won_count : s->lost_count;
        if (count == 0)
            continue;
        html_text_z(&p->html, told++ ? say(p, "、", ", ") : "");
        html_open(&p->html, "strong", "class", "n");
        html_format(&p->html, "%s %s", count_words(p, count), measure_word(p, s->table));
        html_close(&p->html);
    }
    if (told == 0) {
        html_text_z(&p->html, more ? say(p, "没有谁多拿。", "Nobody receives more.")
                                   : say(p, "没有谁少拿。", "Nobody receives less."));
        close_sentence(p, NULL);
        return;
    }
    html_text_z(&p->html, more ? say(p, "多拿，合计 ", " more, in all ")
                               : say(p, "少拿，合计 ", " less, in all "));
    money(p, all_fen);
    html_text_z(&p->html, say(p, "。", "."));
    const char *then =
        text_in(p->arena,
                more ? say(p, "其中 %s 个得到原来没有的项目。",
                           "%s gain something they did not have.")
                     : say(p, "其中 %s 个失去一个月或一项以上。",
                           "%s lose a month or a whole entitlement."),
                count_words(p, gained));
    close_sentence(p, gained > 0 ? then : NULL);
}

static void brief(struct sheet *p)
{
    html_open(&p->html, "ol", "class", "brief");
    html_newline(&p->html);
    spending(p);
    side_sentence(p, true);
    side_sentence(p, false);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- figures ---- */

static int64_t difference_of(const struct whatif_change *change)
{
    return change->draft_fen - change->base_fen;
}

/* Rows with a difference, up to the largest of them; the largest amount decides the unit. */
static void group_figure(struct sheet *p, enum whatif_by by)
{
    const struct whatif_group *groups = p->report->groups[by];
    const struct whatif_group *most = NULL;
    int64_t fen_max = 0, difference_max = 0;
    for (int32_t i = 0; i < p->report->group_counts[by]; i++) {
        const struct whatif_change *change = &groups[i].change;
        if (!whatif_changes(change))
            continue;
        fen_max = change->base_fen > fen_max ? change->base_fen : fen_max;
        fen_max = change->draft_fen > fen_max ? change->draft_fen : fen_max;
        if (!most || llabs(difference_of(change)) > difference_max) {
            most = &groups[i];
            difference_max = llabs(difference_of(change));
        }
    }
    if (!most)
        return;
    struct chart_unit unit = chart_unit_for(fen_max, p->zh);
    const char *by_name = whatif_by_words(p->show, by);
    open_figure(p,
                text_in(p->arena, say(p, "变化最大的是%.*s", "Most changes at %.*s"),
                        STR_ARG(most->name)),
                text_in(p->arena, say(p, "按%s的变化，%s", "change by %s, %s"), by_name,
                        unit.name));
    open_scroll(p, text_in(p->arena, say(p, "按%s的变化", "change by %s"), by_name));
    open_table(p, "table");
    column(p, by_name, false);
    bar_column(p);
    column(p, say(p, "差", "difference"), true);
    column(p, say(p, "现行", "in force"), true);
    column(p, say(p, "草案", "draft"), true);
    open_body(p);
    for (int32_t i = 0; i < p->report->group_counts[by]; i++) {
        const struct whatif_change *change = &groups[i].change;
        if (!whatif_changes(change))
            continue;
        open_row(p, groups[i].name);
        chart_two_way_cell(&p->html, difference_of(change), difference_max);
        html_open(&p->html, "td", "class", "num");
        html_element_z(&p->html, "strong", NULL, signed_words(p, unit, difference_of(change)));
        html_close(&p->html);
        number_cell(p, chart_column_number(p->arena, unit, change->base_fen));
        number_cell(p, chart_column_number(p->arena, unit, change->draft_fen));
        close_row(p);
    }
    close_table(p);
    html_close(&p->html);
    close_figure(p, NULL);
}

static const char *band_words(const struct sheet *p, const struct whatif_band *band)
{
    bool less = band->high_fen <= 0 && band->low_fen < 0;
    const char *side = less ? say(p, "少", "less by") : say(p, "多", "more by");
    int64_t low = less ? -band->high_fen : band->low_fen;
    int64_t high = less ? -band->low_fen : band->high_fen;
    if (band->low_fen == 0 && band->high_fen == 0)
        return say(p, "总额不变", "same sum");
    struct chart_unit yuan = {100, ""};
    if (band->low_fen == INT64_MIN || band->high_fen == INT64_MAX)
        return text_in(p->arena, say(p, "%s %s 元以上", "%s %s yuan or more"), side,
                       chart_number(p->arena, yuan, low));
    if (low <= 1)
        return text_in(p->arena, say(p, "%s不到 %s 元", "%s under %s yuan"), side,
                       chart_number(p->arena, yuan, high));
    return text_in(p->arena, say(p, "%s %s 至 %s 元", "%s %s to %s yuan"), side,
                   chart_number(p->arena, yuan, low), chart_number(p->arena, yuan, high));
}

static void band_figure(struct sheet *p, const struct whatif_subjects *s)
{
    int64_t most = 0;
    for (int32_t b = 0; b < s->band_count; b++)
        most = s->bands[b].count > most ? s->bands[b].count : most;
    const char *who = measure_word(p, s->table);
    const char *finding =
        s->less_count == 0   ? say(p, "%s %s都不会少拿", "none of %s %s receives less")
        : s->more_count == 0 ? say(p, "%s %s都不会多拿", "none of %s %s receives more")
                             : say(p, "%s %s有变化，有多有少", "%s %s change, both ways");
    open_figure(p, text_in(p->arena, finding, count_words(p, s->changed_count), who),
                say(p, "每个对象的差额，各项合并后比较", "difference of each, all rules together"));
    open_table(p, "table");
    column(p, say(p, "差额", "difference"), false);
    bar_column(p);
    column(p, text_in(p->arena, say(p, "%s数", "%s"), p->zh ? "个" : who), true);
    open_body(p);
    for (int32_t b = 0; b < s->band_count; b++) {
        const struct whatif_band *band = &s->bands[b];
        if (band->count == 0)
            continue;
        bool equal = band->low_fen == 0 && band->high_fen == 0;
        bool less = band->low_fen < 0;
        open_row(p, str_from(band_words(p, band)));
        chart_bar_cell(&p->html,
                       equal ? "run is-ash" : less ? "run is-cinnabar" : "run is-pine",
                       band->count, most, -1);
        number_cell(p, count_words(p, band->count));
        close_row(p);
    }
    close_table(p);
    close_figure(p, NULL);
}

/* ---- funds by month ---- */

static bool fund_is_shown(const struct whatif_report *report, const struct whatif_fund *fund)
{
    bool differs = false;
    for (int32_t m = 0; m < report->month_count && !differs; m++)
        differs = fund->month_fen[0][m] != fund->month_fen[1][m];
    for (int32_t y = 0; y < fund->year_count && !differs; y++)
        differs = fund->years[y].budget_fen[1] != ABSENT_I64;
    return differs;
}

static const char *fund_finding(const struct sheet *p, const struct whatif_fund *fund)
{
    for (int32_t y = 0; y < fund->year_count; y++) {
        const struct whatif_fund_year *year = &fund->years[y];
        if (year->dry_month[1] == ABSENT_I32)
            continue;
        return text_in(p->arena,
                       say(p, "%.*s %d 年 %d 月用完，缺 %s", "%.*s runs dry in %d-%02d, short %s"),
                       STR_ARG(fund->name), year->dry_month[1] / 12, year->dry_month[1] % 12 + 1,
                       money_words(p, year->short_fen[1]));
    }
    const struct whatif_fund_year *last = &fund->years[fund->year_count - 1];
    if (last->budget_fen[1] != ABSENT_I64)
        return text_in(p->arena, say(p, "%.*s够用", "%.*s lasts"), STR_ARG(fund->name));
    return text_in(p->arena, say(p, "%.*s逐月累计", "%.*s month by month"), STR_ARG(fund->name));
}

/* Sums since January of each year, as budgets are counted. */
static int64_t *running_sums(const struct sheet *p, const int64_t *month_fen)
{
    int32_t count = p->report->month_count;
    int64_t *sums = ARENA_NEW_ARRAY(p->arena, int64_t, (size_t)count);
    int64_t sum_fen = 0;
    for (int32_t m = 0; sums && m < count; m++) {
        sum_fen = (p->report->first_month + m) % 12 == 0 ? month_fen[m] : sum_fen + month_fen[m];
        sums[m] = sum_fen;
    }
    return sums;
}

static const char **month_labels(const struct sheet *p)
{
    int32_t count = p->report->month_count;
    const char **labels = ARENA_NEW_ARRAY(p->arena, const char *, (size_t)count);
    for (int32_t m = 0; labels && m < count; m++) {
        int32_t month = p->report->first_month + m;
        bool is_january = month % 12 == 0;
        if (count <= 12)
            labels[m] = is_january ? say(p, "1 月", "1") : text_in(p->arena, "%d", month % 12 + 1);
        else
            labels[m] = is_january ? text_in(p->arena, "%d", month / 12) : "";
    }
    return labels;
}

static void fund_table(struct sheet *p, const struct whatif_fund *fund, int64_t *const sums[2],
                       struct chart_unit unit)
{
    html_open(&p->html, "details");
    html_element_z(&p->html, "summary", NULL, say(p, "看数据表", "the table"));
    open_scroll(p, str_z(p->arena, fund->name));
    open_table(p, "table");
    column(p, say(p, "月", "month"), false);
    column(p, text_in(p->arena, say(p, "现行当月（%s）", "in force (%s)"), unit.name), true);
    column(p, say(p, "草案当月", "draft"), true);
    column(p, say(p, "现行累计", "in force, sum"), true);
    column(p, say(p, "草案累计", "draft, sum"), true);
    open_body(p);
    for (int32_t m = 0; m < p->report->month_count; m++) {
        open_row(p, str_from(month_text_in(p->arena, p->report->first_month + m)));
        number_cell(p, chart_column_number(p->arena, unit, fund->month_fen[0][m]));
        number_cell(p, chart_column_number(p->arena, unit, fund->month_fen[1][m]));
        number_cell(p, chart_column_number(p->arena, unit, sums[0][m]));
        number_cell(p, chart_column_number(p->arena, unit, sums[1][m]));
        close_row(p);
    }
    close_table(p);
    html_close(&p->html);
    html_close(&p->html);
}

static const char *budget_words(const struct sheet *p, const struct whatif_fund *fund)
{
    struct text_buf buf;
    text_init(&buf, p->arena);
    for (int32_t y = 0; y < fund->year_count; y++)
        for (int side = 0; side < 2; side++) {
            const struct whatif_fund_year *year = &fund->years[y];
            if (year->budget_fen[side] == ABSENT_I64)
                continue;
            text_format(&buf, say(p, "%d 年%s：预算 %s", "%d, %s: budget %s"), year->year,
                        side ? say(p, "草案", "draft") : say(p, "现行", "in force"),
                        money_words(p, year->budget_fen[side]));
            if (year->carried_fen[side] > 0)
                text_format(&buf, say(p, "，上年排队 %s", ", carried %s"),
                            money_words(p, year->carried_fen[side]));
            if (year->dry_month[side] == ABSENT_I32)
                text_add_z(&buf, say(p, "，够用。", ", enough. "));
            else
                text_format(&buf,
                            say(p, "，%d 月用完，缺 %s，不足时%s。",
                                ", dry in month %d, short %s: %s. "),
                            year->dry_month[side] % 12 + 1, money_words(p, year->short_fen[side]),
                            whatif_when_short(p->show, fund->when_short[side]));
        }
    if (buf.size == 0)
        text_add_z(&buf, say(p, "文件没有写预算；试算时可以假设一个。",
                             "The documents give no budget; one can be supposed."));
    return str_z(p->arena, text_str(&buf));
}

static void fund_figure(struct sheet *p, const struct whatif_fund *fund)
{
    int64_t *sums[2] = {running_sums(p, fund->month_fen[0]), running_sums(p, fund->month_fen[1])};
    const char **labels = month_labels(p);
    if (!sums[0] || !sums[1] || !labels) {
        p->html.out->failed = true;
        return;
    }
    int32_t last = p->report->month_count - 1;
    int64_t most = 1;
    for (int32_t m = 0; m <= last; m++)
        for (int side = 0; side < 2; side++)
            most = sums[side][m] > most ? sums[side][m] : most;
    struct chart_unit unit = chart_unit_for(most, p->zh);
    int64_t limit_fen = fund->years[fund->year_count - 1].budget_fen[1];
    open_figure(p, fund_finding(p, fund),
                text_in(p->arena, say(p, "当年累计，%s。虚线为现行，实线为草案",
                                      "sum of the year, %s. Dashed in force, drawn draft"),
                        unit.name));
    struct chart_lines lines = {
        .title = text_in(p->arena, say(p, "%.*s 当年累计：现行 %s，草案 %s",
                                       "%.*s, sum of the year: in force %s, draft %s"),
                         STR_ARG(fund->name), money_words(p, sums[0][last]),
                         money_words(p, sums[1][last])),
        .point_count = p->report->month_count, .labels = labels, .series_count = 2,
        .series = {{say(p, "现行", "in force"), "l0", NULL, sums[0]},
                   {say(p, "草案", "draft"), "l1", "is-s1", sums[1]}},
        .limit_fen = limit_fen, .limit_name = say(p, "预算", "budget"), .unit = unit};
    chart_lines(&p->html, &lines);
    html_newline(&p->html);
    fund_table(p, fund, sums, unit);
    close_figure(p, budget_words(p, fund));
}

static void figures(struct sheet *p)
{
    html_open(&p->html, "section");
    html_element_z(&p->html, "h2", "hide", say(p, "谁、哪里、何时", "Who, where, when"));
    html_open(&p->html, "div", "class", "columns is-even");
    html_newline(&p->html);
    for (int32_t i = 0; i < p->report->subjects_count; i++)
        band_figure(p, &p->report->subjects[i]);
    static const enum whatif_by shown[] = {WHATIF_BY_DIVISION, WHATIF_BY_RULE, WHATIF_BY_FUND,
                                           WHATIF_BY_LEVEL};
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        group_figure(p, shown[i]);
    for (int32_t i = 0; i < p->report->fund_count; i++)
        if (fund_is_shown(p->report, &p->report->funds[i]))
            fund_figure(p, &p->report->funds[i]);
    html_close(&p->html);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- quotas ---- */

static void quota_cells(struct sheet *p, int64_t granted, int64_t limit, bool is_draft)
{
    if (is_draft)
        chart_bar_cell(&p->html, limit != ABSENT_I64 && granted >= limit ? "run is-gamboge" : "run",
                       granted, limit == ABSENT_I64 || limit < granted ? granted : limit, -1);
    number_cell(p, limit == ABSENT_I64
                       ? count_words(p, granted)
                       : text_in(p->arena, "%s / %s", count_words(p, granted),
                                 count_words(p, limit)));
}

static void quotas(struct sheet *p)
{
    if (p->report->quota_count == 0)
        return;
    html_open(&p->html, "section", "class", "flow");
    html_element_z(&p->html, "h2", NULL, say(p, "名额用了多少", "Places taken"));
    open_scroll(p, say(p, "名额", "quotas"));
    open_table(p, "table");
    column(p, say(p, "项目", "rule"), false);
    bar_column(p);
    column(p, say(p, "草案", "draft"), true);
    column(p, say(p, "现行", "in force"), true);
    open_body(p);
    for (int32_t i = 0; i < p->report->quota_count; i++) {
        const struct whatif_quota *quota = &p->report->quotas[i];
        html_open(&p->html, "tr");
        html_open(&p->html, "th", "scope", "row");
        html_text(&p->html, quota->rule);
        html_open(&p->html, "br");
        html_close(&p->html);
        html_element_z(&p->html, "span", "faint",
                       quota->window_years == 0
                           ? say(p, "只此一次", "once")
                           : text_in(p->arena, say(p, "%d 年起 %d 年", "%d, %d years"),
                                     quota->window_year, quota->window_years));
        html_close(&p->html);
        quota_cells(p, quota->draft_granted, quota->draft_limit, true);
        quota_cells(p, quota->base_granted, quota->base_limit, false);
        close_row(p);
    }
    close_table(p);
    html_close(&p->html);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- cases ---- */

#define CASES_CLASS "flow whatif-cases"

struct str whatif_without_cases(struct arena *arena, struct str part)
{
    static const struct str opens = {"<section class=\"" CASES_CLASS "\">",
                                     sizeof "<section class=\"" CASES_CLASS "\">" - 1};
    static const struct str closes = {"</section>", sizeof "</section>" - 1};
    struct text_buf rest;
    text_init(&rest, arena);
    for (;;) {
        size_t from = str_find(part, opens);
        if (from == SIZE_MAX)
            break;
        text_add(&rest, str_sub(part, 0, from));
        part = str_sub(part, from, part.size);
        size_t to = str_find(part, closes);
        part = to == SIZE_MAX ? STR("") : str_sub(part, to + closes.size, part.size);
    }
    text_add(&rest, part);
    return rest.failed ? STR("") : text_str(&rest);
}

static void case_reasons(struct sheet *p, const struct whatif_case *x)
{
    if (x->reason_count == 0)
        return;
    html_open(&p->html, "details");
    html_element_z(&p->html, "summary", NULL, say(p, "条件对照", "conditions"));
    html_open(&p->html, "ul");
    for (int32_t i = 0; i < x->reason_count; i++) {
        const struct whatif_reason *reason = &x->reasons[i];
        struct str absent = str_from(say(p, "没有", "absent"));
        html_open(&p->html, "li");
        html_open(&p->html, "strong", "class", "keep");
        html_text(&p->html, reason->base.size ? reason->base : absent);
        html_text_z(&p->html, " → ");
        html_text(&p->html, reason->draft.size ? reason->draft : absent);
        html_close(&p->html);
        html_text_z(&p->html, " ");
        html_text(&p->html, reason->condition);
        html_close(&p->html);
    }
    html_close(&p->html);
    html_close(&p->html);
}

static void case_number(struct sheet *p, const char *label, const char *text)
{
    html_open(&p->html, "td", "role", "cell", "class", "num", "data-label", label);
    html_text_z(&p->html, text);
    html_close(&p->html);
}

static void case_row(struct sheet *p, const struct whatif_case *x)
{
    const char *none = say(p, "无", "none");
    html_open(&p->html, "tr", "role", "row");
    html_open(&p->html, "th", "role", "rowheader", "scope", "row", "class", "wide");
    if (x->name.size)
        html_text(&p->html, x->name);
    else
        html_format(&p->html, "%s %" PRId64, whatif_record_label(p->show, x->table),
                    x->subject_id);
    html_open(&p->html, "br");
    html_close(&p->html);
    html_open(&p->html, "span", "class", "faint");
    html_format(&p->html, say(p, "%.*s　%.*s", "%.*s, %.*s"), STR_ARG(x->division),
                STR_ARG(x->rule));
    html_close(&p->html);
    html_close(&p->html);
    case_number(p, say(p, "现行", "in force"),
                x->base_granted ? full_money(p, x->base_fen) : none);
    case_number(p, say(p, "草案", "draft"),
                x->draft_granted ? full_money(p, x->draft_fen) : none);
    struct chart_unit yuan = {100, "元"};
    case_number(p, say(p, "差", "difference"),
                text_in(p->arena, "%s%s", signed_words(p, yuan, x->draft_fen - x->base_fen),
                        say(p, " 元", " yuan")));
    html_open(&p->html, "td", "role", "cell", "class", "wide");
    html_text(&p->html, x->why);
    html_text_z(&p->html, x->why.size ? say(p, "。", ".") : "");
    case_reasons(p, x);
    html_close(&p->html);
    close_row(p);
}

static void cases(struct sheet *p)
{
    if (p->report->case_count == 0)
        return;
    html_open(&p->html, "section", "class", CASES_CLASS);
    html_element_z(&p->html, "h2", NULL,
                   text_in(p->arena, say(p, "变化最大的 %d 例", "The %d that change most"),
                           p->report->case_count));
    html_open(&p->html, "table", "class", "table is-stack cases", "role", "table");
    html_open(&p->html, "thead", "role", "rowgroup");
    html_open(&p->html, "tr", "role", "row");
    column(p, say(p, "对象", "who"), false);
    column(p, say(p, "现行", "in force"), true);
    column(p, say(p, "草案", "draft"), true);
    column(p, say(p, "差", "difference"), true);
    column(p, say(p, "因为", "because"), false);
    html_close(&p->html);
    html_close(&p->html);
    html_open(&p->html, "tbody", "role", "rowgroup");
    html_newline(&p->html);
    for (int32_t i = 0; i < p->report->case_count; i++)
        case_row(p, &p->report->cases[i]);
    close_table(p);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- drafts beside each other ---- */

static void side_by_side(struct sheet *p)
{
    const struct whatif_show *show = p->show;
    int64_t fen_max = show->drafts[0].report->total.base_fen;
    struct chart_unit unit = chart_unit_for(fen_max, p->zh);
    html_open(&p->html, "section", "class", "flow");
    html_element_z(&p->html, "h2", NULL,
                   text_in(p->arena, say(p, "并排比较（%s）", "Side by side (%s)"), unit.name));
    open_scroll(p, say(p, "草案并排比较", "drafts side by side"));
    open_table(p, "table");
    column(p, say(p, "项目", "rule"), false);
    column(p, say(p, "现行", "in force"), true);
    for (int32_t d = 0; d < show->draft_count; d++) {
        column(p, str_z(p->arena, show->drafts[d].name), true);
        column(p, say(p, "差", "difference"), true);
    }
    open_body(p);
    const struct whatif_report *first = show->drafts[0].report;
    for (int32_t i = 0; i < first->group_counts[WHATIF_BY_RULE]; i++) {
        const struct whatif_group *group = &first->groups[WHATIF_BY_RULE][i];
        bool differs = false;
        for (int32_t d = 0; d < show->draft_count; d++) {
            const struct whatif_group *other = whatif_rule_of(show, d, group->name);
            differs = differs || (other && whatif_changes(&other->change));
        }
        if (!differs)
            continue;
        open_row(p, group->name);
        number_cell(p, chart_column_number(p->arena, unit, group->change.base_fen));
        for (int32_t d = 0; d < show->draft_count; d++) {
            const struct whatif_group *other = whatif_rule_of(show, d, group->name);
            int64_t fen = other ? other->change.draft_fen : 0;
            number_cell(p, chart_column_number(p->arena, unit, fen));
            number_cell(p, signed_words(p, unit, fen - group->change.base_fen));
        }
        close_row(p);
    }
    html_close(&p->html);
    html_open(&p->html, "tfoot");
    open_row(p, str_from(say(p, "全部", "all")));
    number_cell(p, chart_column_number(p->arena, unit, first->total.base_fen));
    for (int32_t d = 0; d < show->draft_count; d++) {
        int64_t fen = show->drafts[d].report->total.draft_fen;
        number_cell(p, chart_column_number(p->arena, unit, fen));
        number_cell(p, signed_words(p, unit, fen - first->total.base_fen));
    }
    close_row(p);
    close_table(p);
    html_close(&p->html);
    html_close(&p->html);
    html_newline(&p->html);
}

/* ---- the page ---- */

static const char *span_words(const struct sheet *p)
{
    const struct whatif_report *report = p->show->drafts[0].report;
    int32_t to_year = day_year(report->as_of_day);
    int32_t from_year = report->from_day == ABSENT_I32 ? to_year : day_year(report->from_day);
    if (from_year == to_year)
        return text_in(p->arena, say(p, "%d 年", "%d"), to_year);
    return text_in(p->arena, say(p, "%d 至 %d 年", "%d to %d"), from_year, to_year);
}

static const char *cost_words(const struct sheet *p, const struct whatif_report *report)
{
    int64_t difference_fen = difference_of(&report->total);
    if (difference_fen == 0)
        return say(p, "支出不变", "costs the same");
    const char *way = difference_fen > 0 ? say(p, "多花", "costs more by")
                                         : say(p, "少花", "costs less by");
    return text_in(p->arena, "%s %s", way,
                   money_words(p, llabs(difference_fen)));
}

static const char *losers_words(const struct sheet *p, const struct whatif_report *report)
{
    for (int32_t i = 0; i < report->subjects_count; i++) {
        const struct whatif_subjects *s = &report->subjects[i];
        if (s->less_count > 0)
            return text_in(p->arena, say(p, "，%s %s少拿", ", %s %s receive less"),
                           count_words(p, s->less_count), measure_word(p, s->table));
    }
    return report->subjects_count > 0 ? say(p, "，没有谁少拿", ", nobody receives less") : "";
}

static const char *finding(const struct sheet *p)
{
    const struct whatif_show *show = p->show;
    if (show->draft_count == 1)
        return text_in(p->arena, say(p, "%s%s%s", "%s: %s%s"), span_words(p),
                       cost_words(p, show->drafts[0].report),
                       losers_words(p, show->drafts[0].report));
    struct text_buf buf;
    text_init(&buf, p->arena);
    for (int32_t d = 0; d < show->draft_count; d++)
        text_format(&buf, "%s%.*s%s%s", d ? say(p, "，", ", ") : "", STR_ARG(show->drafts[d].name),
                    p->zh ? "" : " ", cost_words(p, show->drafts[d].report));
    return str_z(p->arena, text_str(&buf));
}

/* What is compared: the files' names, without the folders they lie in. */
static struct str drafts_words(const struct sheet *p)
{
    struct text_buf buf;
    text_init(&buf, p->arena);
    for (int32_t d = 0; d < p->show->draft_count; d++) {
        struct str name = p->show->drafts[d].from, part;
        for (struct str rest = name; str_split(&rest, '/', &part);)
            name = part.size > 0 ? part : name;
        text_format(&buf, "%s%.*s", d ? say(p, "、", ", ") : "", STR_ARG(name));
    }
    return text_str(&buf);
}

static void head(struct sheet *p)
{
    const struct whatif_show *show = p->show;
    char known[DAY_TEXT_SIZE], as_of[DAY_TEXT_SIZE];
    day_text(clock_city_day(show->known_at_ms), known);
    day_text(show->as_of_day, as_of);
    html_open(&p->html, "div", "class", "head");
    html_open(&p->html, "div");
    html_open(&p->html, "p", "class", "head-where");
    html_format(&p->html, say(p, "试算 / %.*s / 用 %s 为止已知的全市数据",
                              "What if / %.*s / facts known by %s"),
                STR_ARG(drafts_words(p)), known);
    html_close(&p->html);
    html_element_z(&p->html, "h1", NULL, finding(p));
    html_open(&p->html, "p", "class", "head-line");
    html_format(&p->html, say(p, "算到 %s，用时 %" PRId64 ".%d 秒，没有改动任何记录。",
                              "As of %s, in %" PRId64 ".%d seconds; nothing was changed."),
                as_of, show->took_ms / 1000, (int)(show->took_ms % 1000 / 100));
    html_close(&p->html);
    html_close(&p->html);
    html_close(&p->html);
    html_newline(&p->html);
}

static void draft_section(struct sheet *p, int32_t index)
{
    p->draft = &p->show->drafts[index];
    p->report = p->draft->report;
    if (p->show->draft_count > 1) {
        html_open(&p->html, "section");
        html_open(&p->html, "h2");
        html_format(&p->html, say(p, "%.*s：%s%s", "%.*s: %s%s"), STR_ARG(p->draft->name),
                    cost_words(p, p->report), losers_words(p, p->report));
        html_close(&p->html);
        html_element(&p->html, "p", "head-line", p->draft->from);
        html_close(&p->html);
        html_newline(&p->html);
    }
    edits(p);
    if (!whatif_changes(&p->report->total)) {
        html_element_z(&p->html, "p", "notice",
                       say(p, "草案与现行对全市每个人的结果都相同。",
                           "The draft decides for everybody as the policy in force."));
    } else {
        brief(p);
        figures(p);
    }
    quotas(p);
    cases(p);
}

static void write_report(struct sheet *p)
{
    if (p->show->draft_count > 1)
        side_by_side(p);
    for (int32_t d = 0; d < p->show->draft_count; d++)
        draft_section(p, d);
}

static void write_page(struct sheet *p)
{
    html_page_begin(&p->html, say(p, "zh-CN", "en"),
                    str_from(text_in(p->arena, say(p, "试算：%s - 百工", "What if: %s - Baigong"),
                                     finding(p))),
                    style_whatif);
    html_open(&p->html, "main", "class", "main wrap", "id", "main");
    html_newline(&p->html);
    head(p);
    write_report(p);
    html_close(&p->html);
    html_newline(&p->html);
    html_page_end(&p->html);
}

static struct sheet sheet_of(const struct whatif_show *show, struct text_buf *out)
{
    struct sheet sheet = {.show = show, .arena = show->arena, .zh = show->is_zh};
    html_init(&sheet.html, out);
    return sheet;
}

void whatif_print_page(const struct whatif_show *show, struct text_buf *out)
{
    struct sheet sheet = sheet_of(show, out);
    write_page(&sheet);
}

void whatif_print_part(const struct whatif_show *show, struct text_buf *out)
{
    struct sheet sheet = sheet_of(show, out);
    write_report(&sheet);
}

struct str whatif_finding(const struct whatif_show *show)
{
    struct text_buf none;
    text_init(&none, show->arena);
    struct sheet sheet = sheet_of(show, &none);
    return str_from(finding(&sheet));
}
