/* network.h — network addresses: is this client one of those?
 *
 * A list is addresses and networks with commas: "127.0.0.0/8, ::1, 10.1.2.0/24". An IPv4 address
 * that comes as IPv6 (::ffff:10.1.2.3) is the same address.
 *
 * Errors   ERR_INPUT names the element that is none
 * Limits   NETWORKS_MAX
 */
#ifndef BAIGONG_NETWORK_H
#define BAIGONG_NETWORK_H

#include "base/err.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

enum { NETWORKS_MAX = 16 }; /* proxies of one office */

struct network {
    uint8_t bytes[16]; /* IPv6; IPv4 mapped into it */
    int32_t prefix_bits;
};

struct networks {
    struct network items[NETWORKS_MAX];
    int32_t count;
};

/* An empty text is an empty list. */
enum err networks_read(struct str text, struct networks *ret_networks, struct fault *fault);

/* False also for a text that is no address. */
bool networks_hold(const struct networks *networks, struct str address);

/* False when the text is no address. */
bool network_address(struct str text, uint8_t ret_bytes[16]);

/* Whom a limit counts as one: an IPv4 address, the /64 of an IPv6 one. 0 for what is no address. */
uint64_t network_client(struct str address);

#endif
