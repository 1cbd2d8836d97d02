#include "acme/revoke.h"

#include "acme/problem.h"

static const struct {
    const char *name, *number;
    enum revoke_reason reason;
} reasons[] = {
    { "unspecified", "0", REVOKE_UNSPECIFIED },
    { "keyCompromise", "1", REVOKE_KEY_COMPROMISE },
    { "affiliationChanged", "3", REVOKE_AFFILIATION_CHANGED },
    { "superseded", "4", REVOKE_SUPERSEDED },
    { "cessationOfOperation", "5", REVOKE_CESSATION_OF_OPERATION },
};

bool revoke_reason_parse(struct op *op, const char *text, enum revoke_reason *reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (text_same_nocase(reasons[i].name, text) || text_same(reasons[i].number, text)) {
            *reason = reasons[i].reason;
            return true;
        }
    }
    op_fail(op, ERR_USAGE, "--reason %s is no reason that a CA takes", text_printable(op, text, 100));
    return op_hint(op, "unspecified, keyCompromise, affiliationChanged, superseded or cessationOfOperation");
}

bool acme_revoke(struct op *op, struct acme *ca, struct bytes der, enum revoke_reason reason,
                 const struct key *key, bool *already)
{
    struct acme_call call = { .url = ca->revoke_cert, .key = key };

    call.payload = json_text(op, "{'certificate': %s, 'reason': %u}", base64url(op, der), (unsigned)reason);
    *already = false;
    op_enter(op, "asking the CA to revoke the certificate");
    if (op_ok(op) && acme_send(op, ca, &call, 1)) {
        *already = text_same(problem_type(op, call.json), "alreadyRevoked");
        if (call.answer.status >= 300 && !*already)
            problem_fail(op, &call);
    }
    op_leave(op);
    return op_ok(op);
}
