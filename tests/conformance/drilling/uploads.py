"""A small web server that takes uploads and serves them again; and a scanner that looks at what lies in folders."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from profiles.drills.eicar import HALVES
from tests.conformance.drilling.web import answered_by

_SIGNATURES = "Duheng.Test.File:0:*:{hex}\n"
_SCANNER = """
while [ -e {folder}/scanning ]; do
  clamscan --database={folder}/own.ndb --no-summary --infected --move={folder}/quarantine --log={folder}/scan.log \
    --recursive {watched} >/dev/null 2>&1
  sleep 0.5
done
"""


@contextmanager
def uploads(folder: Path, *, most: int = 100) -> Iterator[str]:
    """Give the URL of a server that keeps what is posted to ``/upload`` in ``folder`` and serves it at ``/files/``.

    It takes ``most`` files, whatever they are, and no more.
    """

    class Uploads(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            (part,) = (each for each in message_from_bytes(head + body).walk() if each.get_filename())
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if len(list(folder.iterdir())) >= most:
                self._answer(429, b"")
                return
            (folder / Path(str(part.get_filename())).name).write_bytes(content)
            self._answer(201, b"")

        def do_GET(self) -> None:
            path = folder / self.path.rpartition("/")[2]
            if path.is_file():
                self._answer(200, path.read_bytes())
            else:
                self._answer(404, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with answered_by(Uploads) as place:
        yield f"http://{place}/"


@contextmanager
def scanner(folder: Path, *watched: Path) -> Iterator[Path]:
    """Give the quarantine of a scanner that knows the test file alone, and looks at folders again and again."""
    (folder / "quarantine").mkdir()
    (folder / "scanning").touch()
    (folder / "own.ndb").write_text(_SIGNATURES.format(hex="".join(HALVES).encode().hex()))
    words = " ".join(str(each) for each in watched)
    with subprocess.Popen(["sh", "-c", _SCANNER.format(folder=folder, watched=words)]) as process:
        try:
            yield folder / "quarantine"
        finally:
            (folder / "scanning").unlink()
            process.wait()
