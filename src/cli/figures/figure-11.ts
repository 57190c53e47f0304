// The paper's Figure 11: where synthetic data help, over n_r and n_s, for three sampling biases.

import { axisLabel } from '../../charts/axis-scale.js';
import { heatMapSpecification } from '../../charts/heat-map.js';
import { studyLayout } from '../../charts/study-layout.js';
import { tableText } from '../table.js';
import type { StudyFigure } from './study-figure.js';
import { thresholdTexts } from './threshold-table.js';

export const figure11: StudyFigure = {
  number: '11',
  studies: [
    {
      name: 'figure-11',
      title: 'Figure 11: n_e / n_r over n_r and n_s',
      dim: 100,
      lambda: [0.7, 0.85, 1],
      real: '100:1000:20:log',
      synthetic: '100:10000:20:log',
    },
  ],
  chart: ([study]) =>
    heatMapSpecification(study!, {
      title: 'How many synthetic samples help, by sampling bias λ',
      subtitle: ['fresh data loop, d = 100; line: nₑ = nᵣ. Blue: worth more than the real samples alone'],
    }),
  table: ([study]) => {
    const { x, y, panels } = studyLayout(study!);
    const shown = x.values.map((_, i) => i).filter((i) => i % 3 === 0 || i === x.values.length - 1);
    const rows = panels.map((panel) => {
      const thresholds = thresholdTexts(panel, y);
      return [panel.label, ...shown.map((i) => thresholds[i]!)];
    });
    return [
      'The most synthetic samples per generation with which n_e >= n_r, interpolated between cells:',
      tableText(['', ...shown.map((i) => axisLabel(x.axis, x.values[i]!))], rows),
    ].join('\n');
  },
};
