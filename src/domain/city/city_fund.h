/* city_fund.h — budgets of a made city, so that its funds have something to pay from.
 *
 * catalogue/demo_fund.csv names funds as policy documents do, with yuan a year for each thousand
 * residents: an order of size, not a city's figures. The year of the city's today, the one before
 * and the next get a line for the whole city, asked for and approved by two made-up people.
 *
 * Memory   nothing kept
 * Errors   ERR_CATALOGUE; those of ledger_fund.h
 */
#ifndef BAIGONG_CITY_FUND_H
#define BAIGONG_CITY_FUND_H

#include "domain/city/city_plan.h"
#include "store/work.h"

enum err city_fund_fill(struct work_env *env, const struct city_plan *plan, const char *path,
                        struct fault *fault);

#endif
