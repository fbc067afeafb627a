#include "domain/insight/chart.h"

#include "base/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- numbers ---- */

struct chart_unit chart_unit_for(int64_t fen_max, bool zh)
{
    enum { YUAN = 100 };
    int64_t yuan = llabs(fen_max) / YUAN;
    if (!zh)
        return yuan >= 1000000 ? (struct chart_unit){(int64_t)1000000 * YUAN, "million yuan"}
                               : (struct chart_unit){YUAN, "yuan"};
    if (yuan >= 100000000)
        return (struct chart_unit){(int64_t)100000000 * YUAN, "亿元"};
    return yuan >= 10000 ? (struct chart_unit){(int64_t)10000 * YUAN, "万元"}
                         : (struct chart_unit){YUAN, "元"};
}

static const char *number(struct arena *arena, struct chart_unit unit, int64_t fen,
                          bool keeps_zeros)
{
    int64_t hundredth = unit.fen / 100;
    int64_t rounded = (llabs(fen) + hundredth / 2) / hundredth;
    int64_t whole = rounded / 100;
    int32_t part = (int32_t)(rounded % 100);
    struct text_buf buf;
    text_init(&buf, arena);
    text_add_z(&buf, fen < 0 && rounded > 0 ? "−" : "");
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%" PRId64, whole);
    for (int i = 0; i < length; i++) {
        text_add_byte(&buf, digits[i]);
        if (i + 1 < length && (length - 1 - i) % 3 == 0)
            text_add_byte(&buf, ',');
    }
    if (part % 10 || keeps_zeros)
        text_format(&buf, ".%02d", (int)part);
    else if (part)
        text_format(&buf, ".%d", (int)part / 10);
    return str_z(arena, text_str(&buf));
}

const char *chart_number(struct arena *arena, struct chart_unit unit, int64_t fen)
{
    return number(arena, unit, fen, false);
}

const char *chart_column_number(struct arena *arena, struct chart_unit unit, int64_t fen)
{
    bool is_yuan = unit.fen == 100 && fen % 100 == 0;
    return number(arena, unit, fen, !is_yuan);
}

/* ---- bars ---- */

enum { PERCENT_ONE = 100, BAR_HEIGHT = 12 };

/* Hundredths of a percent of the whole. */
static int64_t share(int64_t value, int64_t whole)
{
    __extension__ typedef __int128 wide;
    return whole > 0 ? (int64_t)((wide)llabs(value) * 100 * PERCENT_ONE / whole) : 0;
}

static void percent_attribute(struct html *html, const char *name, int64_t hundredths)
{
    html_attribute_format(html, name, "%" PRId64 ".%02d%%", hundredths / PERCENT_ONE,
                          (int)(hundredths % PERCENT_ONE));
}

static void open_bar(struct html *html)
{
    html_open(html, "td", "class", "bar");
    html_open(html, "svg", "class", "rule", "height", "12", "aria-hidden", "true");
}

static void bar(struct html *html, const char *css_class, int64_t from, int64_t width)
{
    html_open(html, "rect", "class", css_class, "y", "0", "height", "12");
    percent_attribute(html, "x", from);
    percent_attribute(html, "width", width);
    html_close(html);
}

static void mark(struct html *html, int64_t at, const char *from, const char *to)
{
    html_open(html, "line", "class", "mark", "y1", from, "y2", to);
    percent_attribute(html, "x1", at);
    percent_attribute(html, "x2", at);
    html_close(html);
}

void chart_bar_cell(struct html *html, const char *css_class, int64_t value, int64_t value_max,
                    int64_t mark_value)
{
    open_bar(html);
    if (value > 0)
        bar(html, css_class, 0, share(value, value_max));
    if (mark_value >= 0)
        mark(html, share(mark_value, value_max), "-2", "14");
    html_close(html);
    html_close(html);
}

void chart_two_way_cell(struct html *html, int64_t value, int64_t value_max)
{
    enum { MIDDLE = 50 * PERCENT_ONE };
    int64_t width = share(value, value_max) / 2;
    open_bar(html);
    bar(html, "run", value < 0 ? MIDDLE - width : MIDDLE, width);
    mark(html, MIDDLE, "-9", "21");
    html_close(html);
    html_close(html);
}

/* ---- lines ---- */

enum {
    PLOT_TOP = 26,     /* room for a label above the highest point */
    PLOT_BOTTOM = 196,
    PLOT_HEIGHT = 228,
    PLOT_WIDTH = 72,   /* percent; the names of the lines stand in the rest */
    LABEL_GAP = 16,
};

/* 1, 2 or 5 times a power of ten: two to five lines of the grid below the top. */
static int64_t nice_step(int64_t top)
{
    int64_t step = 1;
    while (step <= top / 10)
        step *= 10;
    if (top / step >= 6)
        return step * 2;
    return top / step >= 3 ? step : step >= 10 ? step / 2 : step;
}

static int64_t top_of(const struct chart_lines *chart)
{
    int64_t top = chart->limit_fen != ABSENT_I64 ? chart->limit_fen : 0;
    for (int32_t s = 0; s < chart->series_count; s++)
        for (int32_t i = 0; i < chart->point_count; i++)
            top = chart->series[s].values_fen[i] > top ? chart->series[s].values_fen[i] : top;
    return top > 0 ? top : 1;
}

static double y_of(int64_t value, int64_t top)
{
    return PLOT_BOTTOM - (double)value * (PLOT_BOTTOM - PLOT_TOP) / (double)top;
}

/* The place of a point in hundredths of a percent of the plot. */
static int64_t x_of(const struct chart_lines *chart, int32_t i)
{
    return (int64_t)(2 * i + 1) * 100 * PERCENT_ONE / (2 * chart->point_count);
}

static void plot_text(struct html *html, const char *css_class, int64_t x, double y,
                      const char *anchor, const char *text)
{
    html_open(html, "text");
    if (css_class)
        html_attribute(html, "class", str_from(css_class));
    percent_attribute(html, "x", x);
    html_attribute_format(html, "y", "%.1f", y);
    html_attribute(html, "text-anchor", str_from(anchor));
    html_text_z(html, text);
    html_close(html);
}

static void level(struct html *html, const char *css_class, double y, int32_t width_percent)
{
    html_open(html, "line", "class", css_class, "x1", "0");
    html_attribute_format(html, "x2", "%d%%", (int)width_percent);
    html_attribute_format(html, "y1", "%.1f", y);
    html_attribute_format(html, "y2", "%.1f", y);
    html_close(html);
}

static void grid(struct html *html, const struct chart_lines *chart, int64_t top)
{
    int64_t step = nice_step(top);
    struct arena *arena = html->out->arena;
    for (int64_t at = step; at <= top; at += step) {
        level(html, "grid", y_of(at, top), PLOT_WIDTH);
        bool is_last = at + step > top;
        const char *number = chart_number(arena, chart->unit, at);
        plot_text(html, NULL, 0, y_of(at, top) - 5, "start",
                  is_last ? text_in(arena, "%s %s", number, chart->unit.name) : number);
    }
    level(html, "axis", PLOT_BOTTOM, PLOT_WIDTH);
    for (int32_t i = 0; i < chart->point_count; i++)
        if (chart->labels[i][0])
            plot_text(html, NULL, x_of(chart, i) * PLOT_WIDTH / 100, PLOT_BOTTOM + 19, "middle",
                      chart->labels[i]);
}

static void line_of(struct html *html, const struct chart_lines *chart, int32_t s, int64_t top)
{
    struct text_buf points;
    text_init(&points, html->out->arena);
    for (int32_t i = 0; i < chart->point_count; i++)
        text_format(&points, "%s%.2f,%.2f", i ? " " : "",
                    (double)x_of(chart, i) / PERCENT_ONE,
                    y_of(chart->series[s].values_fen[i], top));
    html_open(html, "polyline", "class", chart->series[s].line_class);
    html_attribute(html, "points", text_str(&points));
    html_close(html);
}

struct line_name {
    const char *css_class, *text;
    double y;
};

static int by_height(const void *left, const void *right)
{
    double a = ((const struct line_name *)left)->y, b = ((const struct line_name *)right)->y;
    return (a > b) - (a < b);
}

/* Names at the ends of the lines and of the limit, from the top down, kept apart. */
static void name_lines(struct html *html, const struct chart_lines *chart, int64_t top)
{
    struct arena *arena = html->out->arena;
    struct line_name names[CHART_SERIES_MAX + 1];
    int32_t count = 0;
    if (chart->limit_fen != ABSENT_I64) {
        level(html, "limit", y_of(chart->limit_fen, top), PLOT_WIDTH);
        names[count++] = (struct line_name){
            "is-strong",
            text_in(arena, "%s %s", chart->limit_name,
                    chart_number(arena, chart->unit, chart->limit_fen)),
            y_of(chart->limit_fen, top)};
    }
    for (int32_t s = 0; s < chart->series_count; s++) {
        int64_t last = chart->series[s].values_fen[chart->point_count - 1];
        names[count++] = (struct line_name){
            chart->series[s].text_class,
            text_in(arena, "%s %s", chart->series[s].name,
                    chart_number(arena, chart->unit, last)),
            y_of(last, top)};
    }
    qsort(names, (size_t)count, sizeof *names, by_height);
    for (int32_t i = 1; i < count; i++)
        if (names[i].y < names[i - 1].y + LABEL_GAP)
            names[i].y = names[i - 1].y + LABEL_GAP;
    for (int32_t i = 0; i < count; i++)
        plot_text(html, names[i].css_class, (PLOT_WIDTH + 1) * PERCENT_ONE, names[i].y + 4,
                  "start", names[i].text);
}

void chart_lines(struct html *html, const struct chart_lines *chart)
{
    int64_t top = top_of(chart);
    html_open(html, "svg", "class", "plot", "role", "img", "aria-label", chart->title);
    html_attribute_format(html, "height", "%d", PLOT_HEIGHT);
    grid(html, chart, top);
    html_open(html, "svg", "x", "0", "y", "0", "preserveAspectRatio", "none", "overflow",
              "visible");
    html_attribute_format(html, "width", "%d%%", PLOT_WIDTH);
    html_attribute_format(html, "height", "%d", PLOT_BOTTOM);
    html_attribute_format(html, "viewBox", "0 0 100 %d", PLOT_BOTTOM);
    for (int32_t s = 0; s < chart->series_count; s++)
        line_of(html, chart, s, top);
    html_close(html);
    name_lines(html, chart, top);
    html_close(html);
}
