/* A machine with another clock: preloaded, it adds CLOCK_OFFSET_SECONDS to the time of day that a program reads. What
   measures durations stays as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static int (*real_clock)(clockid_t, struct timespec *);
static int (*real_day)(struct timeval *, void *);
static long offset;

__attribute__((constructor)) static void begin(void) {
    const char *seconds = getenv("CLOCK_OFFSET_SECONDS");
    offset = seconds ? atol(seconds) : 0;
    real_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    real_day = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
}

int clock_gettime(clockid_t id, struct timespec *at) {
    if (!real_clock) begin();
    int done = real_clock(id, at);
    if (done == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += offset;
    return done;
}

int gettimeofday(struct timeval *at, void *zone) {
    if (!real_day) begin();
    int done = real_day(at, zone);
    if (done == 0) at->tv_sec += offset;
    return done;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
