// How wide a text is about, in the font of the charts: what stands beside it must know before anybody draws it.

// Widths of letters in DejaVu Sans over the font's size.
const classes: readonly (readonly [letters: RegExp, width: number])[] = [
  [/[iIjl.,:;|'!]/u, 0.32],
  [/[ftr()/ \-ᵣₛₑᵢₙ]/u, 0.4],
  [/[mwMWOQ@%±=+<>≥≤≫]/u, 0.87],
  [/[A-ZÀ-ÞΑ-Ω]/u, 0.7],
];

/** The width of a text in the document's units. */
export function textWidth(text: string, fontSize: number): number {
  let width = 0;
  for (const letter of text) width += classes.find(([letters]) => letters.test(letter))?.[1] ?? 0.63;
  return width * fontSize;
}
