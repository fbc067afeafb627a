/* cli_whatif.h — what-if reports on a terminal (internal to the files of the command).
 *
 * Memory   in the report's own arena (show->arena, else the command's)
 * Errors   ERR_MEMORY; ERR_IO when the terminal does not take it
 * Units    amounts in fen, printed in yuan
 */
#ifndef BAIGONG_CLI_WHATIF_H
#define BAIGONG_CLI_WHATIF_H

#include "base/text.h"
#include "cli/cli_city.h"
#include "domain/insight/whatif_show.h"

enum err cli_whatif_text(struct cli *cli, const struct whatif_show *show);

enum err cli_sweep_text(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep);
enum err cli_sweep_json(struct cli *cli, const struct policy *policy, int32_t statement,
                        const struct whatif_sweep *sweep);

/* Words that all of them use. */
const char *cli_signed_money(struct arena *arena, int64_t fen);  /* +510,000元, -3元, 0元 */
const char *cli_signed_number(struct arena *arena, int64_t n);   /* +1,024 */
const char *cli_record_label(const struct cli *cli, const struct vocab *vocab, int32_t table);

#endif
