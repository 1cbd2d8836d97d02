"""A mail or web server that knows no more than how to come to TLS, as mailcow's do.

    mailserver.py smtp|imap|tls PORT FOLDER [plain]

FOLDER is laid out as mailcow's data/assets/ssl: cert.pem and key.pem, and below it folders with cert.pem, key.pem
and the names they are for in `domains`. They are loaded at the start and at SIGHUP, as by a restart, and at no
other time. With `plain` the server offers no TLS.
"""

import os
import signal
import socket
import ssl
import sys
import threading

KIND, PORT, FOLDER = sys.argv[1], int(sys.argv[2]), sys.argv[3]
PLAIN = len(sys.argv) > 4


class Served:
    """The certificates as they were when they were loaded."""

    def __init__(self):
        self.default = self.context(FOLDER)
        self.by_name = {}
        for name in sorted(os.listdir(FOLDER)):
            folder = os.path.join(FOLDER, name)
            if all(os.path.exists(os.path.join(folder, part)) for part in ("domains", "cert.pem", "key.pem")):
                with open(os.path.join(folder, "domains"), encoding="ascii") as file:
                    for domain in file.read().split():
                        self.by_name[domain] = self.context(folder)
        self.default.sni_callback = self.choose

    @staticmethod
    def context(folder):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem"))
        return context

    def choose(self, connection, name, _):
        if name in self.by_name:
            connection.context = self.by_name[name]


SERVED = Served()


def load(*_):
    global SERVED
    SERVED = Served()


def lines_of(stream):
    """Reads byte by byte: what follows STARTTLS belongs to TLS."""
    line = b""
    while True:
        byte = stream.recv(1)
        if not byte:
            return
        line += byte
        if byte == b"\n":
            yield line.decode("ascii", "replace").strip()
            line = b""


def smtp(stream, offer):
    """Whether the client has asked for TLS."""
    for line in lines_of(stream):
        verb = line.split(" ")[0].upper()
        if verb == "EHLO":
            stream.sendall(b"250-mail.example.com\r\n" + (b"250-STARTTLS\r\n" if offer else b"") + b"250 SMTPUTF8\r\n")
        elif verb == "STARTTLS" and offer:
            stream.sendall(b"220 go ahead\r\n")
            return True
        elif verb == "NOOP":
            stream.sendall(b"250 ok\r\n")
        elif verb == "QUIT":
            stream.sendall(b"221 bye\r\n")
            return False
        else:
            stream.sendall(b"502 no\r\n")
    return False


def imap(stream, offer):
    for line in lines_of(stream):
        tag, _, verb = line.partition(" ")
        tag, verb = tag.encode(), verb.upper()
        if verb == "CAPABILITY":
            stream.sendall(b"* CAPABILITY IMAP4rev1" + (b" STARTTLS" if offer else b"") + b"\r\n" + tag + b" OK\r\n")
        elif verb == "STARTTLS" and offer:
            stream.sendall(tag + b" OK begin\r\n")
            return True
        elif verb == "NOOP":
            stream.sendall(tag + b" OK\r\n")
        elif verb == "LOGOUT":
            stream.sendall(b"* BYE\r\n" + tag + b" OK\r\n")
            return False
        else:
            stream.sendall(tag + b" BAD\r\n")
    return False


def silent(stream, offer):
    return offer or any(lines_of(stream))


TALKS = {"smtp": (b"220-mail.example.com ESMTP\r\n220 ready\r\n", smtp), "imap": (b"* OK ready\r\n", imap),
         "tls": (b"", silent)}


def serve(stream):
    greeting, talk = TALKS[KIND]
    stream.settimeout(10)
    try:
        stream.sendall(greeting)
        if talk(stream, not PLAIN):
            stream = SERVED.default.wrap_socket(stream, server_side=True)
            talk(stream, False)
    except OSError:
        pass
    finally:
        stream.close()


signal.signal(signal.SIGHUP, load)
listener = socket.create_server(("127.0.0.1", PORT))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
