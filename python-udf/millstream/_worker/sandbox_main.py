"""`python -m millstream._worker.sandbox_main SPEC`: a zygote in a sandbox, and the warden that stays outside.

SPEC is a `SandboxSpec` as JSON. To the core the two together are one zygote.
"""

from __future__ import annotations

import os
import sys

from . import process
from .sandbox_spec import decode_spec
from .sandbox_start import SandboxError, start_sandbox
from .sandbox_warden import Warden, clean_up_after


def main() -> None:
    """Starts the sandbox and serves the core over stdin and stdout; exits the process."""
    process.become_subreaper()
    try:
        sandbox = start_sandbox(decode_spec(sys.argv[1].encode()))
    except SandboxError as error:
        # A folder that has gone with a dead core may be why; no other zygote knows of this one's sockets.
        clean_up_after(0)
        sys.exit(str(error))
    code = Warden(0, 1, sandbox).run()
    os._exit(code)


if __name__ == "__main__":
    main()
