"""The Frechet distance as the usual FID programs take it, from the product of the covariances: its square root
(pytorch-fid, clean-fid and others) or the square roots of its eigenvalues (torchmetrics, torch-fidelity)."""

import time

import numpy as np
import scipy.linalg

gaussians = {}


def trace_of_root(product, method):
    if method == "sqrtm":
        return np.trace(scipy.linalg.sqrtm(product).real)
    return np.sqrt(np.linalg.eigvals(product).astype(complex)).real.sum()


def run(path, dim, method):
    """`method`: sqrtm or eigvals. `path`: float64 values, row-major: mean and covariance of one Gaussian, then of the
    other."""
    if path not in gaussians:
        values = np.fromfile(path, dtype=np.float64)
        sizes = np.cumsum([dim, dim * dim, dim])
        mean1, covariance1, mean2, covariance2 = np.split(values, sizes)
        gaussians[path] = mean1, covariance1.reshape(dim, dim), mean2, covariance2.reshape(dim, dim)
    mean1, covariance1, mean2, covariance2 = gaussians[path]
    start = time.perf_counter()
    root = trace_of_root(covariance1 @ covariance2, method)
    difference = mean1 - mean2
    covariance_term = np.trace(covariance1) + np.trace(covariance2) - 2 * root
    distance = difference @ difference + covariance_term
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "distance": float(distance), "covarianceTerm": float(covariance_term)}
