import type { Markup } from '../charts/markup.js';

/** JSON that can stand inside a script element: nothing in it ends the element, or a line of old JavaScript. */
export function embeddedJson(value: unknown): Markup {
  const json = JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return { markup: json };
}
