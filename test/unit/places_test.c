#include "config/places.h"

#include "base/text.h"
#include "kit.h"

#include <stdlib.h>
#include <unistd.h>

TEST(place_of_state_without_an_option)
{
    struct op *op = kit_op();
    const char *home = text_dup(op, getenv("HOME"));
    bool root = geteuid() == 0;

    setenv("XDG_STATE_HOME", "/xdg/state", 1);
    CHECK_STR(place_of_state(op), root ? "/var/lib/mcacme" : "/xdg/state/mcacme");
    setenv("XDG_STATE_HOME", "relative", 1); /* the specification has it ignored */
    setenv("HOME", "/home/user", 1);
    CHECK_STR(place_of_state(op), root ? "/var/lib/mcacme" : "/home/user/.local/state/mcacme");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    CHECK((place_of_state(op) != NULL) == root);
    if (!root)
        CHECK_FAILED(op, ERR_CONFIG, "neither XDG_STATE_HOME nor HOME");
    if (home)
        setenv("HOME", home, 1);
}
