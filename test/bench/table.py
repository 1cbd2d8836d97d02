"""Tables of medians from the lines that run.sh writes: case client wall cpu rss status requests connections."""

import statistics
import sys

TITLES = {
    "version": "--version",
    "help": "--help",
    "first": "first certificate, 1 name, registration included",
    "one": "1 name, account known",
    "ten": "10 names, account known",
    "hundred": "100 names, account known",
    "renew": "1,000 certificates, none due",
    "renew-10k": "10,000 certificates, none due",
    "ari-10k": "10,000 certificates, the windows of all asked for",
}
KILLED = 137


def read(path):
    """(case, client) -> list of (wall, cpu, rss, status, requests, connections), in the order of appearance."""
    runs = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            case, client, *numbers = line.split()
            if len(numbers) == 6:
                runs.setdefault(case, {}).setdefault(client, []).append([int(n) for n in numbers])
    return runs


def column(rows, index):
    return [row[index] for row in rows]


def seconds(micros):
    return f"{micros / 1e6:.3f}" if micros < 1e7 else f"{micros / 1e6:.1f}"


class Line:
    """One client's medians. A run that was ended for taking too long stands for "more than that"."""

    def __init__(self, rows, any_status):
        good = [row for row in rows if any_status or row[3] == 0]
        self.count, self.failed = len(rows), len(rows) - len(good)
        self.killed = not good and all(row[3] == KILLED for row in rows)
        used = good or rows
        self.wall = statistics.median(column(used, 0))
        self.least = min(column(used, 0))
        self.cpu = statistics.median(column(used, 1))
        self.rss = statistics.median(column(used, 2)) / 1024
        self.requests = statistics.median(column(used, 4))
        self.connections = statistics.median(column(used, 5))

    def note(self):
        if self.killed:
            return "ended for taking too long"
        return f"{self.failed} of {self.count} failed" if self.failed else ""


def ratio(value, reference):
    return f"{value / reference:.2f}" if reference else "-"


def print_case(case, clients):
    far = case.startswith("far-")
    lines = {client: Line(rows, case in ("version", "help")) for client, rows in clients.items()}
    own = lines.get("mcacme")
    print(f"\n{TITLES[case.removeprefix('far-')]}{', the CA 40 ms away' if far else ''}")
    print(f"  {'client':<14}{'runs':>5}{'wall s':>9}{'least':>9}{'ratio':>8}{'CPU s':>9}{'ratio':>8}"
          f"{'RSS MiB':>9}{'requests':>10}{'TLS conn.':>10}")
    for client, line in lines.items():
        more = ">" if line.killed else ""
        print(f"  {client:<14}{line.count:>5}{more + seconds(line.wall):>9}{seconds(line.least):>9}"
              f"{ratio(line.wall, own.wall if own else 0):>8}{more + seconds(line.cpu):>9}"
              f"{ratio(line.cpu, own.cpu if own else 0):>8}{line.rss:>9.1f}"
              f"{line.requests:>10.0f}{f'{line.connections:.0f}' if far else '':>10}  {line.note()}".rstrip())


for name, clients_of_case in read(sys.argv[1]).items():
    print_case(name, clients_of_case)
