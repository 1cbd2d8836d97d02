#include "family.h"

struct chain_wants wants_of(struct op *op, const struct key *key, const char *names)
{
    struct strings *list = op_new(op, struct strings);

    *list = text_split(op, names, ",");
    return (struct chain_wants){ key_public(op, key), list, op_now(op) };
}

struct family family(struct op *op)
{
    struct key *leaf = key_generate(op, KEY_EC256), *middle = key_generate(op, KEY_EC256);
    struct key *root = key_generate(op, KEY_EC384);

    return (struct family){
        .leaf = { .key = leaf,
                  .signer = middle,
                  .subject = "",
                  .issuer = "M",
                  .names = san_dns(op, "a.example") },
        .middle = { .key = middle, .signer = root, .subject = "M", .issuer = "R", .ca = true },
        .root = { .key = root, .subject = "R", .issuer = "R", .ca = true },
        .wants = wants_of(op, leaf, "a.example"),
    };
}

const char *family_pem(struct op *op, const struct family *f)
{
    return op_text(op, "%s%s%s", forge_pem(op, &f->leaf), forge_pem(op, &f->middle), forge_pem(op, &f->root));
}

struct op *verdict(const char *pem, const struct chain_wants *wants)
{
    struct op *op = kit_op();
    struct chain chain = chain_parse(op, pem);

    CHECK(chain_check(op, &chain, wants) == op_ok(op));
    return op;
}

struct op *family_verdict(struct op *op, const struct family *f)
{
    return verdict(family_pem(op, f), &f->wants);
}
