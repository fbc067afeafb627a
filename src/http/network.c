#include "http/network.h"

#include "base/hash.h"

#include <arpa/inet.h>
#include <string.h>

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

bool network_address(struct str text, uint8_t ret_bytes[16])
{
    char address[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    if (text.size == 0 || text.size >= sizeof address || memchr(text.ptr, '\0', text.size))
        return false;
    memcpy(address, text.ptr, text.size);
    address[text.size] = '\0';
    memcpy(bytes, mapped, sizeof mapped);
    if (inet_pton(AF_INET, address, bytes + 12) != 1 && inet_pton(AF_INET6, address, bytes) != 1)
        return false;
    memcpy(ret_bytes, bytes, sizeof bytes);
    return true;
}

static bool read_network(struct str text, struct network *ret_network)
{
    struct str rest = text, address;
    struct network network;
    str_split(&rest, '/', &address);
    if (!network_address(address, network.bytes))
        return false;
    bool is_short = memchr(address.ptr, ':', address.size) == NULL;
    int64_t bits = is_short ? 32 : 128;
    if (address.size < text.size &&
        (!str_to_i64(rest, &bits) || bits < 0 || bits > (is_short ? 32 : 128)))
        return false;
    network.prefix_bits = (int32_t)bits + (is_short ? 96 : 0);
    *ret_network = network;
    return true;
}

enum err networks_read(struct str text, struct networks *ret_networks, struct fault *fault)
{
    struct networks networks = {0};
    struct str rest = text, element;
    while (rest.size > 0 && str_split(&rest, ',', &element)) {
        element = str_trim(element);
        if (networks.count == NETWORKS_MAX)
            return fault_set(fault, ERR_INPUT, "地址多于 %d 个 (too many addresses)",
                             NETWORKS_MAX);
        if (!read_network(element, &networks.items[networks.count]))
            return fault_set(fault, ERR_INPUT, "“%.*s”不是地址或网段 (no address or network)",
                             STR_ARG(element));
        networks.count++;
    }
    *ret_networks = networks;
    return ERR_OK;
}

static bool holds(const struct network *network, const uint8_t bytes[16])
{
    int32_t whole = network->prefix_bits / 8;
    int32_t left = network->prefix_bits % 8;
    if (memcmp(network->bytes, bytes, (size_t)whole) != 0)
        return false;
    return left == 0 || (network->bytes[whole] ^ bytes[whole]) >> (8 - left) == 0;
}

bool networks_hold(const struct networks *networks, struct str address)
{
    uint8_t bytes[16];
    if (!network_address(address, bytes))
        return false;
    for (int32_t i = 0; i < networks->count; i++)
        if (holds(&networks->items[i], bytes))
            return true;
    return false;
}

uint64_t network_client(struct str address)
{
    uint8_t bytes[16];
    if (!network_address(address, bytes))
        return 0;
    size_t size = memcmp(bytes, mapped, sizeof mapped) == 0 ? 16 : 8;
    return hash_64((struct str){(const char *)bytes, size});
}
