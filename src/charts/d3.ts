// The d3 modules that charts are drawn with. They are loaded when the first chart is drawn, not when madloop is imported;
// require, because drawing is synchronous, and import() is not.

import { requirePackage } from '../base/package-files.js';

export const d3 = {
  get scale() {
    return requirePackage('d3-scale') as typeof import('d3-scale');
  },
  get shape() {
    return requirePackage('d3-shape') as typeof import('d3-shape');
  },
  get scaleChromatic() {
    return requirePackage('d3-scale-chromatic') as typeof import('d3-scale-chromatic');
  },
};
