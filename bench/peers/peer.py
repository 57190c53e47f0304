"""The NumPy/SciPy side of the benchmarks: reads one JSON command a line, answers one JSON object a line.

    {"command": "describe"}                    versions, and which BLAS; an error where it is not OpenBLAS
    {"command": "fresh_loop", ...}             see fresh_loop.py
    {"command": "moments", ...}                see moments.py
    {"command": "frechet_distance", ...}       see frechet_distance.py
    {"command": "gaussian_mixture", ...}       see gaussian_mixture.py
    {"command": "precision_recall", ...}       see precision_recall.py
    {"command": "kernel_distance", ...}        see kernel_distance.py
    {"command": "matrix_square_root", ...}     see matrix_square_root.py

Every answer has "seconds", measured here around the work alone, so the pipe costs the peer nothing.
"""

import json
import platform
import sys

import numpy
import scipy

import blas
import fresh_loop
import frechet_distance
import gaussian_mixture
import kernel_distance
import matrix_square_root
import moments
import precision_recall


def describe():
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "blas": blas.describe(),
    }


COMMANDS = {
    "describe": describe,
    "fresh_loop": fresh_loop.run,
    "moments": moments.run,
    "frechet_distance": frechet_distance.run,
    "gaussian_mixture": gaussian_mixture.run,
    "kernel_distance": kernel_distance.run,
    "precision_recall": precision_recall.run,
    "matrix_square_root": matrix_square_root.run,
}


def answer(line):
    request = json.loads(line)
    try:
        return COMMANDS[request.pop("command")](**request)
    except blas.NotOpenBlas as error:
        return {"error": str(error), "unfair": True}
    except Exception as error:  # the bench reports it and stops
        return {"error": f"{type(error).__name__}: {error}"}


for line in sys.stdin:
    print(json.dumps(answer(line)), flush=True)
