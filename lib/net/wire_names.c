#include "base/text.h"
#include "net/wire.h"

#include <string.h>

const char *dns_rcode_name(int rcode)
{
    static const char *const names[] = {
        [DNS_NOERROR] = "NOERROR",
        [DNS_FORMERR] = "FORMERR",
        [DNS_SERVFAIL] = "SERVFAIL",
        [DNS_NXDOMAIN] = "NXDOMAIN",
        [DNS_NOTIMP] = "NOTIMP",
        [DNS_REFUSED] = "REFUSED",
        [6] = "YXDOMAIN",
        [7] = "YXRRSET",
        [8] = "NXRRSET",
        [DNS_NOTAUTH] = "NOTAUTH",
        [DNS_NOTZONE] = "NOTZONE",
        [11] = "DSOTYPENI",
        [16] = "BADVERS",
        [17] = "BADKEY",
        [18] = "BADTIME",
        [19] = "BADMODE",
        [20] = "BADNAME",
        [21] = "BADALG",
        [22] = "BADTRUNC",
        [23] = "BADCOOKIE",
    };
    bool known = rcode >= 0 && (size_t)rcode < sizeof names / sizeof *names && names[rcode];

    return known ? names[rcode] : "an unassigned RCODE";
}

const char *dns_type_name(struct op *op, int type)
{
    static const struct {
        int type;
        const char *name;
    } names[] = {
        { DNS_A, "A" },     { DNS_NS, "NS" },     { DNS_CNAME, "CNAME" }, { DNS_SOA, "SOA" },
        { DNS_TXT, "TXT" }, { DNS_AAAA, "AAAA" }, { DNS_OPT, "OPT" },     { DNS_TSIG, "TSIG" },
        { DNS_ANY, "ANY" }, { DNS_CAA, "CAA" },
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type == type)
            return names[i].name;
    return op_text(op, "TYPE%d", type);
}

bool dns_in_zone(const char *name, const char *zone)
{
    size_t length = strlen(name), tail = strlen(zone);

    if (!tail || length == tail)
        return !tail || text_same_nocase(name, zone);
    return length > tail && name[length - tail - 1] == '.' && text_same_nocase(name + length - tail, zone);
}

const char *dns_parent(const char *name)
{
    const char *dot = strchr(name, '.');

    if (!*name)
        return NULL;
    return dot ? dot + 1 : "";
}
