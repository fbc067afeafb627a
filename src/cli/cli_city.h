/* cli_city.h — what most commands need first: the database, the catalogues, the policy documents.
 *
 * Memory   everything belongs to cli and ends with the run
 * Errors   those of the rooms; findings of a policy are printed before ERR_POLICY is returned
 */
#ifndef BAIGONG_CLI_CITY_H
#define BAIGONG_CLI_CITY_H

#include "cli/cli.h"
#include "domain/incentive/incentive.h"
#include "store/work.h"

struct cli_city {
    struct work_env env;
    struct vocab vocab;
};

/* Opens the database of --db, which must be there, and loads the vocabulary. */
enum err cli_city_open(struct cli *cli, struct cli_city *ret_city);

/* The path of --policy, or the home folder's policy/; reads and compiles what is there. */
const char *cli_policy_path(const struct cli *cli);
const char *cli_home_policy_path(const struct cli *cli); /* whatever --policy says */
enum err cli_policy(struct cli *cli, const struct vocab *vocab,
                    struct incentive_policy *ret_policy);
enum err cli_policy_at(struct cli *cli, const struct vocab *vocab, const char *path,
                       struct incentive_policy *ret_policy);

/* What is in force as of --as-of: the home folder's documents with those enacted in the city. With
 * --policy nothing but what stands there. */
enum err cli_policy_in_force(struct cli *cli, struct cli_city *city,
                             struct incentive_policy *ret_policy);
enum err cli_policy_in_force_at(struct cli *cli, struct cli_city *city, const char *path,
                                int32_t day, struct incentive_policy *ret_policy,
                                int64_t *ret_version);

/* What the director's page draws: the home folder's catalogue/board.csv and tile.csv. */
struct insight_board;
enum err cli_board(struct cli *cli, struct insight_board *ret_board);

/* Errors of a policy, each with its place underlined, to standard error. */
void cli_print_findings(struct cli *cli, const struct policy_source *sources,
                        const struct findings *findings);

/* --as-of, or the city's day today; the end of the day of --known-at, or now. */
int32_t cli_as_of_day(const struct cli *cli);
int64_t cli_known_at_ms(const struct cli *cli);

/* The text and a line end to standard output. */
enum err cli_print_buf(struct cli *cli, const struct text_buf *buf);

/* Rows that the option tables share. */
#define CLI_POLICY_OPTION                                                                         \
    {"policy", CLI_TEXT, CLI_OPTIONAL, "PATH",                                                    \
     "政策文件或文件夹（默认随程序的 policy/）",                                                  \
     "policy document or folder (default: the program's policy/)"}
#define CLI_AS_OF_OPTION                                                                          \
    {"as-of", CLI_DAY, CLI_OPTIONAL, "DATE", "截至日（默认今天）",                                \
     "as of this day (default: today)"}
#define CLI_KNOWN_AT_OPTION                                                                       \
    {"known-at", CLI_DAY, CLI_OPTIONAL, "DATE",                                                   \
     "只用这一天结束前已知的事实（默认现在）",                                                    \
     "only facts known by the end of this day (default: now)"}

#endif
