/* Any text: an amount that is read reads the same from both texts it is shown as; nothing is
 * written when it is refused. */
#include "base/err.h"
#include "base/money.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char buffer[MONEY_TEXT_SIZE];
    int64_t amount_fen = INT64_MIN, again_fen;
    if (!money_parse((struct str){(const char *)data, size}, &amount_fen)) {
        check(amount_fen == INT64_MIN);
        return 0;
    }
    check(money_parse(str_from(money_text(amount_fen, buffer)), &again_fen));
    check(again_fen == amount_fen);
    check(money_parse(str_from(money_text_short(amount_fen, buffer)), &again_fen));
    check(again_fen == amount_fen);
    return 0;
}
