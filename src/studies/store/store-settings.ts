// What a store says of its study, and whether that is the study at hand.

import { MadloopError } from '../../base/errors.js';
import type { AnyStudyPlan } from '../definition/any-study.js';
import type { LoopStudyPlan } from '../definition/loop-study.js';
import {
  differences,
  digestOf,
  identityOf,
  loopKey,
  loopStudyContent,
  type MadeBy,
  type StudyContent,
  studyContent,
} from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { ShardChoice } from './shards.js';
import { DamagedStore, leftAsItIs } from './sqlite.js';
import type { StoreSql } from './store-sql.js';

/** What a study of limit points is, for its readers. */
export interface LimitDescription extends Pick<StudyPlan, 'axes' | 'fixed' | 'relativeError' | 'method'> {
  readonly seed: string;
}

/** The same of a study of loops. */
export interface LoopDescription extends Pick<LoopStudyPlan, 'kind' | 'axes' | 'fixed' | 'replicates'> {
  readonly seed: string;
  /** Of the parameters of all cells, which the store has in a table. */
  readonly digest: string;
}

/** Everything about a study but its cells, as a store holds it. */
export interface StoreSettings<
  Description extends LimitDescription | LoopDescription = LimitDescription | LoopDescription,
> {
  readonly name: string;
  readonly title: string;
  readonly identity: string;
  /** What enters results, for people. */
  readonly content: StudyContent;
  readonly madeBy: MadeBy;
  readonly choice: ShardChoice;
  readonly document: Description;
  readonly created: string;
}

export function settingsOf(plan: AnyStudyPlan, madeBy: MadeBy, choice: ShardChoice): StoreSettings {
  const { name, title } = plan;
  const content = plan.kind === 'loop' ? loopStudyContent(plan) : studyContent(plan);
  return {
    ...{
      name,
      title,
      identity: identityOf(content),
      content,
      madeBy,
      choice,
      created: new Date().toISOString(),
    },
    document: descriptionOf(plan),
  };
}

function descriptionOf(plan: AnyStudyPlan): LimitDescription | LoopDescription {
  const seed = String(plan.seed);
  if (plan.kind === 'limit') {
    const { axes, fixed, relativeError, method } = plan;
    return { axes, fixed, relativeError, seed, method };
  }
  const { kind, axes, fixed, replicates, cells } = plan;
  return {
    kind,
    axes,
    fixed,
    replicates,
    seed,
    digest: digestOf(cells.map(({ parameters }) => loopKey(parameters))),
  };
}

export function writeSettings(sql: StoreSql, settings: StoreSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    sql.putSetting(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

/** The settings of a store, whose kind the caller knows (`sql.kind`). */
export function readSettings<Description extends LimitDescription | LoopDescription>(
  sql: StoreSql,
): StoreSettings<Description> {
  const settings = sql.settings();
  const text = (name: keyof StoreSettings): string => {
    const value = settings.get(name);
    if (value === undefined) throw new DamagedStore(`the ${name} of the study is missing`);
    return value;
  };
  const value = <Name extends keyof StoreSettings>(name: Name): StoreSettings<Description>[Name] =>
    JSON.parse(text(name));
  return {
    ...{ name: text('name'), title: text('title'), identity: text('identity'), created: text('created') },
    ...{ content: value('content'), madeBy: value('madeBy'), choice: value('choice') },
    document: value('document'),
  };
}

/** Throws ERR_STORE with every difference, old -> new, unless the store is of this study, engine and part. */
export function checkSettings(where: string, path: string, old: StoreSettings, now: StoreSettings): void {
  const comparable = ({ content, madeBy, choice }: StoreSettings): StudyContent => ({
    ...content,
    ...{ madloop: madeBy.madloop, 'instruction set': madeBy.instructionSet },
    shard: `${choice.shard} of ${choice.shards}`,
  });
  const found = differences(comparable(old), comparable(now));
  if (found.length === 0) return;
  const hint =
    old.madeBy.instructionSet === now.madeBy.instructionSet
      ? ''
      : `\n  (MADLOOP_CPU=${old.madeBy.instructionSet} uses the instruction set of the store)`;
  const other = "\n  (the option 'store' names another file, where both are to be kept)";
  throw new MadloopError(
    'ERR_STORE',
    `${where}: ${path} is the store of another study or engine${leftAsItIs}:\n  ${found.join('\n  ')}${hint}${other}`,
  );
}
