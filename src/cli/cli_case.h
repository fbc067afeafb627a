/* cli_case.h — the office's practice with cases, as several commands need it.
 *
 * Memory   in the command's arena
 * Errors   ERR_CATALOGUE, ERR_IO
 */
#ifndef BAIGONG_CLI_CASE_H
#define BAIGONG_CLI_CASE_H

#include "cli/cli.h"
#include "domain/incentive/case_practice.h"

/* catalogue/case_practice.csv and holiday.csv of the home folder. */
enum err cli_case_practice(struct cli *cli, struct case_practice *ret_practice);

#endif
