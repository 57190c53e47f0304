import { describe, expect, test } from 'vitest';
import { checkOptions } from '../../src/base/check.js';
import { expectThrow } from '../support/rejection.js';

const known = ['generations', 'replicates', 'real', 'seed'] as const;

describe('options', () => {
  test('may be left out', () => {
    expect(checkOptions('f', 'options', undefined, known)).toEqual({});
  });

  test.each([
    ['generation', "did you mean 'generations'?"],
    ['Seed', "did you mean 'seed'?"],
    ['reel', "did you mean 'real'?"],
    ['temperature', 'the options are generations, replicates, real, seed'],
  ])('of the unknown name %s are an error that suggests the nearest', (name, suggestion) => {
    expectThrow(
      () => checkOptions('f', 'options', { [name]: 1 }, known),
      'ERR_INVALID_INPUT',
      `f: unknown option '${name}'; ${suggestion}`,
    );
  });

  test('named __proto__ (as JSON.parse makes them) are unknown, too', () => {
    const options: unknown = JSON.parse('{"__proto__": {"seed": 1}}');
    expectThrow(
      () => checkOptions('f', 'options', options, known),
      'ERR_INVALID_INPUT',
      "unknown option '__proto__'",
    );
  });

  test.each([[null], ['seed'], [3], [[1]], [true]])('that are %s are refused', (options) => {
    expectThrow(
      () => checkOptions('f', 'options', options, known),
      'ERR_INVALID_INPUT',
      'f: options must be an object',
    );
  });

  test('are read exactly once, own or inherited', () => {
    let reads = 0;
    class Settings {
      get seed() {
        reads += 1;
        return reads;
      }
    }
    expect(checkOptions('f', 'options', new Settings(), known).seed).toBe(1);
    expect(reads).toBe(1);
  });

  test('whose getter throws are refused, with its error as the cause', () => {
    const options = {
      get seed(): number {
        throw new RangeError('mine');
      },
    };
    const call = () => checkOptions('f', 'options', options, known);
    expectThrow(call, 'ERR_INVALID_INPUT', 'f: options must be readable, got an error: mine');
    expect(call).toThrow(expect.objectContaining({ cause: new RangeError('mine') }));
  });
});
