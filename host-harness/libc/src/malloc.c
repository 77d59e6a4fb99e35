/* The heap: chunks side by side between the initial break and the present one, big ones mapped on their own.

   A chunk begins 16 bytes before what malloc returns:

       before   size of the chunk before, while that one is free
       size     of this chunk, a multiple of 16, with two flags in its lowest bits
       ...      what the program may use; it reaches over the next chunk's `before`

   Sizes, alignment, the growth of the break by 132 KiB steps and the limit of 128 KiB from which a block is
   mapped are glibc's. So is the cache: of each small size, the last 7 freed chunks wait, youngest first, for
   the next malloc of that size, and are not merged with their neighbours. The first chunk of the heap holds it. */
#include <bits/threads.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum {
    BEFORE_IN_USE = 1, /* the chunk before this one is not free */
    MAPPED = 2,        /* this chunk has a mapping of its own */
    FLAGS = 15,
    HEADER = 16,
    SMALLEST = 32,
    PAGE = 4096,
    CACHED_SIZES = 64, /* 32, 48, ... 1040 */
    CACHED_EACH = 7,
    BINS = 48,
    STEP = 128 * 1024,
    LARGEST_THRESHOLD = 32 * 1024 * 1024
};

struct chunk {
    size_t before;
    size_t size;
    struct chunk *next; /* while it is free or cached */
    void *previous;     /* while it is free; of a cached one, the mark that it is */
};

struct cache {
    uint16_t count[CACHED_SIZES];
    struct chunk *first[CACHED_SIZES];
};

static struct cache *cache;
static struct chunk *top; /* the last chunk: what the break has and nobody uses */
static char *heap_end;
static struct chunk *bins[BINS]; /* free chunks by the power of two below their size */
static size_t map_threshold = STEP;
static size_t trim_threshold = STEP;

static size_t size_of(const struct chunk *c)
{
    return c->size & ~(size_t)FLAGS;
}

static struct chunk *after(struct chunk *c, size_t size)
{
    return (struct chunk *)((char *)c + size);
}

static void *memory_of(struct chunk *c)
{
    return (char *)c + HEADER;
}

static struct chunk *chunk_of(void *p)
{
    return (struct chunk *)((char *)p - HEADER);
}

/* The chunk that holds n bytes; 0 where there can be none. */
static size_t chunk_size(size_t n)
{
    if (n > (size_t)INTPTR_MAX - PAGE)
        return 0;
    n = (n + 8 + 15) & ~(size_t)15;
    return n < SMALLEST ? SMALLEST : n;
}

/* Free chunks. */

static int bin_of(size_t size)
{
    int bin = 0;

    for (size >>= 5; size > 1 && bin < BINS - 1; size >>= 1)
        bin++;
    return bin;
}

static void link_free(struct chunk *c, size_t size)
{
    struct chunk **bin = &bins[bin_of(size)];

    c->size = size | BEFORE_IN_USE;
    after(c, size)->before = size;
    after(c, size)->size &= ~(size_t)BEFORE_IN_USE;
    c->next = *bin;
    c->previous = 0;
    if (*bin)
        (*bin)->previous = c;
    *bin = c;
}

static void unlink_free(struct chunk *c)
{
    struct chunk *previous = c->previous;

    if (previous)
        previous->next = c->next;
    else
        bins[bin_of(size_of(c))] = c->next;
    if (c->next)
        c->next->previous = previous;
}

/* The free chunk that fits best, taken out of its bin. */
static struct chunk *take_free(size_t size)
{
    struct chunk *best = 0, *c;
    int bin;

    for (bin = bin_of(size); bin < BINS && !best; bin++)
        for (c = bins[bin]; c; c = c->next)
            if (size_of(c) >= size && (!best || size_of(c) < size_of(best)))
                best = c;
    if (best)
        unlink_free(best);
    return best;
}

/* Cuts a chunk in use to size and frees the rest, if that can be a chunk. */
static void split(struct chunk *c, size_t size)
{
    size_t rest = size_of(c) - size;

    if (rest < SMALLEST)
        return;
    c->size = size | (c->size & FLAGS);
    link_free(after(c, size), rest);
}

/* The break. */

static char *move_break(char *end)
{
    return (char *)__syscall(SYS_brk, end);
}

/* Makes top at least size + SMALLEST bytes; -1 when the break cannot move that far. */
static int grow(size_t size)
{
    char *start = move_break(0);
    size_t have = 0, more;

    if (top && start == heap_end) {
        have = size_of(top);
    } else if (top) {
        /* The program has moved the break itself: fence off what was the top, and begin anew behind. */
        top->size -= HEADER;
        after(top, size_of(top))->size = BEFORE_IN_USE;
        start += -(uintptr_t)start & 15;
    }
    more = (size + STEP + SMALLEST - have + PAGE - 1) & ~(size_t)(PAGE - 1);
    if (start + more < start || move_break(start + more) != start + more)
        return -1;
    if (!have)
        top = (struct chunk *)start;
    heap_end = start + more;
    top->size = (have + more) | BEFORE_IN_USE;
    return 0;
}

static struct chunk *take_top(size_t size)
{
    struct chunk *c;

    if ((!top || size_of(top) < size + SMALLEST) && grow(size) < 0)
        return 0;
    c = top;
    top = after(c, size);
    top->size = (size_of(c) - size) | BEFORE_IN_USE;
    c->size = size | (c->size & BEFORE_IN_USE);
    return c;
}

/* Gives whole pages at the end of the heap back to the kernel. */
static void trim(void)
{
    size_t extra = size_of(top) - SMALLEST - 1;
    char *end;

    if (size_of(top) < trim_threshold || extra <= STEP)
        return;
    extra = (extra - STEP) & ~(size_t)(PAGE - 1);
    end = heap_end - extra;
    if (extra == 0 || move_break(0) != heap_end || move_break(end) != end)
        return;
    heap_end = end;
    top->size -= extra;
}

/* Mappings. */

static struct chunk *map(size_t size)
{
    size_t length = (size + 8 + PAGE - 1) & ~(size_t)(PAGE - 1);
    long result = __syscall(SYS_mmap, (void *)0, length, (long)(PROT_READ | PROT_WRITE),
                            (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
    struct chunk *c = (struct chunk *)result;

    if (result < 0 && result > -PAGE)
        return 0;
    c->size = length | MAPPED;
    return c;
}

static void unmap(struct chunk *c)
{
    size_t length = size_of(c);

    /* A program that frees such blocks will want them again: from now on they come from the heap. */
    if (length > map_threshold && length <= LARGEST_THRESHOLD) {
        map_threshold = length;
        trim_threshold = 2 * length;
    }
    __syscall(SYS_munmap, c, length);
}

/* The cache. */

static struct chunk **cached(size_t size, uint16_t **count)
{
    size_t i = (size - SMALLEST) / 16;

    if (!cache || i >= CACHED_SIZES)
        return 0;
    *count = &cache->count[i];
    return &cache->first[i];
}

static void start_cache(void)
{
    struct chunk *c = take_top(chunk_size(sizeof *cache));

    if (!c)
        return;
    cache = memory_of(c);
    __builtin_memset(cache, 0, sizeof *cache);
}

static struct chunk *allocate(size_t size)
{
    struct chunk *c;

    c = take_free(size);
    if (c) {
        after(c, size_of(c))->size |= BEFORE_IN_USE;
        split(c, size);
        return c;
    }
    if (top && size_of(top) >= size + SMALLEST)
        return take_top(size);
    c = size >= map_threshold ? map(size) : 0;
    if (!c)
        c = take_top(size);
    return c ? c : map(size);
}

static void *out_of_memory(void)
{
    errno = ENOMEM;
    return 0;
}

static void *do_malloc(size_t n)
{
    size_t size = chunk_size(n);
    struct chunk **first, *c;
    uint16_t *count;

    if (!size)
        return out_of_memory();
    if (!cache)
        start_cache();
    first = cached(size, &count);
    if (first && *count) {
        c = *first;
        *first = c->next;
        --*count;
        c->previous = 0;
        return memory_of(c);
    }
    c = allocate(size);
    return c ? memory_of(c) : out_of_memory();
}

static void *do_calloc(size_t count, size_t size)
{
    size_t n = count * size;
    struct chunk *c;

    if (size && n / size != count)
        return out_of_memory();
    size = chunk_size(n);
    if (!size)
        return out_of_memory();
    if (!cache)
        start_cache();
    c = allocate(size);
    if (!c)
        return out_of_memory();
    if (!(c->size & MAPPED)) /* a new mapping is zero */
        __builtin_memset(memory_of(c), 0, n);
    return memory_of(c);
}

/* Merges a chunk with its free neighbours. */
static void release(struct chunk *c)
{
    size_t size = size_of(c);
    struct chunk *next = after(c, size);

    if (c == top)
        __fatal("double free or corruption (top)\n");
    if (!(next->size & BEFORE_IN_USE))
        __fatal("double free or corruption (!prev)\n");
    if (!(c->size & BEFORE_IN_USE)) {
        size += c->before;
        c = (struct chunk *)((char *)c - c->before);
        unlink_free(c);
    }
    if (next == top) {
        size += size_of(next);
        top = c;
        c->size = size | BEFORE_IN_USE;
    } else {
        /* A free neighbour ends where the chunk behind it says so. */
        if (size_of(next) && !(after(next, size_of(next))->size & BEFORE_IN_USE)) {
            unlink_free(next);
            size += size_of(next);
        }
        link_free(c, size);
    }
    if (size >= 64 * 1024)
        trim();
}

static void check(struct chunk *c, const char *message)
{
    size_t size = size_of(c);

    if ((uintptr_t)c & 15 || c->size & (FLAGS & ~(BEFORE_IN_USE | MAPPED)) || size < SMALLEST ||
        (uintptr_t)c > (uintptr_t)0 - size)
        __fatal(message);
}

static void do_free(void *p)
{
    struct chunk *c, **first, *other;
    uint16_t *count;

    if (!p)
        return;
    c = chunk_of(p);
    if (c->size & MAPPED) {
        if (((uintptr_t)c | size_of(c)) & (PAGE - 1))
            __fatal("munmap_chunk(): invalid pointer\n");
        unmap(c);
        return;
    }
    check(c, "free(): invalid pointer\n");
    first = cached(size_of(c), &count);
    if (!first) {
        release(c);
        return;
    }
    if (c->previous == cache)
        for (other = *first; other; other = other->next)
            if (other == c)
                __fatal("free(): double free detected in tcache 2\n");
    if (*count == CACHED_EACH) {
        release(c);
        return;
    }
    c->next = *first;
    c->previous = cache;
    *first = c;
    ++*count;
}

/* Makes a chunk larger where it is, from the top or from a free chunk behind it. */
static int extend(struct chunk *c, size_t size)
{
    size_t have = size_of(c);
    struct chunk *next = after(c, have);

    if (next == top) {
        if (have + size_of(top) < size + SMALLEST)
            return 0;
        top = after(c, size);
        top->size = (have + size_of(next) - size) | BEFORE_IN_USE;
        c->size = size | (c->size & FLAGS);
        return 1;
    }
    if (!size_of(next) || after(next, size_of(next))->size & BEFORE_IN_USE || have + size_of(next) < size)
        return 0;
    unlink_free(next);
    c->size = (have + size_of(next)) | (c->size & FLAGS);
    after(c, size_of(c))->size |= BEFORE_IN_USE;
    split(c, size);
    return 1;
}

/* Gives back what is behind size, merged with what is free behind it. */
static void shrink(struct chunk *c, size_t size)
{
    size_t rest = size_of(c) - size;
    struct chunk *tail;

    if (rest < SMALLEST)
        return;
    c->size = size | (c->size & FLAGS);
    tail = after(c, size);
    tail->size = rest | BEFORE_IN_USE;
    release(tail);
}

static void *do_realloc(void *p, size_t n)
{
    struct chunk *c;
    size_t size, usable;
    void *moved;

    if (!p)
        return do_malloc(n);
    if (n == 0) {
        do_free(p);
        return 0;
    }
    size = chunk_size(n);
    if (!size)
        return out_of_memory();
    c = chunk_of(p);
    check(c, "realloc(): invalid pointer\n");
    usable = size_of(c) - (c->size & MAPPED ? HEADER : 8);
    if (c->size & MAPPED) {
        if (n <= usable && n > usable - PAGE)
            return p;
    } else if (size_of(c) >= size) {
        shrink(c, size);
        return p;
    } else if (extend(c, size)) {
        return p;
    }
    moved = do_malloc(n);
    if (!moved)
        return 0;
    __builtin_memcpy(moved, p, n < usable ? n : usable);
    do_free(p);
    return moved;
}

/* What programs call. */

static void begin(void)
{
    if (__threads)
        __lock(&__malloc_lock);
}

static void *end(void *p)
{
    if (__threads)
        __unlock(&__malloc_lock);
    return p;
}

void *malloc(size_t n)
{
    begin();
    return end(do_malloc(n));
}

void *calloc(size_t count, size_t size)
{
    begin();
    return end(do_calloc(count, size));
}

void free(void *p)
{
    begin();
    do_free(p);
    end(0);
}

void *realloc(void *p, size_t n)
{
    begin();
    return end(do_realloc(p, n));
}

void *reallocarray(void *p, size_t count, size_t size)
{
    if (size && count > (size_t)-1 / size)
        return out_of_memory();
    return realloc(p, count * size);
}
