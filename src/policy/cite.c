#include "policy/reading.h"
void cite_check(struct reading *reading) { (void)reading; }
