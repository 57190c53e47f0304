// What tells curves and cells apart beside their colour, as SVG paths that begin where they stand.

/** Circle, square, triangle, diamond, cross, triangle downwards: a curve is known by the shape of its points too. */
export const pointShapes = [
  'm-4,0a4,4 0 1 0 8,0a4,4 0 1 0 -8,0z',
  'm-3.5,-3.5h7v7h-7z',
  'm0,-4.5l4.5,8h-9z',
  'm0,-5l5,5l-5,5l-5,-5z',
  'm-1.5,-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z',
  'm0,4.5l4.5,-8h-9z',
];

/** Solid, dashed, dotted, dashed and dotted in turn: patterns of lines. */
export const dashes: readonly (string | undefined)[] = [undefined, '6 3', '2 2', '8 3 2 3'];

/** A cross at the foot of a chart: a point without a number. */
export const missingPoint = 'm-3,-3l6,6m-6,0l6,-6';

/** Marks in the middle of the cells of a map, so that nothing is said by colour alone. */
export const cellMarks = {
  stroke: 'm-2,2l4,-4',
  ring: 'm-1.5,0a1.5,1.5 0 1 0 3,0a1.5,1.5 0 1 0 -3,0',
  cross: 'm-2,-2l4,4m-4,0l4,-4',
  dash: 'm-2,0h4',
  square: 'm-1.5,-1.5h3v3h-3z',
} as const;

/** Around the middle of a cell. */
export const pointCircle = 'm-6,0a6,6 0 1 0 12,0a6,6 0 1 0 -12,0';

export type CellMark = keyof typeof cellMarks;
