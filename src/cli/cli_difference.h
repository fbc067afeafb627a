/* cli_difference.h — what was decided and turned out otherwise, as a table, CSV or JSON.
 *
 * Memory   in cli->arena
 */
#ifndef BAIGONG_CLI_DIFFERENCE_H
#define BAIGONG_CLI_DIFFERENCE_H

#include "base/json.h"
#include "cli/cli.h"
#include "domain/incentive/incentive_difference.h"

enum err cli_differences_print(struct cli *cli, struct work *w, const struct vocab *vocab,
                               const struct entitlement_difference *rows, int32_t row_count,
                               bool as_csv);

/* The rows as an array behind a key, inside an object. */
void cli_differences_json(struct cli *cli, struct json *json, const char *key,
                          const struct entitlement_difference *rows, int32_t row_count);

#endif
