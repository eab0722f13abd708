/* SPDX-License-Identifier: MIT */
/* Statuses and errors: one table of texts, one way to fail. */
#include "fulcrum/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *ful_status_text(ful_status status)
{
    switch (status) {
#define STATUS_CASE(symbol, value, text)                                                           \
    case symbol:                                                                                   \
        return text;
        FUL_STATUSES(STATUS_CASE)
#undef STATUS_CASE
    }
    return "unknown status";
}

static void fill(ful_error *err, ful_status status, const char *file, int line, int column,
                 const char *format, va_list args)
{
    if (!err)
        return;
    err->status = status;
    err->line = line;
    err->column = column;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    vsnprintf(err->text, sizeof err->text, format, args);
}

ful_status ful_fail(ful_error *err, ful_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, NULL, 0, 0, format, args);
    va_end(args);
    return status;
}

ful_status ful_fail_at(ful_error *err, ful_status status, const char *file, int line, int column,
                       const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, status, file, line, column, format, args);
    va_end(args);
    return status;
}

const char *ful_version(void)
{
    return FUL_VERSION;
}
