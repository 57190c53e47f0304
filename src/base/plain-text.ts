/**
 * Text from elsewhere (a file, another program) as a terminal may have it: what a terminal would obey (control characters) or
 * what would make it show the text in another order (marks of writing direction) stands there as "\u001b". Characters in
 * `kept`, such as "\n" in text of several lines, stay.
 */
export function plainText(text: string, kept = ''): string {
  return text.replace(obeyed, (character) =>
    kept.includes(character) ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

// Line and paragraph separators end a line for some readers.
const obeyed = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
