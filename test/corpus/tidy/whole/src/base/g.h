#ifndef G_H
#define G_H
#endif
