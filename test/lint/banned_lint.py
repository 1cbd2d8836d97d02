"""Functions that are not used, or only in one place, and why."""

import re

import kit

NOWHERE = {
    "strcpy": "no limit", "strcat": "no limit", "sprintf": "no limit", "vsprintf": "no limit", "gets": "no limit",
    "atoi": "hides errors", "atol": "hides errors", "atoll": "hides errors", "atof": "hides errors",
    "strtok": "hidden state", "gmtime": "shared memory", "localtime": "the machine's zone", "mktime": "the machine's zone",
    "system": "a shell", "popen": "a shell", "alloca": "no limit", "setjmp": "hidden jumps", "longjmp": "hidden jumps",
    "rand": "no secret", "random": "no secret", "tmpnam": "races", "mktemp": "races",
}

# Function: the files that may call it, and why nobody else.
SOMEWHERE = {
    name: (files, why)
    for names, files, why in [
        (("malloc", "calloc", "realloc", "free", "strdup", "strndup"), ("lib/base/arena.c",), "memory is the arena's"),
        (("printf", "fprintf", "vprintf", "vfprintf", "puts", "fputs", "putchar", "perror", "dprintf"),
         ("cmd/report.c",), "one file prints"),
        (("exit", "_exit", "abort"), ("cmd/", "lib/base/arena.c", "lib/hook"), "the library returns errors"),
        (("getenv", "secure_getenv"), ("cmd/", "lib/config/", "lib/hook"), "the environment is configuration"),
        (("sleep", "usleep", "nanosleep"), ("lib/base/clock.c",), "time is a door of the world"),
        # Sockets live in real time, also in tests whose clock jumps.
        (("time", "clock_gettime", "gettimeofday"), ("lib/base/clock.c", "lib/net/dns_socket.c"),
         "time is a door of the world"),
    ]
    for name in names
}

CALL = re.compile(r"(?<![\w.>])([a-z_]+)\s*\(")
GOTO = re.compile(r"\bgoto\b")


def complaint(path, name):
    if name in NOWHERE:
        return NOWHERE[name]
    files, why = SOMEWHERE.get(name, ((), None))
    # Tests print, allocate and exit as they like.
    return why if why and not path.startswith(files + ("test/",)) else None


def check(tree):
    for path in tree.c_files("lib", "cmd", "providers", "test"):
        for number, line in enumerate(tree.code(path).split("\n"), 1):
            for name in CALL.findall(line):
                why = complaint(path, name)
                if why:
                    yield f"{path}:{number}: {name}: {why}"
            if GOTO.search(line):
                yield f"{path}:{number}: goto"


def body(line):
    return f"void f(void)\n{{\n    {line}\n}}\n"


kit.main(
    check,
    bad=[
        ({"lib/a.c": body("strcpy(a, b);")}, "strcpy: no limit"),
        ({"test/unit/a_test.c": body("sprintf (a, b);")}, "sprintf: no limit"),
        ({"lib/a.c": body("x = atoi(b);")}, "atoi"),
        ({"lib/a.c": body("t = gmtime(&now);")}, "gmtime"),
        ({"lib/a.c": body("p = malloc(3);")}, "malloc: memory is the arena's"),
        ({"cmd/issue.c": body('printf("x");')}, "printf: one file prints"),
        ({"lib/a.c": body("exit(1);")}, "exit: the library"),
        ({"providers/a.c": body('x = getenv("HOME");')}, "getenv"),
        ({"lib/net/a.c": body("sleep(1);")}, "sleep: time"),
        ({"lib/a.c": body("goto end;")}, "goto"),
    ],
    good=[
        {"lib/a.c": body('http->free(x); o.exit(1); cJSON_free(y); /* malloc(1) */ s = "system(1)";')},
        {"lib/base/arena.c": body("free(x);"), "cmd/report.c": body('printf("x");'), "cmd/main.c": body("exit(1);")},
    ],
)
