#include "base/text.h"

#include "base/op.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text text_begin(struct arena *arena)
{
    return (struct text){ .arena = arena, .data = arena_alloc(arena, 64), .room = 64 };
}

static void make_room(struct text *text, size_t more)
{
    size_t room = text->room;
    char *data;

    if (more < room - text->length)
        return;
    while (more >= room - text->length)
        room *= 2;
    data = arena_alloc(text->arena, room);
    memcpy(data, text->data, text->length + 1);
    memory_wipe(text->data, text->length);
    text->data = data;
    text->room = room;
}

void text_put(struct text *text, const void *data, size_t length)
{
    if (!length)
        return;
    make_room(text, length);
    memcpy(text->data + text->length, data, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_char(struct text *text, char c)
{
    text_put(text, &c, 1);
}

void text_vadd(struct text *text, const char *format, va_list args)
{
    va_list again;
    int length;

    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length <= 0)
        return;
    make_room(text, (size_t)length);
    vsnprintf(text->data + text->length, text->room - text->length, format, args);
    text->length += (size_t)length;
}

void text_add(struct text *text, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    text_vadd(text, format, args);
    va_end(args);
}

void strings_add(struct op *op, struct strings *list, const char *item)
{
    const char **bigger;

    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 8;
        bigger = op_array(op, list->room, const char *);
        if (list->count)
            memcpy(bigger, list->at, list->count * sizeof *bigger);
        list->at = bigger;
    }
    list->at[list->count++] = item;
}

bool strings_have(const struct strings *list, const char *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->at[i], item) == 0)
            return true;
    return false;
}

const char *strings_join(struct op *op, const struct strings *list, const char *separator)
{
    struct text out = text_begin(op->arena);

    for (size_t i = 0; i < list->count; i++)
        text_add(&out, "%s%s", i ? separator : "", list->at[i]);
    return out.data;
}

struct strings text_split(struct op *op, const char *text, const char *separators)
{
    struct strings parts = { 0 };

    while (*text) {
        size_t length = strcspn(text, separators);
        const char *part = text_trim(op, text_cut(op, text, length));

        if (*part)
            strings_add(op, &parts, part);
        text += length;
        text += *text != '\0';
    }
    return parts;
}

char *text_dup(struct op *op, const char *text)
{
    return text ? arena_strdup(op->arena, text) : NULL;
}

char *text_cut(struct op *op, const char *text, size_t length)
{
    return arena_strndup(op->arena, text, length);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

char *text_lower(struct op *op, const char *text)
{
    char *copy = arena_strdup(op->arena, text);

    for (char *c = copy; *c; c++)
        *c = lower(*c);
    return copy;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *text_trim(struct op *op, const char *text)
{
    size_t length;

    while (blank(*text))
        text++;
    length = strlen(text);
    while (length && blank(text[length - 1]))
        length--;
    return text_cut(op, text, length);
}

bool text_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_same_nocase(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t length = strlen(text), tail = strlen(suffix);

    return length >= tail && strcmp(text + length - tail, suffix) == 0;
}

const char *text_past(const char *text, const char *prefix)
{
    return text && text_starts(text, prefix) ? text + strlen(prefix) : NULL;
}

const char *text_unquote(struct op *op, const char *text)
{
    size_t length = strlen(text);

    if (length >= 2 && (*text == '"' || *text == '\'') && text[length - 1] == *text)
        return text_cut(op, text + 1, length - 2);
    return text;
}

const char *text_less(struct op *op, const char *text, const char *suffix)
{
    return text_ends(text, suffix) ? text_cut(op, text, strlen(text) - strlen(suffix)) : NULL;
}

/* Length of the UTF-8 character at a place; 0 where there is none (RFC 3629 section 4). */
static size_t character(const unsigned char *at, uint32_t *point)
{
    static const uint32_t shortest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = *at < 0x80 ? 1 : *at < 0xe0 ? 2 : *at < 0xf0 ? 3 : 4;

    if ((*at >= 0x80 && *at < 0xc2) || *at > 0xf4)
        return 0;
    *point = length == 1 ? *at : *at & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (at[i] & 0x3fu);
    }
    return *point < shortest[length] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000) ? 0
                                                                                                   : length;
}

/* Control characters (C0 and C1), other ends of lines, and marks that turn the direction of writing. */
static bool deceives(uint32_t point)
{
    return point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0x61c || point == 0x200e ||
           point == 0x200f || (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Adds one character, or an escaped byte that is none; returns how many bytes it took. */
static size_t add_printable(struct text *out, const unsigned char *at)
{
    uint32_t point = 0;
    size_t length = character(at, &point);

    if (blank((char)*at)) {
        text_char(out, ' ');
    } else if (length && !deceives(point)) {
        text_put(out, at, length);
    } else {
        text_add(out, "\\x%02x", *at);
        return 1;
    }
    return length;
}

const char *text_printable(struct op *op, const char *text, size_t limit)
{
    const unsigned char *at = (const unsigned char *)text;
    struct text out = text_begin(op->arena);

    while (*at) {
        size_t before = out.length;

        at += add_printable(&out, at);
        if (out.length > limit) { /* take the last one back */
            out.length = before;
            out.data[before] = '\0';
            text_add(&out, "…");
            break;
        }
    }
    return out.data;
}

bool text_number(const char *text, int64_t least, int64_t most, int64_t *value)
{
    char *end;
    long long number;

    if (*text != '-' && (*text < '0' || *text > '9')) /* strtoll would skip blanks and a plus sign */
        return false;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (errno || *end || number < least || number > most)
        return false;
    *value = number;
    return true;
}

static bool unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

const char *text_url(struct op *op, const char *text)
{
    struct text out = text_begin(op->arena);

    for (; *text; text++) {
        if (unreserved(*text))
            text_char(&out, *text);
        else
            text_add(&out, "%%%02X", (unsigned)(unsigned char)*text);
    }
    return out.data;
}

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(struct op *op, const char *a, const char *b)
{
    size_t width = strlen(b);
    size_t *row = op_array(op, width + 1, size_t);

    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t corner = row[0];

        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t above = row[j + 1];

            row[j + 1] = least(above + 1, row[j] + 1, corner + (lower(a[i]) != lower(b[j])));
            corner = above;
        }
    }
    return row[width];
}

const char *text_nearest(struct op *op, const char *word, const struct strings *candidates)
{
    const char *best = NULL;
    size_t best_distance = strlen(word) / 3 + 2;

    if (strlen(word) > 64)
        return NULL;
    for (size_t i = 0; i < candidates->count; i++) {
        size_t d = distance(op, word, candidates->at[i]);

        if (d < best_distance) {
            best_distance = d;
            best = candidates->at[i];
        }
    }
    return best;
}
