#include "print/print_letter.h"

#include "base/day.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <string.h>

/* All is drawn in one pass, from the top down; a page ends when the next line has no room. */

#define MM(millimetres) ((millimetres)*72.0 / 25.4)

static const double page_width = MM(210), page_height = MM(297);
static const double left = MM(28), text_width = MM(156), top = MM(37), bottom = MM(262);
static const double line_height = MM(225) / 22;
static const double rule_width = MM(170);

enum {
    BODY_SIZE = 1575, /* hundredths of a point: 28 characters in 156 mm */
    TITLE_SIZE = 2200,
    ISSUER_SIZE = 2800,
    TABLE_SIZE = 1100,
    SMALL_SIZE = 1050,
    NUMBER_SIZE = 1400,
    SIGN_LINES = 4, /* two lines of room, issuer, date; the seal reaches below them */
    KEPT_LINES = 2, /* of the text, that stay with the signature */
    TEXT_SIZE_MAX = 256 * 1024,
};

static const double table_line = 15.5, cell_padding = 4.0;

/* A TrueType face costs a letter 30 KB; each face of Noto costs 60 to 500 KB (cairo keeps all its
 * subroutines): the few words in it are drawn as outlines. */
static const char serif[] = "Noto Serif CJK SC";
static const char kai[] = "LXGW WenKai, Noto Serif CJK SC";

struct printer {
    struct arena *arena;
    struct text_buf out;
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoLayout *layout;
    struct fault *fault;
    double y; /* top of the next line */
    int32_t page;
    bool failed;
};

struct face {
    const char *family;
    int size; /* hundredths of a point */
    bool is_bold;
};

static const struct face body_face = {kai, BODY_SIZE, false};
static const struct face heading_face = {kai, BODY_SIZE, true};
static const struct face title_face = {serif, TITLE_SIZE, true};
static const struct face issuer_face = {serif, ISSUER_SIZE, true};
static const struct face cell_face = {kai, TABLE_SIZE, false};
static const struct face head_face = {kai, TABLE_SIZE, true};
static const struct face small_face = {kai, SMALL_SIZE, false};
static const struct face number_face = {kai, NUMBER_SIZE, false};

/* ---- text */

static void use(struct printer *p, const struct face *face, double width, PangoAlignment alignment)
{
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, face->family);
    pango_font_description_set_absolute_size(font, face->size / 100.0 * PANGO_SCALE);
    pango_font_description_set_weight(font,
                                      face->is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(p->layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(p->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    pango_layout_set_alignment(p->layout, alignment);
    pango_layout_set_indent(p->layout, 0);
    pango_layout_set_justify(p->layout, FALSE);
}

static void set_text(struct printer *p, struct str text)
{
    pango_layout_set_text(p->layout, text.size > 0 ? text.ptr : "", (int)text.size);
}

enum drawing { DRAW_TEXT, DRAW_OUTLINES };

/* Draws a line of the layout with its baseline at y. */
static void draw_line_as(struct printer *p, int index, double x, double baseline,
                         enum drawing drawing)
{
    PangoLayoutLine *line = pango_layout_get_line_readonly(p->layout, index);
    PangoRectangle logical;
    pango_layout_line_get_extents(line, NULL, &logical);
    int offset = 0;
    int room = pango_layout_get_width(p->layout) - logical.width;
    if (pango_layout_get_width(p->layout) > 0 && room > 0) {
        PangoAlignment alignment = pango_layout_get_alignment(p->layout);
        offset = alignment == PANGO_ALIGN_CENTER  ? room / 2
                 : alignment == PANGO_ALIGN_RIGHT ? room
                                                  : 0;
    }
    if (index == 0)
        offset += pango_layout_get_indent(p->layout);
    cairo_move_to(p->cairo, x + (double)offset / PANGO_SCALE, baseline);
    if (drawing == DRAW_TEXT) {
        pango_cairo_show_layout_line(p->cairo, line);
        return;
    }
    pango_cairo_layout_line_path(p->cairo, line);
    cairo_fill(p->cairo);
}

static void draw_line(struct printer *p, int index, double x, double baseline)
{
    draw_line_as(p, index, x, baseline, DRAW_TEXT);
}

/* ---- pages */

static void red(struct printer *p)
{
    cairo_set_source_rgb(p->cairo, 0.83, 0.05, 0.05);
}

static void black(struct printer *p)
{
    cairo_set_source_rgb(p->cairo, 0, 0, 0);
}

/* Two red lines 170 mm long; the thick one above or below. */
static void draw_rules(struct printer *p, double y, bool thick_above)
{
    double x = (page_width - rule_width) / 2;
    red(p);
    for (int i = 0; i < 2; i++) {
        cairo_set_line_width(p->cairo, (i == 0) == thick_above ? 2.2 : 0.8);
        cairo_move_to(p->cairo, x, y + i * 2.6);
        cairo_line_to(p->cairo, x + rule_width, y + i * 2.6);
        cairo_stroke(p->cairo);
    }
    black(p);
}

/* — 2 —, at the outer edge; a letter's first page bears none. */
static void end_page(struct printer *p)
{
    if (p->page == 1)
        draw_rules(p, MM(277), false);
    else {
        char number[32];
        snprintf(number, sizeof number, "— %d —", (int)p->page);
        bool is_odd = p->page % 2 == 1;
        use(p, &number_face, text_width - 2 * NUMBER_SIZE / 100.0,
            is_odd ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
        set_text(p, str_from(number));
        draw_line(p, 0, left + NUMBER_SIZE / 100.0, bottom + MM(7) + NUMBER_SIZE / 100.0);
    }
    cairo_show_page(p->cairo);
}

static void next_page(struct printer *p)
{
    end_page(p);
    if (++p->page > PRINT_PAGES_MAX) {
        p->failed = true;
        fault_set(p->fault, ERR_LIMIT, "文书超过 %d 页", PRINT_PAGES_MAX);
    }
    p->y = top;
}

static bool has_room(const struct printer *p, double height)
{
    return p->y + height <= bottom + 0.01;
}

static double baseline_of(const struct printer *p, double height, int size)
{
    return p->y + height / 2 + size / 100.0 * 0.37; /* a character stands in the middle */
}

/* ---- head of the first page */

/* Outlines, over the same words in the colour of the paper: for search and for being read out. */
static void draw_centred(struct printer *p, const struct face *face, struct str text,
                         double height)
{
    const struct face under = {kai, face->size, false};
    double y = p->y;
    cairo_save(p->cairo);
    cairo_set_source_rgb(p->cairo, 1, 1, 1);
    use(p, &under, text_width, PANGO_ALIGN_CENTER);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    set_text(p, text);
    for (int i = 0; i < pango_layout_get_line_count(p->layout); i++, y += height)
        draw_line(p, i, left, y + height / 2 + face->size / 100.0 * 0.37);
    cairo_restore(p->cairo);
    use(p, face, text_width, PANGO_ALIGN_CENTER);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    set_text(p, text);
    for (int i = 0; i < pango_layout_get_line_count(p->layout); i++) {
        draw_line_as(p, i, left, baseline_of(p, height, face->size), DRAW_OUTLINES);
        p->y += height;
    }
}

static void draw_head(struct printer *p, const struct print_letter *letter)
{
    p->y = MM(30);
    red(p);
    draw_centred(p, &issuer_face, letter->issuer, ISSUER_SIZE / 100.0);
    draw_rules(p, p->y + MM(4), true);
    p->y += MM(4) + 2.6 + BODY_SIZE / 100.0 * 7 / 8;
    use(p, &body_face, text_width, PANGO_ALIGN_RIGHT);
    set_text(p, letter->mark);
    draw_line(p, 0, left, baseline_of(p, BODY_SIZE / 100.0, BODY_SIZE));
    p->y += BODY_SIZE / 100.0 + 2 * line_height;
    draw_centred(p, &title_face, letter->title, TITLE_SIZE / 100.0 * 1.5);
    p->y += line_height * 0.6;
}

/* ---- paragraphs */

/* The room that must be left behind the line so that the signature never stands alone. */
static void draw_lines(struct printer *p, double x, bool is_last)
{
    int count = pango_layout_get_line_count(p->layout);
    double rest = line_height * SIGN_LINES;
    for (int i = 0; i < count; i++) {
        bool fits_all = has_room(p, line_height * (count - i) + rest);
        bool is_kept = is_last && i == (count > KEPT_LINES ? count - KEPT_LINES : 0);
        if (!has_room(p, line_height) || (is_kept && !fits_all && p->y > top)) {
            /* the number of the page takes the layout: keep its own */
            PangoLayout *own = pango_layout_copy(p->layout);
            next_page(p);
            g_object_unref(p->layout);
            p->layout = own;
        }
        draw_line(p, i, x, baseline_of(p, line_height, BODY_SIZE));
        p->y += line_height;
    }
}

static void draw_text(struct printer *p, const struct print_block *block, bool is_last)
{
    double indent = 2 * BODY_SIZE / 100.0;
    bool is_quote = block->kind == PRINT_QUOTE;
    const struct face *face = block->kind == PRINT_HEADING ? &heading_face
                                                           : &body_face;
    use(p, face, is_quote ? text_width - indent : text_width, PANGO_ALIGN_LEFT);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_justify(p->layout, TRUE);
    if (block->kind == PRINT_PARAGRAPH || block->kind == PRINT_HEADING)
        pango_layout_set_indent(p->layout, (int)(indent * PANGO_SCALE));
    set_text(p, block->text);
    draw_lines(p, is_quote ? left + indent : left, is_last);
}

/* ---- tables */

struct columns {
    double x[PRINT_COLUMNS_MAX + 1];
    int32_t count;
};

static struct columns columns_of(const struct print_table *table)
{
    struct columns columns = {.count = table->column_count};
    int64_t sum = 0;
    for (int32_t i = 0; i < table->column_count; i++)
        sum += table->widths ? table->widths[i] : 1;
    double x = left;
    for (int32_t i = 0; i < table->column_count; i++) {
        columns.x[i] = x;
        x += text_width * (double)(table->widths ? table->widths[i] : 1) / (double)sum;
    }
    columns.x[table->column_count] = left + text_width;
    return columns;
}

static bool is_number(struct str text)
{
    for (size_t i = 0; i < text.size; i++)
        if (!strchr("0123456789.,-", text.ptr[i]))
            return false;
    return text.size > 0;
}

static void use_cell(struct printer *p, const struct columns *columns, int32_t i,
                     const struct face *face, struct str text)
{
    double width = columns->x[i + 1] - columns->x[i] - 2 * cell_padding;
    use(p, face, width,
        face->is_bold     ? PANGO_ALIGN_CENTER
        : is_number(text) ? PANGO_ALIGN_RIGHT
                          : PANGO_ALIGN_LEFT);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    set_text(p, text);
}

static double row_height(struct printer *p, const struct columns *columns,
                         const struct face *face, const struct str *cells)
{
    int line_count = 1;
    for (int32_t i = 0; i < columns->count; i++) {
        use_cell(p, columns, i, face, cells[i]);
        int count = pango_layout_get_line_count(p->layout);
        line_count = count > line_count ? count : line_count;
    }
    return line_count * table_line + 2 * cell_padding;
}

static void draw_row(struct printer *p, const struct columns *columns, const struct face *face,
                     const struct str *cells, double height)
{
    cairo_set_line_width(p->cairo, 0.6);
    for (int32_t i = 0; i < columns->count; i++) {
        use_cell(p, columns, i, face, cells[i]);
        int count = pango_layout_get_line_count(p->layout);
        double y = p->y + (height - count * table_line) / 2;
        for (int line = 0; line < count; line++, y += table_line)
            draw_line(p, line, columns->x[i] + cell_padding,
                      y + table_line / 2 + TABLE_SIZE / 100.0 * 0.37);
        cairo_rectangle(p->cairo, columns->x[i], p->y, columns->x[i + 1] - columns->x[i], height);
        cairo_stroke(p->cairo);
    }
    p->y += height;
}

static void draw_table(struct printer *p, const struct print_table *table, bool is_last)
{
    struct columns columns = columns_of(table);
    double head_height = row_height(p, &columns, &head_face, table->heads);
    for (int32_t row = 0; row < table->row_count && !p->failed; row++) {
        const struct str *cells = table->cells + (size_t)row * (size_t)table->column_count;
        double height = row_height(p, &columns, &cell_face, cells);
        bool is_kept = is_last && row == table->row_count - 1;
        double needed = height + (row == 0 ? head_height : 0) +
                        (is_kept ? SIGN_LINES * line_height : 0);
        bool is_first = row == 0;
        if (!has_room(p, needed) && p->y > top) {
            next_page(p);
            is_first = true;
        }
        if (is_first)
            draw_row(p, &columns, &head_face, table->heads, head_height);
        draw_row(p, &columns, &cell_face, cells, height);
    }
    p->y += line_height / 2;
}

/* ---- signature */

static void draw_signature(struct printer *p, const struct print_letter *letter)
{
    int32_t year, month, day_of_month;
    char date[48];
    day_to_civil(letter->day, &year, &month, &day_of_month);
    snprintf(date, sizeof date, "%d年%d月%d日", (int)year, (int)month, (int)day_of_month);
    double character = BODY_SIZE / 100.0, date_width, signer_width;
    PangoRectangle extents;
    p->y += 2 * line_height;
    use(p, &body_face, -1, PANGO_ALIGN_LEFT);
    set_text(p, str_from(date));
    pango_layout_get_extents(p->layout, NULL, &extents);
    date_width = (double)extents.width / PANGO_SCALE;
    set_text(p, letter->signer);
    pango_layout_get_extents(p->layout, NULL, &extents);
    signer_width = (double)extents.width / PANGO_SCALE;
    /* the date four characters from the edge, the issuer centred on it, both within the text */
    double centre = left + text_width - 4 * character - date_width / 2;
    if (centre + signer_width / 2 > left + text_width)
        centre = left + text_width - signer_width / 2;
    draw_line(p, 0, centre - signer_width / 2, baseline_of(p, line_height, BODY_SIZE));
    p->y += line_height;
    set_text(p, str_from(date));
    draw_line(p, 0, centre - date_width / 2, baseline_of(p, line_height, BODY_SIZE));
    p->y += line_height;
}

static void draw_foot(struct printer *p, struct str foot)
{
    if (foot.size == 0)
        return;
    p->y += line_height;
    use(p, &small_face, text_width, PANGO_ALIGN_LEFT);
    pango_layout_set_wrap(p->layout, PANGO_WRAP_WORD_CHAR);
    set_text(p, foot);
    int count = pango_layout_get_line_count(p->layout);
    for (int i = 0; i < count; i++, p->y += table_line)
        draw_line(p, i, left, p->y + SMALL_SIZE / 100.0);
}

/* ---- the file */

static cairo_status_t write_bytes(void *context, const unsigned char *bytes, unsigned int size)
{
    struct printer *p = context;
    if (p->out.size + size > PRINT_SIZE_MAX)
        return CAIRO_STATUS_WRITE_ERROR;
    text_add(&p->out, (struct str){(const char *)bytes, size});
    return p->out.failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void describe(struct printer *p, const struct print_letter *letter)
{
    char day[DAY_TEXT_SIZE];
    const char *instant = text_in(p->arena, "%sT00:00:00+08:00", day_text(letter->day, day));
    const struct {
        cairo_pdf_metadata_t kind;
        struct str text;
    } rows[] = {
        {CAIRO_PDF_METADATA_TITLE, letter->title},   {CAIRO_PDF_METADATA_AUTHOR, letter->issuer},
        {CAIRO_PDF_METADATA_SUBJECT, letter->mark},  {CAIRO_PDF_METADATA_CREATOR, STR("百工")},
        {CAIRO_PDF_METADATA_CREATE_DATE, str_from(instant)},
        {CAIRO_PDF_METADATA_MOD_DATE, str_from(instant)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cairo_pdf_surface_set_metadata(p->surface, rows[i].kind, str_z(p->arena, rows[i].text));
}

static bool is_text(struct str text)
{
    return text.size <= TEXT_SIZE_MAX && str_is_utf8(text) &&
           (text.size == 0 || !memchr(text.ptr, '\0', text.size));
}

static enum err check_letter(const struct print_letter *letter, struct fault *fault)
{
    bool is_good = is_text(letter->issuer) && is_text(letter->mark) && is_text(letter->title) &&
                   is_text(letter->signer) && is_text(letter->foot);
    for (int32_t i = 0; i < letter->block_count && is_good; i++) {
        const struct print_table *table = &letter->blocks[i].table;
        is_good = is_text(letter->blocks[i].text);
        if (letter->blocks[i].kind != PRINT_TABLE)
            continue;
        if (table->column_count < 1 || table->column_count > PRINT_COLUMNS_MAX)
            return fault_set(fault, ERR_LIMIT, "文书的表最多 %d 列", PRINT_COLUMNS_MAX);
        for (int32_t c = 0; c < table->column_count * (table->row_count + 1) && is_good; c++)
            is_good = is_text(c < table->column_count ? table->heads[c]
                                                      : table->cells[c - table->column_count]);
    }
    return is_good ? ERR_OK : fault_set(fault, ERR_INPUT, "文书的文字不是合格的 UTF-8");
}

static void draw_letter(struct printer *p, const struct print_letter *letter)
{
    draw_head(p, letter);
    for (int32_t i = 0; i < letter->block_count && !p->failed; i++) {
        const struct print_block *block = &letter->blocks[i];
        bool is_last = i + 1 == letter->block_count;
        if (block->kind == PRINT_TABLE)
            draw_table(p, &block->table, is_last);
        else
            draw_text(p, block, is_last);
    }
    if (!has_room(p, line_height * (SIGN_LINES - 2)))
        next_page(p);
    draw_signature(p, letter);
    draw_foot(p, letter->foot);
    end_page(p);
}

static enum err open_printer(struct printer *p)
{
    text_init(&p->out, p->arena);
    p->surface = cairo_pdf_surface_create_for_stream(write_bytes, p, page_width, page_height);
    cairo_pdf_surface_restrict_to_version(p->surface, CAIRO_PDF_VERSION_1_5);
    p->cairo = cairo_create(p->surface);
    p->layout = pango_cairo_create_layout(p->cairo);
    if (cairo_status(p->cairo) != CAIRO_STATUS_SUCCESS || !p->layout)
        return fault_set(p->fault, ERR_MEMORY, "no memory for a letter");
    PangoContext *context = pango_layout_get_context(p->layout);
    pango_context_set_language(context, pango_language_from_string("zh-cn"));
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    return ERR_OK;
}

/* Without the fonts every character would be an empty box. */
static enum err expect_fonts(struct printer *p)
{
    use(p, &body_face, -1, PANGO_ALIGN_LEFT);
    set_text(p, STR("政务公开"));
    if (pango_layout_get_unknown_glyphs_count(p->layout) == 0)
        return ERR_OK;
    return fault_set(p->fault, ERR_IO, "没有中文字体，请安装 fonts-lxgw-wenkai 和 fonts-noto-cjk");
}

enum err print_letter_pdf(struct arena *arena, const struct print_letter *letter,
                          struct str *ret_pdf, struct fault *fault)
{
    struct printer p = {.arena = arena, .fault = fault, .page = 1};
    TRY(check_letter(letter, fault));
    enum err err = open_printer(&p);
    if (err == ERR_OK)
        err = expect_fonts(&p);
    if (err == ERR_OK) {
        describe(&p, letter);
        draw_letter(&p, letter);
    }
    if (p.layout)
        g_object_unref(p.layout);
    cairo_destroy(p.cairo);
    cairo_surface_finish(p.surface);
    bool is_written = cairo_surface_status(p.surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(p.surface);
    TRY(err);
    if (p.failed)
        return ERR_LIMIT;
    if (!is_written || p.out.failed)
        return fault_set(fault, ERR_MEMORY, "no memory for a letter");
    *ret_pdf = text_str(&p.out);
    return ERR_OK;
}
