/** How far a limit point of method 'deterministic' can be trusted: measured against Monte Carlo, not proved. */
export interface DeterministicAccuracy {
  /** Order of magnitude of the relative error of `distance`: 0.3 dispersion / dim, which holds for every cell measured. */
  readonly relativeError: number;
  /** v = E[tr Sigma^2] / (d sigma^2) - 1 with E[Sigma] = sigma I: the relative variance of the eigenvalues. */
  readonly dispersion: number;
  /** Whether the cell lies where the accuracy was measured: dispersion at most 1, dim at least 10. */
  readonly measured: boolean;
}

/** The estimate of a limit point, with all that tells how it was made. */
export interface LimitPoint {
  /** lim E[distance]: the paper's WD(n_r, n_s, lambda), eq. (3). */
  readonly distance: number;
  /** Standard error of `distance`. NaN for method 'deterministic', which has none. */
  readonly standardError: number;
  /** 95 % interval of `distance`; NaN for method 'deterministic'. */
  readonly interval: readonly [number, number];
  /** Generations simulated in all, burn-in included. */
  readonly generations: number;
  /** Independent chains that were simulated. */
  readonly chains: number;
  /** Generations at the start of each chain that are not counted. */
  readonly burnIn: number;
  /** 1 / (1 - rho), rho the spectral radius of the recursion of the first moments: generations. */
  readonly relaxationTime: number;
  /** Control variates with exactly known expectations that were used. */
  readonly controls: number;
  /** By what factor they reduced the variance of `distance`. */
  readonly varianceReduction: number;
  /**
   * Whether the distance has no fourth moment, so that its standard error is itself most uncertain, and `interval` made wider: with
   * two or three real samples beside synthetic ones, in the main. False for method 'deterministic'.
   */
  readonly heavyTails: boolean;
  readonly method: 'monte-carlo' | 'deterministic';
  /** How far the deterministic limit may be off; given by method 'deterministic' alone, in the place of a standard error. */
  readonly accuracy?: DeterministicAccuracy;
}
