#include "command.h"
#include "store/failures.h"
#include "sweep.h"
#include "watch.h"

static int run(struct app *app)
{
    struct strings certs = certs_named(app);
    struct outcomes outcomes = { 0 };
    bool plan = setting_on(&app->cli, OPT_DRY_RUN);
    int status;

    if (!op_ok(app->op))
        return 0;
    jitter(app);
    if (!plan) {
        if (!watch_begin(app))
            return 0;
        sweep(&app->run, app->op);
        failures_tidy(app->op, app->run.store);
    }
    status = certificates_work(app, &certs, false, &outcomes);
    if (!plan) {
        watch_metrics(app, &outcomes, status);
        watch_end(app, &outcomes, status);
    }
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
