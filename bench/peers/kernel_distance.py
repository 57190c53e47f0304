"""The kernel distance (KID) as programs take it from scikit-learn's polynomial_kernel: whole kernel matrices, in NumPy."""

import time

import numpy as np

samples = {}


def kernel(x, y):
    return (x @ y.T / x.shape[1] + 1) ** 3


def unbiased(x, y):
    m = len(x)
    within_x, within_y = kernel(x, x), kernel(y, y)
    off_diagonal = within_x.sum() - np.trace(within_x) + within_y.sum() - np.trace(within_y)
    return off_diagonal / (m * (m - 1)) - 2 * kernel(x, y).mean()


def run(path, rows, cols, block_size, count):
    """`path`: two samples of rows x cols float32 values each, row-major. Of each the first `count` rows are taken."""
    if path not in samples:
        samples[path] = np.fromfile(path, dtype=np.float32).reshape(2, rows, cols)
    start = time.perf_counter()
    generator = np.random.default_rng(0)
    orders = [generator.permutation(count) for _ in range(2)]
    estimates = []
    for begin in range(0, count, block_size):
        x, y = (s[o[begin : begin + block_size]].astype(np.float64) for s, o in zip(samples[path], orders))
        estimates.append(unbiased(x, y))
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "distance": float(np.mean(estimates))}
