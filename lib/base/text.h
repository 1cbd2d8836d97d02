/*
 * text: strings that grow in an arena, and the small tools for names and hostile words.
 *
 *     struct text out = text_begin(op->arena);
 *     text_add(&out, "%s=%d", key, value);
 *     use(out.data);                        // always ends in NUL
 */
#ifndef MCACME_BASE_TEXT_H
#define MCACME_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct op;

struct text {
    struct arena *arena;
    char *data; /* ends in NUL; never NULL after text_begin */
    size_t length, room;
};

struct text text_begin(struct arena *arena);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vadd(struct text *text, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void text_put(struct text *text, const void *data, size_t length);
void text_char(struct text *text, char c);

/* A list of strings in an arena. */
struct strings {
    const char **at;
    size_t count, room;
};

void strings_add(struct op *op, struct strings *list, const char *item);
bool strings_have(const struct strings *list, const char *item);
const char *strings_join(struct op *op, const struct strings *list, const char *separator);

/* Splits at any character of `separators`; blanks around the parts and empty parts are dropped. */
struct strings text_split(struct op *op, const char *text, const char *separators);

char *text_dup(struct op *op, const char *text); /* NULL stays NULL */
char *text_cut(struct op *op, const char *text, size_t length);
char *text_lower(struct op *op, const char *text);
char *text_trim(struct op *op, const char *text);
bool text_same(const char *a, const char *b);        /* both NULL is the same */
bool text_same_nocase(const char *a, const char *b); /* ASCII only, whatever the locale */
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);

/* What is behind the prefix, or NULL where it does not begin so; of NULL, too. */
const char *text_past(const char *text, const char *prefix);

/* `text` without the pair of quotes (" or ') around it, if it has one. */
const char *text_unquote(struct op *op, const char *text);

/* `text` without the suffix, or NULL when it does not end so. */
const char *text_less(struct op *op, const char *text, const char *suffix);

/* Words of somebody else made fit to print: control characters escaped, one line, at most `limit` bytes. */
const char *text_printable(struct op *op, const char *text, size_t limit);
#define SERVER_WORDS_LIMIT 500u

/* A whole decimal number within the limits; false leaves *value alone. */
bool text_number(const char *text, int64_t least, int64_t most, int64_t *value);

/* Percent-encoding of everything but RFC 3986's unreserved characters. */
const char *text_url(struct op *op, const char *text);

/* The candidate nearest to `word` by edit distance, when it is near enough to be meant; else NULL. */
const char *text_nearest(struct op *op, const char *word, const struct strings *candidates);

#endif
