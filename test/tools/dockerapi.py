"""mailcow's dockerapi service, as far as a reload needs it.

    dockerapi.py PORT FOLDER PROJECT

HTTPS with FOLDER/api-cert.pem and FOLDER/api-key.pem. A restart, and the reload of nginx, is a SIGHUP to the process
in FOLDER/SERVICE.pid (nginx, dovecot, postfix). What was asked is noted in FOLDER/api-calls.
"""

import http.server
import json
import os
import signal
import ssl
import sys

PORT, FOLDER, PROJECT = int(sys.argv[1]), sys.argv[2], sys.argv[3]
SERVICES = {f"{digit * 64}": name for digit, name in zip("abc", ("nginx", "dovecot", "postfix"))}


def container(ident, name):
    labels = {"com.docker.compose.project": PROJECT, "com.docker.compose.service": f"{name}-mailcow"}
    return {"Id": ident, "State": {"Running": True}, "Config": {"Env": ["DBPASS=not-for-logs"], "Labels": labels}}


class Api(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, body):
        data = json.dumps(body, indent=4).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer({ident: container(ident, name) for ident, name in SERVICES.items()})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        parts = self.path.split("/")
        name = SERVICES.get(parts[2])
        with open(os.path.join(FOLDER, "api-calls"), "a", encoding="utf-8") as calls:
            calls.write(f"{parts[3]} {name} {body}".strip() + "\n")
        if name and (parts[3] == "restart" or json.loads(body) == {"cmd": "reload", "task": "nginx"}):
            with open(os.path.join(FOLDER, f"{name}.pid"), encoding="ascii") as pid:
                os.kill(int(pid.read()), signal.SIGHUP)
            self.answer({"type": "success", "msg": "command completed successfully"})
        else:
            self.answer({"type": "danger", "msg": "container_post - unknown api call"})


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(FOLDER, "api-cert.pem"), os.path.join(FOLDER, "api-key.pem"))
server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Api)
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()
