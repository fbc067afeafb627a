/* page_chart.h — drawings of figures as members of a document, for the views component/chart_*.
 *
 * The server draws SVG: across in per cent, so that text keeps its size on a phone; a table stands
 * beside every drawing. No colour says anything that its words do not.
 *
 * Units    values in the unit of the figure; x in per cent, y in pixels
 * Limits   CHART_POINTS_MAX points
 */
#ifndef BAIGONG_PAGE_CHART_H
#define BAIGONG_PAGE_CHART_H

#include "page/page.h"

enum { CHART_POINTS_MAX = 24, CHART_LEVELS = 5 };

struct chart_point {
    struct str label;      /* under the axis */
    int64_t value, second; /* second: of the other series; ABSENT_I64 without one */
};

/* {ticks, grid, segments, dots}: a line that may begin above zero. */
void page_chart_line(struct page *page, struct doc *parent, const char *name,
                     const struct chart_point *points, int32_t point_count);
/* {ticks, grid, bars}: value in ash, second beside it in azurite; from zero. */
void page_chart_bars(struct page *page, struct doc *parent, const char *name,
                     const struct chart_point *points, int32_t point_count);

/* How strongly a tile is shaded, 0 to CHART_LEVELS - 1. */
int32_t page_chart_level(int64_t value, int64_t largest);

/* The round step that puts at most 4 lines into a range; at least 1. */
int64_t page_chart_step(int64_t range);

#endif
