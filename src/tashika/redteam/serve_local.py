"""The embedded model's server: a program of its own, started by ``local`` as ``serve_local.py GGUF SLOTS THREADS``.

It imports nothing of Tashika, so that it starts in half a second. It prints one line of JSON with its address when
it is ready, and ends when its standard input does: that pipe closes when the parent ends, however the parent ends.
"""

import json
import os
import sys
from typing import Final

# Plain ChatML. The template inside the weights adds a persona when there is no system message, and with it the model
# gets simple facts wrong; what is measured here is the model, not that persona.
CHAT_TEMPLATE: Final = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
CONTEXT_PER_SLOT: Final = 1024
MODEL_NAME: Final = "smollm2-135m"


def main(weights: str, slots: int, threads: int) -> None:
    """Serve until standard input ends.

    Args:
        weights: path of a GGUF file.
        slots: how many answers are made at a time.
        threads: processor threads to use.
    """
    # Has to be set before libgomp is loaded: its spinning barriers stall everything on a machine that does other work.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {MODEL_NAME}
    params.n_parallel = slots
    params.n_ctx = slots * CONTEXT_PER_SLOT
    params.cpuparams.n_threads = threads
    params.cpuparams_batch.n_threads = threads
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.chat_template = CHAT_TEMPLATE
    params.cache_ram_mib = 64  # the default keeps up to 8 GiB of prompts
    params.endpoint_slots = False  # the default shows every caller's prompts to every other
    params.cors_origins = ""  # the default lets any web page call this port
    params.ui = False
    params.warmup = False
    params.verbosity = -1
    server = xllamacpp.Server(params)
    print(json.dumps({"url": server.listening_address, "model": MODEL_NAME, "pid": os.getpid()}), flush=True)
    while os.read(0, 4096):
        pass
    os._exit(0)  # the native server's threads would take seconds to wind down


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
