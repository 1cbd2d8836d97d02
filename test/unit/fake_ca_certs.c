/* Requests for certificates, and certificates. */
#include "crypto/der.h"
#include "crypto/key_parts.h"
#include "fake_ca.h"

/* The names in [0] { SEQUENCE { extensionRequest, SET { Extensions } } } with nothing but a SAN in it. */
static bool read_attributes(struct op *op, struct der info, struct strings *names)
{
    struct der attributes, request, set, extensions, extension, san, list;
    struct bytes oid, value;

    if (!der_enter(&info, DER_CONTEXT_CONSTRUCTED(0), &attributes) || der_peek(&info) != -1 ||
        !der_enter(&attributes, DER_SEQUENCE, &request) || der_peek(&attributes) != -1 ||
        !der_next(&request, DER_OID, &oid, NULL) || !der_is_oid(op, oid, "1.2.840.113549.1.9.14") ||
        !der_enter(&request, DER_SET, &set) || !der_enter(&set, DER_SEQUENCE, &extensions) ||
        !der_enter(&extensions, DER_SEQUENCE, &extension) || der_peek(&extensions) != -1 ||
        !der_next(&extension, DER_OID, &oid, NULL) || !der_is_oid(op, oid, "2.5.29.17") ||
        !der_next(&extension, DER_OCTET_STRING, &value, NULL))
        return false;
    san = der_read(value);
    if (!der_enter(&san, DER_SEQUENCE, &list))
        return false;
    while (der_next(&list, DER_CONTEXT(2), &value, NULL))
        strings_add(op, names, text_cut(op, (const char *)value.at, value.length));
    return der_peek(&list) == -1;
}

bool fake_read_csr(struct op *op, struct bytes csr, struct bytes *spki, struct strings *names)
{
    struct der whole = der_read(csr), parts, info;
    struct bytes signed_part, algorithm, signature;

    if (!der_enter(&whole, DER_SEQUENCE, &parts) || der_peek(&whole) != -1 ||
        !der_next(&parts, DER_SEQUENCE, NULL, &signed_part) ||
        !der_next(&parts, DER_SEQUENCE, NULL, &algorithm) || !der_next_bits(&parts, &signature))
        return false;
    parts = der_read(signed_part);
    if (!der_enter(&parts, DER_SEQUENCE, &info) || !der_skip(&info) || !der_skip(&info) ||
        !der_next(&info, DER_SEQUENCE, NULL, spki))
        return false;
    return read_attributes(op, info, names) && key_verify(op, *spki, algorithm, signed_part, signature);
}

static struct bytes san_of(struct op *op, const struct strings *names)
{
    struct bytes all = { 0 };

    for (size_t i = 0; i < names->count; i++)
        all = der_join(op, all, san_dns(op, names->at[i]));
    return all;
}

static const char *issue(struct fake_ca *fake, const struct fake_order *order, unsigned alternate)
{
    struct op *op = fake->op;
    struct key *leaf = op_new(op, struct key); /* its public half, which is all that is looked at */
    struct family f;

    if (!fake->family.leaf.key)
        fake->family = family(op);
    f = fake->family;
    leaf->spki = order->leaf;
    f.leaf.key = leaf;
    f.leaf.names = san_of(op, &order->names);
    if (alternate)
        f.root.issuer = op_text(op, "Root %u", alternate);
    if (fake->forge)
        fake->forge(fake, &f);
    return family_pem(op, &f);
}

/* The default chain or, by its number, an alternate one (RFC 8555 section 7.4.2). */
void fake_cert(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    unsigned order = call->number[0], alternate = call->page == FAKE_ALTERNATE ? call->number[1] : 0;

    if (!order || order > fake->order_count || fake->orders[order - 1]->status != ORDER_VALID) {
        fake_complain(fake, "no such certificate: %s", call->url);
        return;
    }
    fake_say(call, 200, "application/pem-certificate-chain", issue(fake, fake->orders[order - 1], alternate));
    fake_header(call, "Link: <" FAKE_CA "/directory>;rel=\"index\"");
    for (unsigned i = 1; !alternate && i <= fake->alternates; i++)
        fake_header(call,
                    op_text(fake->op, "Link: <" FAKE_CA "/alternate/%u/%u>;rel=\"alternate\"", order, i));
}

void fake_revoke(struct fake_call *call)
{
    struct fake_ca *fake = call->fake;
    struct op *op = fake->op;
    const char *text = json_str(op, call->payload, "certificate");
    struct chain chain = { 0 };

    if (text)
        chain = chain_parse(op, pem_encode(op, "CERTIFICATE", base64url_decode(op, text, "certificate")));
    if (!chain.count || !(call->by_account || bytes_same(chain.certs[0].spki, call->signer)))
        fake_refuse(call, 403, "unauthorized", "not yours");
    else
        fake_say(call, 200, "application/json", "");
}
