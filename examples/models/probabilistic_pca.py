"""Probabilistic principal components as a generative model, with NumPy only (Tipping & Bishop 1999).

x = mean + W z + noise, z ~ N(0, I) of few components, noise ~ N(0, sigma^2 I): the maximum-likelihood W and sigma in closed
form. lambda scales the variance of z and of the noise, as it does for any model with a Gaussian latent.
"""

import sys

import numpy as np
from madloop_model import serve

COMPONENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 2


def fit(data, seed, threads):
    mean = data.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(data, rowvar=False))
    rest, kept = values[:-COMPONENTS], values[-COMPONENTS:]
    noise = max(rest.mean(), 0.0)
    weights = vectors[:, -COMPONENTS:] * np.sqrt(np.maximum(kept - noise, 0.0))
    return mean, weights, np.sqrt(noise)


def sample(fitted, count, lambda_, seed):
    mean, weights, noise = fitted
    random = np.random.default_rng(seed)
    latent = random.standard_normal((count, COMPONENTS))
    remainder = random.standard_normal((count, len(mean)))
    return mean + np.sqrt(lambda_) * (latent @ weights.T + noise * remainder)


if __name__ == "__main__":
    serve(fit, sample)
