// Many damaged stores, used in processes of their own: what must not happen is that one ends its process.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { outcomeOf, startScript } from '../support/child.js';

/** One damaged store: the files of `folder`, the bytes of one of them changed. */
export interface Damage {
  readonly folder: string;
  /** Which file: the store itself, or its write-ahead log. */
  readonly ending: '' | '-wal';
  /** Positions of bytes, and what each is combined with (exclusive or). */
  readonly flips: readonly (readonly [number, number])[];
}

export interface Verdicts {
  /** Damages whose process died. */
  readonly aborts: readonly number[];
  /** What was handed out and is not in the store that was damaged, or was refused without a type. */
  readonly wrong: readonly string[];
  /** Uses that were refused, of each damaged store. */
  readonly refused: readonly number[];
  /** Uses that were tried, of all. */
  readonly uses: number;
}

const dist = new URL('../../dist/studies/', import.meta.url).href;

// `expected.json` of the folder is what is in its store: cells, status, and what a run goes on from.
const script = (list: string): string => `
const [{ readStore, readStatus }, { mergeStores }, { StudyStore }, { resolveStudy }] = await Promise.all([
  import('${dist}store/read-store.js'), import('${dist}store/merge-stores.js'), import('${dist}store/study-store.js'),
  import('${dist}definition/study-plan.js'),
]);
const [fs, { isDeepStrictEqual }, { createHash }] = await Promise.all([
  import('node:fs'), import('node:util'), import('node:crypto'),
]);
const { damages, first, store } = JSON.parse(fs.readFileSync(${JSON.stringify(list)}, 'utf8'));
const say = (text) => fs.writeSync(1, text + '\\n');
const clean = () => {
  for (const ending of ['', '-wal', '-shm', '-journal', '-lock']) fs.rmSync(store + ending, { force: true });
  fs.rmSync(store + '.merged', { force: true });
};
const hash = () => createHash('sha256').update(fs.readFileSync(store)).digest('hex');
for (let index = first; index < damages.length; index += 1) {
  const { folder, ending, flips } = damages[index];
  const { study, status, content, definition, madeBy, result, withLog } = JSON.parse(fs.readFileSync(folder + '/expected.json', 'utf8'));
  const prepare = () => {
    clean();
    for (const name of withLog ? ['', '-wal'] : ['']) fs.copyFileSync(folder + '/store' + name, store + name);
    const bytes = fs.readFileSync(store + ending);
    for (const [position, mask] of flips) bytes[position] ^= mask;
    fs.writeFileSync(store + ending, bytes);
  };
  prepare();
  const before = hash();
  // A log whose end is lost leaves an earlier state: cells that were finished later wait again.
  const sameCells = (cells) => cells.length === study.cells.length && cells.every((cell, i) => {
    const known = study.cells[i];
    return isDeepStrictEqual(cell, known) || (withLog && isDeepStrictEqual(cell, { parameters: known.parameters, at: known.at, result: null }));
  });
  const sameStudy = ({ cells, ...rest }) => {
    const { cells: known, ...all } = study;
    return isDeepStrictEqual(rest, all) && sameCells(cells);
  };
  const uses = {
    read: async () => sameStudy(await readStore('read', store)),
    status: async () => {
      const found = JSON.parse(JSON.stringify(await readStatus('status', store)));
      return isDeepStrictEqual(found, status) || (withLog && found.cells === status.cells && found.done <= status.done);
    },
    merge: async () => {
      await mergeStores('merge', [store], store + '.merged');
      return sameStudy(await readStore('read', store + '.merged'));
    },
    run: async () => {
      const { store: open, content: found } = await StudyStore.open('run', store, resolveStudy('run', definition), madeBy, { shards: 1, shard: 0 });
      const chains = [...found.chains].map(([cell, portions]) => [cell, portions.map(({ first, count, sums }) => [first, count, [...sums]])]);
      const same = withLog || isDeepStrictEqual({ counts: found.counts, waiting: found.waiting, chains }, content);
      try {
        const finished = found.waiting.map((unique) => ({ unique, result }));
        open.commit({ finished, refused: [], chains: [], fraction: 1, secondsLeft: 0 });
      } finally {
        open.close('finished');
      }
      const { cells } = await readStore('read', store);
      return same && cells.every((cell, i) => {
        const known = study.cells[i];
        return isDeepStrictEqual(cell, known) || (cell.error === undefined && isDeepStrictEqual(cell.result, result));
      });
    },
  };
  for (const [name, use] of Object.entries(uses)) {
    say(index + ' ' + name);
    let refused = false;
    try {
      if (!(await use())) say('wrong ' + index + ' ' + name + ': other values');
    } catch (error) {
      refused = true;
      if (error.code !== 'ERR_STORE') say('wrong ' + index + ' ' + name + ': ' + error.stack);
      if (/left as it is/.test(error.message) && hash() !== before) say('wrong ' + index + ' ' + name + ': not left as it is: ' + error.message);
    }
    say((refused ? 'refused ' : 'taken ') + index);
    if (name === 'run' || withLog) prepare();
  }
}
clean();
say('end');
`;

/** Every use of every damaged store. A process that dies is followed by one that goes on behind it. */
export async function useDamaged(damages: readonly Damage[], scratch: string): Promise<Verdicts> {
  const aborts: number[] = [];
  const wrong: string[] = [];
  const refused = damages.map(() => 0);
  let uses = 0;
  let first = 0;
  const own = mkdtempSync(`${scratch}/use-`);
  for (;;) {
    const list = `${own}/damages.json`;
    writeFileSync(list, JSON.stringify({ damages, first, store: `${own}/damaged.sqlite` }));
    const child = startScript(script(list));
    const { output, errors } = await outcomeOf(child);
    const lines = output.trim().split('\n');
    wrong.push(...lines.filter((line) => line.startsWith('wrong')));
    for (const [, outcome, index] of output.matchAll(/^(refused|taken) (\d+)$/gm)) {
      if (outcome === 'refused') refused[Number(index)]! += 1;
      uses += 1;
    }
    if (lines.at(-1) === 'end') return { aborts, wrong, refused, uses };
    const last = lines.findLast((line) => /^\d+ /.test(line));
    if (last === undefined) throw new Error(`no damage was tried: ${errors}`);
    aborts.push(Number.parseInt(last, 10));
    wrong.push(`${last}: the process died: ${errors.slice(0, 300)}`);
    first = Number.parseInt(last, 10) + 1;
  }
}
