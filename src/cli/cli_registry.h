/* cli_registry.h — what every command about records needs: the record named, the words known.
 *
 * Memory   catalogues belong to cli: loaded once, freed when the run ends
 * Errors   ERR_USAGE for an unknown kind; those of catalogues.h
 */
#ifndef BAIGONG_CLI_REGISTRY_H
#define BAIGONG_CLI_REGISTRY_H

#include "cli/cli.h"
#include "domain/occupation/catalogues.h"
#include "domain/registry/registry_facts.h"

/* Table of the word KIND: person or 人员. */
enum err cli_registry_table(struct cli *cli, int32_t *ret_table);

/* The registry's words with the catalogues of the installation. */
enum err cli_registry_vocab(struct cli *cli, struct catalogues **ret_catalogues,
                            struct vocab *ret_vocab);

void cli_close_registry(struct cli *cli); /* called by cli_run */

#endif
