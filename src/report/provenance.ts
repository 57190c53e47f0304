import { element, type Markup } from '../charts/markup.js';
import type { StudyDocument } from '../studies/definition/study-document.js';

/** What a study was made from, and by what. */
export function provenanceOf(
  parameters: readonly (readonly [name: string, value: string])[],
  { madloop, instructionSet, created }: StudyDocument['provenance'],
): Markup {
  const rows = [
    ...parameters,
    ['made by', `madloop ${madloop}, instruction set ${instructionSet}`] as const,
    ['begun', created] as const,
  ];
  return element(
    'details',
    {},
    element('summary', {}, 'Parameters and provenance'),
    element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
  );
}
