#include "page/page_chart.h"

#include <inttypes.h>

enum {
    TOP_Y = 26,
    AXIS_Y = 196,
    LABEL_Y = 216,
    GRID_LINES_MAX = 4,
    BAR_SLOTS_MIN = 12, /* a year of months keeps its width while it fills */
};

int64_t page_chart_step(int64_t range)
{
    int64_t step = 1;
    static const int64_t factors[] = {2, 5, 10};
    for (int64_t ten = 1;; ten *= 10) {
        for (int f = -1; f < 3; f++) {
            step = f < 0 ? ten : ten * factors[f];
            if (range / step < GRID_LINES_MAX || step > INT64_MAX / 20)
                return step;
        }
    }
}

int32_t page_chart_level(int64_t value, int64_t largest)
{
    if (value <= 0 || largest <= 0)
        return 0;
    int64_t level = (int64_t)((double)value / (double)largest * CHART_LEVELS);
    return level >= CHART_LEVELS ? CHART_LEVELS - 1 : (int32_t)level;
}

struct scale {
    int64_t low, high, step;
};

static double scale_y(const struct scale *scale, int64_t value)
{
    double share = (double)(value - scale->low) / (double)(scale->high - scale->low);
    return AXIS_Y - share * (AXIS_Y - TOP_Y);
}

static struct scale scale_of(int64_t least, int64_t largest)
{
    struct scale scale = {.low = 0, .high = largest > 0 ? largest : 1};
    if (least > 0 && least > largest / 2)
        scale.low = least - (largest - least) / 2;
    scale.step = page_chart_step(scale.high - scale.low);
    scale.low -= scale.low % scale.step;
    if (scale.high <= scale.low)
        scale.high = scale.low + 1;
    return scale;
}

static void add_grid(struct doc *chart, const struct scale *scale)
{
    struct doc *list = doc_page_list(chart, "grid");
    for (int64_t at = scale->low + scale->step; at <= scale->high; at += scale->step) {
        struct doc *row = doc_add_object(list, NULL);
        double y = scale_y(scale, at);
        doc_page_text(row, "y", doc_format(row, "%.1f", y));
        doc_page_text(row, "text_y", doc_format(row, "%.1f", y - 5));
        doc_add_number(row, "label", at);
    }
}

static void add_tick(struct doc *list, double x, struct str label)
{
    struct doc *row = doc_add_object(list, NULL);
    doc_page_text(row, "x", doc_format(row, "%.2f%%", x));
    doc_page_text(row, "label", label);
}

/* ---- line */

static double line_x(int32_t index, int32_t count)
{
    return count > 1 ? 14.0 + 80.0 * index / (count - 1) : 50.0;
}

static void add_dot(struct doc *list, const struct scale *scale, const struct chart_point *point,
                    double x, bool is_end)
{
    struct doc *row = doc_add_object(list, NULL);
    double y = scale_y(scale, point->value);
    doc_page_text(row, "x", doc_format(row, "%.2f%%", x));
    doc_page_text(row, "y", doc_format(row, "%.1f", y));
    doc_page_text(row, "text_y", doc_format(row, "%.1f", y - 10));
    doc_add_number(row, "value", point->value);
    doc_page_bool(row, "is_end", is_end);
}

void page_chart_line(struct page *page, struct doc *parent, const char *name,
                     const struct chart_point *points, int32_t point_count)
{
    struct doc *chart = doc_page_object(parent, name);
    if (point_count < 1)
        return;
    int64_t least = points[0].value, largest = points[0].value;
    for (int32_t i = 1; i < point_count; i++) {
        least = points[i].value < least ? points[i].value : least;
        largest = points[i].value > largest ? points[i].value : largest;
    }
    struct scale scale = scale_of(least, largest);
    add_grid(chart, &scale);
    struct doc *ticks = doc_page_list(chart, "ticks");
    struct doc *segments = doc_page_list(chart, "segments");
    struct doc *dots = doc_page_list(chart, "dots");
    for (int32_t i = 0; i < point_count; i++) {
        double x = line_x(i, point_count);
        add_tick(ticks, x, points[i].label);
        if (i == 0 || i == point_count - 1)
            add_dot(dots, &scale, &points[i], x, i > 0);
        if (i == 0)
            continue;
        struct doc *row = doc_add_object(segments, NULL);
        doc_page_text(row, "x1", doc_format(row, "%.2f%%", line_x(i - 1, point_count)));
        doc_page_text(row, "y1", doc_format(row, "%.1f", scale_y(&scale, points[i - 1].value)));
        doc_page_text(row, "x2", doc_format(row, "%.2f%%", x));
        doc_page_text(row, "y2", doc_format(row, "%.1f", scale_y(&scale, points[i].value)));
    }
}

/* ---- bars */

static void add_bar(struct doc *list, const struct scale *scale, double x, double width,
                    int64_t value, const char *css)
{
    struct doc *row = doc_add_object(list, NULL);
    double y = scale_y(scale, value);
    doc_page_text(row, "x", doc_format(row, "%.2f%%", x));
    doc_page_text(row, "width", doc_format(row, "%.2f%%", width));
    doc_page_text(row, "y", doc_format(row, "%.1f", y));
    doc_page_text(row, "height", doc_format(row, "%.1f", AXIS_Y - y));
    doc_page_z(row, "css", css);
}

void page_chart_bars(struct page *page, struct doc *parent, const char *name,
                     const struct chart_point *points, int32_t point_count)
{
    struct doc *chart = doc_page_object(parent, name);
    int64_t largest = 0;
    for (int32_t i = 0; i < point_count; i++) {
        largest = points[i].value > largest ? points[i].value : largest;
        if (points[i].second != ABSENT_I64 && points[i].second > largest)
            largest = points[i].second;
    }
    struct scale scale = scale_of(0, largest);
    add_grid(chart, &scale);
    struct doc *ticks = doc_page_list(chart, "ticks");
    struct doc *bars = doc_page_list(chart, "bars");
    double slot = 90.0 / (point_count > BAR_SLOTS_MIN ? point_count : BAR_SLOTS_MIN);
    for (int32_t i = 0; i < point_count; i++) {
        double x = 10.0 + slot * i;
        add_bar(bars, &scale, x, slot * 0.36, points[i].value, "s0");
        if (points[i].second != ABSENT_I64)
            add_bar(bars, &scale, x + slot * 0.36, slot * 0.36, points[i].second, "s1");
        add_tick(ticks, x + slot * 0.36, points[i].label);
    }
}
