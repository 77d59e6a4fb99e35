#ifndef _BITS_INTN_H
#define _BITS_INTN_H

typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long int64_t;

#endif
