#ifndef BAIGONG_R_H
#define BAIGONG_R_H

#include "domain/honour/h.h"

#endif
