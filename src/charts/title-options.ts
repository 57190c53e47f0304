// The options that every chart has.

import { list, string } from '../base/options.js';

export const titleOptions = {
  title: string().or('', 'none').doc('above the chart'),
  subtitle: list(string())
    .allow('array of strings')
    .or(() => [], 'none')
    .doc('lines below the title'),
};
