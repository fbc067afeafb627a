#ifndef BAIGONG_TITLE_H
#define BAIGONG_TITLE_H
#include "domain/honour/card.h"
#include "domain/registry/person.h"
#endif
