#ifndef BAIGONG_A_H
#define BAIGONG_A_H

int a(void);

#endif
