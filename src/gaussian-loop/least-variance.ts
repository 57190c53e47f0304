/** Below this part of the data's variance (standard deviations below 0.3) a model has as good as shrunk to its mean: it is collapsed. */
export const leastVariance = 0.09;
