#include "base/a.h"

#define OPEN {

int a(void)
{
    const char *text = "strcpy(a, b) \" malloc(1) // TODO";
    return text[0] == '"' && text->free(1) && my_free(2);
}
