#include "sweep.h"

#include "certify.h"
#include "config/credentials.h"
#include "proofs.h"

/* The instances that a journal names; one that cannot be made any more is reported and left out. */
static size_t instances_of(struct op *op, const struct journal *journal, struct instance **instances)
{
    size_t count = 0;

    for (size_t i = 0; i < journal->txt_count; i++) {
        const struct journal_txt *txt = &journal->txts[i];
        const struct credentials *credentials;
        struct instance *instance;
        bool known = false;

        for (size_t j = 0; j < count; j++)
            known = known || (text_same(instances[j]->label, txt->dns) &&
                              text_same(instances[j]->credentials->source, txt->credentials));
        if (known)
            continue;
        credentials = credentials_open(op, txt->credentials);
        instance = credentials ? instance_make(op, txt->dns, txt->provider ? txt->provider : txt->dns, NULL,
                                               credentials)
                               : NULL;
        if (!instance || !instance_check(op, instance))
            break;
        instances[count++] = instance;
    }
    return count;
}

/* The way to the provider's API: HTTPS and DNS as the certificate's own settings have them. */
static bool reach(struct run *run, struct op *op, const char *cert)
{
    struct policy policy = { 0 };
    struct lineage lineage;
    struct desk *desk;

    lineage_load(op, run->store, cert, &lineage);
    TRY(op_ok(op) && policy_read_ca(op, &lineage.wanted, run->conf, &policy));
    desk = run_desk(run, op, &policy, &lineage.wanted);
    TRY(desk);
    op->world = &desk->world;
    return true;
}

static bool sweep_one(struct run *run, struct op *op, const char *cert)
{
    struct journal *journal;
    struct instance **instances;
    size_t count;

    if (!store_lock_cert(op, run->store, cert, -1))
        return op_ok(op); /* a run is at work on it */
    journal = journal_open(op, run->store, cert);
    TRY(journal);
    TRY(certificate_note(op, run->store, cert, journal));
    if (!journal->txt_count)
        return journal_close(op, journal);
    op_log(op, LOG_NOTE, "removing what a former run has left for %s", cert);
    TRY(reach(run, op, cert));
    instances = op_array(op, journal->txt_count, struct instance *);
    count = instances_of(op, journal, instances);
    TRY(op_ok(op));
    dns01_withdraw(op, instances, count, journal);
    instances_close(op, instances, count);
    return op_ok(op) && journal_close(op, journal);
}

bool sweep(struct run *run, struct op *op)
{
    struct strings certs = journal_list(op, run->store);

    for (size_t i = 0; op_ok(op) && i < certs.count; i++) {
        struct op *child = op_child(op);

        op_enter(child, "cleaning up after a former run for %s", certs.at[i]);
        if (!sweep_one(run, child, certs.at[i]))
            op_log(op, LOG_WARN, "%s", child->err.text);
        op_end(child);
    }
    return op_ok(op);
}
