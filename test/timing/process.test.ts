// A process with jobs running: it ends when it should, as fast as it should, and without a crash.

import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { outcomeOf, runScript, startScript } from '../support/child.js';
import { fullSize } from '../support/sizes.js';

describe('a process', () => {
  test('that awaits one call exits by itself within a second of its result', async () => {
    const child = startScript(`
      const { distance } = await madloop.frechetDistance(
        madloop.matrix(Float64Array.of(1, 2, 3, 4), 4, 1), madloop.matrix(Float64Array.of(1, 2, 3, 6), 4, 1),
        { onProgress: () => {}, signal: new AbortController().signal });
      console.log(distance > 0);
    `);
    await once(child.stdout!, 'data');
    const printed = performance.now();
    expect(await outcomeOf(child)).toMatchObject({ code: 0, signal: null, errors: '' });
    expect(performance.now() - printed).toBeLessThan(1000);
  });

  test('that only loads the engine exits by itself', async () => {
    const began = performance.now();
    const outcome = await runScript('addon(); console.log(madloop.info().version);');
    expect(outcome).toMatchObject({ code: 0, errors: '', output: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    expect(performance.now() - began).toBeLessThan(3000);
  });

  test('stays alive for a call that nobody awaits', async () => {
    const outcome = await runScript(`
      longCall({ generations: 500 }).then(({ generations }) => console.log(generations.length));
    `);
    expect(outcome).toMatchObject({ code: 0, output: '500\n', errors: '' });
  });

  test.each([
    ['process.exit(7)', 'process.exit(7)', 7],
    ['an uncaught error', "throw new Error('mine')", 1],
    ['an unhandled rejection', "Promise.reject(new Error('mine'))", 1],
  ])('in mid-call ends within 500 ms by %s', async (_, ending, code) => {
    const child = startScript(`
      for (let i = 0; i < 3; i += 1) longCall();
      setTimeout(() => { console.log('now'); ${ending}; }, 300);
    `);
    await once(child.stdout!, 'data');
    const ended = performance.now();
    expect(await outcomeOf(child)).toMatchObject({ code, signal: null });
    expect(performance.now() - ended).toBeLessThan(500);
  });

  test('in mid-call ends within 500 ms of SIGINT', async () => {
    const child = startScript("longCall(); setTimeout(() => console.log('now'), 300);");
    await once(child.stdout!, 'data');
    const ended = performance.now();
    child.kill('SIGINT');
    expect(await outcomeOf(child)).toMatchObject({ code: null, signal: 'SIGINT' });
    expect(performance.now() - ended).toBeLessThan(500);
  });

  test('ends without a crash by process.exit() at different moments of a call', async () => {
    for (let moment = 0; moment < 20; moment += fullSize ? 1 : 2) {
      const outcome = await runScript(`
        for (let i = 0; i < 4; i += 1) addon().startFault({ threads: 1, kind: 'none', steps: i, inResult: false });
        longCall({ generations: 20, dim: 20 });
        setTimeout(() => process.exit(0), ${moment});
      `);
      expect(outcome).toMatchObject({ code: 0, signal: null, errors: '' });
    }
  });

  test('whose onProgress throws, unhandled, ends with that error', async () => {
    const outcome = await runScript("longCall({ onProgress() { throw new RangeError('mine'); } });");
    expect(outcome).toMatchObject({
      code: 1,
      signal: null,
      errors: expect.stringContaining('RangeError: mine'),
    });
  });

  test('keeps its floating-point arithmetic, locale and signal handlers', async () => {
    const outcome = await runScript(`
      await longCall({ generations: 3 });
      console.log(Number.MIN_VALUE > 0, 2.2e-308 / 2 !== 0, (1.5).toLocaleString('en'), 0.1 + 0.2, process.eventNames().length);
    `);
    const untouched = await runScript(`
      console.log(Number.MIN_VALUE > 0, 2.2e-308 / 2 !== 0, (1.5).toLocaleString('en'), 0.1 + 0.2, process.eventNames().length);
    `);
    expect(outcome.output).toMatch(/^true true 1\.5 0\.30000000000000004 /);
    expect(outcome.output).toBe(untouched.output);
  });
});
