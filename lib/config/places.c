#include "config/places.h"

#include "base/op.h"

#include <stdlib.h>
#include <unistd.h>

const char *place_of_state(struct op *op)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");

    if (geteuid() == 0)
        return "/var/lib/mcacme";
    if (state && *state == '/')
        return op_text(op, "%s/mcacme", state);
    if (home && *home == '/')
        return op_text(op, "%s/.local/state/mcacme", home);
    op_fail(op, ERR_CONFIG, "neither XDG_STATE_HOME nor HOME is set");
    op_hint(op, "say where the state lives: --state DIR");
    return NULL;
}
