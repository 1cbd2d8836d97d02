"""mailcow's web server: TLS as nginx has it, and as much of mailcow's API as tells the mail domains.

    mailcow_web.py PORT SSL API KEY

SSL is laid out as data/assets/ssl and loaded at the start and at SIGHUP (see mailserver.py). API is a JSON file:
{"domains": [...], "aliases": [...], "mta_sts": [...]}; while it is not there, the API is out of order. Who has no KEY
is sent away.
"""

import http.server
import json
import os
import signal
import ssl
import sys

PORT, SSL, API, KEY = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]


def context(folder):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
    return made


class Served:
    """The certificates as they were when they were loaded."""

    def __init__(self):
        self.by_name = {}
        self.default = context(SSL)
        self.default.sni_callback = self.choose
        for name in os.listdir(SSL):
            folder = os.path.join(SSL, name)
            if all(os.path.isfile(os.path.join(folder, part)) for part in ("domains", "cert.pem", "key.pem")):
                with open(os.path.join(folder, "domains"), encoding="ascii") as file:
                    self.by_name.update({domain: context(folder) for domain in file.read().split()})

    def choose(self, connection, name, _):
        if name in self.by_name:
            connection.context = self.by_name[name]


class Web(http.server.BaseHTTPRequestHandler):
    served = Served()

    def setup(self):
        self.request.settimeout(10)
        self.request = self.served.default.wrap_socket(self.request, server_side=True)
        super().setup()

    def answer(self, status, value, kind="application/json"):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def ask(self, data):
        if self.headers["X-API-Key"] != KEY:
            self.answer(401, {"type": "error", "msg": "authentication failed"})
        elif self.path == "/api/v1/get/domain/all":
            self.answer(200, [{"domain_name": name, "active": 1, "backupmx": 0} for name in data["domains"]])
        elif self.path == "/api/v1/get/alias-domain/all":
            self.answer(200, [{"alias_domain": name, "active": 1} for name in data["aliases"]])
        else:
            self.answer(404, {})

    def do_GET(self):
        try:
            with open(API, encoding="utf-8") as file:
                data = json.load(file)
        except OSError:
            self.answer(502, {})
            return
        if self.path.startswith("/api/"):
            self.ask(data)
        elif self.path == "/.well-known/mta-sts.txt" and self.headers["Host"] in [
            "mta-sts." + name for name in data["mta_sts"]
        ]:
            self.answer(200, b"version: STSv1\r\nmode: enforce\r\n", "text/plain")
        else:
            self.answer(404, {})


class Server(http.server.ThreadingHTTPServer):
    """Each connection comes to TLS in its own thread, and may fail there."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def load(*_):
    Web.served = Served()


signal.signal(signal.SIGHUP, load)
Server(("127.0.0.1", PORT), Web).serve_forever()
