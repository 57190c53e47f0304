// What SVG documents written by hand have in common.

/** The font that renderPng has. */
export const fontFamily = 'DejaVu Sans';

export function escapedText(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
