#include "base/a.h"

int main(void)
{
    return a() /* strcpy(x) in a comment, "free(x)" in text */;
}
