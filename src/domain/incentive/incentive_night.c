#include "domain/incentive/incentive_night.h"

#include "incentive_night_sql.h"

enum err incentive_night(struct work *w, struct night *ret_night)
{
    struct night_last_out row;
    TRY(night_last(w, &row));
    *ret_night = (struct night){row.as_of_day,     row.finished_ms, row.new_count,
                                row.changed_count, row.ended_count, row.unchanged_count};
    return ERR_OK;
}
