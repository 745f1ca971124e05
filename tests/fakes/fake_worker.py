"""A worker without the real one's parts, for tests of the agent: speaks docs/formats/worker-protocol.md.

The spec is {"root": FOLDER, "init": how init() goes, "runs": {mini-batch: how it goes}}. A run
returns one row, "mb N\n", after which it may do one of the things in `run`; "kill@41" tells the
board of 41 items and does "kill". "later" is accepted like enqueue() of the streaming contract; its
result comes after that of the next "all".
"""

import faulthandler
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import zlib

HEADER, ENTRY, RING = 4096, 128, 1024
MUCH = 300 << 20
LIMIT, CONSUMED, WAKE, FINISHED, STARTED, REFUSED, RUNNING, LOADING, ITEMS = 2, 3, 4, 5, 6, 7, 8, 10, 12

faulthandler.enable()
faulthandler.register(signal.SIGUSR1, all_threads=True)
link = socket.socket(fileno=int(os.environ.pop("BATCHMILL_SOCKET")))
board = memoryview(mmap.mmap(int(os.environ.pop("BATCHMILL_BOARD")), HEADER + ENTRY * RING))
words = board.cast("Q")
buffer = b""


def send(message):
    body = json.dumps(message).encode() if message is not None else b""
    link.sendall(len(body).to_bytes(4, "big") + body)


def receive(wait=True):
    """All messages that have arrived."""
    global buffer
    try:
        data = link.recv(65536, 0 if wait else socket.MSG_DONTWAIT)
        if not data:
            os._exit(1)
        buffer += data
    except BlockingIOError:
        pass
    found = []
    while len(buffer) >= 4 and len(buffer) >= 4 + int.from_bytes(buffer[:4], "big"):
        end = 4 + int.from_bytes(buffer[:4], "big")
        if end > 4:
            found.append(json.loads(buffer[4:end]))
        buffer = buffer[end:]
    return found


def wait_for(path):
    while not os.path.exists(path):
        time.sleep(0.002)


def allocate():
    held = bytearray(MUCH)
    time.sleep(1000)
    del held


def publish(ticket, mini_batch, status, wall, start):
    rows = b"" if status else b"mb %d\n" % mini_batch
    offset = spool.tell()
    spool.write(rows)
    spool.flush()
    taken = (time.monotonic_ns() - start) // 1000
    struct.pack_into("@QIIIIIIQQqQQQQ", board, HEADER + words[FINISHED] % RING * ENTRY,
                     ticket, status, status, 2, 0 if status else 2, 0 if status else 1,
                     zlib.crc32(rows), offset, len(rows), wall, taken, taken, taken, 4096)
    words[FINISHED] += 1


def run(mini_batch, how, ticket):
    if how == "sleep":
        print("about to sleep", file=sys.stderr, flush=True)
        time.sleep(1000)
    elif how == "abort":
        os.abort()
    elif how == "exit":
        print("leaving now", file=sys.stderr, flush=True)
        os._exit(3)
    elif how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "gibberish":
        link.sendall(b"\0\0\0\4oops")
        time.sleep(1000)
    elif how == "raise":
        send({"type": "error", "ticket": ticket,
              "error": {"code": 901, "type": "ValueError", "message": "no"}})
        return 1
    elif how == "grandchild":
        subprocess.Popen(["setsid", "sh", "-c", f"echo $$ >{spec['root']}/grandchild; sleep 1000"])
    elif how == "allocate":
        allocate()
    elif how == "child allocates":
        # As soon as it is alone: the shell ends, and the session keeps what it left behind.
        subprocess.call(["sh", "-c", f"{sys.executable} -c 'import time; held = bytearray({MUCH}); time.sleep(1000)' &"])
        time.sleep(1000)
    elif how.startswith("wait:"):
        wait_for(how[5:])
    return 0


send({"type": "hello", "version": 1, "pid": os.getpid()})
init, *early = receive()
spec = init["spec"]
if spec.get("init") == "fail":
    send({"type": "init_failed", "kind": "init",
          "error": {"code": 902, "type": "KeyError", "message": "weights"}})
    sys.exit(1)
if spec.get("init") == "allocate":
    allocate()
if spec.get("init") == "die":
    print("Traceback: first\nsecond\nlast words", file=sys.stderr)
    sys.exit(4)
send({"type": "ready", "init_seconds": 0.25})

spool = open(init["spool_path"], "ab")
queue = []
enqueued = []  # of the streaming contract: results that come later, the newest first
last = ticket = 0
while True:
    messages, early = early or receive(wait=not queue), []
    for message in messages:
        if message["type"] == "shutdown":
            send({"type": "bye", "shutdown_error": None})
            sys.exit(0)
        for first, count, *_ in message["ranges"]:
            queue += range(first, first + count)
            last += count
    if not queue:
        continue
    ticket += 1
    if ticket > words[LIMIT]:
        queue.clear()
        ticket = words[REFUSED] = last
        send(None)
        continue
    mini_batch = queue.pop(0)
    how, _, items = spec["runs"].get(str(mini_batch), "").partition("@")
    wall, start = time.time_ns() // 1000, time.monotonic_ns()
    words[LOADING + 1] = start
    words[LOADING] = ticket
    words[STARTED] = ticket
    if how == "load":
        time.sleep(1000)
    words[LOADING] = 0
    words[ITEMS] = int(items or 0)
    words[RUNNING + 1] = time.monotonic_ns()
    words[RUNNING] = ticket
    status = run(mini_batch, how, ticket)
    words[RUNNING] = 0
    if how == "later":
        enqueued.append((ticket, mini_batch, status, wall, start))
    else:
        publish(ticket, mini_batch, status, wall, start)
    if how == "all":
        while enqueued:
            publish(*enqueued.pop())
    if words[WAKE] or not queue:
        send(None)
