// What a store says of its study, and whether that is the study at hand.

import { MadloopError } from '../../base/errors.js';
import {
  differences,
  identityOf,
  type MadeBy,
  type StudyContent,
  studyContent,
} from '../definition/study-identity.js';
import type { StudyPlan } from '../definition/study-plan.js';
import type { ShardChoice } from './shards.js';
import { DamagedStore, leftAsItIs } from './sqlite.js';
import type { StoreSql } from './store-sql.js';

/** Everything about a study but its cells, as a store holds it. */
export interface StoreSettings {
  readonly name: string;
  readonly title: string;
  readonly identity: string;
  /** What enters results, for people. */
  readonly content: StudyContent;
  readonly madeBy: MadeBy;
  readonly choice: ShardChoice;
  readonly document: {
    readonly axes: StudyPlan['axes'];
    readonly fixed: StudyPlan['fixed'];
    readonly relativeError: number;
    readonly seed: string;
    readonly method: StudyPlan['method'];
  };
  readonly created: string;
}

export function settingsOf(plan: StudyPlan, madeBy: MadeBy, choice: ShardChoice): StoreSettings {
  const { name, title, axes, fixed, relativeError, seed, method } = plan;
  const content = studyContent(plan);
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
    document: { axes, fixed, relativeError, seed: String(seed), method },
  };
}

export function writeSettings(sql: StoreSql, settings: StoreSettings): void {
  for (const [name, value] of Object.entries(settings)) {
    sql.putSetting(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
}

export function readSettings(sql: StoreSql): StoreSettings {
  const settings = sql.settings();
  const text = (name: keyof StoreSettings): string => {
    const value = settings.get(name);
    if (value === undefined) throw new DamagedStore(`the ${name} of the study is missing`);
    return value;
  };
  const value = <Name extends keyof StoreSettings>(name: Name): StoreSettings[Name] => JSON.parse(text(name));
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
