#ifndef BAIGONG_A_H
#define BAIGONG_A_H

#include "store/b.h"
#include "bare.h"

#endif
