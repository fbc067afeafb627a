/* insight_book.h — figures of the city counted once and kept: pages read them, reports cite them.
 *
 * A book holds every target, duty and indicator of the documents that concern the city and the
 * series of the board, each with its divisions, as of a day and as known at an instant. What it
 * says never changes: a new count makes a new book. A frozen book is a report under a title, sealed
 * by SM3 over all it says; a published one is open to the public.
 *
 *   (nothing) -count-> book -freeze-> report -publish-> public
 *                        \-the next count of the same month-> replaced
 *
 *   facts --insight_book_count--> insight_book, _line, _place --insight_book_lines--> pages
 *
 * Memory   results live in w->arena, or in the arena given
 * Errors   ERR_NOT_FOUND (no book), ERR_INPUT, ERR_FORBIDDEN, ERR_CATALOGUE (the board); those of
 *          the store
 * Units    a figure in the unit of its indicator; a rate keeps numerator and denominator; a
 *          planned rate in millionths; days as civil day numbers
 * Limits   the constants below
 */
#ifndef BAIGONG_INSIGHT_BOOK_H
#define BAIGONG_INSIGHT_BOOK_H

#include "domain/insight/insight.h"

enum {
    BOOK_SERIES_MAX = 32,  /* rows of the board */
    BOARD_TILES_MAX = 256, /* counties of the cities that have a map */
    BOOK_YEARS = 6,        /* a series of years: this one so far, and five ends of years */
    BOOK_PLACES_MAX = 4096, /* divisions of one figure; what is beyond counts as not known */
    BOOK_TITLE_SIZE_MAX = 300,
};

enum book_kind { BOOK_TARGET = 1, BOOK_DUTY, BOOK_INDICATOR, BOOK_YEAR, BOOK_MONTH };

/* Which indicators the director's page draws over time: catalogue/board.csv. */
struct insight_board {
    struct insight_series {
        struct str indicator;
        enum book_kind kind; /* BOOK_YEAR: at the ends of years; BOOK_MONTH: in each month */
    } rows[BOOK_SERIES_MAX];
    int32_t row_count;
    /* Where counties stand on a map of tiles: catalogue/tile.csv. */
    struct insight_tile {
        int32_t division, row, column; /* from 1 */
        struct str label;              /* short enough for a tile */
    } tiles[BOARD_TILES_MAX];
    int32_t tile_count;
};
enum err insight_board_read(struct arena *arena, const char *path,
                            struct insight_board *ret_board, struct fault *fault);
enum err insight_tiles_read(struct arena *arena, const char *path, struct insight_board *board,
                            struct fault *fault);

/* Counts as of a day with what is known now and keeps the book; replaces those of the same month
 * that nobody froze. board may be NULL. */
enum err insight_book_count(struct work_env *env, const struct vocab *vocab,
                            const struct incentive_policy *policy,
                            const struct insight_board *board, int32_t as_of_day,
                            int64_t *ret_book_id, struct fault *fault);

struct book_head {
    int64_t id, known_at_ms, counted_ms, event_id, person_count;
    int64_t frozen_ms, frozen_by;       /* 0: not a report */
    int64_t published_ms, published_by; /* 0: for the bureau alone */
    struct str frozen_name, title, seal;
    int32_t as_of_day;
};
/* id 0: the newest. */
enum err insight_book_read(struct work *w, int64_t id, struct book_head *ret_head);
/* The newest published report. */
enum err insight_book_public(struct work *w, struct book_head *ret_head);

struct book_line {
    int32_t line;
    enum book_kind kind;
    struct str document_number, article, name, measure;
    enum indicator_unit unit;
    enum target_op op;
    int64_t planned; /* ABSENT_I64: none; of the whole city */
    int32_t period_start_day; /* ABSENT_I32: a stock */
    int32_t period_end_day;
    struct figure figure; /* of a duty: who meets it, of who owes it */
    bool is_met;
};

/* Whose rows a reader sees. */
struct book_scope {
    bool is_city; /* the figures themselves; else the sum of the divisions below */
    int32_t division_min, division_max;
};
enum err insight_book_lines(struct work *w, int64_t book_id, const struct book_scope *scope,
                            struct book_line **ret_lines, int32_t *ret_line_count);

struct book_place {
    int32_t division; /* 0: not known */
    struct figure figure;
};
enum err insight_book_places(struct work *w, int64_t book_id, int32_t line,
                             struct book_place **ret_places, int32_t *ret_place_count);

/* Makes a report of a book; ERR_INPUT without a title or when it is one already. */
enum err insight_book_freeze(struct work *w, int64_t book_id, struct str title);
/* Opens a report to the public; ERR_FORBIDDEN for who froze it: two people answer for a figure. */
enum err insight_book_publish(struct work *w, int64_t book_id);
/* Whether a report still says what was sealed. */
enum err insight_book_check(struct work *w, int64_t book_id, bool *ret_is_whole);

/* Newest first; before_ms INT64_MAX: from the newest. */
enum err insight_book_reports(struct work *w, int64_t before_ms, int32_t row_count_max,
                              struct book_head **ret_heads, int32_t *ret_head_count);

/* The words by which units and operators are stored and given to programs: persons, at_least. */
const char *book_unit_code(enum indicator_unit unit);
const char *book_operator_code(enum target_op op);

/* Names behind a figure: ids of the persons or bodies whose rows count (numerator only), ascending,
 * after after_id, within the scope. ret_table: their record. Evaluates the city. */
struct book_names {
    int32_t table;
    int64_t *ids;
    int32_t id_count;
    bool has_more;
};
enum err insight_book_names(struct work_env *env, const struct vocab *vocab,
                            const struct incentive_policy *policy, const struct book_head *head,
                            const struct book_line *line, const struct book_scope *scope,
                            int64_t after_id, int32_t row_count_max, struct arena *arena,
                            struct book_names *ret_names, struct fault *fault);

#endif
