#include "power/sweep_jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS_MAX 16u
#define TURNS    64u

struct options {
    uint32_t jobs;
    uint32_t share;
    uint32_t ages;
    uint32_t seconds;
    uint64_t least;
    uint64_t seed;
    const char *only;
    bool quick;
};

/* What a job has found, shared between the processes. */
typedef struct sweep_result job_results[SWEEP_ENTRIES_MAX];

static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void sweep_once(const struct options *options, uint32_t job, const struct sweep_entry *entry,
                       uint32_t age, struct sweep_result *result)
{
    const struct sweep_plan plan = {
        .name = entry->name,
        .shard = job,
        .shards = options->jobs,
        .second = options->share,
        .turns = TURNS,
        .seed = options->seed * 1000u + age,
        .quick = options->quick,
    };
    const uint64_t failures = result->failures;
    const char *problem = entry->run(entry->number, age, &plan, result);
    if (problem != NULL) {
        (void)snprintf(result->first, sizeof result->first, "cannot be built: %s", problem);
        result->failures++;
    }
    if (failures == 0 && result->failures > 0) {
        const size_t len = strlen(result->first);
        (void)snprintf(result->first + len, sizeof result->first - len, " [age %u]", age);
    }
}

static void run_job(const struct options *options, uint32_t job, const struct sweep_entry *entries,
                    unsigned count, job_results results)
{
    const double end = now_s() + options->seconds;
    for (uint32_t age = 0; age < options->ages; age++) {
        for (unsigned i = 0; i < count; i++) {
            if ((options->only != NULL && strcmp(options->only, entries[i].name) != 0) ||
                age >= entries[i].ages || now_s() > end) {
                continue;
            }
            sweep_once(options, job, &entries[i], age, &results[i]);
            if (options->quick && results[i].failures > 0) {
                return;
            }
        }
    }
}

static void add(struct sweep_result *sum, const struct sweep_result *one)
{
    sum->cuts += one->cuts;
    sum->positions += one->positions;
    sum->old += one->old;
    sum->new += one->new;
    if (sum->failures == 0 && one->failures > 0) {
        memcpy(sum->first, one->first, sizeof sum->first);
    }
    sum->failures += one->failures;
}

static void print_result(const char *name, const struct sweep_result *result)
{
    printf("%-24s %9llu cuts %9llu positions %9llu old %9llu new", name,
           (unsigned long long)result->cuts, (unsigned long long)result->positions,
           (unsigned long long)result->old, (unsigned long long)result->new);
    if (result->failures > 0) {
        printf("  %llu FAILED, first: %s", (unsigned long long)result->failures, result->first);
    }
    printf("\n");
}

/* The sums of all jobs; the number of failures. */
static uint64_t report(const struct options *options, const struct sweep_entry *entries,
                       unsigned count, job_results *results, double seconds)
{
    struct sweep_result all = {0};
    for (unsigned i = 0; i < count; i++) {
        struct sweep_result sum = {0};
        for (uint32_t job = 0; job < options->jobs; job++) {
            add(&sum, &results[job][i]);
        }
        if (sum.cuts > 0 || sum.failures > 0) {
            print_result(entries[i].name, &sum);
            add(&all, &sum);
        }
    }
    print_result("all", &all);
    printf("seed %llu, %u processes, %.1f s, %.0f cuts a minute\n",
           (unsigned long long)options->seed, options->jobs, seconds,
           (double)all.cuts / seconds * 60.0);
    if (all.failures == 0 &&
        all.positions >= all.cuts) { /* each operation is cut in two ways at least */
        printf("positions are counted once for each way of cutting, or there is none\n");
        return 1;
    }
    if (all.failures == 0 && all.cuts < options->least) {
        printf("that is less than %llu cuts\n", (unsigned long long)options->least);
        return 1;
    }
    return all.failures;
}

static uint64_t number_of(const char *text)
{
    char *end;
    const uint64_t value = strtoull(text, &end, 0);
    if (*text == '\0' || *end != '\0') {
        fprintf(stderr, "sweep: not a number: %s\n", text);
        exit(2);
    }
    return value;
}

static bool set_option(struct options *options, const char *name, const char *value)
{
    if (strcmp(name, "--only") == 0) {
        options->only = value;
    } else if (strcmp(name, "--jobs") == 0) {
        options->jobs = (uint32_t)number_of(value);
    } else if (strcmp(name, "--share") == 0) {
        options->share = (uint32_t)number_of(value);
    } else if (strcmp(name, "--ages") == 0) {
        options->ages = (uint32_t)number_of(value);
    } else if (strcmp(name, "--seconds") == 0) {
        options->seconds = (uint32_t)number_of(value);
    } else if (strcmp(name, "--least") == 0) {
        options->least = number_of(value);
    } else if (strcmp(name, "--seed") == 0) {
        options->seed = number_of(value);
    } else {
        return false;
    }
    return true;
}

static struct options read_options(int argc, char **argv)
{
    const char *seed = getenv("GARRISON_SEED");
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    struct options options = {.share = 1, .ages = 1, .seconds = 1000000};
    options.seed = seed != NULL ? number_of(seed) : 1;
    options.jobs = cores > 0 && cores < (long)JOBS_MAX ? (uint32_t)cores : JOBS_MAX;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            options.quick = true;
        } else if (i + 1 < argc && set_option(&options, argv[i], argv[i + 1])) {
            i++;
        } else {
            fprintf(stderr, "sweep: unknown option, or no value: %s\n", argv[i]);
            exit(2);
        }
    }
    if (options.jobs == 0 || options.jobs > JOBS_MAX) {
        fprintf(stderr, "sweep: 1 to %u jobs\n", JOBS_MAX);
        exit(2);
    }
    return options;
}

int sweep_main(int argc, char **argv, const struct sweep_entry *entries, unsigned count)
{
    const struct options options = read_options(argc, argv);
    job_results *results = mmap(NULL, JOBS_MAX * sizeof *results, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (results == MAP_FAILED || count > SWEEP_ENTRIES_MAX) {
        fprintf(stderr, "sweep: no memory, or too many entries\n");
        return 1;
    }
    const double start = now_s();
    bool crashed = false;
    for (uint32_t job = 0; job < options.jobs && !crashed; job++) {
        const pid_t child = fork();
        if (child == 0) {
            run_job(&options, job, entries, count, results[job]);
            exit(0);
        }
        crashed = child < 0;
    }
    for (int status; wait(&status) > 0;) {
        crashed = crashed || status != 0;
    }
    const uint64_t failures = report(&options, entries, count, results, now_s() - start);
    return failures == 0 && !crashed ? 0 : 1;
}
