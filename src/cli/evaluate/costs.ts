// How long each metric takes, so that progress goes evenly through all of them: seconds of one core of a machine with AVX2, fitted
// to samples of 300 to 20,000 rows and 16 to 2,048 columns. What counts is how they compare.

/** Of a side; without rows for statistics. */
export interface Sizes {
  readonly rows: number | undefined;
  readonly cols: number;
}

interface Sides {
  readonly real: Sizes;
  readonly generated: Sizes;
}

const rowsOf = ({ rows = 0 }: Sizes): number => rows;

/** One distance: a product of factors, each with as many columns as there are rows where these are fewer. */
function distanceSeconds({ real, generated }: Sides): number {
  const { cols } = real;
  const rank = ({ rows = cols }: Sizes) => Math.min(rows, cols);
  return 2e-10 * cols * rank(real) * rank(generated);
}

/** All moments of the rows. */
function momentsSeconds({ real, generated }: Sides): number {
  return 2e-10 * (rowsOf(real) + rowsOf(generated)) * real.cols ** 2;
}

// Blocks of about so many rows of either side.
const blockRows = 1_000;

export const costOf = {
  /** 20 distances for each side that is a sample. */
  frechetDistance(sides: Sides): number {
    const sampled = [sides.real, sides.generated].filter(({ rows }) => rows !== undefined).length;
    return Math.max(1, 20 * sampled) * distanceSeconds(sides) + momentsSeconds(sides);
  },
  frechetDistanceInfinity(sides: Sides): number {
    return 45 * distanceSeconds(sides) + 2 * momentsSeconds(sides);
  },
  kernelDistance({ real, generated }: Sides): number {
    const [a, b] = [rowsOf(real), rowsOf(generated)];
    const blocks = Math.max(1, Math.floor(Math.min(a, b) / blockRows));
    return ((a + b) ** 2 / blocks) * (2.6e-11 * real.cols + 1.8e-9);
  },
  precisionRecall({ real, generated }: Sides): number {
    return (rowsOf(real) + rowsOf(generated)) ** 2 * (1.9e-11 * real.cols + 1e-9);
  },
};
