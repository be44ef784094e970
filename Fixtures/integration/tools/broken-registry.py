"""A registry that fails in one way: hang, busy (429 with Retry-After), error (500), missing (404), garbage; passing,
which is busy for its first requests and then passes all on to the registry at the address in argv[2]; breaking, which
passes all on and is killed after the bytes in argv[3]; or open, which passes all on at the address of this machine in
argv[3].

Prints its port, and each request's line on standard error; ends with its standard input.
"""
import os
import socket
import sys
import threading
import time

MODE = sys.argv[1]
BUSY = {"count": 3}
PASSED = {"bytes": 0}
LOCK = threading.Lock()


def answer(connection, status, headers=(), body=b"", length=None):
    lines = ["HTTP/1.1 " + status, *headers, "Content-Length: %d" % (len(body) if length is None else length)]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode() + body)


def is_busy():
    with LOCK:
        BUSY["count"] -= 1
        return BUSY["count"] >= 0


def count(size):
    with LOCK:
        PASSED["bytes"] += size
        if MODE == "breaking" and PASSED["bytes"] > int(sys.argv[3]):
            print("KILLED", file=sys.stderr, flush=True)
            os._exit(1)


def pass_on(connection, head, rest):
    host, port = sys.argv[2].split(":")
    peer = socket.create_connection((host, int(port)))
    peer.sendall(head + b"\r\n\r\n" + rest)

    def pump():
        while data := connection.recv(65536):
            count(len(data))
            peer.sendall(data)

    threading.Thread(target=pump, daemon=True).start()
    while data := peer.recv(65536):
        connection.sendall(data)


def fail(connection, method):
    if MODE == "hang":
        time.sleep(3600)
    elif MODE in ("busy", "passing"):
        answer(connection, "429 Too Many Requests", ["Retry-After: 1"])
    elif MODE == "error":
        answer(connection, "500 Internal Server Error")
    elif MODE == "missing":
        answer(connection, "404 Not Found")
    else:
        headers = [
            "Content-Type: application/vnd.oci.image.manifest.v1+json",
            "Docker-Content-Digest: sha256:" + "0" * 64,
        ]
        body = b'{"garbage": tru'
        answer(connection, "200 OK", headers, b"" if method == "HEAD" else body, len(body))


def serve(connection):
    data = b""
    while True:
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return
            data += more
            if data[0] == 0x16:
                # TLS: what Go's servers say to it makes engines try without.
                connection.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n")
                connection.close()
                return
        head, data = data.split(b"\r\n\r\n", 1)
        line = head.split(b"\r\n")[0].decode()
        print(line, file=sys.stderr, flush=True)
        if MODE in ("breaking", "open") or MODE == "passing" and not is_busy():
            return pass_on(connection, head, data)
        fail(connection, line.split(" ")[0])


def accept(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


listener = socket.socket()
listener.bind((sys.argv[3] if MODE == "open" else "127.0.0.1", 0))
listener.listen(64)
print("port", listener.getsockname()[1], flush=True)
threading.Thread(target=accept, args=(listener,), daemon=True).start()
sys.stdin.read()
os._exit(0)
