"""What no file of the tree may hold: paths of one machine, hosts of mirrors, broken text."""

import re

import kit

# Written in pieces, so that this file does not complain of itself.
PLACES = re.compile("|".join([
    "/wo" + "rk/", "/ro" + r"ot/\.", "/home/" + r"(?!user\b)[a-z]+/", "/tmp/(?:ba" + "sh_jobs|bui" + "ld)",
    "deb" + r"\.debian\.org", "secu" + r"rity\.debian\.org", "snap" + r"shot\.debian\.org", "archive" + r"\.ubuntu\.com",
    "registry" + r"\.npmjs", "py" + r"pi\.org", "/cra" + r"tes\.io",
]))
TEXT = (".c", ".h", ".in", ".def", ".md", ".sh", ".py", ".txt", ".cmake", ".json", ".1", ".5", ".conf", ".service", ".timer")


def lines(text):
    for number, line in enumerate(text.split("\n"), 1):
        found = PLACES.search(line)
        if found:
            yield number, f"a place of one machine: {found.group()}"
        if line != line.rstrip() and not line.endswith("\r"):
            yield number, "blanks at the end of the line"


def check(tree):
    for path in tree.files():
        data = tree.bytes(path)
        if path.startswith(("test/fuzz/", "test/data/")) or b"\0" in data:
            continue
        for number, complaint in lines(tree.text(path)):
            yield f"{path}:{number}: {complaint}"
        if path.endswith(TEXT):
            if "\ufffd" in tree.text(path):
                yield f"{path}: not UTF-8"
            if data and not data.endswith(b"\n"):
                yield f"{path}: no newline at the end"
            if data.startswith(b"\xef\xbb\xbf"):
                yield f"{path}: begins with a byte order mark"


kit.main(
    check,
    bad=[
        ({"docs/a.md": "see /wo" + "rk/main\n"}, "a place of one machine"),
        ({"a.sh": "curl https://deb" + ".debian.org/x\n"}, "a place of one machine"),
        ({"lib/a.c": "int a; \n"}, "blanks at the end"),
        ({"lib/a.c": "int a;"}, "no newline at the end"),
    ],
    good=[{"lib/a.c": "int a;\n", "test/fuzz/x": "deb" + ".debian.org ", "README.md": "/var/lib/mcacme, /tmp/x\n"}],
)
