import { describe, mustError } from '../../base/check.js';

/** What a shell would expand or obey where it stands unquoted; "~" and "#" at the beginning of a word alone. */
const special = new Set('|&;<>()$`*?[\n\r');
const specialAtBeginning = new Set('~#');
/** What a backslash takes its meaning from within double quotes. */
const escapable = new Set('$`"\\');

/**
 * The words of a command as a POSIX shell splits it: quotes and backslashes mean what they mean there. No shell is run, so what it
 * would expand or obey must be quoted: anything else would not be what it looks like. Throws ERR_INVALID_INPUT.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function shellWords(where: string, argument: string, command: string): string[] {
  const text = command.trim();
  const must = (requirement: string) => mustError(where, argument, requirement, describe(command));
  const mustQuote = (at: number) =>
    must(
      `have ${JSON.stringify(text[at])} (character ${at + 1}) in single quotes, as no shell is run; ` +
        "sh -c '...' runs one",
    );
  const words: string[] = [];
  let word: string | undefined; // undefined between words
  let quoted = false; // whether any of the word is
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]!;
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'") {
      const end = text.indexOf("'", i + 1);
      if (end < 0) throw must(`close the quote ' of character ${i + 1}`);
      word = (word ?? '') + text.slice(i + 1, end);
      quoted ||= words.length === 0;
      i = end;
    } else if (character === '"') {
      const begin = i;
      word ??= '';
      quoted ||= words.length === 0;
      for (i += 1; text[i] !== '"'; i += 1) {
        if (i >= text.length) throw must(`close the quote " of character ${begin + 1}`);
        if (text[i] === '$' || text[i] === '`') throw mustQuote(i);
        if (text[i] === '\\' && text[i + 1] === '\n') i += 1;
        else {
          if (text[i] === '\\' && escapable.has(text[i + 1] ?? '')) i += 1;
          word += text[i];
        }
      }
    } else if (character === '\\') {
      i += 1;
      if (i >= text.length) throw must('have a character after its last backslash');
      if (text[i] !== '\n') word = (word ?? '') + text[i];
    } else {
      const isSpecial = special.has(character) || (word === undefined && specialAtBeginning.has(character));
      if (isSpecial) throw mustQuote(i);
      if (character === '=' && words.length === 0 && !quoted && /^[A-Za-z_]\w*$/.test(word ?? ''))
        throw must(`begin with a program (env ${word}=... PROGRAM sets a variable)`);
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0 || words[0] === '') throw must('be a program and its arguments');
  return words;
}
