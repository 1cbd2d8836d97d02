/*
 * bar: how much of a certificate's lifetime is left, to be seen at a glance: "██████▍░░░  57 d".
 *
 *     const struct bar_style style = bar_style();
 *     if (style.shown)
 *         puts(bar(op, &style, left, whole, BAR_GOOD));
 *
 * For people only: nothing is shown unless standard output is a terminal. Colours are left out where NO_COLOR
 * is set or TERM is "dumb", blocks where the locale is not UTF-8.
 */
#ifndef MCACME_CMD_BAR_H
#define MCACME_CMD_BAR_H

#include "base/op.h"

struct bar_style {
    bool shown, colour, utf8;
};

enum bar_mood { BAR_GOOD, BAR_DUE, BAR_BAD };

/* What a bar takes in a line, with the two blanks before it. */
#define BAR_ROOM 19

/* Of this process: its standard output and environment. */
struct bar_style bar_style(void);

/* `left` of `whole` seconds; BAR_ROOM - 2 columns wide. */
const char *bar(struct op *op, const struct bar_style *style, int64_t left, int64_t whole,
                enum bar_mood mood);

#endif
