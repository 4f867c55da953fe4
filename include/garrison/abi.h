/*
 * C linkage for C++ callers.
 *
 * This is the one header of include/ with a conditional in it: C++ needs `extern "C"` and C does
 * not know it, so every public header would repeat these lines.
 */
#pragma once

#ifdef __cplusplus
#define GARRISON_ABI_BEGIN extern "C" {
#define GARRISON_ABI_END }
#else
#define GARRISON_ABI_BEGIN
#define GARRISON_ABI_END
#endif
