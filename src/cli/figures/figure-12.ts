// The paper's Figure 12: where synthetic data help, over lambda and n_s, for three counts of real samples.

import { admissibleMap, thresholdTable } from './admissible-map.js';
import type { StudyFigure } from './study-figure.js';

export const figure12: StudyFigure = {
  number: '12',
  studies: [
    {
      name: 'figure-12',
      title: 'Figure 12: nₑ / nᵣ over λ and nₛ',
      dim: 100,
      real: [100, 250, 1000],
      lambda: '0.1:1:19',
      synthetic: '10:10000:20:log',
    },
  ],
  chart: ([study]) => admissibleMap(study!, 'How many synthetic samples help, by number of real ones nᵣ'),
  table: ([study]) => thresholdTable(study!, 2),
};
