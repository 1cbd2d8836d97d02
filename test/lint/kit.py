"""What the lints stand on.

A lint is a function that looks at a tree and yields complaints, and a list of samples that prove that it can
complain. The real tree must give none; each bad sample must give one that holds the words named.

    def check(tree):
        for path in tree.c_files("lib"):
            if "goto" in tree.code(path):
                yield f"{path}: goto"

    kit.main(check, bad=[({"lib/a.c": "void f(void)\\n{\\n    goto x;\\n}\\n"}, "goto")], good=[{...}])
"""

import os
import re
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LITERAL = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def blanked(match):
    """Spaces in place of a comment or literal, so that lines and columns stay what they were."""
    return re.sub(r"[^\n]", " ", match.group())


class Tree:
    def __init__(self, top):
        self.top = top
        self._texts = {}

    def files(self):
        """Every file that is or could be committed, relative to the top."""
        for folder, folders, names in os.walk(self.top):
            inner = os.path.relpath(folder, self.top)
            folders[:] = sorted(
                name for name in folders
                if name not in (".git", "__pycache__") and not (inner == "." and name.startswith("build"))
            )
            for name in sorted(names):
                yield os.path.normpath(os.path.join(inner, name))

    def c_files(self, *folders):
        for path in self.files():
            if path.endswith((".c", ".h")) and path.split(os.sep)[0] in folders:
                yield path

    def bytes(self, path):
        with open(os.path.join(self.top, path), "rb") as file:
            return file.read()

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = self.bytes(path).decode("utf-8", "replace")
        return self._texts[path]

    def code(self, path):
        """The text without comments and literals."""
        return LITERAL.sub(blanked, self.text(path))


def sample_tree(folder, files):
    for path, text in files.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
    return Tree(folder)


def complaints_of(check, files):
    with tempfile.TemporaryDirectory() as folder:
        return list(check(sample_tree(folder, files)))


def judge(name, problems):
    print(("FAIL " if problems else "ok   ") + name)
    for problem in problems:
        print(f"     {problem}")
    return not problems


def main(check, bad, good=()):
    results = [judge("the tree", list(check(Tree(TOP))))]
    for files, words in bad:
        found = complaints_of(check, files)
        heard = any(words in complaint for complaint in found)
        results.append(judge(f"it complains: {words}", [] if heard else [f"no such complaint, only {found}"]))
    for files in good:
        results.append(judge(f"it is content with {', '.join(files)}", complaints_of(check, files)))
    print(f"{results.count(True)} passed, {results.count(False)} failed")
    sys.exit(not all(results))
