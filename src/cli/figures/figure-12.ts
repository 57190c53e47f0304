// The paper's Figure 12: where synthetic data help, over lambda and n_s, for three counts of real samples.

import { axisLabel } from '../../charts/axis-scale.js';
import { heatMapSpecification } from '../../charts/heat-map.js';
import { studyLayout } from '../../charts/study-layout.js';
import { tableText } from '../table.js';
import type { StudyFigure } from './study-figure.js';
import { thresholdTexts } from './threshold-table.js';

export const figure12: StudyFigure = {
  number: '12',
  studies: [
    {
      name: 'figure-12',
      title: 'Figure 12: n_e / n_r over lambda and n_s',
      dim: 100,
      real: [100, 250, 1000],
      lambda: '0.1:1:19',
      synthetic: '10:10000:20:log',
    },
  ],
  chart: ([study]) =>
    heatMapSpecification(study!, {
      title: 'How many synthetic samples help, by number of real ones nᵣ',
      subtitle: ['fresh data loop, d = 100; line: nₑ = nᵣ. Blue: worth more than the real samples alone'],
    }),
  table: ([study]) => {
    const { x, y, panels } = studyLayout(study!);
    const shown = x.values.map((_, i) => i).filter((i) => i % 2 === 0);
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
