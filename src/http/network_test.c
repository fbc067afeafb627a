#include "http/network.h"

#include "unit.h"

static bool hold(const char *list, const char *address)
{
    struct networks networks;
    EXPECT_OK(networks_read(str_from(list), &networks, NULL));
    return networks_hold(&networks, str_from(address));
}

TEST(networks_hold__looks_at_as_many_bits_as_the_network_has)
{
    EXPECT(hold("127.0.0.0/8, ::1", "127.255.0.1"));
    EXPECT(!hold("127.0.0.0/8, ::1", "128.0.0.1"));
    EXPECT(hold("127.0.0.0/8, ::1", "::1"));
    EXPECT(!hold("127.0.0.0/8, ::1", "::2"));
    EXPECT(hold("10.1.2.0/23", "10.1.3.255"));
    EXPECT(!hold("10.1.2.0/23", "10.1.4.0"));
    EXPECT(hold("10.1.2.3", "::ffff:10.1.2.3"));
    EXPECT(hold("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT(!hold("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT(hold("0.0.0.0/0", "8.8.8.8"));
    EXPECT(!hold("0.0.0.0/0", "2001:db8::1"));
    EXPECT(!hold("", "127.0.0.1"));
    EXPECT(!hold("0.0.0.0/0", "localhost"));
}

TEST(networks_read__refuses_what_is_no_address)
{
    static const char *const wrong[] = {"localhost", "127.0.0.1/33", "10.0.0.0/", "1.2.3",
                                        "::1/129", "127.0.0.1,,::1", "10.0.0.0/-1", "1.2.3.4/8x"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct networks networks;
        struct fault fault = {0};
        EXPECT_ERR(ERR_INPUT, networks_read(str_from(wrong[i]), &networks, &fault));
    }
}

TEST(network_client__is_one_address_or_one_household)
{
    EXPECT(network_client(STR("10.1.2.3")) != network_client(STR("10.1.2.4")));
    EXPECT(network_client(STR("10.1.2.3")) == network_client(STR("::ffff:10.1.2.3")));
    EXPECT(network_client(STR("2001:db8::1")) == network_client(STR("2001:db8::ffff:1")));
    EXPECT(network_client(STR("2001:db8::1")) != network_client(STR("2001:db8:0:1::1")));
    EXPECT(network_client(STR("unix:")) == 0);
}
