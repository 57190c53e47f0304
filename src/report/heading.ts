import { axisSymbol } from '../charts/study-axes.js';

/** What stands above a study: its title and, where nobody has given one, so that it is the study's name, what was studied. */
export function headingOf(
  { name, title }: { readonly name: string; readonly title: string },
  what: string,
  axes: readonly string[],
): string {
  if (title !== name) return title;
  const over = axes.length === 0 ? '' : ` over ${axes.map(axisSymbol).join(', ')}`;
  return `${title}: ${what}${over}`;
}
