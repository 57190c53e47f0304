// Matrices and statistics in files, as `madloop/files` and from the package's face.

export { type ReadMatrixOptions, readMatrix, writeMatrix } from './matrix-file.js';
export { type MomentsOfFileOptions, momentsOfFile } from './moments-of-file.js';
export { mergeStatistics, type Statistics, type StatisticsContent } from './statistics.js';
export { type ReadStatisticsOptions, readStatistics, writeStatistics } from './statistics-file.js';
