"""Short functions, short files, plain structs."""

import re
import statistics

import kit

FUNCTION_MOST = 60  # lines between the braces
FUNCTION_MEDIAN = 12
FILE_MOST = 420

# The house's layout puts the braces of functions, and of nothing else, alone in the first column.
FUNCTION = re.compile(r"^([^\n]*)\n((?:[^\n{;]*\n)*?)\{\n(.*?)^\}$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"(\w+)\s*\(")
TYPEDEF = re.compile(r"\btypedef\s+(struct|union|enum)\b")


def functions(code):
    """(name, line, lines of the body) for each function."""
    lines = code.split("\n")
    for number, line in enumerate(lines):
        if line != "{":
            continue
        end = lines.index("}", number) if "}" in lines[number:] else len(lines)
        head = number - 1
        while head > 0 and not NAME.search(lines[head]):
            head -= 1
        # The head may go on over several lines; its first one is not indented.
        while head > 0 and lines[head][:1].isspace():
            head -= 1
        name = NAME.search(lines[head])
        yield (name.group(1) if name else "?"), number, end - number - 1


def check(tree):
    lengths = []
    for path in tree.c_files("lib", "cmd", "providers", "test"):
        code = tree.code(path)
        if code.count("\n") > FILE_MOST:
            yield f"{path}: {code.count(chr(10))} lines, more than {FILE_MOST}"
        if TYPEDEF.search(code):
            yield f"{path}: typedef for a struct, union or enum"
        for name, line, length in functions(code):
            if length > FUNCTION_MOST:
                yield f"{path}:{line}: {name} has {length} lines, more than {FUNCTION_MOST}"
            if not path.startswith("test"):
                lengths.append(length)
    if lengths and statistics.median(lengths) > FUNCTION_MEDIAN:
        yield f"the median function has {statistics.median(lengths)} lines, more than {FUNCTION_MEDIAN}"


def function(lines, name="f"):
    return f"static void {name}(int a,\n              int b)\n{{\n" + "    a++;\n" * lines + "}\n"


kit.main(
    check,
    bad=[
        ({"lib/a.c": function(61, "long_one")}, "long_one has 61 lines"),
        ({"test/unit/a.c": "TEST(a_test)\n{\n" + "\n" * 61 + "}\n"}, "TEST has 61 lines"),
        ({"lib/a.c": function(13)}, "the median function has 13"),
        ({"lib/a.c": "\n" * 421}, "421 lines"),
        ({"lib/a.h": "typedef struct a a;\n"}, "typedef"),
    ],
    good=[{"lib/a.c": function(60) + function(1) * 2, "lib/b.c": "\n" * 420, "lib/c.h": "typedef int (*f)(int);\n"}],
)
