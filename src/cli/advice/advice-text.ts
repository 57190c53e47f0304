// The answer of `madloop advise`, for reading in 80 columns.

import type {
  Advice,
  Answer,
  LeftOut,
  Range,
  SyntheticThreshold,
  Threshold,
  Verdict,
  Worth,
} from '../../advice/advice.js';
import { usualDetector } from '../../advice/levers.js';
import { numberText } from '../../charts/numbers.js';
import { flagName } from '../terminal/flags.js';
import { tableText, wrapped } from '../terminal/table.js';

/** The answer on one screen: what was asked, the verdict, the numbers, what one could change, what hangs on d and lambda. */
export function adviceText(advice: Advice): string {
  const answers = answersOf(advice);
  const blocks = [
    questionText(advice),
    ...answers.map((answer) => verdictText(advice, answer, answers.length > 1)),
    ...(answers.length > 1 ? [betweenText] : []),
    numbersTable(answers),
    leversTable(advice),
    ...(advice.verdict === 'none' ? [] : [sensitivityTable(advice)]),
    ...answers.map((answer) => leftOutText(answer, answers.length > 1)),
    advice.caveat,
  ];
  return blocks
    .filter((block) => block !== '')
    .map((block) => (block.includes('\n') ? block : wrapped(block)))
    .join('\n\n');
}

const betweenText = 'Of data that are not isotropic the truth lies between the two.';

export function answersOf(advice: Advice): Answer[] {
  return advice.atEffectiveRank === undefined ? [advice] : [advice, advice.atEffectiveRank];
}

function questionText(advice: Advice): string {
  const { inputs, dim, atEffectiveRank } = advice;
  const { real, synthetic, syntheticShare, lambda, memory, kept, truePositiveRate, falsePositiveRate } = inputs;
  const rank = atEffectiveRank === undefined ? '' : ` (effective rank ${atEffectiveRank.dim})`;
  const models = memory === 1 ? '' : `, from the last ${memory} models`;
  const detector =
    truePositiveRate === 0 && falsePositiveRate === 0
      ? ''
      : ` A detector leaves ${count(kept.real)} and ${count(kept.synthetic)} of them.`;
  const answers = answersOf(advice);
  const hows = answers.map((answer) => `by ${methodInWords(answer)}`);
  const how =
    new Set(hows).size === 1
      ? hows[0]!
      : answers.map((answer, i) => `for d = ${count(answer.dim)} ${hows[i]}`).join(', and ');
  return (
    `${count(real)} fresh real and ${count(synthetic)} synthetic samples (${numberText(100 * syntheticShare, 3)} % of all) in each generation${models}, ` +
    `lambda ${numberText(lambda, 3)}, d = ${count(dim)}${rank}, ${how}.${detector}`
  );
}

function methodInWords({ method, why = '', measured }: Answer): string {
  if (method === 'deterministic')
    return `the deterministic method${measured ? '' : ', whose accuracy is not measured there'}`;
  return `Monte Carlo (${why === 'precise' ? flagName(why) : why === 'method' ? `${flagName(why)} monte-carlo` : why})`;
}

const verdictsInWords: Readonly<Record<Verdict, string>> = {
  helps: 'HELPS',
  hurts: 'HURTS',
  undecided: 'UNDECIDED',
  collapsed: 'COLLAPSED',
  none: 'NO SYNTHETIC SAMPLES',
};

function verdictText({ inputs }: Advice, answer: Answer, several: boolean): string {
  const { dim, verdict, effectiveSampleSize, ratio, variance } = answer;
  const worth = `in the long run as good as ${size(effectiveSampleSize)} real samples, ${part(ratio, 4)} of your ${count(inputs.real)}`;
  const says: Readonly<Record<Verdict, string>> = {
    helps: worth,
    hurts: worth,
    undecided: `${worth}, which may be either side of 1`,
    collapsed: `the loop leaves ${numberText(variance, 3)} of the variance of the data, standard deviations ${numberText(Math.sqrt(variance), 3)} of theirs`,
    none: 'there is nothing to judge; below is what they would do',
  };
  return `${several ? `d = ${count(dim)}: ` : ''}${verdictsInWords[verdict]}: ${says[verdict]}.`;
}

/** A column for each answer. */
function numbersTable(answers: readonly Answer[]): string {
  const range = `  its ${rangesOf(answers)}`;
  const rows: [string, (answer: Answer) => string][] = [
    ['effective sample size n_e', ({ effectiveSampleSize }) => size(effectiveSampleSize)],
    ['n_e / n_r', ({ ratio }) => part(ratio, 4)],
    [range, (answer) => rangeText(rangeOf(answer))],
    ['distance / d (1: shrunk to its mean)', ({ collapse }) => numberText(collapse, 3)],
    ['variance left (1: that of the data)', ({ variance }) => numberText(variance, 3)],
    [
      'most synthetic samples without harm',
      ({ threshold }) => bound(threshold, threshold?.synthetic, Math.floor),
    ],
    [range, ({ threshold }) => (threshold?.bounded === 'yes' ? wholeRangeText(rangeOf(threshold)) : '')],
    ['least synthetic ones without harm', ({ threshold }) => leastSynthetic(threshold)],
    [range, ({ threshold }) => leastSyntheticRange(threshold)],
    ['best number of synthetic samples', ({ bestSynthetic }) => best(bestSynthetic)],
    [
      'least real samples without harm',
      ({ leastReal, verdict }) => (verdict === 'none' ? '' : bound(leastReal, leastReal?.real, Math.ceil)),
    ],
    [
      'real samples to make up for these',
      ({ realToMakeUp }) => bound(realToMakeUp, realToMakeUp?.real, Math.ceil),
    ],
  ];
  const heads = answers.length === 1 ? ['value'] : answers.map(({ dim }) => `d = ${count(dim)}`);
  const shown = rows.map(([label, text]) => [label.padEnd(labelWidth), ...answers.map(text)]);
  return tableText(
    [''.padEnd(labelWidth), ...heads],
    shown.filter(([, ...cells]) => cells.some((cell) => cell !== '')),
  );
}

const labelWidth = 36;

/** What the rows of ranges hold. */
function rangesOf(answers: readonly Answer[]): string {
  const isUnmeasured = answers.some(({ measured }) => !measured);
  const kinds = answers.map(({ method }) =>
    method === 'monte-carlo' ? '95 % interval' : isUnmeasured ? 'band (not measured)' : 'band',
  );
  return [...new Set(kinds)].join(' or ');
}

/** Beside a detector that leaves out real samples. */
function leastSynthetic(threshold: SyntheticThreshold | null): string {
  return threshold === null || threshold.from === 0 ? '' : size(Math.ceil(threshold.from));
}

function leastSyntheticRange(threshold: SyntheticThreshold | null): string {
  if (leastSynthetic(threshold) === '') return '';
  const { fromBand, fromInterval } = threshold!;
  const [low, high] = fromBand ?? fromInterval;
  if (Number.isNaN(low)) return 'not found';
  return high === Number.POSITIVE_INFINITY
    ? `${size(Math.ceil(low))} or never`
    : `${size(Math.ceil(low))} to ${size(Math.ceil(high))}`;
}

/** The band of the deterministic method, or the interval of Monte Carlo. */
const rangeOf = ({ band, interval }: { band?: Range; interval: Range }): Range => band ?? interval;

function rangeText([low, high]: Range): string {
  return `${numberText(low, 5)} to ${numberText(high, 5)}`;
}

/** Of the largest counts: their integer parts. */
function wholeRangeText([low, high]: Range): string {
  return `${size(Math.floor(low))} to ${size(Math.floor(high))}`;
}

function bound(
  threshold: Threshold | null,
  samples: number | undefined,
  whole: (samples: number) => number,
): string {
  if (threshold === null || samples === undefined) return '';
  return { none: 'none', unbounded: 'any', yes: size(whole(samples)) }[threshold.bounded];
}

function best(synthetic: number | null): string {
  if (synthetic === null) return '';
  return synthetic === Number.POSITIVE_INFINITY ? 'more are better' : count(synthetic);
}

function leversTable({ levers, inputs, ...asItIs }: Advice): string {
  if (levers.length === 0) return '';
  const row = (
    lever: string,
    { real, synthetic, lambda }: { real: number; synthetic: number; lambda: number },
    worth: Worth,
  ): string[] => [
    lever.padEnd(18),
    ...[count(real), count(synthetic), numberText(lambda, 3), size(worth.effectiveSampleSize)],
    `${part(worth.ratio, 3)} ${marks[worth.verdict]}`,
  ];
  const { truePositiveRate, falsePositiveRate } = usualDetector;
  const detector = levers.some(({ lever }) => lever === 'a detector')
    ? `\n(a detector: leaves out ${100 * truePositiveRate} % of the synthetic and ${100 * falsePositiveRate} % of the real samples)`
    : '';
  const rows = [row('as it is', inputs, asItIs), ...levers.map((lever) => row(lever.lever, lever, lever))];
  const heads = ['change'.padEnd(18), 'real', 'synthetic', 'lambda', 'n_e', `/ ${count(inputs.real)}  `];
  return tableText(heads, rows) + detector;
}

const marks: Readonly<Record<Verdict, string>> = {
  helps: '+',
  hurts: '-',
  undecided: '?',
  collapsed: 'x',
  none: ' ',
};

function sensitivityTable({ sensitivity }: Advice): string {
  if (sensitivity === null) return '';
  const { dims, lambdas, cells } = sensitivity;
  const rows = dims.map((dim, i) => [
    count(dim),
    ...cells[i]!.map((cell) => (cell === null ? '' : cellText(cell))),
  ]);
  const isAllMeasured = cells.flat().every((cell) => cell === null || cell.measured);
  const note = isAllMeasured ? '' : '\n(~: the accuracy of the method is not measured there)';
  const title = 'n_e / n_r over d (down), lambda (across): + helps, - hurts, ? open, x collapsed';
  return `${title}\n${tableText(['d', ...lambdas.map((lambda) => `${numberText(lambda, 3)}  `)], rows)}${note}`;
}

/** To three digits, or two where nobody knows how far it is off. */
function cellText({ ratio, verdict, measured }: Worth): string {
  return `${measured ? part(ratio, 3) : `~${part(ratio, 2)}`} ${marks[verdict]}`;
}

function leftOutText({ leftOut, dim }: Answer, several: boolean): string {
  if (leftOut.length === 0) return '';
  const parts = leftOut.map(({ part, reason }) => `${partsInWords[part]}, ${reasonInWords(reason)}`);
  return `Left out${several ? ` for d = ${count(dim)}` : ''}: ${parts.join('; ')}.`;
}

/** Without the name of a function, options as flags. */
function reasonInWords(reason: string): string {
  return reason.replace(/^\w+: /, '').replace(/\b(?:precise|relativeError)\b/g, flagName);
}

const partsInWords: Readonly<Record<LeftOut['part'], string>> = {
  threshold: 'most synthetic samples without harm',
  leastReal: 'least real samples without harm',
  realToMakeUp: 'real samples to make up for these',
  bestSynthetic: 'best number of synthetic samples',
  levers: 'what changes would buy',
  sensitivity: 'other d and lambda',
};

/** A ratio of effective sample sizes, which has no value below two samples. */
const part = (ratio: number, digits: number): string =>
  Number.isNaN(ratio) ? 'less' : numberText(ratio, digits);

/** A count with its thousands set apart. */
function count(samples: number): string {
  return numberText(samples, 7);
}

/** A number of samples that need not be whole. */
function size(samples: number): string {
  return Number.isNaN(samples)
    ? 'below 2'
    : samples === Number.POSITIVE_INFINITY
      ? 'above 1e15'
      : numberText(samples, 4);
}
