#include "bar.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define CELLS 10
#define DAY   86400
#define HOUR  3600

/* The first of these that is set decides (locale(7)). */
static bool locale_is_utf8(void)
{
    static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

struct bar_style bar_style(void)
{
    const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    struct bar_style style = { .shown = isatty(STDOUT_FILENO), .utf8 = locale_is_utf8() };

    style.colour = term && !text_same(term, "dumb") && !(no_colour && *no_colour);
    return style;
}

/* In eighths of a cell; a certificate that is still good has one at least. */
static int eighths(int64_t left, int64_t whole)
{
    if (left <= 0 || whole <= 0)
        return 0;
    if (left >= whole)
        return CELLS * 8;
    return 1 + (int)((double)left / (double)whole * (CELLS * 8 - 1));
}

static void draw(struct text *out, const struct bar_style *style, int filled)
{
    static const char *const parts[] = { "\u2591", "\u258f", "\u258e", "\u258d", "\u258c",
                                         "\u258b", "\u258a", "\u2589", "\u2588" };

    for (int cell = 0; cell < CELLS; cell++) {
        int part = filled - cell * 8 > 8 ? 8 : filled - cell * 8 < 0 ? 0 : filled - cell * 8;

        text_add(out, "%s", style->utf8 ? parts[part] : part >= 4 ? "#" : ".");
    }
}

/* In five columns: "89 d", "17 h", "over". */
static const char *in_words(struct op *op, int64_t left)
{
    if (left <= 0)
        return "over";
    return left >= 2 * DAY ? op_text(op, "%d d", (int)(left / DAY)) : op_text(op, "%d h", (int)(left / HOUR));
}

const char *bar(struct op *op, const struct bar_style *style, int64_t left, int64_t whole, enum bar_mood mood)
{
    static const char *const colours[] = { "\033[32m", "\033[33m", "\033[31m" };
    struct text out = text_begin(op->arena);

    if (style->colour)
        text_add(&out, "%s", colours[mood]);
    draw(&out, style, eighths(left, whole));
    text_add(&out, "%s  %5s", style->colour ? "\033[0m" : "", in_words(op, left));
    return out.data;
}
