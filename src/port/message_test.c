#include "port/message.h"

#include "unit.h"

TEST(message_sign__is_hmac_sm3_of_time_and_body)
{
    struct arena arena;
    char hex[HASH_HEX_SIZE], other[HASH_HEX_SIZE];
    arena_init(&arena, 1 << 20);
    message_sign(&arena, STR("secret"), 1772416800000, STR("{}"), hex);
    /* printf '1772416800000.{}' | openssl dgst -sm3 -hmac secret */
    EXPECT_STR("7e9e4be76a155029c9c2a608008bdd5a4db885ab253f2b75adf4ef3b09515a4f", str_from(hex));
    message_sign(&arena, STR("secret"), 1772416800001, STR("{}"), other);
    EXPECT(!str_equal(str_from(hex), str_from(other)));
    arena_done(&arena);
}

TEST(message_send__tells_that_nobody_answered_or_that_there_is_no_gateway)
{
    struct arena arena;
    struct fault fault;
    struct str outcome;
    int32_t status = -1;
    struct message_gateway gateway = {.sms_url = "http://127.0.0.1:1/sms", .secret = STR("s")};
    struct message_envelope envelope = {true, STR("k"), STR("case.paid"), STR("13812345678"),
                                        STR(""), STR("到账")};
    arena_init(&arena, 4 << 20);
    EXPECT_OK(message_send(&arena, &gateway, &envelope, 1, &status, &outcome, &fault));
    EXPECT_INT(0, status);
    EXPECT(outcome.size > 0);
    envelope.is_sms = false;
    EXPECT_OK(message_send(&arena, &gateway, &envelope, 1, &status, &outcome, &fault));
    EXPECT_INT(0, status);
    EXPECT_STR("没有设置这种消息的网关", outcome);
    arena_done(&arena);
}
