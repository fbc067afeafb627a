#ifndef BAIGONG_H_H
#define BAIGONG_I_H
#endif
