"""The fresh data loop as one would write it with NumPy and SciPy: draw the samples, stack them, fit a Gaussian,
and take the Frechet distance to N(0, I) with scipy.linalg.sqrtm."""

import time

import numpy as np
import scipy.linalg


def distance_to_standard_normal(mean, covariance):
    root = scipy.linalg.sqrtm(covariance).real
    return mean @ mean + np.trace(covariance) + len(mean) - 2 * np.trace(root)


def next_generation(rng, model, real, synthetic, bias):
    """One generation: the mean and covariance fitted to fresh real samples and samples of the last model."""
    dim = len(model[0])
    fresh = rng.standard_normal((real, dim))
    # The quickest of NumPy's three methods; the default (a singular value decomposition) is slower.
    drawn = rng.multivariate_normal(model[0], bias * model[1], synthetic, method="cholesky")
    samples = np.vstack([fresh, drawn])
    return np.mean(samples, axis=0), np.cov(samples, rowvar=False)


chains = {}


def run(dim, initial, real, synthetic, bias, generations, chain, seed):
    """Goes on with a chain for so many generations; a new chain starts with generation 1, fitted to real data."""
    start = time.perf_counter()
    if chain not in chains:
        rng = np.random.default_rng(seed)
        samples = rng.standard_normal((initial, dim))
        chains[chain] = rng, (np.mean(samples, axis=0), np.cov(samples, rowvar=False)), 1
    rng, model, generation = chains[chain]
    distance = distance_to_standard_normal(*model) if generation == 1 else None
    for _ in range(generations if generation > 1 else generations - 1):
        model = next_generation(rng, model, real, synthetic, bias)
        distance = distance_to_standard_normal(*model)
        generation += 1
    seconds = time.perf_counter() - start
    chains[chain] = rng, model, generation
    return {"seconds": seconds, "generation": generation, "distance": float(distance)}
