/* SPDX-License-Identifier: MIT */
/* Calendar dates as day numbers. */
#include "fulcrum/base.h"


int ful_date_days(int year, int month, int day)
{
    /* years that begin in March put the leap day last (Richards 2013) */
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void ful_date_split(int *year, int *month, int *day, int days)
{
    const int z = days + 719468;
    const int era = (z >= 0 ? z : z - 146096) / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2 ? 1 : 0);
}

/* `count` digits at `text` as a number, or -1. */
static int digits(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

int ful_date_parse(int *days, const char *text)
{
    const int year = digits(text, 4);
    if (year < 1 || text[4] != '-')
        return -1;
    const int month = digits(text + 5, 2);
    if (month < 1 || text[7] != '-')
        return -1;
    const int day = digits(text + 8, 2);
    if (day < 1 || text[10] != '\0' || month > 12)
        return -1;
    /* a date that does not come back unchanged, such as 30 February, is none */
    const int number = ful_date_days(year, month, day);
    int y, m, d;
    ful_date_split(&y, &m, &d, number);
    if (y != year || m != month || d != day)
        return -1;
    *days = number;
    return 0;
}
