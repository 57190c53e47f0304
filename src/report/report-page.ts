// A report: studies as one HTML page that needs nothing else. It opens from a disk, loads nothing, and holds its data.
//
// Charts are SVG, and a small script (assets/report/page.js) adds what moves, and what keyboards and screen
// readers reach; what is drawn is there without any script, on paper too.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { packageFile } from '../base/package-files.js';
import { element, type Markup, together } from '../charts/markup.js';
import { fixedText, numberText, rangeEnds, withError } from '../charts/numbers.js';
import { isCollapsed, leastVariance, stationaryVariance } from '../limits/stationary-variance.js';
import type { AnyStudyDocument } from '../studies/definition/any-study.js';
import { embeddedJson } from './embedded-json.js';
import { loopStudySection } from './loop-study-section.js';
import { columnsOfStudy, studyOfColumns } from './study-columns.js';
import { studySection } from './study-section.js';

/** The page as text. */
export function reportPage(studies: readonly AnyStudyDocument[]): string {
  const style = asset('page.css');
  // Numbers read in the page as they do in its charts, and studies come out as they went in.
  const verdicts = `const leastVariance = ${leastVariance};\n${stationaryVariance}\n${isCollapsed}`;
  const script = `${numberText}\n${fixedText}\n${withError}\n${rangeEnds}\n${studyOfColumns}\n${verdicts}\n${asset('page.js')}`;
  // Nothing but this style, this script and the pictures in the page: neither can a title of a study bring a script along, nor the page load anything.
  const policy = `default-src 'none'; img-src data:; style-src '${hash(style)}'; script-src '${hash(script)}'; base-uri 'none'; form-action 'none'`;
  const title = studies.map((study) => study.title).join(', ');
  // Of loops everything is in the page as it is; the script is for the others.
  const ofLimits = studies.filter((study) => study.kind !== 'loop');
  const page = element(
    'html',
    { lang: 'en' },
    element(
      'head',
      {},
      element('meta', { charset: 'utf-8' }),
      element('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
      element('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      element('meta', { name: 'color-scheme', content: 'light dark' }),
      element('title', {}, title),
      element('style', {}, { markup: style }),
    ),
    element(
      'body',
      {},
      element('h1', {}, studies.length === 1 ? 'Study report' : `Report of ${studies.length} studies`),
      ...(ofLimits.length > 0 ? [introduction()] : []),
      ...studies.map((study, index) =>
        study.kind === 'loop' ? loopStudySection(study, index) : studySection(study, ofLimits.indexOf(study)),
      ),
      element('noscript', {}, 'Values, tables and sliders need JavaScript; the charts do not.'),
      element(
        'script',
        { type: 'application/json', id: 'studies' },
        embeddedJson(ofLimits.map(columnsOfStudy)),
      ),
      element('script', { type: 'module' }, { markup: script }),
    ),
  );
  return `<!DOCTYPE html>\n${page.markup}\n`;
}

function introduction(): Markup {
  return element(
    'p',
    { class: 'introduction' },
    together(
      'A Gaussian model is fitted, generation after generation, to real samples of a Gaussian distribution and to samples of the models ',
      'before it, drawn with sampling bias λ (1: unbiased). The ',
      element('b', {}, 'limit point'),
      ' is the expected squared Wasserstein-2 distance to the real distribution that this comes to; the ',
      element('b', {}, 'effective sample size'),
      ' nₑ is the number of real samples that alone would do as well. What holds for Gaussians need not hold for other models. ',
      'Intervals are 95 %.',
    ),
  );
}

function asset(name: string): string {
  return readFileSync(packageFile(`assets/report/${name}`), 'utf8');
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
