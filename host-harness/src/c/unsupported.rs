//! What other systems have and `ktm` does not, in words for those who look for it.

const THREADS: &str = "threads are made by pthread_create: include <pthread.h>";
const CANCELLATION: &str = "threads cannot be cancelled yet: let them look at a variable";
const SEMAPHORES: &str = "named semaphores and those of System V are not supported yet: use sem_init";
const SHARED: &str = "shared memory segments are not supported yet: use mmap with MAP_SHARED | MAP_ANONYMOUS";
const MESSAGES: &str = "message queues are not supported yet: use a pipe";
const SOCKETS: &str = "sockets are not supported yet: use a pipe";
const FILES: &str = "files are not supported yet: use standard input and output, and pipes";
const TIMERS: &str = "timers of timer_create are not supported yet: use setitimer";
const CONTEXTS: &str = "stacks of one's own are not supported: use setjmp, or threads";
const CPLUSPLUS: &str = "this is C++: ktm runs C";
const WINDOWS: &str = "this is of Windows: ktm runs C programs for Linux";

/// Functions by the start of their name.
const FUNCTIONS: [(&str, &str); 27] = [
    ("pthread_cancel", CANCELLATION),
    ("pthread_testcancel", CANCELLATION),
    ("pthread_setcancel", CANCELLATION),
    ("pthread_", "this function of threads is not supported yet"),
    ("thrd_", THREADS),
    ("sem_open", SEMAPHORES),
    ("semget", SEMAPHORES),
    ("semop", SEMAPHORES),
    ("semctl", SEMAPHORES),
    ("shm", SHARED),
    ("msgget", MESSAGES),
    ("msgsnd", MESSAGES),
    ("msgrcv", MESSAGES),
    ("msgctl", MESSAGES),
    ("mq_", MESSAGES),
    ("socket", SOCKETS),
    ("bind", SOCKETS),
    ("listen", SOCKETS),
    ("fopen", FILES),
    ("open", FILES),
    ("creat", FILES),
    ("mkfifo", FILES),
    ("timer_", TIMERS),
    ("getcontext", CONTEXTS),
    ("setcontext", CONTEXTS),
    ("makecontext", CONTEXTS),
    ("swapcontext", CONTEXTS),
];

/// Headers by name.
const HEADERS: [(&str, &str); 22] = [
    ("threads.h", THREADS),
    ("sys/sem.h", SEMAPHORES),
    ("sys/shm.h", SHARED),
    ("sys/ipc.h", SHARED),
    ("sys/msg.h", MESSAGES),
    ("mqueue.h", MESSAGES),
    ("sys/socket.h", SOCKETS),
    ("sys/un.h", SOCKETS),
    ("netinet/in.h", SOCKETS),
    ("arpa/inet.h", SOCKETS),
    ("netdb.h", SOCKETS),
    ("dirent.h", FILES),
    ("sys/file.h", FILES),
    ("iostream", CPLUSPLUS),
    ("string", CPLUSPLUS),
    ("vector", CPLUSPLUS),
    ("cstdio", CPLUSPLUS),
    ("cstdlib", CPLUSPLUS),
    ("map", CPLUSPLUS),
    ("algorithm", CPLUSPLUS),
    ("windows.h", WINDOWS),
    ("conio.h", WINDOWS),
];

/// Why a function is not there.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    FUNCTIONS
        .iter()
        .find(|(start, _)| name.starts_with(start))
        .map(|(_, why)| *why)
}

/// Why a header is not there.
pub(crate) fn header(name: &str) -> Option<&'static str> {
    HEADERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, why)| *why)
}
