"""Every header opens with a comment, has its guard, and compiles alone."""

import os
import re
import subprocess

import kit

FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fsyntax-only"]
INCLUDE_FOLDERS = ("lib", "lib/dns01", "test/kit", "cmd")


GUARD = re.compile(r"^#ifndef (\w+)\n#define \1\n", re.MULTILINE)


def guard_trouble(path, text, seen):
    """MCACME, perhaps some folders, and the file's name; no two alike, or one header would hide the other."""
    found = GUARD.search(text)
    guard = found.group(1) if found else ""
    ending = "_" + re.sub(r"\W", "_", os.path.basename(path)).upper()
    if not guard.startswith("MCACME_") or not guard.endswith(ending):
        return f"the guard is not MCACME_...{ending}"
    if guard in seen:
        return f"the guard is that of {seen[guard]}"
    seen[guard] = path
    return None


def compiles(tree, path):
    # As a program that includes it twice: the guard is tried too.
    source = f'#include "{path}"\n' * 2
    folders = [f"-I{os.path.join(tree.top, folder)}" for folder in INCLUDE_FOLDERS + (".",)]
    run = subprocess.run(
        ["cc", *FLAGS, *folders, "-x", "c", "-"], input=source, text=True, capture_output=True, check=False,
        cwd=tree.top
    )
    errors = [line for line in run.stderr.split("\n") if "error:" in line]
    return None if run.returncode == 0 else f"does not compile alone: {(errors or [run.stderr])[0]}"


def check(tree):
    seen = {}
    for path in tree.c_files("lib", "cmd", "test"):
        if not path.endswith(".h"):
            continue
        text = tree.text(path)
        if not text.startswith("/*"):
            yield f"{path}: does not open with a comment"
        for trouble in (guard_trouble(path, text, seen), compiles(tree, path)):
            if trouble:
                yield f"{path}: {trouble}"


def header(name, text):
    return f"/* A header. */\n#ifndef {name}\n#define {name}\n{text}\n#endif\n"


kit.main(
    check,
    bad=[
        ({"lib/base/a.h": header("MCACME_BASE_A_H", "size_t f(void);")}, "does not compile alone"),
        ({"lib/base/a.h": header("BASE_A", "int f(void);")}, "the guard is not MCACME_..._A_H"),
        ({"lib/a.h": header("MCACME_A_H", ""), "lib/x/a.h": header("MCACME_A_H", "")}, "the guard is that of lib/a.h"),
        ({"lib/a.h": header("MCACME_A_H", "int f(void);")[16:]}, "does not open with a comment"),
        ({"cmd/a.h": "/* a */\nenum a { A };\n"}, "does not compile alone"),
    ],
    good=[{"lib/a.h": header("MCACME_A_H", "int f(void);"), "test/kit/kit.h": header("MCACME_TEST_KIT_H", "")}],
)
