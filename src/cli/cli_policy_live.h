/* cli_policy_live.h — policy check --db: what the rules of the documents do on the live city.
 *
 * Memory   in cli->arena; the city's columns only while the call runs
 * Errors   those of the store, ERR_MEMORY
 */
#ifndef BAIGONG_CLI_POLICY_LIVE_H
#define BAIGONG_CLI_POLICY_LIVE_H

#include "cli/cli.h"
#include "policy/overlap.h"

struct policy_live {
    int32_t as_of_day;
    int64_t person_count;
    const struct overlap *overlaps;
    int32_t overlap_count;
    const int32_t *idle_rules; /* in force here, and nobody meets or is asked */
    int32_t idle_count;
};

/* Evaluates the policy on the city of --db as of --as-of. */
enum err cli_policy_live(struct cli *cli, const struct policy *policy,
                         struct policy_live *ret_live);

enum err cli_policy_live_print(struct cli *cli, const struct policy *policy,
                               const struct policy_live *live);
struct json;
void cli_policy_live_json(struct json *json, const struct policy *policy,
                          const struct policy_live *live);

#endif
