#include "port/jwt.h"

#include "unit.h"

#include <stdio.h>

/* RFC 7515, appendices A.2 (RSA) and A.3 (elliptic curve). */
static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddx"
    "HmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGz"
    "jb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3"
    "qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXp"
    "oQ\",\"e\":\"AQAB\"},{\"kty\":\"EC\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
#define CLAIMS                                                                                     \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
static const char rsa[] =
    "eyJhbGciOiJSUzI1NiJ9." CLAIMS
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1"
    "L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYE"
    "UipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char ec[] =
    "eyJhbGciOiJFUzI1NiJ9." CLAIMS
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

static enum err read(const char *token, const struct json_value **ret_claims)
{
    static struct arena arena;
    arena_done(&arena);
    arena_init(&arena, 1 << 20);
    const struct json_value *keys;
    EXPECT_OK(json_parse(&arena, str_from(keys_text), sizeof keys_text, &keys, NULL));
    struct fault fault = {0};
    return jwt_read(&arena, str_from(token), keys, ret_claims, &fault);
}

TEST(jwt_read__takes_the_tokens_of_the_standard)
{
    const struct json_value *claims;
    EXPECT_OK(read(rsa, &claims));
    EXPECT_STR("joe", json_member_text(claims, "iss"));
    EXPECT_INT(1300819380, json_member_number(claims, "exp", 0));
    EXPECT_OK(read(ec, &claims));
    EXPECT_STR("joe", json_member_text(claims, "iss"));
}

TEST(jwt_read__refuses_a_token_with_any_character_changed)
{
    const struct json_value *claims;
    static char changed[sizeof ec];
    for (size_t i = 0; i + 1 < sizeof ec; i++) {
        memcpy(changed, ec, sizeof ec);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_ERR(ERR_TOKEN, read(changed, &claims));
    }
}

TEST(jwt_read__refuses_what_is_no_signature)
{
    const struct json_value *claims;
    EXPECT_ERR(ERR_TOKEN, read("eyJhbGciOiJub25lIn0." CLAIMS ".", &claims)); /* none */
    EXPECT_ERR(ERR_TOKEN, read("eyJhbGciOiJIUzI1NiJ9." CLAIMS ".AAAA", &claims));
    EXPECT_ERR(ERR_TOKEN, read(CLAIMS, &claims));
    EXPECT_ERR(ERR_TOKEN, read("", &claims));
    EXPECT_ERR(ERR_TOKEN, read("....", &claims));
    static char both[sizeof ec + 8];
    snprintf(both, sizeof both, "%s.e30", ec);
    EXPECT_ERR(ERR_TOKEN, read(both, &claims));
}
