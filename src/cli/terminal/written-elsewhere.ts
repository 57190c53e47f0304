// What people bring from other programs, in the words of this one: names of flags, and ways to write numbers.

/** The w of guidance, where others have a scale. */
const asScale = { flag: '--guidance', means: 'w = scale - 1: 6.5 for a scale of 7.5' };
const asTruncation = { flag: '--truncation', means: 'the truncation factor' };

const flagsElsewhere: Readonly<Record<string, { readonly flag: string; readonly means: string }>> = {
  '--guidance-scale': asScale,
  '--guidance_scale': asScale,
  '--cfg-scale': asScale,
  '--cfg_scale': asScale,
  '--cfg': asScale,
  '--truncation-psi': asTruncation,
  '--psi': asTruncation,
};

/** Below the error of an unknown flag, what it is called here, if the command has it. */
export function withFlagHere(message: string, flags: readonly string[]): string {
  const [first, given = ''] = /^.*unknown option '([^'=]+)[^\n]*/.exec(message) ?? [];
  const here = Object.hasOwn(flagsElsewhere, given) ? flagsElsewhere[given] : undefined;
  if (first === undefined || here === undefined || !flags.includes(here.flag)) return message;
  return `${first}\n(${here.flag} is ${here.means})`;
}

/** An error of a number that is written as elsewhere says how it is written here: "10,000", "10k", "30 %", a share of 30. */
export function withNumberHere(message: string): string {
  const [, subject = '', requirement = '', got = ''] =
    /^(.*--[\w-]+) must be ((?:an? )?(?:[\w-]+ )?(?:integer|number)\b.*), got (.+)$/su.exec(message) ?? [];
  const text = /^"(.*)"$/su.exec(got)?.[1];
  const hint = text === undefined ? shareHint(subject, requirement, Number(got)) : textHint(text);
  return hint === undefined ? message : `${message}: ${hint}`;
}

const sharesByName = /(?:share|fraction|confidence|margin|rate)$/;

function shareHint(subject: string, requirement: string, value: number): string | undefined {
  const isShare = sharesByName.test(subject) && /(?:\bto (?:1|0\.9+)|below 1)\b/.test(requirement);
  return isShare && value > 1 && value <= 100 ? percentHint(value) : undefined;
}

const percentHint = (percent: number): string => `${Number((percent / 100).toPrecision(12))} for ${percent} %`;

const powers: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

function textHint(text: string): string | undefined {
  const [, percent] = /^(\d+(?:\.\d+)?) ?%$/.exec(text) ?? [];
  if (percent !== undefined) return percentHint(Number(percent));
  const [, count, power = ''] = /^(\d+(?:\.\d+)?) ?([kmb])$/i.exec(text) ?? [];
  if (count !== undefined) return `write ${numberHere(Number(count) * powers[power.toLowerCase()]!)}`;
  if (/^[1-9]\d{0,2}(?:([,_' ])\d{3})(?:\1\d{3})*(?:\.\d+)?$/.test(text))
    return `write ${numberHere(Number(text.replace(/[,_' ]/g, '')))}`;
  return /^\d+,\d+$/.test(text) ? `write ${text.replace(',', '.')}` : undefined;
}

/** "10000 or 1e4" */
function numberHere(value: number): string {
  const short = value.toExponential().replace('+', '');
  return short.length < String(value).length ? `${value} or ${short}` : String(value);
}
