/* chart.h — small drawings of a page, as SVG: bars in a table's cell, lines over months.
 *
 * Positions are percentages, so that text keeps its size on a phone; colours and strokes are those
 * of web/style. A drawing is never alone: whoever draws it writes the table of the same figures.
 *
 * Memory   in the arena of the page's text
 * Units    money in fen; a value on paper is whole or has at most two decimals of its unit
 * Limits   CHART_SERIES_MAX lines
 */
#ifndef BAIGONG_CHART_H
#define BAIGONG_CHART_H

#include "base/html.h"

enum { CHART_SERIES_MAX = 2 };

/* A unit that keeps the largest amount short: yuan, ten thousand or a hundred million of them. */
struct chart_unit {
    int64_t fen;      /* of one unit */
    const char *name; /* 元, 万元, 亿元 */
};
struct chart_unit chart_unit_for(int64_t fen_max, bool zh);
/* 1,286.4 of the unit, at most two decimals, trailing zeros left out; a true minus. */
const char *chart_number(struct arena *arena, struct chart_unit unit, int64_t fen);
/* The same for a column of a table: every number with as many decimals. */
const char *chart_column_number(struct arena *arena, struct chart_unit unit, int64_t fen);

/* A cell with a bar from 0 to value, where the column's largest is value_max. css_class: "run",
 * "run is-ash" …; mark_value below 0: no mark. */
void chart_bar_cell(struct html *html, const char *css_class, int64_t value, int64_t value_max,
                    int64_t mark_value);
/* A cell with a bar to the left or right of the middle. */
void chart_two_way_cell(struct html *html, int64_t value, int64_t value_max);

struct chart_lines {
    const char *title; /* said to who cannot see it */
    int32_t point_count;
    const char *const *labels; /* of the points; "" leaves one out */
    struct chart_series {
        const char *name, *line_class, *text_class;
        const int64_t *values_fen;
    } series[CHART_SERIES_MAX];
    int32_t series_count;
    int64_t limit_fen; /* a level drawn across, or ABSENT_I64 */
    const char *limit_name;
    struct chart_unit unit;
};
void chart_lines(struct html *html, const struct chart_lines *chart);

#endif
