/* embedded.h — files that tools/embed put into the program as a list. */
#ifndef BAIGONG_EMBEDDED_H
#define BAIGONG_EMBEDDED_H

#include "base/text.h"

struct embedded_file {
    const char *name; /* "page/home": path below the list's root, without the ending */
    struct str text;
};

#endif
