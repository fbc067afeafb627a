#include "base/division.h"

int32_t division_span(int64_t division)
{
    if (division <= 0 || division > DIVISION_COUNTY_MAX)
        return 1;
    return division % 10000 == 0 ? 10000 : division % 100 == 0 ? 100 : 1;
}

bool division_holds(int64_t outer, int64_t inner)
{
    if (outer <= 0 || inner <= 0)
        return false;
    if (outer > DIVISION_COUNTY_MAX)
        return outer == inner;
    while (inner > DIVISION_COUNTY_MAX)
        inner /= 1000;
    int32_t span = division_span(outer);
    return outer / span == inner / span;
}
