/*
 * A program of the user's own, called as lego calls it: PROGRAM present|cleanup FQDN. VALUE
 *
 * It gets no shell, no environment but PATH, HOME and LANG, and five minutes; exit status 0 means done.
 * cleanup is called with the same words as present, perhaps more than once.
 */
#include "hook.h"
#include "provider.h"

static const struct field fields[] = {
    { .name = "EXEC_PATH", .help = "path of the program", .flags = FIELD_REQUIRED },
    { 0 },
};

static bool call(struct op *op, const char *verb, const struct record *r)
{
    const char *const argv[] = { field(op, "EXEC_PATH"), verb, op_text(op, "%s.", r->fqdn), r->value, NULL };
    struct hook hook = { .title = op_text(op, "the program of EXEC_PATH (%s)", verb), .argv = argv };
    struct hook_result result;

    return hook_run(op, &hook, &result) && hook_ok(op, ERR_PROVIDER, &hook, &result);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    (void)n; /* no CAP_BATCH: always one */
    return call(op, "present", r);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return call(op, "cleanup", r);
}

const struct provider provider_exec = {
    .title = "A program of your own, with lego's protocol",
    .docs = "https://go-acme.github.io/lego/dns/exec/",
    .notes = "Called as: PROGRAM present|cleanup _acme-challenge.example.com. VALUE\n"
             "Its environment is PATH, HOME and LANG only: it must read its own credentials from a file.\n"
             "present must add the value beside others at the name; cleanup must remove this value only.",
    .fields = fields,
    .caps = CAP_NO_ZONE,
    .add = add,
    .remove = del,
};
