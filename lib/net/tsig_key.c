#include "base/text.h"
#include "net/tsig.h"

#include <string.h>

#define DEFAULT_KIND HASH_SHA256 /* nsupdate's and knsupdate's, too */

static const struct {
    enum hash_kind kind;
    const char *name;  /* on the wire */
    const char *alias; /* in files */
    int number;        /* in the private files of dnssec-keygen */
} algorithms[] = {
    { HASH_SHA256, "hmac-sha256", "hmac-sha256", 163 },
    { HASH_SHA384, "hmac-sha384", "hmac-sha384", 164 },
    { HASH_SHA512, "hmac-sha512", "hmac-sha512", 165 },
    { HASH_SHA1, "hmac-sha1", "hmac-sha1", 161 },
    { HASH_MD5, "hmac-md5.sig-alg.reg.int", "hmac-md5", 157 },
};
#define ALGORITHMS (sizeof algorithms / sizeof *algorithms)

const char *tsig_algorithm(enum hash_kind kind)
{
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].kind == kind)
            return algorithms[i].name;
    return "";
}

/* Lower case and without the final dot, as all our names are. */
static const char *plain_name(struct op *op, const char *text)
{
    const char *lower = text_lower(op, text);
    const char *less = text_less(op, lower, ".");

    return less ? less : lower;
}

/* In any case, also with a final dot. */
static bool parse_algorithm(struct op *op, const char *text, enum hash_kind *kind)
{
    const char *name = plain_name(op, text);

    for (size_t i = 0; i < ALGORITHMS; i++) {
        if (text_same(name, algorithms[i].name) || text_same(name, algorithms[i].alias)) {
            *kind = algorithms[i].kind;
            return true;
        }
    }
    return false;
}

/* What a source says, before it is checked. Nothing of `secret` may reach an error's text. */
struct parts {
    const char *name, *algorithm, *secret;
};

static bool fill(struct op *op, const struct parts *parts, const char *what, struct tsig_key *key)
{
    const char *name = parts->name ? parts->name : key->name;

    if (!parts->secret)
        return op_fail(op, ERR_CONFIG, "%s: the key has no secret", what);
    if (!name)
        return op_fail(op, ERR_CONFIG, "%s: the key's name is missing", what);
    key->name = plain_name(op, name);
    if (!*key->name || !dns_name_ok(key->name))
        return op_fail(op, ERR_CONFIG, "%s: the key's name is not a DNS name", what);
    key->kind = DEFAULT_KIND;
    if (parts->algorithm && !parse_algorithm(op, parts->algorithm, &key->kind)) {
        op_fail(op, ERR_CONFIG, "%s: unknown TSIG algorithm", what);
        return op_hint(op, "hmac-sha256, hmac-sha384, hmac-sha512, hmac-sha1 and hmac-md5 are known");
    }
    key->secret = base64_decode(op, parts->secret, what);
    if (op_ok(op) && !key->secret.length)
        return op_fail(op, ERR_CONFIG, "%s: the key's secret is empty", what);
    return op_ok(op);
}

/* ---- key "name" { algorithm hmac-sha256; secret "..."; }; ---- */

/* Length of a comment in one of BIND's three styles, else 0. */
static size_t comment(const char *at)
{
    const char *end;

    if (*at == '#' || text_starts(at, "//"))
        return strcspn(at, "\n");
    if (!text_starts(at, "/*"))
        return 0;
    end = strstr(at + 2, "*/");
    return end ? (size_t)(end - at) + 2 : strlen(at);
}

static const char *skip(const char *at)
{
    size_t length;

    while ((length = strspn(at, " \t\r\n")) || (length = comment(at)))
        at += length;
    return at;
}

/* A word, a quoted string (without its quotes) or one of { } ;. NULL at the end. */
static const char *token(struct op *op, const char **at)
{
    const char *start = skip(*at);
    size_t length = strcspn(start, " \t\r\n{};\"");

    *at = start;
    if (!*start)
        return NULL;
    if (*start == '"') {
        length = strcspn(++start, "\"");
        *at = start + length + (start[length] == '"');
    } else {
        length = length ? length : 1;
        *at = start + length;
    }
    return text_cut(op, start, length);
}

static void clause(struct op *op, const char *word, const char **at, struct parts *parts)
{
    if (text_same(word, "algorithm"))
        parts->algorithm = token(op, at);
    else if (text_same(word, "secret"))
        parts->secret = token(op, at);
}

/* The first key statement of a file; ddns-confgen writes other statements behind it. */
static bool parse_bind(struct op *op, const char *text, const char *what, struct tsig_key *key)
{
    struct parts parts = { 0 };
    const char *word;

    do
        word = token(op, &text);
    while (word && !text_same(word, "key"));
    parts.name = token(op, &text);
    if (!text_same(token(op, &text), "{"))
        return op_fail(op, ERR_CONFIG, "%s: no { behind the key's name", what);
    while ((word = token(op, &text)) && !text_same(word, "}"))
        clause(op, word, &text, &parts);
    if (!word)
        return op_fail(op, ERR_CONFIG, "%s: the key statement is not closed with }", what);
    return fill(op, &parts, what, key);
}

/* ---- Private-key-format: v1.3 ---- */

/* "163 (HMAC_SHA256)" is named by its number. */
static const char *numbered_algorithm(struct op *op, const char *value)
{
    const char *digits = text_cut(op, value, strspn(value, "0123456789"));

    for (size_t i = 0; i < ALGORITHMS; i++)
        if (text_same(digits, op_text(op, "%d", algorithms[i].number)))
            return algorithms[i].name;
    return value;
}

static bool parse_private(struct op *op, const char *text, const char *what, struct tsig_key *key)
{
    struct strings lines = text_split(op, text, "\n");
    struct parts parts = { 0 };

    for (size_t i = 0; i < lines.count; i++) {
        const char *line = lines.at[i], *value = line + strcspn(line, ":");

        value = text_trim(op, *value ? value + 1 : value);
        if (text_starts(line, "Algorithm:"))
            parts.algorithm = numbered_algorithm(op, value);
        else if (text_starts(line, "Key:"))
            parts.secret = value;
    }
    return fill(op, &parts, what, key);
}

/* ---- [algorithm:]name[:| ]base64 ---- */

static bool parse_line(struct op *op, const char *text, const char *what, struct tsig_key *key)
{
    struct strings words = text_split(op, text, ": \t\r\n");
    struct parts parts = { 0 };

    if (words.count != 2 && words.count != 3) {
        op_fail(op, ERR_CONFIG, "%s is not a TSIG key", what);
        return op_hint(op,
                       "write [algorithm:]name:base64, or name a key file of tsig-keygen or dnssec-keygen");
    }
    parts.algorithm = words.count == 3 ? words.at[0] : NULL;
    parts.name = words.at[words.count - 2];
    parts.secret = words.at[words.count - 1];
    return fill(op, &parts, what, key);
}

bool tsig_parse(struct op *op, const char *text, const char *what, struct tsig_key *key)
{
    TRY(op_ok(op));
    if (strstr(text, "Private-key-format:"))
        return parse_private(op, text, what, key);
    if (strchr(text, '{'))
        return parse_bind(op, text, what, key);
    return parse_line(op, text, what, key);
}
