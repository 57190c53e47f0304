// The charts for users: `import { lineChart } from 'madloop/charts'`.

export type { AxisKind } from './axis-scale.js';
export type { Quantity } from './cell-state.js';
export type { Chart } from './chart.js';
export { heatMap } from './heat-map.js';
export type { HeatMap, HeatMapPanel, MapAxis, MapColours } from './heat-map-data.js';
export { lineChart, lineCharts } from './line-chart.js';
export type { Curve, CurvePoint, Level, LineChart, LineCharts } from './line-chart-data.js';
export { type LoopCurveOptions, type LoopGeneration, loopCurve } from './loop-curve.js';
export { type LoopStudyChartOptions, loopStudyCurves, loopStudyMap } from './loop-study-charts.js';
export type { CellMark } from './marks.js';
export { type SampleLine, type SampleSheetOptions, sampleSheet } from './sample-sheet.js';
export { type StudyChartOptions, studyCurves, studyMap } from './study-charts.js';
