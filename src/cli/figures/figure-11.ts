// The paper's Figure 11: where synthetic data help, over n_r and n_s, for three sampling biases.

import { admissibleMap, thresholdTable } from './admissible-map.js';
import type { StudyFigure } from './study-figure.js';

export const figure11: StudyFigure = {
  number: '11',
  studies: [
    {
      name: 'figure-11',
      title: 'Figure 11: nₑ / nᵣ over nᵣ and nₛ',
      dim: 100,
      lambda: [0.7, 0.85, 1],
      real: '100:1000:20:log',
      synthetic: '100:10000:20:log',
    },
  ],
  chart: ([study]) => admissibleMap(study!, 'How many synthetic samples help, by sampling bias λ'),
  table: ([study]) => thresholdTable(study!, 3),
};
