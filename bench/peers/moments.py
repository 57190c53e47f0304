"""Mean and covariance of a data matrix with NumPy."""

import time

import numpy as np

matrices = {}


def run(path, rows, cols):
    """`path`: rows x cols float32 values, row-major. np.cov works in float64, as we do."""
    if path not in matrices:
        matrices[path] = np.fromfile(path, dtype=np.float32).reshape(rows, cols)
    start = time.perf_counter()
    mean = np.mean(matrices[path], axis=0, dtype=np.float64)
    covariance = np.cov(matrices[path], rowvar=False)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "meanNorm": float(np.linalg.norm(mean)),
        "trace": float(np.trace(covariance)),
        "covarianceNorm": float(np.linalg.norm(covariance)),
    }
