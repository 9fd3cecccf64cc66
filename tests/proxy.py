"""A wire between Lamella and a server, which a story cuts or holds up."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from urllib.parse import urlsplit

_PATHS = re.compile(rb"^(?:GET|HEAD|POST|PUT|DELETE) (/[^ ?]*)[^ ]* HTTP/1\.1\r$", re.M)


class Proxy:
    """Passes bytes on to the server at `url`, until it is told otherwise.

    `cut` ends every connection and refuses new ones; `hold` passes nothing on; `cut_at` cuts when
    a request with these bytes has been passed on whole, so that its answer gets lost. `asked` are
    the paths of the requests.
    """

    def __init__(self, url: str) -> None:
        split = urlsplit(url)
        self._behind = (split.hostname, split.port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._passing = threading.Event()
        self._passing.set()
        self._away = False
        self._threads: list[threading.Thread] = []
        self.cut_at: bytes | None = None
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Proxy:
        self._run(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self._passing.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(10)

    def cut(self) -> None:
        """The server is away."""
        self._away = True
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def hold(self) -> None:
        """The server is there, and silent."""
        self._passing.clear()

    def mend(self) -> None:
        """The server is back."""
        self._away, self.cut_at = False, None
        self._passing.set()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            if self._away:
                near.close()
                continue
            far = socket.create_connection(self._behind)
            with self._lock:
                self._open |= {near, far}
            self._run(lambda n=near, f=far: self._serve(n, f))

    def _serve(self, near: socket.socket, far: socket.socket) -> None:
        back = threading.Thread(target=self._pump, args=(far, near, False))
        back.start()
        self._pump(near, far, True)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()

    def _pump(self, source: socket.socket, sink: socket.socket, asking: bool) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                self._passing.wait()
                self.asked += [path.decode() for path in _PATHS.findall(data) if asking]
                if asking and self.cut_at and self.cut_at in data:
                    self._pass_on_and_cut(sink, data)
                else:
                    sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def _pass_on_and_cut(self, sink: socket.socket, data: bytes) -> None:
        """A quick answer is held back until it can no longer arrive."""
        self._passing.clear()
        sink.sendall(data)
        self.cut()
        self._passing.set()

    def _run(self, step: object) -> None:
        thread = threading.Thread(target=step)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
