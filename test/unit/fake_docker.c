#include "fake_docker.h"

#include "disk.h"

#include <stdlib.h>
#include <sys/stat.h>

static char *path_before;

/* Nothing but our programs and what scripts need: a real docker of the machine must not be met. */
static void take_path(struct op *op)
{
    if (path_before)
        return;
    path_before = strdup(getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    mkdir(here(op, "bin"), 0700);
    setenv("PATH", here(op, "bin"), 1);
}

void fake_docker(struct op *op, const char *name, const char *body)
{
    take_path(op);
    disk_put(here(op, op_text(op, "bin/%s", name)),
             op_text(op, "#!/bin/sh\necho \"%s $*\" >>%s\n%s\nexit 0\n", name, here(op, "calls"), body),
             0700);
}

const char *fake_docker_calls(struct op *op)
{
    const char *calls = disk_get(op, here(op, "calls")), *folder = kit_folder(), *at;
    struct text out = text_begin(op->arena);

    while (calls && (at = strstr(calls, folder))) {
        text_put(&out, calls, (size_t)(at - calls));
        text_add(&out, "DIR");
        calls = at + strlen(folder);
    }
    text_add(&out, "%s", calls ? calls : "");
    return out.data;
}

void fake_docker_end(void)
{
    if (!path_before)
        return;
    setenv("PATH", path_before, 1);
    free(path_before);
    path_before = NULL;
}
