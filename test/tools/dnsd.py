#!/usr/bin/env python3
"""dnsd: a name server for tests that behaves as badly as it is told to.

One process is any number of servers (UDP and TCP) over one set of records:

    dnsd.py --control 127.0.0.1:8055 --zone example.test --zone sub.example.test \\
        --server 127.0.0.2:5301 --server 127.0.0.3:5301,delay=2 \\
        --server 127.0.0.4:5301,zones=sub.example.test,mode=refused --server 127.0.0.1:5301,resolver \\
        --record "example.test CAA 0 issue ca.test"

Every server that is no resolver serves the zones named by zones= (a+b; all by default) with authority: SOA, and an
NS record and an address ns1.ZONE, ns2.ZONE... for each of the zone's servers. Below a zone that it does not serve it
refers to that zone's servers; everything else is REFUSED. A resolver knows all records and sets RA.

Options of a server, on the command line or by /set-option:
    delay=SECONDS    changes of TXT records become visible so much later
    latency=SECONDS  answers come so much later
    mode=MODE        ok
                     refused, servfail, nxdomain, formerr, notimp
                     silent         no answer; over TCP the connection stays open
                     truncate       TC over UDP
                     truncate-tcp   TC over TCP as well
                     wrong-id       the id of another question
                     wrong-question
                     garbage        random octets
                     bad-length     an RDLENGTH beyond the packet; over TCP a length that never comes
                     pointer-loop   a name that points to itself
                     tcp-cut        UDP truncates, TCP ends within the message
                     no-edns        FORMERR to every question with EDNS
    resolver=BOOL

Control, by HTTP POST of JSON, as pebble-challtestsrv's management has it, with the answer 200:
    /set-txt {"host": "_acme-challenge.example.test", "value": "x"}     adds
    /clear-txt {"host": ..., "value": ...}                              all, or the one value where one is given
    /set-cname {"host", "target"}   /clear-cname {"host"}
    /add-a {"host", "addresses"}    /clear-a {"host"}                   also /add-aaaa, /clear-aaaa
    /add-caa {"host", "policies": [{"tag", "value"}]}   /clear-caa {"host"}
    /set-option {"server": "127.0.0.2:5301", "mode": "silent", ...}     all servers where none is named
    /dns-request-history {"host": ...}                                  answers a list; all hosts where none is named
    /clear-request-history {}

It prints "dnsd ready" with its addresses once all of them are open, and ends on SIGTERM.
"""

import argparse
import asyncio
import ipaddress
import json
import os
import signal
import struct
import sys
import time

A, NS, CNAME, SOA, TXT, AAAA, OPT, CAA = 1, 2, 5, 6, 16, 28, 41, 257
TYPES = {"A": A, "NS": NS, "CNAME": CNAME, "SOA": SOA, "TXT": TXT, "AAAA": AAAA, "CAA": CAA}
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
QR, AA, TC, RA = 0x8000, 0x0400, 0x0200, 0x0080
TTL = 1
CHAIN = 8  # CNAMEs that are followed in one answer
RCODE_MODES = {"refused": REFUSED, "servfail": SERVFAIL, "nxdomain": NXDOMAIN, "formerr": FORMERR, "notimp": NOTIMP}
MODES = {"ok", "silent", "truncate", "truncate-tcp", "wrong-id", "wrong-question", "garbage", "bad-length",
         "pointer-loop", "tcp-cut", "no-edns", *RCODE_MODES}


def canonical(name):
    return name.rstrip(".").lower()


def below(name, zone):
    return not zone or name == zone or name.endswith("." + zone)


# ---- the wire ----

def put_name(name):
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def put_record(name, kind, rdata):
    return put_name(name) + struct.pack(">HHIH", kind, 1, TTL, len(rdata)) + rdata


def put_txt(value):
    data = value.encode()
    return b"".join(bytes([len(data[i:i + 255])]) + data[i:i + 255] for i in range(0, len(data) or 1, 255))


def put_caa(value):
    flags, tag, rest = value.split(None, 2)
    return bytes([int(flags), len(tag)]) + tag.encode() + rest.strip('"').encode()


def put_rdata(kind, value):
    """The RDATA of a value in the notation of --record."""
    if kind in (A, AAAA):
        return ipaddress.ip_address(value).packed
    if kind in (NS, CNAME):
        return put_name(canonical(value))
    return put_caa(value) if kind == CAA else put_txt(value)


class Question:
    """The first question of a packet; ValueError or IndexError when it has none."""

    def __init__(self, packet):
        self.id, self.flags, questions = struct.unpack(">HHH", packet[:6])
        if self.flags & QR or not questions:
            raise ValueError("not a question")
        at, labels = 12, []
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
            at += 1 + packet[at]
        self.kind = struct.unpack(">H", packet[at + 1:at + 3])[0]
        self.raw = packet[12:at + 5]
        self.name = canonical(".".join(labels))
        # An OPT record is the only additional one that anybody sends: root, type, UDP size.
        rest = packet[at + 5:]
        self.edns = rest[:3] == b"\0\0\x29"
        self.room = max(512, struct.unpack(">H", rest[3:5])[0]) if self.edns else 512

    def reply(self, flags, rcode, answer=(), authority=(), additional=()):
        additional = list(additional)
        if self.edns:
            additional.append(b"\0" + struct.pack(">HHIH", OPT, 1232, 0, 0))
        head = struct.pack(">HHHHHH", self.id, QR | (self.flags & 0x0100) | flags | rcode, 1, len(answer),
                           len(authority), len(additional))
        return head + self.raw + b"".join([*answer, *authority, *additional])


# ---- the records ----

class Records:
    """All data. TXT values are kept with their history, since servers may lag behind."""

    def __init__(self):
        self.fixed = {}  # (name, type): values
        self.txt = {}  # name: [(since, values), ...]

    def add(self, name, kind, values):
        if kind == TXT:
            self.change_txt(name, lambda old: old + [v for v in values if v not in old])
        else:
            self.fixed.setdefault((canonical(name), kind), []).extend(values)

    def clear(self, name, kind):
        self.fixed.pop((canonical(name), kind), None)

    def change_txt(self, name, change):
        history = self.txt.setdefault(canonical(name), [(0, [])])
        history.append((time.monotonic(), change(history[-1][1])))

    def get(self, name, kind, delay):
        if kind != TXT:
            return self.fixed.get((name, kind), [])
        visible = time.monotonic() - delay
        return next((values for since, values in reversed(self.txt.get(name, [])) if since <= visible), [])

    def exists(self, name, delay):
        """Whether the name or one below it has records (an empty non-terminal exists, too)."""
        names = [n for n, _ in self.fixed] + [n for n in self.txt if self.get(n, TXT, delay)]
        return any(below(n, name) for n in names)


class World:
    def __init__(self, zones):
        self.zones = [canonical(zone) for zone in zones]
        self.records = Records()
        self.servers = []
        self.history = []

    def zone_of(self, name):
        return max((zone for zone in self.zones if below(name, zone)), key=len, default=None)

    def set_up(self):
        """The name servers' own records, once all servers are known."""
        for zone in self.zones:
            serving = [server for server in self.servers if zone in server.zones]
            for number, server in enumerate(serving, 1):
                host = f"ns{number}.{zone}"
                self.records.add(zone, NS, [host])
                self.records.add(host, AAAA if ":" in server.host else A, [server.host])


# ---- a server ----

class Server:
    def __init__(self, world, text):
        address, *options = text.split(",")
        self.world = world
        self.name = address
        self.host, _, port = address.rpartition(":")
        self.host, self.port = self.host.strip("[]"), int(port)
        self.zones = list(world.zones)
        self.delay = self.latency = 0.0
        self.mode = "ok"
        self.resolver = False
        for option in options:
            key, _, value = option.partition("=")
            self.set_option(key, value or True)

    def set_option(self, key, value):
        if key in ("delay", "latency"):
            setattr(self, key, float(value))
        elif key == "mode" and value in MODES:
            self.mode = value
        elif key == "zones":
            self.zones = [canonical(zone) for zone in value.split("+")]
        elif key == "resolver":
            self.resolver = value in (True, "true", "1")
        else:
            raise ValueError(f"unknown option {key}={value}")
        if self.resolver:
            self.zones = []

    def soa(self, zone):
        numbers = struct.pack(">IIIII", 1, 3600, 600, 86400, 1)
        return put_record(zone, SOA, put_name("ns1." + zone) + put_name("hostmaster." + zone) + numbers)

    def name_servers(self, zone):
        """NS records and addresses of a zone."""
        records = self.world.records
        hosts = records.get(zone, NS, 0)
        glue = [put_record(host, kind, put_rdata(kind, value)) for host in hosts for kind in (A, AAAA)
                for value in records.get(host, kind, 0)]
        return [put_record(zone, NS, put_rdata(NS, host)) for host in hosts], glue

    def chase(self, name, kind):
        """The answer section from a name on, and the name where it ends."""
        records, answer = self.world.records, []
        for _ in range(CHAIN):
            target = records.get(name, CNAME, 0)
            if not target or kind == CNAME:
                break
            answer.append(put_record(name, CNAME, put_rdata(CNAME, target[0])))
            name = canonical(target[0])
            if not self.knows(name):
                return answer, name
        answer += [put_record(name, kind, put_rdata(kind, v)) for v in records.get(name, kind, self.delay)]
        return answer, name

    def knows(self, name):
        return self.resolver or self.world.zone_of(name) in self.zones

    def lookup(self, q):
        """An honest answer."""
        zone = self.world.zone_of(q.name)
        if not self.knows(q.name):
            if any(below(q.name, mine) for mine in self.zones):
                authority, glue = self.name_servers(zone)
                return q.reply(0, NOERROR, authority=authority, additional=glue)
            return q.reply(0, REFUSED)
        flags = RA if self.resolver else AA
        if q.kind == SOA and q.name == zone:
            return q.reply(flags, NOERROR, [self.soa(zone)])
        answer, end = self.chase(q.name, q.kind)
        if len(answer) >= CHAIN and self.resolver:
            return q.reply(flags, SERVFAIL)
        missing = self.knows(end) and end != zone and not self.world.records.exists(end, self.delay)
        authority = [self.soa(zone)] if zone is not None and not answer else []
        return q.reply(flags, NXDOMAIN if missing else NOERROR, answer, authority)

    def reply(self, packet, tcp):
        """The answer as the mode has it; None for silence."""
        try:
            q = Question(packet)
        except (ValueError, IndexError, struct.error):
            return None
        transport = "tcp" if tcp else "udp"
        kind = next((name for name, number in TYPES.items() if number == q.kind), str(q.kind))
        self.world.history.append({"server": self.name, "host": q.name, "type": kind, "transport": transport})
        if self.mode in RCODE_MODES:
            return q.reply(0, RCODE_MODES[self.mode])
        if self.mode in ("truncate", "tcp-cut") and not tcp or self.mode == "truncate-tcp":
            return q.reply(TC, NOERROR)
        if self.mode == "no-edns" and q.edns:
            return packet[:2] + struct.pack(">H", QR | FORMERR) + bytes(8)
        return self.spoil(q, self.lookup(q), tcp)

    def spoil(self, q, good, tcp):
        if self.mode == "silent":
            return None
        if self.mode == "wrong-id":
            return bytes([good[0] ^ 1]) + good[1:]
        if self.mode == "wrong-question":
            return good[:13] + bytes([good[13] ^ 1]) + good[14:]
        if self.mode == "garbage":
            return os.urandom(len(good))
        if self.mode == "bad-length":
            return q.reply(AA, NOERROR, [put_name(q.name) + struct.pack(">HHIH", q.kind, 1, TTL, 0xffff) + b"\1x"])
        if self.mode == "pointer-loop":
            at = 12 + len(q.raw)
            return q.reply(AA, NOERROR, [struct.pack(">HHHIH", 0xc000 | at, q.kind, 1, TTL, 0)])
        return good if tcp or len(good) <= q.room else q.reply(TC | (AA if not self.resolver else 0), NOERROR)

    def datagram_received(self, transport, packet, peer):
        reply = self.reply(packet, False)
        if reply is not None:
            asyncio.get_running_loop().call_later(self.latency, transport.sendto, reply, peer)

    async def stream(self, reader, writer):
        try:
            while True:
                length = struct.unpack(">H", await reader.readexactly(2))[0]
                reply = self.reply(await reader.readexactly(length), True)
                if reply is None:
                    continue
                await asyncio.sleep(self.latency)
                if self.mode == "tcp-cut":
                    writer.write(struct.pack(">H", len(reply)) + reply[:len(reply) // 2])
                    break
                writer.write(struct.pack(">H", 0xffff if self.mode == "bad-length" else len(reply)) + reply)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def open(self):
        server = self

        class Datagrams(asyncio.DatagramProtocol):
            def connection_made(self, transport):
                self.transport = transport

            def datagram_received(self, packet, peer):
                server.datagram_received(self.transport, packet, peer)

        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(Datagrams, local_addr=(self.host, self.port))
        await asyncio.start_server(self.stream, self.host, self.port)


# ---- the control port ----

class Control:
    def __init__(self, world):
        self.world = world

    def set_txt(self, host, value):
        self.world.records.add(host, TXT, [value])

    def clear_txt(self, host, value=None):
        self.world.records.change_txt(host, lambda old: [v for v in old if value is not None and v != value])

    def set_cname(self, host, target):
        self.world.records.clear(host, CNAME)
        self.world.records.add(host, CNAME, [target])

    def clear_cname(self, host):
        self.world.records.clear(host, CNAME)

    def add_a(self, host, addresses):
        self.world.records.add(host, A, addresses)

    def clear_a(self, host):
        self.world.records.clear(host, A)

    def add_aaaa(self, host, addresses):
        self.world.records.add(host, AAAA, addresses)

    def clear_aaaa(self, host):
        self.world.records.clear(host, AAAA)

    def add_caa(self, host, policies):
        self.world.records.add(host, CAA, [f"{p.get('flags', 0)} {p['tag']} {p['value']}" for p in policies])

    def clear_caa(self, host):
        self.world.records.clear(host, CAA)

    def set_option(self, server=None, **options):
        servers = [s for s in self.world.servers if server in (None, s.name)]
        if not servers:
            raise ValueError(f"no server {server}")
        for one in servers:
            for key, value in options.items():
                one.set_option(key, value)

    def dns_request_history(self, host=None):
        return [entry for entry in self.world.history if host is None or entry["host"] == canonical(host)]

    def clear_request_history(self, host=None):
        self.world.history = [e for e in self.world.history if host is not None and e["host"] != canonical(host)]

    PATHS = {"set-txt", "clear-txt", "set-cname", "clear-cname", "add-a", "clear-a", "add-aaaa", "clear-aaaa",
             "add-caa", "clear-caa", "set-option", "dns-request-history", "clear-request-history"}

    def call(self, method, path, body):
        if method != "POST" or path.strip("/") not in self.PATHS:
            return 404, {"error": f"no {method} {path}"}
        try:
            return 200, getattr(self, path.strip("/").replace("-", "_"))(**json.loads(body or "{}"))
        except (ValueError, TypeError, KeyError) as error:
            return 400, {"error": str(error)}

    async def stream(self, reader, writer):
        """One request a connection."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ", 2)
            fields = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:])}
            body = await reader.readexactly(int(fields.get("content-length", 0)))
            status, result = self.call(method, path, body)
            text = b"" if result is None else json.dumps(result).encode() + b"\n"
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\n"
                         f"Content-Length: {len(text)}\r\n\r\n".encode() + text)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()


def arguments():
    parser = argparse.ArgumentParser(description="A name server for tests; its source tells more.")
    parser.add_argument("--control", metavar="ADDR:PORT", required=True)
    parser.add_argument("--zone", action="append", default=[], metavar="NAME")
    parser.add_argument("--server", action="append", required=True, metavar="ADDR:PORT[,OPTION=VALUE...]")
    parser.add_argument("--record", action="append", default=[], metavar="'NAME TYPE VALUE'")
    return parser.parse_args()


async def main():
    options = arguments()
    world = World(options.zone)
    world.servers = [Server(world, text) for text in options.server]
    world.set_up()
    for record in options.record:
        name, kind, value = record.split(None, 2)
        world.records.add(name, TYPES[kind], [value])
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    for server in world.servers:
        await server.open()
    host, _, port = options.control.rpartition(":")
    await asyncio.start_server(Control(world).stream, host.strip("[]"), int(port))
    print("dnsd ready control=" + options.control, "servers=" + ",".join(s.name for s in world.servers), flush=True)
    await stop.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
