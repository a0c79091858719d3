"""load.py ENDPOINT ROLE TOKENS COUNT [--threads N] [--at N:COMMAND]: a bounded load of AssumeRoleWithWebIdentity.

Sends COUNT requests over N keep-alive connections, with the tokens of the file TOKENS (one a line, in turn).  When N
replies are in, COMMAND is run once, beside the load.  Prints one JSON object: ok, failed, the first failures, p50 and p99
in milliseconds.
"""
import argparse
import http.client
import json
import subprocess
import threading
import time
import urllib.parse

ap = argparse.ArgumentParser()
ap.add_argument("endpoint")
ap.add_argument("role")
ap.add_argument("tokens")
ap.add_argument("count", type=int)
ap.add_argument("--threads", type=int, default=8)
ap.add_argument("--at", action="append", default=[])
args = ap.parse_args()

url = urllib.parse.urlsplit(args.endpoint)
tokens = open(args.tokens).read().split()
events = sorted((int(n), cmd) for n, cmd in (a.split(":", 1) for a in args.at))
lock = threading.Lock()
state = {"next": 0, "ok": 0, "failed": 0, "first": []}
times = []
children = []


def take():
    """The number of the next request, or None; starts the commands that are due."""
    with lock:
        if state["next"] >= args.count:
            return None
        n = state["next"]
        state["next"] += 1
        while events and state["ok"] + state["failed"] >= events[0][0]:
            children.append(subprocess.Popen(["bash", "-c", events.pop(0)[1]]))
        return n


def send(conn, n):
    body = urllib.parse.urlencode({
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": args.role,
        "RoleSessionName": "load", "WebIdentityToken": tokens[n % len(tokens)]})
    conn.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
    reply = conn.getresponse()
    text = reply.read().decode()
    return reply.status == 200 and "<SecretAccessKey>" in text, f"{reply.status} {text[:300]}"


def worker():
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    while (n := take()) is not None:
        begin = time.monotonic()
        try:
            good, text = send(conn, n)
        except OSError as e:
            good, text = False, repr(e)
            conn.close()
        except http.client.HTTPException as e:
            good, text = False, repr(e)
            conn.close()
        took = time.monotonic() - begin
        with lock:
            times.append(took)
            state["ok" if good else "failed"] += 1
            if not good and len(state["first"]) < 3:
                state["first"].append(text)


threads = [threading.Thread(target=worker) for _ in range(args.threads)]
for t in threads:
    t.start()
for t in threads:
    t.join()
for c in children:
    c.wait()
times.sort()
state["p50_ms"] = round(times[len(times) // 2] * 1000, 2)
state["p99_ms"] = round(times[len(times) * 99 // 100] * 1000, 2)
del state["next"]
print(json.dumps(state))
