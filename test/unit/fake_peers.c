#include "fake_peers.h"

#include "material.h"

static bool look(struct peers *peers, struct op *op, const struct peer *peer, struct peer_answer *answer)
{
    static const char *const talks[] = { [PEER_TLS] = "tls", [PEER_SMTP] = "smtp", [PEER_IMAP] = "imap" };
    struct fake_peers *fake = (struct fake_peers *)peers;

    *answer = (struct peer_answer){ .failure = "nobody is there" };
    text_add(&fake->asked, "%s %s %s%s\n", talks[peer->talk], peer->address, peer->name,
             peer->proxy_protocol ? " proxied" : "");
    for (size_t i = 0; i < fake->count; i++) {
        struct fake_peer *one = &fake->at[i];

        if (!text_same(one->address, peer->address))
            continue;
        one->looks++;
        *answer = (struct peer_answer){ one->pem, one->failure };
        if (one->turn && one->looks >= one->turn)
            *answer = (struct peer_answer){ one->later, NULL };
    }
    return op_alive(op);
}

struct fake_peers fake_peers(struct op *op, struct fake_peer *at, size_t count)
{
    return (
        struct fake_peers){ .peers.look = look, .at = at, .count = count, .asked = text_begin(op->arena) };
}

const char *pem_of_serial(struct op *op, const char *serial)
{
    struct key *key = fixture_key(op, "ec256.pem");

    return forge_pem(op, &(struct forged){ .key = key,
                                           .signer = key,
                                           .subject = "mail.example.com",
                                           .issuer = "CA",
                                           .from = "260101000000Z",
                                           .until = "270101000000Z",
                                           .serial = unhex(op, serial) });
}
