/* What a transcript cannot show of the provider gcloud: asking Google's program of that name. */
#include "base/clock.h"
#include "base/credentials.h"
#include "dns01/instance.h"
#include "kit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *get(const struct credentials *credentials, struct op *op, const char *name)
{
    (void)credentials;
    if (text_same(name, "HOME"))
        return op_text(op, "%s/data/google-home", TRANSCRIPTS);
    return text_same(name, "CLOUDSDK_ACTIVE_CONFIG_NAME") ? "user" : NULL;
}

static const struct credentials credentials = { get, NULL };

/* A program named gcloud in front of the system's. */
static struct instance *with_gcloud(struct op *op, const char *script)
{
    const char *path = op_text(op, "%s/gcloud", kit_folder());
    int fd = script ? open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0700) : -1;

    if (script)
        CHECK(write(fd, script, strlen(script)) == (ssize_t)strlen(script) && close(fd) == 0);
    setenv("PATH", script ? op_text(op, "%s:/usr/bin:/bin", kit_folder()) : kit_folder(), 1);
    op->world->clock = clock_system(); /* a child lives in real time */
    return instance_parse(op, "dns_gcloud", &credentials);
}

static const char *kept(struct op *op, struct instance *instance, const char *name)
{
    op->instance = instance;
    return field(op, name);
}

TEST(gcloud_program_gives_the_token_of_a_user)
{
    struct op *op = kit_op();
    struct instance *gcloud = with_gcloud(op, "#!/bin/sh\n"
                                              "echo WARNING: an update is available >&2\n"
                                              "echo \"ya29.$CLOUDSDK_ACTIVE_CONFIG_NAME.$*\" | tr ' ' '-'\n");

    CHECK(instance_open(op, gcloud));
    CHECK_STR(kept(op, gcloud, "access token"),
              "ya29.user.--quiet---verbosity=error-auth-print-access-token");
    CHECK_STR(kept(op, gcloud, "project"), "project-3");
    CHECK(!strstr(kit_logged(), "ya29"));
    CHECK(instance_close(op, gcloud));
}

TEST(gcloud_program_that_is_not_logged_in)
{
    struct op *op = kit_op();

    CHECK(!instance_open(op,
                         with_gcloud(op, "#!/bin/sh\necho You do not have an active account >&2\nexit 1\n")));
    CHECK_FAILED(op, ERR_PROVIDER, "exit status 1: You do not have an active account");
    CHECK(strstr(op->err.hint, "gcloud auth login"));
}

TEST(gcloud_program_that_gives_no_token)
{
    struct op *op = kit_op();

    CHECK(!instance_open(op, with_gcloud(op, "#!/bin/sh\necho Nothing of the kind\n")));
    CHECK_FAILED(op, ERR_PROVIDER, "gave no token");
}

TEST(gcloud_program_that_is_not_there)
{
    struct op *op = kit_op();

    CHECK(!instance_open(op, with_gcloud(op, NULL)));
    CHECK_FAILED(op, ERR_CONFIG, "gcloud");
}
