"""The square root of a covariance with NumPy and SciPy: by eigenvectors, or scipy.linalg.sqrtm."""

import time

import numpy as np
import scipy.linalg

covariances = {}


def by_eigenvectors(covariance):
    eigenvalues, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.maximum(eigenvalues, 0))) @ vectors.T


ROUTES = {"eigh": by_eigenvectors, "sqrtm": scipy.linalg.sqrtm}


def run(path, dim, route):
    """`path`: dim x dim float64 values. `route`: a key of ROUTES."""
    if path not in covariances:
        covariances[path] = np.fromfile(path, dtype=np.float64).reshape(dim, dim)
    start = time.perf_counter()
    root = ROUTES[route](covariances[path])
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "trace": float(np.trace(root)), "sum": float(np.sum(root))}
