#include "base/when.h"

#include "kit.h"

static int64_t rfc3339(const char *text)
{
    int64_t when = -1;

    return when_rfc3339(text, &when) ? when : -1;
}

TEST(when_reads_rfc3339)
{
    CHECK_INT(rfc3339("1970-01-01T00:00:00Z"), 0);
    CHECK_INT(rfc3339("2026-11-25T23:18:12Z"), 1795648692);
    CHECK_INT(rfc3339("2026-11-25t23:18:12z"), 1795648692);
    CHECK_INT(rfc3339("2026-11-25 23:18:12Z"), 1795648692);
    CHECK_INT(rfc3339("2026-11-25T23:18:12.999999999Z"), 1795648692);
    CHECK_INT(rfc3339("2038-01-19T03:14:08Z"), 2147483648);
    CHECK_INT(rfc3339("9999-12-31T23:59:59Z"), 253402300799);
}

TEST(when_reads_offsets)
{
    CHECK_INT(rfc3339("2026-11-26T00:18:12+01:00"), 1795648692);
    CHECK_INT(rfc3339("2026-11-25T19:48:12-03:30"), 1795648692);
    CHECK_INT(rfc3339("2026-11-25T23:18:12-00:00"), 1795648692);
    CHECK_INT(rfc3339("2026-11-26T23:17:12.5+23:59"), 1795648692);
}

TEST(when_knows_leap_years)
{
    CHECK_INT(rfc3339("2000-02-29T00:00:00Z"), 951782400);
    CHECK_INT(rfc3339("2000-03-01T00:00:00Z"), 951868800);
    CHECK_INT(rfc3339("2024-02-29T12:00:00Z"), 1709208000);
    CHECK_INT(rfc3339("2100-02-28T00:00:00Z"), 4107456000);
    CHECK_INT(rfc3339("2100-03-01T00:00:00Z"), 4107542400);
    CHECK_INT(rfc3339("2026-02-29T00:00:00Z"), -1);
    CHECK_INT(rfc3339("2100-02-29T00:00:00Z"), -1);
}

/* RFC 3339 section 5.7 allows it: the last second of a day with a leap second. */
TEST(when_takes_leap_seconds)
{
    CHECK_INT(rfc3339("2016-12-31T23:59:60Z"), 1483228800);
}

TEST(when_refuses_what_is_not_rfc3339)
{
    static const char *const bad[] = {
        "",
        "x",
        "2026",
        "2026-11-25",
        "2026-11-25T23:18:12",
        "2026-11-25T23:18:12Zx",
        "2026-11-25T23:18:12Z ",
        " 2026-11-25T23:18:12Z",
        "2026-11-25T23:18Z",
        "2026-11-25T23:18:12.Z",
        "2026-11-25T23:18:123Z",
        "2026-11-25T23:18:12,5Z",
        "2026-11-25T23:18:12+0100",
        "2026-11-25T23:18:12+01",
        "2026-11-25T23:18:12+01:60",
        "2026-11-25T23:18:12+24:00",
        "2026-11-25T23:18:12+",
        "2026-00-25T23:18:12Z",
        "2026-13-25T23:18:12Z",
        "2026-11-00T23:18:12Z",
        "2026-11-31T23:18:12Z",
        "2026-11-25T24:18:12Z",
        "2026-11-25T23:60:12Z",
        "2026-11-25T23:18:61Z",
        "0000-01-01T00:00:00Z",
        "+026-11-25T23:18:12Z",
        "20261-1-25T23:18:12Z",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(rfc3339(bad[i]) == -1, __FILE__, __LINE__, "\"%s\" was taken", bad[i]);
}

TEST(when_failure_leaves_the_value_alone)
{
    int64_t when = 42;

    CHECK(!when_rfc3339("2026-11-25T23:18:12+99:00", &when));
    CHECK(!when_retry_after("soon", 0, &when));
    CHECK(!when_duration("1y", &when));
    CHECK(!when_civil(2026, 2, 30, 0, 0, 0, &when));
    CHECK_INT(when, 42);
}

/* Days over four centuries, both ways: every month, leap year and century is among them. */
TEST(when_prints_what_it_reads)
{
    struct op *op = kit_op();

    CHECK_STR(when_print(op, 0), "1970-01-01T00:00:00Z");
    CHECK_STR(when_print(op, 1795648692), "2026-11-25T23:18:12Z");
    CHECK_STR(when_print(op, 951782399), "2000-02-28T23:59:59Z");
    CHECK_STR(when_print(op, 253402300799), "9999-12-31T23:59:59Z");
    for (int64_t when = 7; when < 12700000000; when += 86400 * 5 + 3601) {
        const char *text = when_print(op, when);

        if (!kit_check(rfc3339(text) == when, __FILE__, __LINE__, "%s is not %lld", text, (long long)when))
            break;
    }
}

TEST(when_prints_nothing_before_the_epoch)
{
    CHECK_STR(when_print(kit_op(), -1), "1970-01-01T00:00:00Z");
}

static int64_t retry_after(const char *text)
{
    int64_t when = -1;

    return when_retry_after(text, 1000000, &when) ? when : -1;
}

TEST(when_reads_retry_after_in_seconds)
{
    CHECK_INT(retry_after("0"), 1000000);
    CHECK_INT(retry_after("120"), 1000120);
    CHECK_INT(retry_after("2147483647"), 1000000 + 2147483647LL);
}

TEST(when_reads_retry_after_as_a_date)
{
    CHECK_INT(retry_after("Wed, 25 Nov 2026 23:18:12 GMT"), 1795648692);
    CHECK_INT(retry_after("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    CHECK_INT(retry_after("Tue, 29 Feb 2000 00:00:00 GMT"), 951782400);
}

TEST(when_refuses_other_retry_after)
{
    static const char *const bad[] = {
        "",
        "-1",
        "+5",
        " 5",
        "5 ",
        "1.5",
        "0x10",
        "10s",
        "2147483648",
        "99999999999999999999",
        "soon",
        "Wed, 25 Nov 2026 23:18:12",
        "Wed, 25 Nov 2026 23:18:12 CET",
        "Wed, 25 Nov 2026 23:18:12 GMT+1",
        "Wed, 31 Nov 2026 23:18:12 GMT",
        "Wed, 25 nov 2026 23:18:12 GMT",
        "Wed, 25 Nox 2026 23:18:12 GMT",
        "Wed,25 Nov 2026 23:18:12 GMT",
        "Wed, 5 Nov 2026 23:18:12 GMT",
        "Wed, 25 Nov 26 23:18:12 GMT",
        "2026-11-25T23:18:12Z",
        ",",
        ", ",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(retry_after(bad[i]) == -1, __FILE__, __LINE__, "\"%s\" was taken", bad[i]);
}

static int64_t duration(const char *text)
{
    int64_t seconds = -1;

    return when_duration(text, &seconds) ? seconds : -1;
}

TEST(when_reads_durations)
{
    CHECK_INT(duration("90s"), 90);
    CHECK_INT(duration("10m"), 600);
    CHECK_INT(duration("6h"), 21600);
    CHECK_INT(duration("30d"), 2592000);
    CHECK_INT(duration("45"), 45);
    CHECK_INT(duration("0"), 0);
    CHECK_INT(duration("999999999d"), 999999999LL * 86400);
}

TEST(when_refuses_other_durations)
{
    static const char *const bad[] = { "",   "s",  "-1s", "+1s",  "1.5h", "1 h", "1hh",        "1w",
                                       "1M", "1D", "1y",  "1h2m", "1h ",  " 1h", "1000000000s" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        kit_check(duration(bad[i]) == -1, __FILE__, __LINE__, "\"%s\" was taken", bad[i]);
}

TEST(when_spans_are_for_people)
{
    struct op *op = kit_op();

    CHECK_STR(when_span(op, 0), "0 seconds");
    CHECK_STR(when_span(op, -5), "0 seconds");
    CHECK_STR(when_span(op, 1), "1 second");
    CHECK_STR(when_span(op, 119), "119 seconds");
    CHECK_STR(when_span(op, 300), "5 minutes");
    CHECK_STR(when_span(op, 20 * 3600), "20 hours");
    CHECK_STR(when_span(op, 47 * 3600), "47 hours");
    CHECK_STR(when_span(op, 3 * 86400 + 5), "3 days");
}

TEST(when_civil_checks_ranges)
{
    int64_t when;

    CHECK(when_civil(1, 1, 1, 0, 0, 0, &when));
    CHECK_INT(when, -62135596800);
    CHECK(when_civil(9999, 12, 31, 23, 59, 60, &when));
    CHECK(!when_civil(10000, 1, 1, 0, 0, 0, &when));
    CHECK(!when_civil(0, 1, 1, 0, 0, 0, &when));
    CHECK(!when_civil(2026, 1, 1, -1, 0, 0, &when));
    CHECK(!when_civil(2026, 1, 1, 0, -1, 0, &when));
    CHECK(!when_civil(2026, 1, 1, 0, 0, -1, &when));
}
