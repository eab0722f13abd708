/* SPDX-License-Identifier: MIT */
/*
 * Vector variants of a hot function, chosen when the program starts. Only gcc on x86-64: clang 14
 * miscompiles clones across files and other targets have none. A cloned function must fix its order
 * of summation in the source, so that every variant gives the same bits.
 */
#ifndef FULCRUM_BASE_CLONES_H
#define FULCRUM_BASE_CLONES_H

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__)
#define FUL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FUL_CLONES
#endif

#endif
