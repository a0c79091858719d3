"""flood.py ENDPOINT ROLE TOKEN RATE SECONDS: tokens of an unknown kid, each of another one, at a steady rate.

TOKEN is a file with one good token; its header's kid is replaced.  Prints one JSON object: sent, and how often each
answer came.
"""
import base64
import collections
import http.client
import json
import secrets
import sys
import threading
import time
import urllib.parse

endpoint, role, token_file, rate, seconds = sys.argv[1:6]
url = urllib.parse.urlsplit(endpoint)
header, payload, signature = open(token_file).read().split()[0].split(".")
header = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
total, began = int(float(rate) * float(seconds)), time.monotonic()
answers, lock, following = collections.Counter(), threading.Lock(), iter(range(total))


def token():
    text = json.dumps({**header, "kid": "random-" + secrets.token_hex(8)}).encode()
    return ".".join([base64.urlsafe_b64encode(text).rstrip(b"=").decode(), payload, signature])


def worker():
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    while True:
        with lock:
            n = next(following, None)
        if n is None:
            return
        time.sleep(max(0.0, began + n / float(rate) - time.monotonic()))
        body = urllib.parse.urlencode({"Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": role,
            "RoleSessionName": "flood", "WebIdentityToken": token()})
        try:
            conn.request("POST", "/", body, {"Content-Type": "application/x-www-form-urlencoded"})
            text = conn.getresponse().read().decode()
            code = text.partition("<Code>")[2].partition("</Code>")[0] or "none"
        except (OSError, http.client.HTTPException) as e:
            conn.close()
            code = type(e).__name__
        with lock:
            answers[code] += 1


threads = [threading.Thread(target=worker) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(json.dumps({"sent": total, "answers": answers, "seconds": round(time.monotonic() - began, 1)}))
