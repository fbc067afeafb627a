/* The first byte chooses the kind. A number that is taken is taken again as it was normalised, and
 * gives the same result; a refusal has a message that is whole UTF-8. */
#include "base/identity.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_fault(const struct fault *fault)
{
    check(fault->message[0] != '\0');
    check(str_is_utf8(str_from(fault->message)));
    check(str_is_utf8(str_from(fault->hint)));
}

#define CHECK_AGAIN(type, member, read)                                                            \
    do {                                                                                           \
        struct type once = {0}, twice = {0};                                                       \
        struct fault fault = {0};                                                                  \
        if (read(text, &once, &fault) != ERR_OK) {                                                 \
            check_fault(&fault);                                                                   \
            break;                                                                                 \
        }                                                                                          \
        check(read(str_from(once.member), &twice, &fault) == ERR_OK);                              \
        check(strcmp(once.member, twice.member) == 0);                                             \
    } while (0)

static enum err read_resident(struct str text, struct resident_id *id, struct fault *fault)
{
    return identity_read_resident(text, NULL, 20000, id, fault);
}

static enum err read_certificate(struct str text, struct certificate_number *number,
                                 struct fault *fault)
{
    return identity_read_certificate(text, certificate_layouts, certificate_layout_count, number,
                                     fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct str text = {(const char *)data + 1, size - 1};
    switch (data[0] % 5) {
    case 0:
        CHECK_AGAIN(resident_id, number, read_resident);
        break;
    case 1:
        CHECK_AGAIN(credit_code, code, identity_read_credit_code);
        break;
    case 2:
        CHECK_AGAIN(phone, number, identity_read_phone);
        break;
    case 3:
        CHECK_AGAIN(bank_card, number, identity_read_bank_card);
        break;
    case 4:
        CHECK_AGAIN(certificate_number, number, read_certificate);
        break;
    }
    return 0;
}
