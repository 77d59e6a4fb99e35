/* The texts and names of signals. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *text;
} signals[] = {
    {0, 0},
    {"HUP", "Hangup"},
    {"INT", "Interrupt"},
    {"QUIT", "Quit"},
    {"ILL", "Illegal instruction"},
    {"TRAP", "Trace/breakpoint trap"},
    {"ABRT", "Aborted"},
    {"BUS", "Bus error"},
    {"FPE", "Floating point exception"},
    {"KILL", "Killed"},
    {"USR1", "User defined signal 1"},
    {"SEGV", "Segmentation fault"},
    {"USR2", "User defined signal 2"},
    {"PIPE", "Broken pipe"},
    {"ALRM", "Alarm clock"},
    {"TERM", "Terminated"},
    {"STKFLT", "Stack fault"},
    {"CHLD", "Child exited"},
    {"CONT", "Continued"},
    {"STOP", "Stopped (signal)"},
    {"TSTP", "Stopped"},
    {"TTIN", "Stopped (tty input)"},
    {"TTOU", "Stopped (tty output)"},
    {"URG", "Urgent I/O condition"},
    {"XCPU", "CPU time limit exceeded"},
    {"XFSZ", "File size limit exceeded"},
    {"VTALRM", "Virtual timer expired"},
    {"PROF", "Profiling timer expired"},
    {"WINCH", "Window changed"},
    {"POLL", "I/O possible"},
    {"PWR", "Power failure"},
    {"SYS", "Bad system call"},
};

enum { COUNT = sizeof signals / sizeof *signals };

const char *sigabbrev_np(int sig)
{
    return sig > 0 && sig < COUNT ? signals[sig].name : 0;
}

const char *sigdescr_np(int sig)
{
    return sig > 0 && sig < COUNT ? signals[sig].text : 0;
}

char *strsignal(int sig)
{
    static char other[32];

    if (sig > 0 && sig < COUNT)
        return (char *)signals[sig].text;
    if (sig >= SIGRTMIN && sig <= SIGRTMAX)
        snprintf(other, sizeof other, "Real-time signal %d", sig - SIGRTMIN);
    else
        snprintf(other, sizeof other, "Unknown signal %d", sig);
    return other;
}
