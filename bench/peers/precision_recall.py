"""Precision, recall, density and coverage as scripts compute them: with scikit-learn's distance matrices (the recipe of
prdc), and with FAISS' exact index for the radii and NumPy for the rest."""

import time

import numpy as np

sets = {}


def load(path, rows, cols):
    if path not in sets:
        sets[path] = np.fromfile(path, dtype=np.float32).reshape(2, rows, cols)
    return sets[path]


def metrics(inside_real, inside_generated, k):
    return {
        "precision": float(inside_real.any(axis=0).mean()),
        "recall": float(inside_generated.any(axis=1).mean()),
        "density": float(inside_real.sum(axis=0).mean() / k),
        "coverage": float(inside_real.any(axis=1).mean()),
    }


def with_sklearn(real, generated, k):
    from sklearn.metrics import pairwise_distances

    def radii(x):
        distances = pairwise_distances(x, x, metric="euclidean", n_jobs=8)
        nearest = np.argpartition(distances, k + 1, axis=-1)[..., : k + 1]
        return np.take_along_axis(distances, nearest, axis=-1).max(axis=-1)

    real_radii, generated_radii = radii(real), radii(generated)
    distances = pairwise_distances(real, generated, metric="euclidean", n_jobs=8)
    return metrics(distances < real_radii[:, None], distances < generated_radii[None], k)


def with_faiss(real, generated, k):
    import faiss

    def radii(x):
        index = faiss.IndexFlatL2(x.shape[1])
        index.add(x)
        return index.search(x, k + 1)[0][:, k]

    real_radii, generated_radii = radii(real), radii(generated)
    squares = (real**2).sum(1)[:, None] + (generated**2).sum(1)[None] - 2 * (real @ generated.T)
    return metrics(squares < real_radii[:, None], squares < generated_radii[None], k)


def run(path, rows, cols, k, method):
    """`path`: real and generated samples, rows x cols float32 values each, row-major."""
    real, generated = load(path, rows, cols)
    start = time.perf_counter()
    result = {"sklearn": with_sklearn, "faiss": with_faiss}[method](real, generated, k)
    return {"seconds": time.perf_counter() - start, **result}
