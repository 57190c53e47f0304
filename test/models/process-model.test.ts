import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import type { Matrix } from '../../src/base/shapes.js';
import { autophagousLoop } from '../../src/loops/autophagous-loop.js';
import { type ProcessModel, processModel } from '../../src/models/process-model/process-model.js';
import { gaussianReference } from '../../src/references/gaussian-reference.js';
import { outcomeOf, startScript } from '../support/child.js';
import { expectRejection, expectThrow, rejection } from '../support/rejection.js';

const generator = fileURLToPath(new URL('generator.mjs', import.meta.url));
const data = matrix(Float64Array.of(1, 2, 3, 4, 5, 6), 3, 2);
const loop = {
  variant: 'fresh-data',
  reference: gaussianReference({ dim: 2 }),
  real: 5,
  synthetic: 5,
  generations: 4,
  metrics: [],
} as const;

let log: string;
let folder: string;
let models: ProcessModel[];

beforeEach(() => {
  log = mkdtempSync(join(tmpdir(), 'madloop-test-log-'));
  folder = mkdtempSync(join(tmpdir(), 'madloop-test-work-'));
  models = [];
});

afterEach(async () => {
  for (const model of models) await model.close();
  rmSync(log, { recursive: true });
  rmSync(folder, { recursive: true });
});

type Options = Partial<Parameters<typeof processModel>[0]>;

/** The test's generator, which misbehaves in one command. */
function generating(misbehaviour = '', when = '', options: Options = {}): ProcessModel {
  const command = [process.execPath, generator, misbehaviour, when];
  const model = processModel({ name: 'generator', command, env: { TEST_LOG: log }, folder, ...options });
  models.push(model);
  return model;
}

/** Every process that a generator of this test was, or started. */
function processIds(): number[] {
  return readdirSync(log)
    .filter((name) => name.endsWith('.pids'))
    .flatMap((name) => readFileSync(join(log, name), 'utf8').split(' ').map(Number));
}

/** Whether a process runs; one that has ended but was not waited for does not, and is a zombie if it is ours. */
function state(id: number): string | undefined {
  try {
    return /\) (.)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))![1];
  } catch {
    return undefined;
  }
}

/** Expects `count` processes to have been there, all of them to be gone, and their working folders with them. */
async function expectNothingLeft(count: number): Promise<void> {
  const ids = processIds();
  expect(ids).toHaveLength(count);
  // The kernel is given a moment to take down what was killed, and its new parent to wait for it.
  // Orphans are waited for by process 1, if it does that: a zombie of ours would have this process as its parent.
  const left = () => ids.filter((id) => state(id) !== undefined && !isOrphanedZombie(id));
  const files = () => readdirSync(folder);
  for (let i = 0; i < 50 && left().length + files().length > 0; i += 1) await delay(10);
  expect([left(), files()]).toEqual([[], []]);
}

function isOrphanedZombie(id: number): boolean {
  const [, status, parent] = /\) (.) (\d+)/.exec(readFileSync(`/proc/${id}/stat`, 'utf8')) ?? [];
  return status === 'Z' && Number(parent) !== process.pid;
}

const requests = () =>
  readFileSync(join(log, 'requests'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('the protocol', () => {
  test('says what it is, and passes everything on', async () => {
    const model = generating();
    const fitted = await model.fit(data, { seed: 2n ** 64n - 1n, threads: 3 });
    const drawn = await fitted.sample(4, { lambda: 0.25, seed: '12', threads: 2 });
    expect([drawn.rows, drawn.cols]).toEqual([4, 2]);
    await model.close();
    const [start, fit, sample, ...rest] = requests();
    expect(rest).toEqual([]);
    expect(start).toEqual({
      protocol: 'madloop-model',
      version: 1,
      id: 1,
      command: 'start',
      folder: expect.stringContaining(join(folder, 'madloop-model-')),
    });
    expect(fit).toEqual({
      id: 2,
      command: 'fit',
      data: expect.stringMatching(/^\/.*\.npy$/),
      model: expect.any(String),
      seed: '18446744073709551615',
      threads: 3,
    });
    expect(sample).toEqual({
      id: 3,
      command: 'sample',
      model: fit.model,
      count: 4,
      lambda: 0.25,
      seed: '12',
      threads: 2,
      output: expect.stringMatching(/^\/.*\.npy$/),
    });
  });

  test('one process has several models, one file at a time, and requests at the same time wait for their turn', async () => {
    const model = generating();
    const larger = matrix(new Float64Array(400_000), 200_000, 2); // written later than the other
    const [first, second] = await Promise.all([model.fit(larger), model.fit(data)]);
    await Promise.all([first.sample(2), second.sample(3), first.sample(4)]);
    expect(processIds()).toHaveLength(2); // one, and its child
    const [work] = readdirSync(folder);
    expect(readdirSync(join(folder, work!))).toEqual([]);
    const all = requests();
    expect(all.map(({ command }) => command)).toEqual(['start', 'fit', 'fit', 'sample', 'sample', 'sample']);
    const [a, b] = [all[1].model, all[2].model];
    expect(a).not.toBe(b);
    expect(all.slice(3).map(({ model: name, count }) => [name, count])).toEqual([
      [a, 2],
      [b, 3],
      [a, 4],
    ]);
  });

  test('has models forgotten that nobody can sample any more', async () => {
    const model = generating();
    const kept = await model.fit(data);
    await (async () => void (await model.fit(data)))();
    for (let i = 0; i < 100 && requests().length < 4; i += 1) {
      globalThis.gc!();
      await delay(10);
    }
    const [, , lost, forget] = requests();
    expect(forget).toMatchObject({ command: 'forget', model: lost.model });
    expect((await kept.sample(2)).rows).toBe(2);
  });
});

describe('a process that fails', () => {
  const cases: [string, string, RegExp, string?][] = [
    ['exit', 'start', /start: .* ended with exit code 3; its standard error ends with:\n[\s\S]*the last word$/],
    ['exit', 'fit', /fit: the process .*generator\.mjs exit fit ended with exit code 3; [\s\S]*the last word$/],
    ['exit', 'sample', /sample: .* ended with exit code 3; /],
    ['die', 'fit', /fit: .* was ended by SIGKILL$/],
    ['print', 'fit', /must write answers to its standard output and nothing else, got "Epoch 1"$/],
    ['flood', 'fit', /must answer in less than 65536 characters$/],
    ['refuse', 'fit', /generator: fit: the process refused: out of ideas$/],
    ['confuse', 'sample', /must answer request 3, got an answer to 4$/],
    ['version', 'start', /must speak protocol "madloop-model" version 1, got "madloop-model" version 2$/],
    ['vague', 'fit', /must answer with ok true or false, got "yes"$/],
    ['shape', 'sample', /generator: sample must return a 5 x 2 matrix, got 5 x 3$/],
    ['damage', 'sample', /sample: the samples of the process: .*\.npy/],
    ['nothing', 'sample', /sample: the samples of the process: .*ENOENT/],
    ['hang', 'start', /start: took longer than its time limit of 3 s$/, 'ERR_TIMEOUT'],
    ['hang', 'fit', /fit: took longer than its time limit of 0\.5 s$/, 'ERR_TIMEOUT'],
    ['spin', 'sample', /sample: took longer than its time limit of 0\.5 s$/, 'ERR_TIMEOUT'],
  ];

  test.each(cases)('%s in %s', async (misbehaviour, when, message, code = 'ERR_MODEL') => {
    // To start, the generator needs time to write down which processes there are.
    const limit = when === 'start' ? 3 : 0.5;
    const timeLimits = { start: 60, [when]: code === 'ERR_TIMEOUT' ? limit : 60 };
    const model = generating(misbehaviour, when, { timeLimits });
    const error = await rejection(async () => (await model.fit(data)).sample(5));
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    expect(error.message.length).toBeLessThan(4500);
    await model.close();
    await expectNothingLeft(2);
  });

  test('one that prints without an end of line before it answers has said so, no more', async () => {
    const talking = generating('begin', 'start');
    expect((await (await talking.fit(data)).sample(2)).rows).toBe(2);
    await talking.close();
    const refusing = generating('begin', 'fit');
    const error = await rejection(() => refusing.fit(data));
    expect(error.message).toContain(
      'must write answers to its standard output and nothing else, got "epochs: ',
    );
    await refusing.close();
  });

  test('a program that is not there', async () => {
    const model = generating('', '', { command: ['no-such-program', 'x'] });
    await expectRejection(
      () => model.fit(data),
      'ERR_MODEL',
      'generator: start: the process no-such-program x cannot be started',
      'ENOENT',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a working folder that cannot be made', async () => {
    const model = generating('', '', { folder: join(folder, 'not', 'there') });
    await expectRejection(
      () => model.fit(data),
      'ERR_FILE',
      'generator: cannot make a working folder',
      'ENOENT',
    );
  });

  test('one that refuses is asked again; one that ended is started again, and its models are lost', async () => {
    const refusing = generating('refuse', 'sample');
    const fitted = await refusing.fit(data);
    for (let i = 0; i < 2; i += 1) await expectRejection(() => fitted.sample(2), 'ERR_MODEL', 'out of ideas');
    expect(processIds()).toHaveLength(2);

    const dying = generating('die', 'sample');
    const lost = await dying.fit(data);
    await expectRejection(() => lost.sample(2), 'ERR_MODEL', 'SIGKILL');
    await expectRejection(() => lost.sample(2), 'ERR_MODEL', 'generator: sample: the process', 'SIGKILL');
    await dying.fit(data);
    expect(processIds()).toHaveLength(6);
  });

  test.each([
    ['pipe', 'it is a FIFO, expected a regular file'],
    ['folder', 'it is a folder, expected a regular file'],
  ])('a %s in the place of the samples', async (misbehaviour, reason) => {
    const fitted = await generating(misbehaviour, 'sample').fit(data);
    await expectRejection(
      () => fitted.sample(2),
      'ERR_MODEL',
      'the samples of the process: cannot read ',
      reason,
    );
    // Nothing waits for a writer: the process answers the next request, and files can be read.
    await expectRejection(() => fitted.sample(2), 'ERR_MODEL', reason);
    for (const model of models) await model.close();
    await expectNothingLeft(2);
  });

  test('a FIFO in the place of the next training set', async () => {
    const model = generating('trap', 'sample');
    const fitted = await model.fit(data);
    await fitted.sample(2);
    await expectRejection(() => model.fit(data), 'ERR_FILE', 'generator: fit: cannot write ', 'EEXIST');
  });

  test('the time limit of a sample holds for the reading of its file', async () => {
    const model = generating('huge', 'sample', { timeLimits: { sample: 0.1 } });
    const fitted = await model.fit(data);
    const before = performance.now();
    await expectRejection(() => fitted.sample(2), 'ERR_TIMEOUT', 'took longer than its time limit of 0.1 s');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test('one that talks when it was not asked', async () => {
    const fitted = await generating('chatter', 'fit').fit(data);
    await delay(500);
    await expectRejection(
      () => fitted.sample(2),
      'ERR_MODEL',
      'must write nothing that was not asked for, got "unasked"',
    );
    await expectNothingLeft(2);
  });
});

describe('its end', () => {
  test('an abort in the middle of a fit settles within 100 ms, and nothing is left', async () => {
    const model = generating('spin', 'fit');
    const controller = new AbortController();
    const fit = rejection(() => model.fit(data, { signal: controller.signal }));
    while (!existsSync(join(log, 'requests')) || requests().length < 2) await delay(10);
    const before = performance.now();
    controller.abort('enough');
    expect(await fit).toMatchObject({ code: 'ERR_ABORTED', name: 'AbortError', cause: 'enough' });
    expect(performance.now() - before).toBeLessThan(100);
    await expectNothingLeft(2);
  });

  test('an abort while another request is at work ends neither it nor the process', async () => {
    const model = generating();
    const fitted = await model.fit(data);
    const controller = new AbortController();
    const [working, waiting] = [fitted.sample(3), fitted.sample(4, { signal: controller.signal })];
    controller.abort();
    await expectRejection(() => waiting, 'ERR_ABORTED');
    expect((await working).rows).toBe(3);
    expect((await fitted.sample(2)).rows).toBe(2);
    expect(requests().map(({ count }) => count)).toEqual([undefined, undefined, 3, 2]);
  });

  test.each([
    ['done', 4, ''],
    ['left early', 2, ''],
    ['failed', 2, 'refuse'],
    ['given NaN', 1, 'nan'],
  ])('a loop that is %s ends its own process', async (end, last, misbehaviour) => {
    const model = generating(misbehaviour, misbehaviour === 'nan' ? 'sample' : '');
    const yielded: number[] = [];
    const failing =
      end === 'failed' ? { metrics: [{ mine: ({ t }: { t: number }) => 1 / (t < 3 ? 1 : fail()) }] } : {};
    const run = (async () => {
      for await (const { t } of autophagousLoop({ ...loop, ...failing, model })) {
        yielded.push(t);
        if (end === 'left early' && t === last) break;
      }
    })();
    if (end === 'done' || end === 'left early') await run;
    else if (end === 'failed')
      await expectRejection(() => run, 'ERR_METRIC', 'generation 3: metric mine: no more');
    else {
      const where = 'autophagousLoop: generation 2: 5 samples of generator of generation 1: ';
      await expectRejection(() => run, 'ERR_MODEL', where, 'NaN at row 0, column 0');
    }
    expect(yielded).toEqual(Array.from({ length: last }, (_, i) => i + 1));
    await expectNothingLeft(2);
  });

  test('a loop whose model hangs: the error names generation and model, earlier generations stand', async () => {
    const yielded: number[] = [];
    const model = generating('hang', 'sample', { timeLimits: { sample: 0.3 } });
    const run = async () => {
      for await (const { t } of autophagousLoop({ ...loop, model })) yielded.push(t);
    };
    const where = 'autophagousLoop: generation 2: 5 samples of generator of generation 1: generator: sample: ';
    await expectRejection(run, 'ERR_TIMEOUT', where, 'took longer than its time limit of 0.3 s');
    expect(yielded).toEqual([1]);
    await expectNothingLeft(2);
  });

  test('an aborted loop leaves nothing, and settles within 100 ms', async () => {
    const controller = new AbortController();
    const run = rejection(async () => {
      const model = generating('hang', 'fit');
      for await (const _ of autophagousLoop({ ...loop, model, signal: controller.signal }));
    });
    while (!existsSync(join(log, 'requests')) || requests().length < 2) await delay(10);
    const before = performance.now();
    controller.abort();
    expect((await run).code).toBe('ERR_ABORTED');
    expect(performance.now() - before).toBeLessThan(100);
    await expectNothingLeft(2);
  });

  test('loops at the same time have processes of their own', async () => {
    const model = generating();
    const run = async () => {
      for await (const _ of autophagousLoop({ ...loop, model }));
    };
    await Promise.all([run(), run()]);
    await expectNothingLeft(4);
  });

  test('one that does not end with its input is ended by force', async () => {
    const ignoring =
      'process.stdin.on("data", (line) => { const { id } = JSON.parse(line);' +
      ' console.log(JSON.stringify({ id, ok: true, protocol: "madloop-model", version: 1 })); });' +
      ` require("node:fs").writeFileSync(process.env.TEST_LOG + "/own.pids", String(process.pid)); setInterval(() => {}, 1e6);`;
    const model = generating('', '', { command: [process.execPath, '-e', ignoring] });
    await model.fit(data);
    await model[Symbol.asyncDispose]();
    await expectNothingLeft(1);
  });

  const using = (rest: string) => `
    const model = madloop.processModel({
      command: [process.execPath, ${JSON.stringify(generator)}, 'hang', 'sample'],
      env: { TEST_LOG: ${JSON.stringify(log)} }, folder: ${JSON.stringify(folder)},
    });
    const fitted = await model.fit(madloop.matrix(new Float64Array(6), 3, 2));
    ${rest}`;

  test('an idle process does not keep Node running, and ends with it', async () => {
    const before = performance.now();
    expect(await outcomeOf(startScript(using('')))).toMatchObject({ code: 0, errors: '' });
    expect(performance.now() - before).toBeLessThan(10_000);
    await expectNothingLeft(2);
  });

  test('process.exit in the middle of a request leaves nothing', async () => {
    const script = using('fitted.sample(2); setTimeout(() => process.exit(7), 100);');
    expect(await outcomeOf(startScript(script))).toMatchObject({ code: 7, errors: '' });
    await expectNothingLeft(2);
  });

  test('should Node be killed, the process that waits for a request ends by itself', async () => {
    const script = startScript(using('console.log("fitted"); setInterval(() => {}, 1000);'));
    await new Promise((resolve) => script.stdout!.once('data', resolve));
    script.kill('SIGKILL');
    const [parent] = processIds();
    for (let i = 0; i < 500 && state(parent!) !== undefined && !isOrphanedZombie(parent!); i += 1)
      await delay(10);
    expect(state(parent!) === undefined || isOrphanedZombie(parent!)).toBe(true);
    // Its child and the folder are the generator's own affair then: this one leaves them.
    process.kill(processIds()[1]!, 'SIGKILL');
  });
});

test.each<[string, object, string]>([
  [
    'no command',
    { command: undefined },
    'command must be an array of a program and its arguments, got undefined',
  ],
  ['an empty command', { command: [] }, 'command must be an array of a program'],
  ['a command of one text', { command: 'python3 x.py' }, 'got "python3 x.py"'],
  ['a zero character', { command: ['a\0b'] }, 'command must be'],
  ['an unknown option', { comand: [] }, "unknown option 'comand'; did you mean 'command'?"],
  ['a limit of 0 s', { timeLimits: { fit: 0 } }, 'timeLimits.fit must be a number from'],
  ['a limit for something else', { timeLimits: { stop: 1 } }, "unknown option 'stop'"],
  ['a variable that is no text', { env: { A: 1 } }, 'env.A must be a text, got 1'],
  ['a folder that is no text', { folder: 1 }, 'folder must be a text, got 1'],
])('refuses %s', (_, change, message) => {
  expectThrow(
    () => processModel({ command: ['true'], ...change } as never),
    'ERR_INVALID_INPUT',
    'processModel: ',
    message,
  );
});

test('refuses what no process could use', async () => {
  const fitted = await generating().fit(data);
  await expectRejection(() => fitted.sample(0), 'ERR_INVALID_INPUT', 'generator: sample: count');
  await expectRejection(() => fitted.sample(1, { lambda: 2 }), 'ERR_INVALID_INPUT', 'lambda');
  await expectRejection(() => generating().fit({} as Matrix), 'ERR_INVALID_INPUT', 'generator: fit: data.data');
});

function fail(): never {
  throw new Error('no more');
}
