#include "unit.h"

int b(void)
{
    free(malloc(1));
    return 0;
}
