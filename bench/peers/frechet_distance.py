"""The Frechet distance as the usual FID programs take it: scipy.linalg.sqrtm of the product of the covariances."""

import time

import numpy as np
import scipy.linalg

gaussians = {}


def run(path, dim):
    """`path`: float64 values, row-major: mean and covariance of one Gaussian, then of the other."""
    if path not in gaussians:
        values = np.fromfile(path, dtype=np.float64)
        sizes = np.cumsum([dim, dim * dim, dim])
        mean1, covariance1, mean2, covariance2 = np.split(values, sizes)
        gaussians[path] = mean1, covariance1.reshape(dim, dim), mean2, covariance2.reshape(dim, dim)
    mean1, covariance1, mean2, covariance2 = gaussians[path]
    start = time.perf_counter()
    root = scipy.linalg.sqrtm(covariance1 @ covariance2)
    difference = mean1 - mean2
    covariance_term = np.trace(covariance1 + covariance2 - 2 * root.real)
    distance = difference @ difference + covariance_term
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "distance": float(distance), "covarianceTerm": float(covariance_term)}
