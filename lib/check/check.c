#include "check/check.h"

#include "check/check_parts.h"

bool check_error(struct findings *findings, struct op *op, enum finding_code code, const char *subject)
{
    struct err err = op->err;

    if (op_ok(op) || err.code == ERR_STOPPED)
        return false;
    finding_add(findings, code, subject, err.hint, "%s", err.text);
    op_recover(op);
    op->frames = NULL; /* those of the step that failed */
    return true;
}

/* Credentials that others can read are a finding; opening them must not warn of that once more. */
static bool open_proofs(struct check *check)
{
    struct op *op = check->op;
    struct world *loud = op_hush(op);

    check->proofs_open = proofs_open(op, check->settings, check->run->conf, &check->policy, &check->proofs);
    op->world = loud;
    return check->proofs_open;
}

static void tell_credentials(struct check *check)
{
    const struct dns01 *dns01 = &check->proofs.dns01;

    for (size_t i = 0; i < dns01->count; i++) {
        const char *source = dns01->instances[i]->credentials->source;

        finding_add(check->findings, CHECK_CREDENTIALS_GOOD, dns01->instances[i]->label, NULL,
                    "its credentials are all there (%s)", source ? source : "in the environment");
    }
}

/* How the names are to be proved. Where that is wrong, all that does not hang on it is still looked at. */
static void check_proofs(struct check *check)
{
    struct op *op = check->op;

    if (open_proofs(check))
        tell_credentials(check);
    else
        check_error(check->findings, op,
                    op->err.code == ERR_CONFIG ? CHECK_CREDENTIALS_WRONG : CHECK_SETTINGS_WRONG, check->cert);
}

/* The door to the CA, which is that to the provider as well. */
static struct desk *reach(struct check *check)
{
    struct op *op = check->op;
    struct desk *desk = NULL;

    if (policy_read(op, check->settings, check->run->conf, &check->policy))
        desk = run_desk(check->run, op, &check->policy, check->settings);
    if (desk)
        op->world = &desk->world;
    else
        check_error(check->findings, op, CHECK_SETTINGS_WRONG, check->cert);
    return desk;
}

bool check_certificate(struct run *run, struct op *op, const char *cert, const struct settings *settings,
                       struct findings *findings)
{
    struct check check = { .run = run, .op = op, .findings = findings, .cert = cert, .settings = settings };
    static void (*const steps[])(struct check * check) = { check_credentials, check_proofs, check_host,
                                                           check_caa, check_dns };
    struct desk *desk = reach(&check);

    if (!desk)
        return op_ok(op);
    check_names(findings, &check.policy.names, &check.policy);
    check_ca(&check, desk);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && op_alive(op); i++)
        steps[i](&check);
    instances_close(op, check.proofs.dns01.instances, check.proofs.dns01.count);
    return op_alive(op);
}

static void warn(struct op *op, const struct finding *finding)
{
    enum severity severity = finding_table[finding->code].severity;

    if (severity > SEVERITY_OK)
        op_log(op, severity == SEVERITY_NOTE ? LOG_NOTE : LOG_WARN, "%s: %s: %s", finding->subject,
               finding->text, finding->remedy ? finding->remedy : "mcacme check tells more");
}

void check_before_order(struct run *run, struct op *op, const struct settings *settings)
{
    struct op *aside = op_child(op); /* settings that cannot work fail soon enough */
    struct findings findings = { .op = aside };
    struct policy policy = { 0 };

    check_hooks(&findings, aside, settings);
    check_installs(&findings, aside, settings);
    if (policy_read(aside, settings, run->conf, &policy))
        check_names(&findings, &policy.names, &policy);
    for (size_t i = 0; i < findings.count; i++)
        warn(op, &findings.at[i]);
    op_end(aside);
}
