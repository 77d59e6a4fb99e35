#ifndef _STDIO_H
#define _STDIO_H

#include <stdarg.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct _IO_FILE FILE;

extern FILE *stdin;
extern FILE *stdout;
extern FILE *stderr;
/* C says that these are macros too, and programs ask for them with #ifdef. */
#define stdin stdin
#define stdout stdout
#define stderr stderr

#define EOF (-1)
#define BUFSIZ 8192
#define L_ctermid 9
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
int dprintf(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *s, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *format, va_list ap);
int vfprintf(FILE *f, const char *format, va_list ap);
int vdprintf(int fd, const char *format, va_list ap);
int vsprintf(char *s, const char *format, va_list ap);
int vsnprintf(char *s, size_t size, const char *format, va_list ap);

int putc(int c, FILE *f);
int fputc(int c, FILE *f);
int putchar(int c);
int puts(const char *s);
void flockfile(FILE *f);
void funlockfile(FILE *f);
int ftrylockfile(FILE *f);
int fputs(const char *s, FILE *f);
size_t fwrite(const void *data, size_t size, size_t count, FILE *f);
void perror(const char *s);

int getc(FILE *f);
int fgetc(FILE *f);
int getchar(void);
int ungetc(int c, FILE *f);
char *fgets(char *s, int size, FILE *f);
size_t fread(void *data, size_t size, size_t count, FILE *f);
ssize_t getline(char **line, size_t *size, FILE *f);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *f);

int scanf(const char *format, ...) __attribute__((format(scanf, 1, 2)));
int fscanf(FILE *f, const char *format, ...) __attribute__((format(scanf, 2, 3)));
int sscanf(const char *s, const char *format, ...) __attribute__((format(scanf, 2, 3)));
int vscanf(const char *format, va_list ap);
int vfscanf(FILE *f, const char *format, va_list ap);
int vsscanf(const char *s, const char *format, va_list ap);

int fflush(FILE *f);
void setbuf(FILE *f, char *buffer);
void setbuffer(FILE *f, char *buffer, size_t size);
void setlinebuf(FILE *f);
int setvbuf(FILE *f, char *buffer, int mode, size_t size);

FILE *fdopen(int fd, const char *mode);
int fclose(FILE *f);
FILE *popen(const char *command, const char *mode);
int pclose(FILE *f);

int feof(FILE *f);
int ferror(FILE *f);
void clearerr(FILE *f);
int fileno(FILE *f);

int putc_unlocked(int c, FILE *f);
int putchar_unlocked(int c);
int getc_unlocked(FILE *f);
int getchar_unlocked(void);

#ifdef _GNU_SOURCE
int asprintf(char **s, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vasprintf(char **s, const char *format, va_list ap);
#endif

#endif
