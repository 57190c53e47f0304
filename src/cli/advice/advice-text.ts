// The answer of `madloop advise`, for reading in 80 columns.

import type {
  Advice,
  Answer,
  LeastReal,
  LeftOut,
  Range,
  SyntheticThreshold,
  Threshold,
  Verdict,
  Worth,
} from '../../advice/advice.js';
import { usualDetector } from '../../advice/levers.js';
import { lambdaText, numberText, rangeEnds } from '../../charts/numbers.js';
import { leastVariance } from '../../limits/stationary-variance.js';
import { flagName } from '../terminal/flags.js';
import { shownLambda } from '../terminal/loop-words.js';
import { tableText, wrapped } from '../terminal/table.js';

/**
 * The answer on one screen: what was asked, the verdict, the numbers, what one could change, what hangs on d and lambda. `guidance` is
 * what lambda was given by, if by that.
 */
export function adviceText(advice: Advice, guidance?: number): string {
  const answers = answersOf(advice);
  const blocks = [
    questionText(advice, guidance),
    ...answers.map((answer) => verdictText(advice, answer, answers.length > 1)),
    ...(answers.length > 1 ? [betweenText] : []),
    ...answers.map((answer) => collapseText(answer, answers.length > 1)),
    numbersTable(advice, answers),
    heldFixedText(advice),
    leversTable(advice),
    ...(advice.verdict === 'none' ? [] : [sensitivityTable(advice)]),
    ...answers.map((answer) => leftOutText(answer, answers.length > 1)),
    `${advice.caveat} ${freshText}`,
  ];
  return blocks
    .filter((block) => block !== '')
    .map((block) => (block.includes('\n') ? block : wrapped(block)))
    .join('\n\n');
}

const betweenText = 'Of data that are not isotropic the truth lies between the two.';

const freshText =
  'Fresh real samples are new ones in each generation; of the same ones again and again the answer can be the opposite: madloop ess --variant synthetic-augmentation.';

export function answersOf(advice: Advice): Answer[] {
  return advice.atEffectiveRank === undefined ? [advice] : [advice, advice.atEffectiveRank];
}

function questionText(advice: Advice, guidance: number | undefined): string {
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
    `${count(real)} fresh real and ${count(synthetic)} synthetic samples (${shareText(syntheticShare)} of all) in each generation${models}, ` +
    `lambda ${shownLambda(lambda, guidance)}, d = ${count(dim)}${rank}, ${how}.${detector}`
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

function verdictText({ inputs, levers }: Advice, answer: Answer, several: boolean): string {
  const { dim, verdict, effectiveSampleSize, ratio, variance } = answer;
  const isTold = !Number.isNaN(ratio);
  const worth = isTold
    ? `in the long run as good as ${size(effectiveSampleSize)} real samples, ${part(ratio, 4)} of your ${count(inputs.real)}`
    : 'in the long run as good as fewer than 2 real samples, the fewest that have a distance to compare with';
  const unfiltered = several ? undefined : levers.find(({ lever }) => lever === 'no detector');
  const withoutDetector =
    unfiltered === undefined
      ? ''
      : ` Without the detector: as good as ${size(unfiltered.effectiveSampleSize)}, ${part(unfiltered.ratio, 4)}.`;
  const says: Readonly<Record<Verdict, string>> = {
    helps: worth,
    hurts: worth,
    undecided: `${worth}, which may be either side of ${isTold ? 1 : `your ${count(inputs.real)}`}`,
    collapsed: `the loop leaves ${numberText(variance, 3)} of the variance of the data, standard deviations ${numberText(Math.sqrt(variance), 3)} of theirs`,
    none: 'there is nothing to judge; below is what they would do',
  };
  return `${several ? `d = ${count(dim)}: ` : ''}${verdictsInWords[verdict]}: ${says[verdict]}.${withoutDetector}`;
}

/** Whether the model collapses, and how much of the variance is lost. */
function collapseText({ dim, variance }: Answer, several: boolean): string {
  const lost = 1 - variance;
  const left = `${shareText(lost)} of the variance of the data is lost`;
  const cut = `; what leaves less than ${shareText(leastVariance)} of it counts as collapsed`;
  const says =
    variance < leastVariance
      ? `Yes: ${left}${cut}.`
      : lost > 0.5
        ? `No, but most of the variance is gone: ${left}${cut}.`
        : lost < 1e-6
          ? 'No: the variance of the data is kept.'
          : `No: ${left}.`;
  return `${several ? `d = ${count(dim)}: does` : 'Does'} it collapse? ${says}`;
}

/** What the numbers of samples in the table are beside. */
function heldFixedText({ inputs: { real, synthetic, heldShare } }: Advice): string {
  const beside =
    heldShare === undefined
      ? `beside these ${count(synthetic)} synthetic ones`
      : `at ${shareText(heldShare)} synthetic`;
  return `(numbers of synthetic samples: beside your ${count(real)} real ones; of real samples: ${beside})`;
}

/** In so many digits that no part reads as the whole. */
function shareText(share: number): string {
  const digits = share < 1 ? Math.max(3, 2 - Math.floor(Math.log10(1 - share))) : 3;
  return `${numberText(100 * share, digits)} %`;
}

/** A column for each answer. */
function numbersTable({ inputs }: Advice, answers: readonly Answer[]): string {
  const hasShare = inputs.heldShare !== undefined;
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
    [
      range,
      ({ threshold }) => (threshold?.bounded === 'yes' ? wholeRangeText(rangeOf(threshold), Math.floor) : ''),
    ],
    ['least synthetic ones without harm', ({ threshold }) => leastSynthetic(threshold)],
    [range, ({ threshold }) => leastSyntheticRange(threshold)],
    [
      answers.every(({ threshold }) => threshold?.bounded === 'none')
        ? 'synthetic samples that harm least'
        : 'best number of synthetic samples',
      ({ bestSynthetic }) => best(bestSynthetic),
    ],
    [
      hasShare ? 'least real samples, same share' : 'least real samples without harm',
      ({ leastReal, verdict }) =>
        verdict === 'none'
          ? ''
          : hasShare
            ? leastRealOfShare(leastReal)
            : bound(leastReal, leastReal?.real, Math.ceil),
    ],
    [
      hasShare ? 'real samples to make up, same share' : 'real samples to make up for these',
      ({ realToMakeUp }) =>
        hasShare && realToMakeUp?.bounded === 'none'
          ? 'none at this share'
          : bound(realToMakeUp, realToMakeUp?.real, Math.ceil),
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
    : wholeRangeText([low, high], Math.ceil);
}

/** The band of the deterministic method, or the interval of Monte Carlo. */
const rangeOf = ({ band, interval }: { band?: Range; interval: Range }): Range => band ?? interval;

/** Where a collapse decides, or there is nothing to estimate, no range is left. */
function rangeText(range: Range): string {
  return range[0] === range[1] ? 'exact' : rangeEnds(range, 5, endText).join(' to ');
}

const endText = (end: number, digits: number): string =>
  end < 1e7 || end >= 1e15
    ? numberText(end, digits)
    : Number(end.toPrecision(digits)).toLocaleString('en-US', { maximumFractionDigits: 10 });

/** Of counts, their whole numbers; where these are the same, so many digits that the ends are not. */
function wholeRangeText([low, high]: Range, whole: (samples: number) => number): string {
  const ends = [size(whole(low)), size(whole(high))];
  return ends[0] === ends[1] ? rangeText([low, high]) : ends.join(' to ');
}

function bound(
  threshold: Threshold | null,
  samples: number | undefined,
  whole: (samples: number) => number,
): string {
  if (threshold === null || samples === undefined) return '';
  return { none: 'none', unbounded: 'any', yes: size(whole(samples)) }[threshold.bounded];
}

/** At a fixed share few real samples can do without harm what many cannot: one side says nothing of the other. */
function leastRealOfShare(found: LeastReal | null): string {
  if (found === null || found.bounded === 'yes') return bound(found, found?.real, Math.ceil);
  return found.bounded === 'none' ? 'none above yours' : 'any below yours';
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
    ...[count(real), count(synthetic), lambdaText(lambda), size(worth.effectiveSampleSize)],
    `${part(worth.ratio, 3)} ${marks[worth.verdict]}`,
  ];
  const { truePositiveRate, falsePositiveRate } = usualDetector;
  const detector = levers.some(({ lever }) => lever === 'a detector')
    ? `\n(a detector: leaves out ${100 * truePositiveRate} % of the synthetic and ${100 * falsePositiveRate} % of the real samples)`
    : '';
  const rows = [row('as it is', inputs, asItIs), ...levers.map((lever) => row(lever.lever, lever, lever))];
  const heads = ['change'.padEnd(18), 'real', 'synthetic', 'lambda', 'n_e', `/ ${count(inputs.real)}  `];
  const meaning = wrapped(
    `(/ ${count(inputs.real)}: over the real samples that you have; + or -: whether the synthetic ones help or hurt beside the real ones of that row)`,
  );
  return `${tableText(heads, rows)}\n${meaning}${detector}`;
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
  return `${title}\n${tableText(['d', ...lambdas.map(lambdaText)], rows)}${note}`;
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
  realToMakeUp: 'real samples to make up for the harm',
  bestSynthetic: 'best number of synthetic samples',
  levers: 'what changes would buy',
  sensitivity: 'other d and lambda',
};

/** A ratio of effective sample sizes, which has no value below two samples. */
const part = (ratio: number, digits: number): string =>
  Number.isNaN(ratio) ? 'less' : numberText(ratio, digits);

/** A count with its thousands set apart, all digits of it: who asks again with the number shown must get its answer. */
function count(samples: number): string {
  return samples < 1e15 ? Math.round(samples).toLocaleString('en-US') : numberText(samples, 7);
}

/** A number of samples that need not be whole. */
function size(samples: number): string {
  return Number.isNaN(samples)
    ? 'below 2'
    : samples === Number.POSITIVE_INFINITY
      ? 'above 1e15'
      : samples < 1e7
        ? numberText(samples, 4)
        : count(samples);
}
