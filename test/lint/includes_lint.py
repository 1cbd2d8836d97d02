"""Who may include whom: the layers of the tree, held as data."""

import os
import re

import kit

# A room may include headers of its own and of these rooms. Of the lone files of lib,
# "top" are tools that know nothing of ACME, and "run" are the others, which bring all rooms together.
ROOMS = {
    "base": set(),
    "crypto": {"base"},
    "net": {"crypto", "base"},
    "store": {"config", "crypto", "base"},
    "config": {"crypto", "base"},
    "acme": {"net", "crypto", "base"},
    "dns01": {"net", "crypto", "base", "store"},
    "top": {"base", "config", "store", "net"},
    "run": {"base", "config", "store", "net", "crypto", "acme", "dns01", "top", "mailcow"},
    "check": {"base", "config", "store", "net", "crypto", "acme", "dns01", "top", "run"},
    "mailcow": {"base", "config", "store", "net", "crypto", "acme", "dns01", "top", "run", "check"},
    "import": {"base", "config", "store", "crypto", "dns01", "top", "run"},
    "cmd": {"base", "config", "store", "net", "crypto", "acme", "dns01", "top", "run", "mailcow", "check", "import"},
}
TOP_TOOLS = (
    "lib/acmesh",
    "lib/caa",
    "lib/hook",
    "lib/http01",
    "lib/names",
    "lib/renew",
    "lib/sandbox",
    "lib/tlsalpn01",
)

# Each outside library is known in one place.
LIBRARIES = {
    "curl/": ("lib/net/curl",),
    "psa/": ("lib/crypto/",),
    "mbedtls/": ("lib/crypto/",),
    "cjson/": ("lib/base/json.c",),
    "expat.h": ("lib/net/xml.c",),
    "idn2.h": ("lib/names.c",),
    "linux/landlock.h": ("lib/sandbox.c",),
}

# What one room offers for others to fill in.
INTERFACES = {"acme/solver.h": ("dns01", "top")}

# A provider knows provider.h; those that speak to no vendor over HTTPS may have these as well.
LOCAL_PROVIDERS = ("acmesh.h", "dns01/active24.h", "dns01/ddns.h", "net/dnsd.h", "net/wire.h", "hook.h")

# A provider computes; it opens no file, reads no environment and does not wait.
PROVIDER_SYSTEM = {"inttypes.h", "stdbool.h", "stddef.h", "stdint.h", "string.h"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    parts = path.split(os.sep)
    if parts[0] != "lib":
        return parts[0]
    if len(parts) > 2:
        return parts[1]
    return "top" if path.startswith(TOP_TOOLS) else "run"


def provider(quote, header):
    if quote == '"':
        known = header == "provider.h" or header in LOCAL_PROVIDERS
        return None if known else 'a provider includes "provider.h" only'
    return None if header in PROVIDER_SYSTEM else "a provider has no use for this header"


def local(tree, path, room, header):
    """Headers are named from lib, or stand beside the file."""
    beside = os.path.join(os.path.dirname(path), header)
    if room == "cmd" and os.path.exists(os.path.join(tree.top, beside)):
        return None
    other = room_of(os.path.join("lib", header))
    if other == room or other in ROOMS[room] or room in INTERFACES.get(header, ()):
        return None
    return f"{room} may not include {other}"


def library(path, header):
    for prefix, homes in LIBRARIES.items():
        if header.startswith(prefix) and not path.startswith(homes):
            return f"{prefix} belongs to {', '.join(homes)}"
    return None


def judge(tree, path, quote, header):
    room = room_of(path)
    if room == "providers":
        return provider(quote, header)
    if room not in ROOMS:
        return f"the room {room} is not in the table of test/lint/includes_lint.py"
    return local(tree, path, room, header) if quote == '"' else library(path, header)


def check(tree):
    for path in tree.c_files("lib", "cmd", "providers"):
        for quote, header in INCLUDE.findall(tree.text(path)):
            complaint = judge(tree, path, quote, header)
            if complaint:
                yield f"{path}: {header}: {complaint}"


kit.main(
    check,
    bad=[
        ({"lib/acme/order.c": '#include "dns01/zone.h"\n'}, "acme may not include dns01"),
        ({"lib/base/text.c": '#include "net/http.h"\n'}, "base may not include net"),
        ({"lib/crypto/key.c": '# include "store/store.h"\n'}, "crypto may not include store"),
        ({"lib/net/http.c": '#include "acme/acme.h"\n'}, "net may not include acme"),
        ({"lib/store/store.c": '#include "net/http.h"\n'}, "store may not include net"),
        ({"lib/hook.c": '#include "dns01/solve.h"\n'}, "top may not include dns01"),
        ({"lib/hook.c": '#include "run.h"\n'}, "top may not include run"),
        ({"lib/dns01/zone.c": '#include "acme/order.h"\n'}, "dns01 may not include acme"),
        ({"lib/net/rest.c": "#include <curl/curl.h>\n"}, "curl/ belongs to"),
        ({"lib/net/tsig.c": "#include <psa/crypto.h>\n"}, "psa/ belongs to"),
        ({"lib/base/text.c": "#include <cjson/cJSON.h>\n"}, "cjson/ belongs to"),
        ({"cmd/issue.c": "#include <mbedtls/x509_crt.h>\n"}, "mbedtls/ belongs to"),
        ({"providers/x.c": '#include "base/op.h"\n'}, '"provider.h" only'),
        ({"providers/x.c": "#include <unistd.h>\n"}, "no use for this header"),
        ({"lib/extra/a.c": '#include "base/op.h"\n'}, "the room extra"),
    ],
    good=[
        {"lib/net/curl.c": '#include "net/http.h"\n#include <curl/curl.h>\n', "providers/x.c": '#include "provider.h"\n'},
        {"cmd/issue.c": '#include "options.h"\n#include "acme/flow.h"\n', "cmd/options.h": "struct option;\n"},
    ],
)
