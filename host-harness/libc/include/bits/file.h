/* A stdio stream, known to the library's own files only. */
#ifndef _BITS_FILE_H
#define _BITS_FILE_H

#include <bits/threads.h>
#include <stdio.h>

enum {
    STREAM_UNBUFFERED = 1,
    STREAM_LINE_BUFFERED = 2,
    STREAM_NO_READS = 4,
    STREAM_NO_WRITES = 8,
    STREAM_EOF = 16,
    STREAM_ERROR = 32,
    STREAM_PUTTING = 64,     /* the buffer holds output */
    STREAM_OWN_BUFFER = 128, /* the buffer came from malloc */
    STREAM_STATIC = 256,     /* the FILE itself is not from malloc */
    STREAM_PUSHED_BACK = 512 /* read and read_end point into pushed, the buffer's are saved */
};

struct _IO_FILE {
    int flags;
    int fd;
    unsigned char *buffer;
    unsigned char *buffer_end;
    unsigned char *read;
    unsigned char *read_end;
    unsigned char *write;
    /* putc stores below this without a call. It is the buffer's start where every byte needs a look. */
    unsigned char *write_end;
    unsigned char *saved_read;
    unsigned char *saved_read_end;
    FILE *next;
    pid_t child; /* of popen */
    unsigned char single[1];
    unsigned char pushed[8];
    long lock; /* 0, or the name of the thread that has it locked, and whether others wait */
    int depth; /* how often it has */
};

/* All open streams, the youngest first. */
extern FILE *__streams;

void __stream_allocate(FILE *f);
void __stream_set_buffer(FILE *f, unsigned char *buffer, size_t size);
int __stream_flush(FILE *f);
int __stream_sync(FILE *f);
int __stream_overflow(FILE *f, int c);
size_t __stream_write(FILE *f, const void *data, size_t n);
int __stream_underflow(FILE *f);
size_t __stream_read(FILE *f, void *data, size_t n);
/* How many bytes are ready up to and with the delimiter, at most n; 0 at the end of the file. */
size_t __stream_span(FILE *f, int delimiter, size_t n);
void __stream_lock(FILE *f);
void __stream_unlock(FILE *f);
#define LOCK(f)               \
    do {                      \
        if (__threads)        \
            __stream_lock(f); \
    } while (0)
#define UNLOCK(f)               \
    do {                        \
        if (__threads)          \
            __stream_unlock(f); \
    } while (0)
int __stream_put(FILE *f, int c);
int __stream_get(FILE *f);
FILE *__stream_open(int fd, int flags);
void __stream_unlink(FILE *f);

#endif
