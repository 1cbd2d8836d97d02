#include "base/when.h"

#include "base/op.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define DAY 86400

/* Days since 1970-01-01 of a date of the Gregorian calendar (the era is 400 years of 146097 days). */
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int days_in_month(int year, int month)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return days[month - 1] + (month == 2 && leap);
}

bool when_civil(int year, int month, int day, int hour, int minute, int second, int64_t *when)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    *when = days_from_civil(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    return true;
}

static bool digits(const char **at, int count, int *value)
{
    *value = 0;
    for (; count; count--, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool literal(const char **at, const char *allowed)
{
    return **at && strchr(allowed, **at) ? (*at)++, true : false;
}

/* ".25": parts of a second are of no interest here. */
static bool fraction(const char **at)
{
    size_t length;

    if (!literal(at, "."))
        return true;
    length = strspn(*at, "0123456789");
    *at += length;
    return length > 0;
}

/* "Z", "+01:00": seconds east of UTC. */
static bool offset(const char **at, int *seconds)
{
    int sign, hours, minutes;

    *seconds = 0;
    if (literal(at, "Zz"))
        return true;
    sign = **at == '-' ? -1 : 1;
    if (!literal(at, "+-") || !digits(at, 2, &hours) || !literal(at, ":") || !digits(at, 2, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

bool when_rfc3339(const char *text, int64_t *when)
{
    const char *at = text;
    int year, month, day, hour, minute, second, east;
    int64_t local;

    if (!digits(&at, 4, &year) || !literal(&at, "-") || !digits(&at, 2, &month) || !literal(&at, "-") ||
        !digits(&at, 2, &day) || !literal(&at, "Tt ") || !digits(&at, 2, &hour) || !literal(&at, ":") ||
        !digits(&at, 2, &minute) || !literal(&at, ":") || !digits(&at, 2, &second))
        return false;
    if (!fraction(&at) || !offset(&at, &east) || *at ||
        !when_civil(year, month, day, hour, minute, second, &local))
        return false;
    *when = local - east;
    return true;
}

const char *when_print(struct op *op, int64_t when)
{
    int64_t days = when / DAY, rest = when % DAY;
    int64_t era, day_of_era, year_of_era, day_of_year, month, year;

    if (when < 0)
        return "1970-01-01T00:00:00Z";
    days += 719468;
    era = days / 146097;
    day_of_era = days % 146097;
    year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    month = (5 * day_of_year + 2) / 153;
    year = era * 400 + year_of_era + (month >= 10);
    return op_text(op, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)(month < 10 ? month + 3 : month - 9),
                   (int)(day_of_year - (153 * month + 2) / 5 + 1), (int)(rest / 3600), (int)(rest / 60 % 60),
                   (int)(rest % 60));
}

static bool month_number(const char **at, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (*month = 1; *month <= 12; (*month)++) {
        if (strncmp(*at, names + 3 * (*month - 1), 3) == 0) {
            *at += 3;
            return true;
        }
    }
    return false;
}

/* IMF-fixdate, the one form that servers may send today (RFC 9110 section 5.6.7). */
static bool http_date(const char *text, int64_t *when)
{
    const char *at = strchr(text, ',');
    int year, month, day, hour, minute, second;

    if (!at || at[1] != ' ')
        return false;
    at += 2;
    return digits(&at, 2, &day) && literal(&at, " ") && month_number(&at, &month) && literal(&at, " ") &&
           digits(&at, 4, &year) && literal(&at, " ") && digits(&at, 2, &hour) && literal(&at, ":") &&
           digits(&at, 2, &minute) && literal(&at, ":") && digits(&at, 2, &second) &&
           strcmp(at, " GMT") == 0 && when_civil(year, month, day, hour, minute, second, when);
}

bool when_retry_after(const char *text, int64_t now, int64_t *when)
{
    int64_t seconds;

    if (text_number(text, 0, INT32_MAX, &seconds)) {
        *when = now + seconds;
        return true;
    }
    return http_date(text, when);
}

bool when_duration(const char *text, int64_t *seconds)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', DAY }, { '\0', 1 } };
    size_t length = strspn(text, "0123456789");
    int64_t number = 0;

    if (!length || length > 9 || (text[length] && text[length + 1]))
        return false;
    for (size_t i = 0; i < length; i++)
        number = number * 10 + (text[i] - '0');
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (units[i].letter == text[length]) {
            *seconds = number * units[i].seconds;
            return true;
        }
    }
    return false;
}

const char *when_span(struct op *op, int64_t seconds)
{
    static const struct {
        int64_t length;
        const char *name;
    } units[] = { { DAY, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    size_t i = 0;
    int64_t count;

    if (seconds < 0)
        seconds = 0;
    while (i < 3 && seconds < 2 * units[i].length)
        i++;
    count = seconds / units[i].length;
    return op_text(op, "%lld %s%s", (long long)count, units[i].name, count == 1 ? "" : "s");
}
