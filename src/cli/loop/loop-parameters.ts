import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { describe, mustError } from '../../base/check.js';
import { MadloopError } from '../../base/errors.js';
import { limitPointOptions, limitVariants } from '../../limits/parameters.js';

/** Values as they were given, by parameter name; the library checks them. */
export type GivenParameters = Record<string, unknown>;

// One table for flags, help (`ofLimits` where limit points have fewer choices), and what a parameter file may hold. Numbers are given by name of the field they go to.
const parameters: readonly { name: string; flag: string; help: string; ofLimits?: string; text?: true }[] = [
  {
    name: 'variant',
    flag: '--variant <variant>',
    help: 'fully-synthetic, synthetic-augmentation, fresh-data (default) or combined',
    ofLimits: `${limitVariants[0]} (default) or ${limitVariants[1]}`,
    text: true,
  },
  { name: 'dim', flag: '--dim <d>', help: 'dimension of the real distribution N(0, I)' },
  { name: 'data', flag: '--data <file.npy>', help: 'take real samples from these rows instead', text: true },
  {
    name: 'heldOut',
    flag: '--held-out <rows>',
    help: 'rows of the data kept for measuring (default: a fifth)',
  },
  {
    name: 'initial',
    flag: '--initial <n>',
    help: 'real samples behind generation 1 (default: as many as later)',
  },
  { name: 'real', flag: '--real <n>', help: 'real samples in each generation' },
  {
    name: 'realFixed',
    flag: '--real-fixed <n>',
    help: 'combined: real samples that every generation sees (default 0)',
  },
  {
    name: 'realFresh',
    flag: '--real-fresh <n>',
    help: 'combined: new real samples in each generation (default 0)',
  },
  { name: 'synthetic', flag: '--synthetic <n>', help: 'synthetic samples in each generation' },
  { name: 'lambda', flag: '--lambda <x>', help: 'sampling bias, 0 to 1 (default 1: none)' },
  { name: 'memory', flag: '--memory <n>', help: 'past models that synthetic samples come from (default 1)' },
  {
    name: 'pool',
    flag: '--pool <pool>',
    help: 'synthetic samples kept: latest (default), accumulate or subsample',
    text: true,
  },
  {
    name: 'subsample',
    flag: '--subsample <n>',
    help: 'training samples drawn with that pool (default: as many as initial)',
  },
  {
    name: 'model',
    flag: '--model <model>',
    help: 'with --data: gaussian (default), gmm, kde or bootstrap',
    text: true,
  },
  { name: 'components', flag: '--components <k>', help: 'of the gmm' },
  {
    name: 'covariance',
    flag: '--covariance <form>',
    help: "of the gmm's components: full (default), tied, diagonal or spherical",
    text: true,
  },
  {
    name: 'bandwidth',
    flag: '--bandwidth <h>',
    help: 'of the kde: scott (default), silverman, or a number in units of the data',
  },
  {
    name: 'divisor',
    flag: '--divisor <divisor>',
    help: "of the gaussian's covariances: unbiased (default) or mle",
    text: true,
  },
  {
    name: 'metrics',
    flag: '--metrics <names>',
    help:
      'with --data, separated by commas: distance, meanNormSquared, trace (default: these); ' +
      'frechetDistance, precision, recall, density, coverage, variance of samples',
    text: true,
  },
  {
    name: 'image',
    flag: '--image <HxW>',
    help: 'with --data: rows are images of this height and width, of which loop-samples.svg and .png show some',
    text: true,
  },
  { name: 'generations', flag: '--generations <n>', help: 'default 20' },
  { name: 'replicates', flag: '--replicates <n>', help: 'runs to average over (default 100; with --data 10)' },
  { name: 'seed', flag: '--seed <n>', help: 'decides every random number (default 0)', text: true },
  {
    name: 'relativeError',
    flag: '--relative-error <x>',
    help: 'largest standard error as a fraction of the distance (default 0.001)',
  },
  {
    name: 'method',
    flag: '--method <method>',
    help: 'monte-carlo (default), or deterministic: the large-d limit, without standard errors',
    text: true,
  },
  { name: 'engine', flag: '--engine <engine>', help: 'moments (default) or samples; same law', text: true },
];

/** The parameters of a limit point, and of its effective sample size, that have flags: all but the reference. */
const limitPointParameterNames: readonly string[] = [
  ...Object.keys(limitPointOptions).filter((name) => name !== 'reference'),
  'method',
];

/** The parameters of `madloop loop`. */
export const loopParameterNames = parameters
  .map(({ name }) => name)
  .filter((name) => name !== 'relativeError' && name !== 'method');

/** The flags of `madloop loop`, in the table's order. */
export function loopFlags(): Option[] {
  return parameters
    .filter(({ name }) => loopParameterNames.includes(name))
    .map(({ flag, help, text }) => parameterFlag(flag, help, text));
}

/** The flags of `madloop limit` and `madloop ess`, in the table's order. */
export function limitPointFlags(): Option[] {
  return parameters
    .filter(({ name }) => limitPointParameterNames.includes(name))
    .map(({ flag, help, ofLimits, text }) => parameterFlag(flag, ofLimits ?? help, text));
}

function parameterFlag(flag: string, help: string, text: true | undefined): Option {
  const option = new Option(flag, help);
  return text ? option : option.argParser(numberOrText);
}

/** A number where the text is one; other text stays, for the check to quote. */
function numberOrText(text: string): number | string {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? text : value;
}

/** The parameters among parsed flags. */
export function givenByFlags(flags: Readonly<Record<string, unknown>>): GivenParameters {
  const given: GivenParameters = {};
  for (const { name } of parameters) if (flags[name] !== undefined) given[name] = flags[name];
  return given;
}

/** A file's parameters, and where it is a result, what made it. */
export interface ParameterFile {
  readonly parameters: GivenParameters;
  readonly madloop?: unknown;
  readonly instructionSet?: unknown;
}

/** Reads a parameter file: a JSON object of parameters, or a result that `madloop <command>` wrote. */
export async function readParameterFile(path: string, command: string): Promise<ParameterFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // A file that is not there is wrong usage, unlike one that fails while it is written.
    throw new MadloopError('ERR_INVALID_INPUT', `cannot read ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new MadloopError('ERR_INVALID_INPUT', `${path} is not JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (!isObject(content))
    throw mustError(path, 'the document', 'be an object of parameters', describe(content));
  if ('madloop' in content && isObject(content.parameters)) {
    const { madloop, instructionSet } = content;
    if (content.command !== command)
      throw mustError(path, 'command', `be '${command}'`, JSON.stringify(content.command));
    return { parameters: content.parameters, madloop, instructionSet };
  }
  return { parameters: content };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
