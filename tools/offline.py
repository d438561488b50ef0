"""Run a command without any network but the loopback, to prove that tests are offline (Linux only).

    python3 tools/offline.py make test

Where the machine does not allow a network namespace, it says so and runs the command as it is.
"""

import ctypes
import fcntl
import os
import socket
import struct
import sys

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def main() -> None:
    """Enter a namespace with only the loopback, then become the command."""
    libc = ctypes.CDLL(None, use_errno=True)
    flags = CLONE_NEWNET if os.geteuid() == 0 else CLONE_NEWNET | CLONE_NEWUSER
    if libc.unshare(flags) == 0:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
        print("offline: only the loopback is reachable", flush=True)
    else:
        print(f"not offline: no network namespace here ({os.strerror(ctypes.get_errno())})", flush=True)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
