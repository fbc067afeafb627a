/* program_fuzz.c — documents that follow the grammar, out of any bytes: none crashes, hangs,
 * changes between the spellings or parts the two evaluators. */
#include "policy_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { BYTES_MAX = 1024 }; /* more make documents longer, not different */
    if (size <= BYTES_MAX)
        (void)grammar_check(data, size);
    return 0;
}
