"""memory.py KEYRING PID...: which of these processes hold a root key of the ring (raw or as the file spells it).

Prints "NAME clean" or "NAME holds N" for each; needs the right to read another process's memory (root), else exits 3.
"""
import re
import sys

ring = open(sys.argv[1]).read().splitlines()
roots = [bytes.fromhex(line.split()[4]) for line in ring if line.startswith("key ")]
if not roots:
    sys.exit("memory.py: no key in the ring")


def held(pid):
    hits, seen = 0, 0
    with open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in open(f"/proc/{pid}/maps"):
            m = re.match(r"([0-9a-f]+)-([0-9a-f]+) r", line)
            if not m or "[v" in line:
                continue
            start, end = int(m[1], 16), int(m[2], 16)
            try:
                mem.seek(start)
                data = mem.read(end - start)
            except OSError:
                continue
            seen += len(data)
            hits += sum(data.count(r[:16]) + data.count(r.hex().encode()) for r in roots)
    if seen == 0:
        raise PermissionError
    return hits


for pid in sys.argv[2:]:
    name = open(f"/proc/{pid}/comm").read().strip()
    try:
        n = held(pid)
    except PermissionError:
        print("memory.py: may not read another process's memory", file=sys.stderr)
        sys.exit(3)
    print(name, f"holds {n}" if n else "clean")
