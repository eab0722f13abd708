"""The core may call mathematics, memory, text in memory and threads; it may not print, exit, read the
environment or open a file. Reads the undefined symbols of the static library.

Usage: check_symbols.py NM LIBRARY
"""
import subprocess
import sys

ALLOWED = {
    # memory and text in memory
    "memcpy", "memmove", "memset", "memcmp", "strlen", "strcpy", "strcmp", "memchr", "localeconv", "strncmp", "strchr", "strstr", "snprintf",
    "vsnprintf", "realloc", "free", "qsort", "strtod",
    # mathematics
    "exp", "log", "pow", "sqrt", "fabs", "expm1", "log1p", "erfc", "floor", "ceil", "fmax", "fmin",
    "frexp", "ldexp", "lround", "round", "isnan", "log2", "exp2", "hypot", "nextafter",
    # threads
    "pthread_create", "pthread_join", "pthread_mutex_init", "pthread_mutex_lock",
    "pthread_mutex_unlock", "pthread_mutex_destroy", "sysconf",
    # what the compiler puts in by itself
    "_GLOBAL_OFFSET_TABLE_", "__stack_chk_fail", "__assert_fail", "__cpu_model",
    "__cpu_indicator_init", "__cpu_features2", "__isoc99_sscanf", "__errno_location",
}


def main(nm, library):
    listing = subprocess.run([nm, library], capture_output=True, text=True, check=True).stdout
    defined, undefined = set(), set()
    for line in listing.splitlines():
        parts = line.split()
        if len(parts) == 3:
            defined.add(parts[2])
        elif len(parts) == 2 and parts[0] in "Uw":
            undefined.add(parts[1])
    strange = sorted(s for s in undefined - defined if s.rstrip("f") not in ALLOWED and s not in ALLOWED)
    if strange:
        print("the core calls:", ", ".join(strange), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
