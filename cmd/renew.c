#include "command.h"
#include "sweep.h"

static int run(struct app *app)
{
    struct strings certs = certs_named(app);
    struct outcomes outcomes = { 0 };
    bool plan = setting_on(&app->cli, OPT_DRY_RUN);
    int status;

    if (!op_ok(app->op))
        return 0;
    jitter(app);
    if (!plan)
        sweep(&app->run, app->op);
    status = certificates_work(app, &certs, false, &outcomes);
    report_outcomes(&app->report, &outcomes, plan, &app->op->err, status);
    return status;
}

const struct command command_renew = {
    .name = "renew",
    .usage = "[CERT]... [options]",
    .summary = "Bring everything that is configured up to date; silent when nothing is due",
    .bit = FOR_RENEW,
    .needs = NEED_STORE,
    .run = run,
};
