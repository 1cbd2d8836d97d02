/* The chain that the user prefers among those that the CA offers (RFC 8555 section 7.4.2). */
#include "acme/flow_parts.h"
#include "crypto/cert.h"

#include <string.h>

/* The issuer of the topmost certificate is what people know a chain by; NULL where there is no chain. */
static const char *chain_top(struct op *op, const char *pem)
{
    struct op *child = op_child(op);
    struct chain chain = chain_parse(child, pem);
    const char *top = op_ok(child) ? text_dup(op, chain.certs[chain.count - 1].issuer_cn) : NULL;

    op_end(child);
    return top;
}

/* Whether this is the chain that was asked for; what is offered is kept for the words to the user. */
static bool is_preferred(struct op *op, const char *pem, const char *issuer, struct strings *offered)
{
    const char *top = chain_top(op, pem);

    if (top && !strings_have(offered, top))
        strings_add(op, offered, top);
    return text_same(top, issuer);
}

/* URLs of Link: <...>;rel="alternate" (RFC 8555 section 7.4.2). */
static struct strings alternates(struct op *op, const struct http_response *answer)
{
    struct strings urls = { 0 };
    const char *link;

    for (size_t i = 0; i < 32 && (link = http_header(answer, "Link", i)); i++)
        if (*link == '<' && strstr(link, "rel=\"alternate\"") && strchr(link, '>'))
            strings_add(op, &urls, text_cut(op, link + 1, strcspn(link + 1, ">")));
    return urls;
}

bool flow_prefer(struct op *op, struct acme *ca, const char *issuer, const struct acme_call *first,
                 const char **pem)
{
    struct strings urls = alternates(op, &first->answer);
    struct acme_call *calls = op_array(op, urls.count, struct acme_call);
    struct strings offered = { 0 };

    if (is_preferred(op, *pem, issuer, &offered))
        return true;
    for (size_t i = 0; i < urls.count; i++)
        calls[i].url = urls.at[i];
    TRY(acme_post(op, ca, calls, urls.count));
    for (size_t i = 0; i < urls.count; i++) {
        if (is_preferred(op, calls[i].answer.body, issuer, &offered)) {
            *pem = calls[i].answer.body;
            return true;
        }
    }
    op_log(op, LOG_WARN,
           "the CA offers no chain whose topmost issuer is \"%s\": its default chain is used (offered: %s)",
           issuer, text_printable(op, strings_join(op, &offered, ", "), SERVER_WORDS_LIMIT));
    return true;
}
