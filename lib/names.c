#include "names.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <string.h>
#include <sys/socket.h>

#define LABEL_MOST 63u
#define NAME_MOST  253u
#define TITLE_MOST 230u /* with what the store adds to it, still a file name */

bool name_is_ip(const char *name)
{
    struct in6_addr address;

    return inet_pton(AF_INET, name, &address) == 1 || inet_pton(AF_INET6, name, &address) == 1;
}

bool name_is_wildcard(const char *name)
{
    return text_starts(name, "*.");
}

const char *name_base(const char *name)
{
    return name_is_wildcard(name) ? name + 2 : name;
}

static bool refused(struct op *op, const char *input, const char *why)
{
    return op_fail(op, ERR_USAGE, "\"%s\" cannot be in a certificate: %s", text_printable(op, input, 300),
                   why);
}

static bool letters_ok(const char *label, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", label[i]))
            return false;
    return true;
}

/* The rules for host names (RFC 1123 section 2.1), which CAs apply to every name. */
static bool labels_ok(struct op *op, const char *name, const char *input)
{
    if (strlen(name) > NAME_MOST)
        return refused(op, input, "it is longer than 253 characters");
    for (const char *label = name;; label++) {
        size_t length = strcspn(label, ".");

        if (length == 0)
            return refused(op, input, "it has an empty label");
        if (length > LABEL_MOST)
            return refused(op, input, "a label is longer than 63 characters");
        if (!letters_ok(label, length))
            return refused(op, input,
                           "labels are letters, digits and hyphens (and a wildcard is \"*.\" in front)");
        if (*label == '-' || label[length - 1] == '-')
            return refused(op, input, "a label begins or ends with a hyphen");
        label += length;
        if (!*label)
            return true;
    }
}

static const char *to_a_labels(struct op *op, const char *name, const char *input)
{
    uint8_t *ascii = NULL;
    const char *copy = NULL;
    int code = idn2_lookup_u8((const uint8_t *)name, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

    if (code == IDN2_OK)
        copy = text_lower(op, (const char *)ascii);
    else
        refused(op, input, idn2_strerror(code));
    idn2_free(ascii);
    return copy;
}

static bool ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static const char *normalise_ip(struct op *op, const char *input)
{
    unsigned char address[sizeof(struct in6_addr)];
    char shown[INET6_ADDRSTRLEN];
    int family = strchr(input, ':') ? AF_INET6 : AF_INET;

    if (inet_pton(family, input, address) != 1 || !inet_ntop(family, address, shown, sizeof shown))
        return NULL;
    return arena_strdup(op->arena, shown);
}

const char *name_normalise(struct op *op, const char *input)
{
    const char *name = text_lower(op, text_trim(op, input));
    const char *undotted = text_less(op, name, ".");
    const char *base;

    if (!op_ok(op))
        return NULL;
    if (name_is_ip(name))
        return normalise_ip(op, name);
    base = name_base(undotted ? undotted : name);
    if (!ascii(base))
        base = to_a_labels(op, base, input);
    if (!base || !labels_ok(op, base, input))
        return NULL;
    if (name_is_ip(base)) {
        refused(op, input, "an IP address is written alone, without wildcard and final dot");
        return NULL;
    }
    return name_is_wildcard(name) ? op_text(op, "*.%s", base) : base;
}

bool names_normalise(struct op *op, const struct strings *input, struct strings *names)
{
    for (size_t i = 0; i < input->count; i++) {
        const char *name = name_normalise(op, input->at[i]);

        TRY(name);
        if (!strings_have(names, name))
            strings_add(op, names, name);
    }
    if (names->count == 0)
        return op_fail(op, ERR_USAGE, "no name is given") || op_hint(op, "add -d NAME");
    if (names->count > NAMES_MOST) {
        op_fail(op, ERR_USAGE, "%zu names are too many for one certificate: CAs take %u", names->count,
                NAMES_MOST);
        return op_hint(op, "use a wildcard, or several certificates");
    }
    return true;
}

static bool all_in(const struct strings *some, const struct strings *list)
{
    for (size_t i = 0; i < some->count; i++)
        if (!strings_have(list, some->at[i]))
            return false;
    return true;
}

bool names_same(const struct strings *a, const struct strings *b)
{
    return all_in(a, b) && all_in(b, a);
}

const char *names_title(const struct strings *names)
{
    return name_base(names->at[0]);
}

bool title_ok(struct op *op, const char *title)
{
    size_t good = strspn(title, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:");

    if (*title && !title[good] && *title != '.' && *title != '-' && strlen(title) <= TITLE_MOST)
        return true;
    op_fail(op, ERR_USAGE, "\"%s\" cannot name a certificate", text_printable(op, title, 300));
    return op_hint(op,
                   "call it with --name: letters, digits, '.', '-' and '_', %u at most, not beginning with "
                   "'.' or '-'",
                   TITLE_MOST);
}
