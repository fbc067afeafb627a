#include "domain/insight/pace.h"

#include "base/record.h"

__extension__ typedef __int128 wide;

static int64_t clamped(wide value)
{
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

int64_t pace_actual(const struct book_line *line)
{
    const struct figure *figure = &line->figure;
    if (figure->numerator == ABSENT_I64)
        return 0;
    if (line->unit != UNIT_RATE)
        return figure->numerator;
    if (figure->denominator <= 0)
        return 0;
    return clamped((wide)figure->numerator * PACE_ONE / figure->denominator);
}

int64_t pace_missing(const struct book_line *line)
{
    int64_t actual = pace_actual(line);
    if (line->is_met || line->planned == ABSENT_I64 || line->planned < actual)
        return 0;
    return clamped((wide)line->planned - actual);
}

int64_t pace_reached_ppm(const struct book_line *line)
{
    int64_t actual = pace_actual(line);
    if (actual <= 0 || line->planned == ABSENT_I64 || line->planned <= 0)
        return 0;
    return clamped((wide)actual * PACE_ONE / line->planned);
}

bool pace_is_flow(const struct book_line *line)
{
    return line->period_start_day != ABSENT_I32 && line->unit != UNIT_RATE;
}

bool pace_keeps(const struct book_line *line, int32_t as_of_day)
{
    if (!pace_is_flow(line) || line->planned == ABSENT_I64)
        return false;
    int64_t whole = (int64_t)line->period_end_day - line->period_start_day + 1;
    int64_t elapsed = (int64_t)as_of_day - line->period_start_day + 1;
    if (elapsed <= 0 || whole <= 0)
        return false;
    return (wide)pace_actual(line) * whole >= (wide)line->planned * elapsed;
}

int32_t pace_share_bps(int64_t part, int64_t whole)
{
    if (part <= 0 || whole <= 0)
        return 0;
    return part >= whole ? 10000 : (int32_t)((wide)part * 10000 / whole);
}
