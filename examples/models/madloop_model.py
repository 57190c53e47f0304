"""The Python side of models in madloop's loops: copy this file beside your program and call serve(fit, sample).

    from madloop_model import seed32, serve

    def fit(data, seed, threads): ...             -> whatever sample needs; data: array with a row a sample
    def sample(fitted, count, lambda_, seed): ... -> array of count rows, with sampling bias lambda_ in [0, 1],
                                                     or in the range that madloop was told (--lambda-range)

    if __name__ == "__main__":                    so that processes which multiprocessing spawns do not serve, too
        serve(fit, sample)

madloop starts the program: `madloop loop --process 'python3 model.py' --data real.npy ...`, or processModel in JavaScript.

Equal seeds must give equal results. A seed is an integer from 0 to 2**64 - 1, as numpy.random.default_rng(seed) and
torch.manual_seed(seed) take; scikit-learn's random_state, numpy.random.seed and the like take seed32(seed).

A fit that names the parameters real_count and blocks is told where its rows come from: how many are real, and
[{"rows": 5, "real": True}, {"rows": 4, "real": False, "generation": 1}].

Whatever is printed goes to standard error, which madloop shows when something fails; standard input is empty. What fit or sample
raises ends the loop, and madloop shows its traceback.
"""

import inspect
import json
import os
import queue
import signal
import sys
import threading
import traceback

import numpy as np

PROTOCOL = "madloop-model"
VERSION = 1
LONGEST_ERROR = 3500  # characters; madloop shows 4,000


def seed32(seed):
    """The seed as an integer below 2**32: for scikit-learn's random_state, numpy.random.seed and the like."""
    # Seeds of steps are hashes: their lower bits are as good as all.
    return seed % 2**32


def serve(fit, sample):
    """Answers madloop's requests until its input ends."""
    if os.isatty(0):
        raise SystemExit("this is a model, which madloop starts: madloop loop --process 'python3 ...' --data ...")
    # First of all. Whatever reads standard input, in this process or in one that it starts, must not get madloop's requests; and
    # a forked process of multiprocessing closes sys.stdin, which waits for ever where another thread was reading it.
    requests = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # print() must not get between the answers
    models = {}
    for line in _lines(requests):
        request = json.loads(line)
        try:
            answer = {"ok": True, **_respond(request, models, fit, sample)}
        except Exception as error:
            answer = {"ok": False, "error": _told(error, request)}
        answers.write(json.dumps({"id": request["id"], **answer}) + "\n")
        answers.flush()


def _respond(request, models, fit, sample):
    command = request["command"]
    if command == "start":
        if (request["protocol"], request["version"]) != (PROTOCOL, VERSION):
            raise ValueError(f"this is {PROTOCOL} version {VERSION}, not {request['protocol']} {request['version']}")
        return {"protocol": PROTOCOL, "version": VERSION}
    if command == "fit":
        data = np.load(request["data"])
        told = {"real_count": request.get("realCount"), "blocks": request.get("blocks")}
        asked = {name: told[name] for name in told if _takes(fit, name)}
        models[request["model"]] = fit(data, int(request["seed"]), request.get("threads"), **asked)
    elif command == "sample":
        fitted = models[request["model"]]
        drawn = sample(fitted, request["count"], request["lambda"], int(request["seed"]))
        np.save(request["output"], np.asarray(drawn))
    elif command == "forget":
        models.pop(request["model"], None)
    else:
        raise ValueError(f"unknown command {command!r}")
    return {}


def _told(error, request):
    """What madloop shows: the error, a hint, and the end of the traceback, which is where it happened."""
    what = "".join(traceback.format_exception_only(type(error), error)).strip()[: LONGEST_ERROR // 2]
    seed = int(request.get("seed", 0))
    if seed >= 2**32 and any(word in what.lower() for word in ("random_state", "seed must be", "2**32", str(seed))):
        what += "\n(seed32(seed) of madloop_model is below 2**32, as scikit-learn and numpy.random.seed want it)"
    frames = error.__traceback__
    while frames.tb_next is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    where = "".join(traceback.format_tb(frames)).rstrip()
    if len(where) > LONGEST_ERROR - len(what):
        where = "..." + where[len(what) - LONGEST_ERROR :]
    return f"{what}\nTraceback (most recent call last):\n{where}"


def _takes(function, name):
    """Whether a function names this parameter, or takes any."""
    parameters = inspect.signature(function).parameters.values()
    return any(p.name == name or p.kind is p.VAR_KEYWORD for p in parameters)


def _lines(requests):
    """Lines of madloop's requests. When they end, madloop has gone: the process ends, even in the middle of a fit."""
    lines = queue.Queue()
    at_work = threading.Event()

    def read():
        # Without a buffer of Python's, whose lock a forked process would inherit as this thread holds it.
        begun = b""
        while chunk := os.read(requests, 65536):
            *whole, begun = (begun + chunk).split(b"\n")
            for line in whole:
                lines.put(line)
        if at_work.is_set():
            if os.getpgrp() == os.getpid():  # as madloop starts it: whatever it started ends with it
                os.killpg(0, signal.SIGKILL)
            os._exit(1)
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (line := lines.get()) is not None:
        at_work.set()
        yield line
        at_work.clear()
