// HTML and SVG as text, with everything that is not markup escaped.

/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element. Attributes that are undefined or false are left out, true ones have no value; text among the children is escaped. */
export function element(
  name: string,
  attributes: Attributes,
  ...children: readonly (Markup | string)[]
): Markup {
  const written = Object.entries(attributes).map(([key, value]) => {
    if (value === undefined || value === false) return '';
    return value === true ? ` ${key}` : ` ${key}="${escaped(attributeText(value))}"`;
  });
  const start = `<${name}${written.join('')}>`;
  if (voidElements.has(name)) return { markup: start };
  return { markup: `${start}${children.map(markupOf).join('')}</${name}>` };
}

/** Several pieces one after the other. */
export function together(...pieces: readonly (Markup | string)[]): Markup {
  return { markup: pieces.map(markupOf).join('') };
}

const voidElements = new Set(['input', 'meta']);

function markupOf(piece: Markup | string): string {
  return typeof piece === 'string' ? escaped(piece) : piece.markup;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Coordinates to a hundredth of a unit: more is not seen. */
function attributeText(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value);
}
