#include "bar.h"

#include "kit.h"

#include <stdlib.h>

#define DAY 86400

static const struct bar_style blocks = { .shown = true, .utf8 = true };
static const struct bar_style plain = { .shown = true };

TEST(bar_of_what_is_left)
{
    static const struct {
        int64_t left, whole;
        const char *bar;
    } cases[] = {
        { 90 * DAY, 90 * DAY, "██████████   90 d" },  { 45 * DAY, 90 * DAY, "█████░░░░░   45 d" },
        { 57 * DAY, 90 * DAY, "██████▍░░░   57 d" },  { 30 * DAY - 1, 90 * DAY, "███▍░░░░░░   29 d" },
        { 47 * 3600, 90 * DAY, "▎░░░░░░░░░   47 h" }, { 1, 90 * DAY, "▏░░░░░░░░░    0 h" },
        { 0, 90 * DAY, "░░░░░░░░░░   over" },         { -5 * DAY, 90 * DAY, "░░░░░░░░░░   over" },
        { 100 * DAY, 90 * DAY, "██████████  100 d" }, { 3, 0, "░░░░░░░░░░    0 h" },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_STR(bar(op, &blocks, cases[i].left, cases[i].whole, BAR_GOOD), cases[i].bar);
}

TEST(bar_without_blocks)
{
    struct op *op = kit_op();

    CHECK_STR(bar(op, &plain, 57 * DAY, 90 * DAY, BAR_GOOD), "######....   57 d");
    CHECK_INT(strlen(bar(op, &plain, 57 * DAY, 90 * DAY, BAR_GOOD)), BAR_ROOM - 2);
}

TEST(bar_in_colours)
{
    const struct bar_style style = { .shown = true, .colour = true };
    struct op *op = kit_op();

    CHECK_STR(bar(op, &style, 90 * DAY, 90 * DAY, BAR_GOOD), "\033[32m##########\033[0m   90 d");
    CHECK_STR(bar(op, &style, 0, 90 * DAY, BAR_BAD), "\033[31m..........\033[0m   over");
}

TEST(bar_style_of_the_environment)
{
    static const struct {
        const char *term, *no_colour, *locale;
        bool colour, utf8;
    } cases[] = {
        { "xterm", NULL, "de_DE.UTF-8", true, true }, { "xterm", "", "C.utf8", true, true },
        { "xterm", "1", "C", false, false },          { "dumb", NULL, "", false, true },
        { NULL, NULL, "de_DE@euro", false, false },
    };

    setenv("LANG", "en_US.UTF-8", 1);
    unsetenv("LC_CTYPE");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bar_style style;

        cases[i].term ? setenv("TERM", cases[i].term, 1) : unsetenv("TERM");
        cases[i].no_colour ? setenv("NO_COLOR", cases[i].no_colour, 1) : unsetenv("NO_COLOR");
        setenv("LC_ALL", cases[i].locale, 1);
        style = bar_style();
        CHECK_INT(style.colour, cases[i].colour);
        CHECK_INT(style.utf8, cases[i].utf8);
    }
}
