/*
 * json: reading what others wrote, and writing by templates that escape by construction.
 *
 * A parsed document is immutable and lives as long as the operation. Paths are member names and array indexes
 * with dots between: "result.0.id". Reading from NULL gives NULL, so chains need no tests in between.
 *
 *     const struct json *zones = json_parse(op, body, length);
 *     const char *id = json_str(op, zones, "result.0.id");
 *
 * Limits: depth 32, 10000 values side by side, and a member may not stand twice in an object (readers that
 * pick the first or the last one would disagree about what was said).
 */
#ifndef MCACME_BASE_JSON_H
#define MCACME_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json;
struct op;
struct text;
struct strings;

/* Fails with UNTRUSTED. The bytes need no final NUL; anything but blanks behind the document is an error. */
const struct json *json_parse(struct op *op, const char *bytes, size_t length);

/* The value at a path, or NULL. */
const struct json *json_at(const struct json *json, const char *path);

/* A string that must be there; a whole number is given as its decimal digits. Fails with UNTRUSTED. */
const char *json_str(struct op *op, const struct json *json, const char *path);

/* The same where it may be missing: NULL, no error. */
const char *json_opt(struct op *op, const struct json *json, const char *path);

int64_t json_int(const struct json *json, const char *path, int64_t otherwise);
bool json_true(const struct json *json, const char *path);

/* Whether the string at the path is exactly this. */
bool json_is(const struct json *json, const char *path, const char *value);

/* The i-th item of the array (or member of the object) at a path; NULL behind the last one. "" is the top. */
const struct json *json_each(const struct json *json, const char *path, size_t i);
size_t json_count(const struct json *json, const char *path);

/* The member's own name, for items that json_each took from an object. */
const char *json_name(const struct json *member);

/* The strings of an array (a lone string counts as an array of one); items of other types are an error. */
struct strings json_strings(struct op *op, const struct json *json, const char *path);

/* The text of a (sub)document, without blanks. */
const char *json_print(struct op *op, const struct json *json);

/*
 * A document from a template: ' stands for ", and only %s (quoted and escaped), %u, %d and %% exist. A NULL
 * for %s is an error (INTERNAL), so a value that an earlier step failed to get never turns into "null".
 *
 *     json_text(op, "{'type': 'TXT', 'content': %s, 'ttl': %u}", value, ttl)
 */
const char *json_text(struct op *op, const char *template, ...) __attribute__((format(printf, 2, 3)));

/*
 * A document piece by piece, commas included. `name` is NULL inside arrays.
 *
 *     struct text out = text_begin(op->arena);
 *     json_open(&out, NULL, '{');
 *     json_put(&out, "name", "x");
 *     json_close(&out, '}');
 */
void json_open(struct text *out, const char *name, char bracket);
void json_close(struct text *out, char bracket);
void json_put(struct text *out, const char *name, const char *value); /* NULL becomes null */
void json_put_int(struct text *out, const char *name, int64_t value);
void json_put_bool(struct text *out, const char *name, bool value);
void json_put_strings(struct text *out, const char *name, const struct strings *list);
void json_put_raw(struct text *out, const char *name, const char *document);

#endif
