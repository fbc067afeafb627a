#ifndef BAIGONG_PERSON_H
#define BAIGONG_PERSON_H
#include "store/work.h"
#endif
