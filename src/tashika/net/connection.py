"""One HTTP connection to one numeric address, cut off by a watchdog when its time is over."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tashika.net.errors import BadAnswerError, TlsError, TooSlowError, UnreachableError
from tashika.net.url import Url


class PinnedConnection(http.client.HTTPConnection):
    """Connects to the addresses given, never to what the name means by now; TLS still checks the name."""

    def __init__(self, url: Url, addresses: Sequence[str], *, tls: ssl.SSLContext | None, seconds: float) -> None:
        super().__init__(url.host, url.port, timeout=max(seconds, 0.001))
        self._addresses = addresses
        self._tls = tls if url.scheme == "https" else None

    def connect(self) -> None:
        """Try the addresses in order; then TLS with the name (SNI and certificate)."""
        problem: OSError | None = None
        for address in self._addresses:
            try:
                self.sock = socket.create_connection((address, self.port), self.timeout)
                break
            except OSError as error:
                problem = error
        else:
            raise problem or OSError("no address")
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)


@contextmanager
def watchdog(connection: PinnedConnection, url: Url, seconds: Callable[[], float]) -> Iterator[None]:
    """Cut the connection when the time is over, however slowly its bytes drip, and translate what goes wrong.

    A socket timeout alone does not do: it starts anew with every byte.

    Raises:
        TooSlowError: the time is over.
        UnreachableError: no connection, or it was cut.
        TlsError: the certificate does not prove the name.
        BadAnswerError: not HTTP.
    """
    expired = threading.Event()

    def cut() -> None:
        expired.set()
        if connection.sock is not None:
            try:
                connection.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # closed already: nothing left to cut

    timer = threading.Timer(max(seconds(), 0.0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
        if expired.is_set():
            raise TooSlowError("the server took too long", where=str(url))
    except ssl.SSLCertVerificationError as error:
        raise TlsError(f"the certificate does not prove this host: {error.verify_message}", where=str(url)) from error
    except (OSError, http.client.HTTPException) as error:
        if expired.is_set() or isinstance(error, TimeoutError):
            raise TooSlowError("the server took too long", where=str(url)) from error
        if isinstance(error, http.client.IncompleteRead | http.client.RemoteDisconnected):
            raise UnreachableError("the connection was cut before the end", where=str(url)) from error
        if isinstance(error, http.client.HTTPException):
            raise BadAnswerError(f"the answer is not HTTP: {error!r:.200}", where=str(url)) from error
        raise UnreachableError(f"no connection: {error}", where=str(url)) from error
    finally:
        timer.cancel()
        connection.close()
