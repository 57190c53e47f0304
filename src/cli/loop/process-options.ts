// `madloop loop --process`: a program of the user's as the model.

import { mustError } from '../../base/check.js';
import { checkLambdaRange, unitRange } from '../../base/lambda.js';
import { boolean, checked, integer, numberOrText, type ValuesOf } from '../../base/options.js';
import { autophagousLoopOptions } from '../../loops/loop-options.js';
import { changedPrograms, changeOf, type Programs } from '../../models/process-model/command.js';
import { type ProcessModel, processModel } from '../../models/process-model/process-model.js';
import { timeLimit } from '../../models/time-limit.js';

export interface ChosenCommand {
  readonly process?: readonly string[] | undefined;
}

const isOutside = ({ process }: ChosenCommand): boolean => process !== undefined;
const without = "without the option 'process'";

/** What makes a loop of such a model what it is. */
export const processOptions = {
  programSha256: checked(
    'SHA-256 of the files that the command names',
    (
      where,
      _,
      value,
      { programs = {}, anyProgram }: { programs?: Programs | undefined; anyProgram?: boolean },
    ) => {
      const changed = changedPrograms(value, programs);
      if (changed.length === 0 || anyProgram) return programs;
      const requirement = `name the files that the result was made with (the option 'anyProgram' takes others)`;
      const found = changed.map((file) => changeOf(file, programs));
      throw mustError(where, 'process', requirement, found.join(', '));
    },
  )
    .or(({ programs = {} }: { programs?: Programs | undefined }) => programs)
    .only(isOutside, without),
  lambdaRange: checked('two numbers, `[least, most]`, around 1', (where, argument, value) =>
    checkLambdaRange(where, argument, typeof value === 'string' ? value.split(',').map(numberOrText) : value),
  )
    .or(unitRange, '0,1')
    .doc('the lambdas that it can sample with')
    .flag('<least>,<most>', (text) => text)
    .only(isOutside, without),
  metricSamples: autophagousLoopOptions.metricSamples
    .doc('samples of each generation that its distance and moments are taken from')
    .only(isOutside, without),
};

/** What changes nothing of it. */
export const processSettings = {
  processes: integer(1)
    .or(1)
    .doc('replicates that run at a time, each with a process of its own')
    .only(isOutside, without),
  startLimit: timeLimit.or(60).doc('until a process answers').flag('<s>').only(isOutside, without),
  fitLimit: timeLimit.doc('that a fit may take').flag('<s>').only(isOutside, without),
  sampleLimit: timeLimit.doc('that a sample may take').flag('<s>').only(isOutside, without),
  anyProgram: boolean()
    .or(false)
    .doc('go on with a run, or repeat a result, although files that the command names have changed')
    .flag('')
    .only(isOutside, without),
};

/** The model that the options describe; `name` is what messages call it. */
export function outsideModel(
  name: string,
  command: readonly string[],
  { lambdaRange, startLimit, fitLimit, sampleLimit }: ValuesOf<typeof processOptions & typeof processSettings>,
): ProcessModel {
  const timeLimits = { start: startLimit, fit: fitLimit, sample: sampleLimit };
  return processModel({ name, command, lambdaRange, timeLimits });
}
