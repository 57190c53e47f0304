"""The Python side of madloop's processModel: copy this file beside your model and call serve(fit, sample).

    fit(data, seed, threads) -> fitted            data: array with a row a sample
    fit(..., real_count=None, blocks=None)        asks, by naming them, where the rows come from too: how many are real, and
                                                  [{"rows": 5, "real": True}, {"rows": 4, "real": False, "generation": 1}]
    sample(fitted, count, lambda_, seed) -> array of count rows, with sampling bias lambda_ in [0, 1],
                                                  or in the lambdaRange of processModel

Equal seeds must give equal results. Whatever is printed goes to standard error, which madloop shows when something fails;
standard input is empty. Call serve under `if __name__ == "__main__":`, so that processes which multiprocessing spawns do not.
"""

import inspect
import json
import os
import queue
import signal
import threading

import numpy as np

PROTOCOL = "madloop-model"
VERSION = 1


def serve(fit, sample):
    """Answers madloop's requests until its input ends."""
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
            answer = {"ok": False, "error": f"{type(error).__name__}: {error}"}
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
