/** The estimate of a limit point, with all that tells how it was made. */
export interface LimitPoint {
  /** lim E[distance]: the paper's WD(n_r, n_s, lambda), eq. (3). */
  readonly distance: number;
  /** Of `distance`. NaN for method 'deterministic', which has none. */
  readonly standardError: number;
  /** 95 %. */
  readonly interval: readonly [number, number];
  /** Generations simulated in all, burn-in included. */
  readonly generations: number;
  /** Independent chains. */
  readonly chains: number;
  /** Generations at the start of each chain that are not counted. */
  readonly burnIn: number;
  /** 1 / (1 - rho), rho the spectral radius of the recursion of the first moments: generations. */
  readonly relaxationTime: number;
  /** Control variates with exactly known expectations that were used. */
  readonly controls: number;
  /** By what factor they reduced the variance of `distance`. */
  readonly varianceReduction: number;
  readonly method: 'monte-carlo' | 'deterministic';
}
