#ifndef _GETOPT_H
#define _GETOPT_H

#include <bits/getopt.h>

#endif
