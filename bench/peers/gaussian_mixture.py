"""A Gaussian mixture by scikit-learn's GaussianMixture, from a given start or its own (k-means)."""

import time

import numpy as np
from sklearn.mixture import GaussianMixture

samples = {}


def run(path, rows, cols, components, tolerance, iterations, regularisation, start=None):
    """`path`: rows x cols float64 values, row-major. `start`: weights, means and precisions, or none."""
    if path not in samples:
        samples[path] = np.fromfile(path, dtype=np.float64).reshape(rows, cols)
    data = samples[path]
    given = {}
    if start:
        given = {
            "weights_init": np.array(start["weights"]),
            "means_init": np.array(start["means"]).reshape(components, cols),
            "precisions_init": np.array(start["precisions"]).reshape(components, cols, cols),
            # A start is made even where one is given: the cheapest.
            "init_params": "random_from_data",
        }
    model = GaussianMixture(
        components, tol=tolerance, max_iter=iterations, reg_covar=regularisation, random_state=0, **given
    )
    began = time.perf_counter()
    model.fit(data)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "iterations": model.n_iter_, "log_likelihood": float(model.score(data))}
