#include "domain/insight/insight_book.h"

#include "insight_book_sql.h"

#include "base/clock.h"
#include "base/day.h"
#include "base/id.h"
#include "base/record.h"
#include "domain/incentive/incentive_found.h"
#include "domain/insight/insight.h"
#include "domain/registry/registry_facts.h"
#include "policy/locality.h"

#include <string.h>

/* Counting a book. Each figure is told row by row (eval_indicator_rows), and the rows are added up
 * by the division of who they belong to: the divisions always come to the figure. */

enum { PLACE_SLOTS = 2 * BOOK_PLACES_MAX, LOAD_THREADS = 2 };

struct place_map { /* divisions of one figure: open addressing, emptied by count */
    int32_t divisions[BOOK_PLACES_MAX];
    int64_t parts[BOOK_PLACES_MAX][2];
    int32_t count;
    int16_t slots[PLACE_SLOTS]; /* index + 1 */
};

struct counting {
    struct arena *arena;
    const struct policy *policy;
    const struct world *world;
    const bool *concerns; /* by document */
    int32_t as_of_day;
    int64_t known_at_ms;
    struct book_line_insert_in *lines;
    struct book_place_insert_in *places;
    int32_t line_count, line_capacity;
    int64_t place_count, place_capacity;
    struct place_map map;
    struct locality locality;
    int32_t locality_table; /* -1: none yet */
    int64_t sums[2];
    int64_t event_id, book_id;
};

/* ---- places */

static void map_clear(struct place_map *map)
{
    map->count = 0;
    memset(map->slots, 0, sizeof map->slots);
}

static int32_t map_place(struct place_map *map, int32_t division)
{
    uint32_t slot = (uint32_t)division * 2654435761u % PLACE_SLOTS;
    while (map->slots[slot] && map->divisions[map->slots[slot] - 1] != division)
        slot = (slot + 1) % PLACE_SLOTS;
    if (map->slots[slot])
        return map->slots[slot] - 1;
    if (map->count == BOOK_PLACES_MAX - 1 && division != 0)
        return map_place(map, 0);
    int32_t place = map->count++;
    map->slots[slot] = (int16_t)(place + 1);
    map->divisions[place] = division;
    map->parts[place][0] = map->parts[place][1] = 0;
    return place;
}

static int32_t division_of(struct counting *counting, int32_t table, int32_t row)
{
    if (counting->locality_table != table) {
        counting->locality = locality_of_table(counting->world, table);
        counting->locality_table = table;
    }
    int64_t division = locality_division(&counting->locality, row);
    return division > 0 && division <= INT32_MAX ? (int32_t)division : 0;
}

static enum err count_row(void *context, const struct counted_row *row, struct fault *fault)
{
    struct counting *counting = context;
    int32_t place = map_place(&counting->map, division_of(counting, row->table, row->row));
    if (__builtin_add_overflow(counting->map.parts[place][row->part], row->value,
                               &counting->map.parts[place][row->part]) ||
        __builtin_add_overflow(counting->sums[row->part], row->value,
                               &counting->sums[row->part]))
        return fault_set(fault, ERR_OVERFLOW, "a figure of the city is out of range");
    return ERR_OK;
}

/* ---- lines */

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_MEMORY, "no memory for the figures of the city");
}

static void *grown(struct arena *arena, const void *rows, size_t count, size_t capacity,
                   size_t size)
{
    void *larger = arena_alloc_array(arena, capacity, size);
    if (larger && count > 0)
        memcpy(larger, rows, count * size);
    return larger;
}

static enum err add_line(struct counting *counting, const struct book_line_insert_in *line,
                         struct fault *fault)
{
    if (counting->line_count == counting->line_capacity) {
        int32_t capacity = counting->line_capacity ? counting->line_capacity * 2 : 128;
        struct book_line_insert_in *lines =
            grown(counting->arena, counting->lines, (size_t)counting->line_count,
                  (size_t)capacity, sizeof *lines);
        if (!lines)
            return no_memory(fault);
        counting->lines = lines;
        counting->line_capacity = capacity;
    }
    counting->lines[counting->line_count] = *line;
    counting->lines[counting->line_count].line = counting->line_count + 1;
    counting->line_count++;
    return ERR_OK;
}

/* The map becomes the places of the newest line. */
static enum err add_places(struct counting *counting, bool is_quotient, struct fault *fault)
{
    const struct place_map *map = &counting->map;
    if (counting->place_count + map->count > counting->place_capacity) {
        int64_t capacity = counting->place_capacity ? counting->place_capacity * 2 : 2048;
        while (capacity < counting->place_count + map->count)
            capacity *= 2;
        struct book_place_insert_in *places =
            grown(counting->arena, counting->places, (size_t)counting->place_count,
                  (size_t)capacity, sizeof *places);
        if (!places)
            return no_memory(fault);
        counting->places = places;
        counting->place_capacity = capacity;
    }
    for (int32_t i = 0; i < map->count; i++)
        counting->places[counting->place_count++] = (struct book_place_insert_in){
            .line = counting->line_count,
            .division = map->divisions[i],
            .numerator = map->parts[i][0],
            .denominator = is_quotient ? map->parts[i][1] : 1,
        };
    return ERR_OK;
}

static struct book_line_insert_in line_of(const struct counting *counting, int32_t statement_index,
                                          enum book_kind kind)
{
    const struct policy *policy = counting->policy;
    const struct statement *statement = &policy->statements[statement_index];
    struct str article = statement->article >= 0 ? policy->articles[statement->article].heading
                                                 : STR("");
    return (struct book_line_insert_in){
        .kind = kind,
        .document_number = policy->documents[statement->document].number,
        .article = article,
        .name = statement->name,
        .measure = statement->name,
        .unit = str_from(book_unit_code(UNIT_ITEMS)),
        .operator = STR(""),
        .planned = ABSENT_I64,
        .period_start_day = ABSENT_I32,
        .period_end_day = counting->as_of_day,
        .numerator = ABSENT_I64,
        .denominator = 1,
    };
}

/* An indicator over a period: the figure in the line, its divisions behind it. A target (NULL:
 * none) is judged by it. */
static enum err count_figure(struct counting *counting, int32_t indicator,
                             const struct figure_period *period, struct target_state *target,
                             struct book_line_insert_in *line, struct fault *fault)
{
    const struct expr *value = counting->policy->statements[indicator].as.indicator->value;
    bool is_quotient = value->kind == EXPR_ARITHMETIC;
    bool has_rows;
    map_clear(&counting->map);
    counting->sums[0] = counting->sums[1] = 0;
    TRY(eval_indicator_rows(counting->policy, counting->world, indicator, period, count_row,
                            counting, &has_rows, fault));
    struct figure figure = {counting->sums[0], is_quotient ? counting->sums[1] : 1};
    if (!has_rows)
        TRY(eval_indicator(counting->policy, counting->world, indicator, period->start_day,
                           period->as_of_day, &figure, fault));
    line->unit = str_from(
        book_unit_code(counting->policy->statements[indicator].as.indicator->unit));
    if (target)
        target_judge(counting->policy, figure, target);
    line->is_met = target && target->met;
    line->numerator = figure.numerator;
    line->denominator = figure.denominator;
    line->period_start_day = period->start_day > DAY_MIN ? period->start_day : ABSENT_I32;
    line->period_end_day = period->end_day < DAY_MAX ? period->end_day : counting->as_of_day;
    TRY(add_line(counting, line, fault));
    return has_rows ? add_places(counting, is_quotient, fault) : ERR_OK;
}

static bool concerned(const struct counting *counting, int32_t statement)
{
    return counting->concerns[counting->policy->statements[statement].document];
}

static enum err count_targets(struct counting *counting, struct fault *fault)
{
    struct target_state *states;
    int32_t state_count;
    TRY(eval_target_plans(counting->arena, counting->policy, counting->world,
                          counting->as_of_day, &states, &state_count, fault));
    for (int32_t i = 0; i < state_count; i++) {
        struct target_state *state = &states[i];
        if (!concerned(counting, state->statement))
            continue;
        const struct target *target = counting->policy->statements[state->statement].as.target;
        struct book_line_insert_in line = line_of(counting, state->statement, BOOK_TARGET);
        line.measure = counting->policy->statements[target->indicator].name;
        line.operator = str_from(book_operator_code(target->op));
        line.planned = state->planned;
        struct figure_period period = {
            state->period_start_day, state->period_end_day,
            counting->as_of_day < state->period_end_day ? counting->as_of_day
                                                        : state->period_end_day};
        TRY(count_figure(counting, target->indicator, &period, state, &line, fault));
    }
    return ERR_OK;
}

static enum err count_duties(struct counting *counting, struct fault *fault)
{
    struct duty_state *states;
    int32_t state_count;
    const struct policy *policy = counting->policy;
    TRY(eval_duties(counting->arena, policy, counting->world, counting->as_of_day, &states,
                    &state_count, fault));
    for (int32_t s = 0; s < policy->statement_count; s++) {
        if (!insight_is_duty(&policy->statements[s]) || !concerned(counting, s))
            continue;
        struct book_line_insert_in line = line_of(counting, s, BOOK_DUTY);
        int32_t table = policy->statements[s].as.duty->subject;
        map_clear(&counting->map);
        line.numerator = line.denominator = 0;
        for (int32_t i = 0; i < state_count; i++) {
            if (states[i].statement != s)
                continue;
            int32_t place =
                map_place(&counting->map, division_of(counting, table, states[i].subject_row));
            counting->map.parts[place][0] += states[i].met;
            counting->map.parts[place][1]++;
            line.numerator += states[i].met;
            line.denominator++;
        }
        line.is_met = line.numerator == line.denominator;
        line.unit = str_from(book_unit_code(UNIT_BODIES));
        TRY(add_line(counting, &line, fault));
        TRY(add_places(counting, true, fault));
    }
    return ERR_OK;
}

static enum err count_indicators(struct counting *counting, struct fault *fault)
{
    int32_t first_day = year_first_day(day_year(counting->as_of_day));
    struct figure_period period = {first_day, counting->as_of_day, counting->as_of_day};
    for (int32_t s = 0; s < counting->policy->statement_count; s++) {
        if (counting->policy->statements[s].kind != STATEMENT_INDICATOR || !concerned(counting, s))
            continue;
        struct book_line_insert_in line = line_of(counting, s, BOOK_INDICATOR);
        TRY(count_figure(counting, s, &period, NULL, &line, fault));
    }
    return ERR_OK;
}

/* ---- series */

static enum err count_years(struct counting *counting, int32_t indicator, struct fault *fault)
{
    int32_t year = day_year(counting->as_of_day);
    for (int32_t y = year - BOOK_YEARS + 1; y <= year; y++) {
        int32_t end_day = y == year ? counting->as_of_day : year_last_day(y);
        struct figure_period period = {year_first_day(y), end_day, end_day};
        struct book_line_insert_in line = line_of(counting, indicator, BOOK_YEAR);
        TRY(count_figure(counting, indicator, &period, NULL, &line, fault));
    }
    return ERR_OK;
}

static enum err count_months(struct counting *counting, int32_t indicator, struct fault *fault)
{
    int32_t start_day = year_first_day(day_year(counting->as_of_day));
    while (start_day <= counting->as_of_day) {
        int32_t next_day = day_add_months(start_day, 1);
        int32_t end_day =
            next_day - 1 < counting->as_of_day ? next_day - 1 : counting->as_of_day;
        struct figure_period period = {start_day, end_day, end_day};
        struct book_line_insert_in line = line_of(counting, indicator, BOOK_MONTH);
        TRY(count_figure(counting, indicator, &period, NULL, &line, fault));
        start_day = next_day;
    }
    return ERR_OK;
}

/* A row of the board whose indicator is in no document of the city is left out. */
static enum err count_series(struct counting *counting, const struct insight_board *board,
                             struct fault *fault)
{
    for (int32_t i = 0; board && i < board->row_count; i++) {
        int32_t s = policy_statement(counting->policy, board->rows[i].indicator);
        if (s < 0 || counting->policy->statements[s].kind != STATEMENT_INDICATOR ||
            !concerned(counting, s))
            continue;
        TRY(board->rows[i].kind == BOOK_YEAR ? count_years(counting, s, fault)
                                             : count_months(counting, s, fault));
    }
    return ERR_OK;
}

/* ---- keeping */

static enum err remember_event(struct work *w, void *context)
{
    struct counting *counting = context;
    struct insight_newest_event_out event;
    TRY(insight_newest_event(w, &event));
    counting->event_id = event.id == ABSENT_I64 ? 0 : event.id;
    return ERR_OK;
}

static enum err forget_replaced(struct work *w, const struct counting *counting)
{
    int32_t year, month, day;
    day_to_civil(counting->as_of_day, &year, &month, &day);
    int32_t first_day = counting->as_of_day - day + 1;
    struct book_replaced_in in = {.id = counting->book_id,
                                  .as_of_day_min = first_day,
                                  .as_of_day_max = day_add_months(first_day, 1) - 1};
    struct cursor cursor;
    TRY(book_replaced(w, &in, &cursor));
    int64_t ids[64];
    int32_t id_count = 0;
    for (;;) {
        struct book_replaced_out row;
        bool more;
        TRY(book_replaced_next(&cursor, &row, &more));
        if (!more)
            break;
        if (id_count < (int32_t)(sizeof ids / sizeof ids[0]))
            ids[id_count++] = row.id;
    }
    for (int32_t i = 0; i < id_count; i++) {
        TRY(book_place_delete(w, &(struct book_place_delete_in){ids[i]}, NULL));
        TRY(book_line_delete(w, &(struct book_line_delete_in){ids[i]}, NULL));
        TRY(book_delete(w, &(struct book_delete_in){ids[i]}, NULL));
    }
    return ERR_OK;
}

static int64_t person_count(const struct world *world)
{
    int32_t table = vocab_table(world->vocab, STR("person"));
    return table >= 0 ? world->tables[table].row_count : 0;
}

static enum err keep(struct work *w, void *context)
{
    struct counting *counting = context;
    counting->book_id = id_next(w->ids);
    struct book_insert_in head = {.id = counting->book_id,
                                  .as_of_day = counting->as_of_day,
                                  .known_at_ms = counting->known_at_ms,
                                  .counted_ms = w->now_ms,
                                  .event_id = counting->event_id,
                                  .person_count = person_count(counting->world)};
    TRY(book_insert(w, &head, NULL));
    for (int32_t i = 0; i < counting->line_count; i++) {
        counting->lines[i].book_id = counting->book_id;
        TRY(book_line_insert(w, &counting->lines[i], NULL));
    }
    for (int64_t i = 0; i < counting->place_count; i++) {
        counting->places[i].book_id = counting->book_id;
        TRY(book_place_insert(w, &counting->places[i], NULL));
    }
    return forget_replaced(w, counting);
}

static enum err count_all(struct counting *counting, const struct insight_board *board,
                          struct fault *fault)
{
    bool *concerns =
        ARENA_NEW_ARRAY(counting->arena, bool, (size_t)counting->policy->document_count);
    if (!concerns)
        return no_memory(fault);
    for (int32_t i = 0; i < counting->policy->document_count; i++)
        concerns[i] = locality_concerns(counting->policy, i, counting->world);
    counting->concerns = concerns;
    TRY(count_targets(counting, fault));
    TRY(count_duties(counting, fault));
    TRY(count_indicators(counting, fault));
    return count_series(counting, board, fault);
}

enum err insight_book_count(struct work_env *env, const struct vocab *vocab,
                            const struct incentive_policy *policy,
                            const struct insight_board *board, int32_t as_of_day,
                            int64_t *ret_book_id, struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, SWEEP_ARENA_SIZE_MAX);
    struct counting *counting = ARENA_NEW(&arena, struct counting);
    if (!counting) {
        arena_done(&arena);
        return no_memory(fault);
    }
    *counting = (struct counting){.arena = &arena, .policy = policy->policy,
                                  .as_of_day = as_of_day, .locality_table = -1};
    counting->known_at_ms =
        env->fixed_now_ms != ABSENT_I64 ? env->fixed_now_ms : clock_now_ms();
    struct world *world = NULL;
    enum err err = incentive_found_count(env, fault); /* the book stands beside it on one page */
    if (err == ERR_OK)
        err = work_run(env, WORK_READ, remember_event, counting, fault);
    if (err == ERR_OK)
        err = registry_load_world_fast(env, vocab, counting->known_at_ms, LOAD_THREADS, &world,
                                       fault);
    counting->world = world;
    if (err == ERR_OK)
        err = count_all(counting, board, fault);
    if (err == ERR_OK)
        err = work_run(env, WORK_WRITE, keep, counting, fault);
    if (err == ERR_OK)
        *ret_book_id = counting->book_id;
    world_free(world);
    arena_done(&arena);
    return err;
}
