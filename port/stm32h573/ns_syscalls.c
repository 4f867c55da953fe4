/*
 * What newlib asks of the machine: standard output goes to USART1, everything else is not there.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "ns.h"

int _write(int file, const char *data, int len);
int _read(int file, char *data, int len);
int _close(int file);
int _lseek(int file, int offset, int whence);
int _fstat(int file, struct stat *stat);
int _isatty(int file);
int _kill(int process, int signal);
int _getpid(void);
void *_sbrk(ptrdiff_t bytes);
_Noreturn void _exit(int status);

extern uint8_t linker_heap[];
extern uint8_t linker_heap_end[];

int _write(int file, const char *data, int len)
{
    (void)file;
    for (int i = 0; i < len; i++) {
        ns_uart_send((uint8_t)data[i]);
    }
    return len;
}

int _read(int file, char *data, int len)
{
    (void)file;
    (void)data;
    (void)len;
    return 0;
}

int _close(int file)
{
    (void)file;
    return -1;
}

int _lseek(int file, int offset, int whence)
{
    (void)file;
    (void)offset;
    (void)whence;
    return 0;
}

int _fstat(int file, struct stat *stat)
{
    (void)file;
    stat->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file)
{
    (void)file;
    return 1;
}

int _kill(int process, int signal)
{
    (void)process;
    (void)signal;
    errno = EINVAL;
    return -1;
}

int _getpid(void)
{
    return 1;
}

void *_sbrk(ptrdiff_t bytes)
{
    static uint8_t *end = linker_heap;
    if (bytes > linker_heap_end - end || bytes < linker_heap - end) {
        errno = ENOMEM;
        return (void *)-1;
    }
    uint8_t *const start = end;
    end += bytes;
    return start;
}

/* An application ends by waiting: there is nothing to return to. */
_Noreturn void _exit(int status)
{
    (void)status;
    for (;;) {
        __asm__ volatile("wfi");
    }
}
