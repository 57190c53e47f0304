import { expect } from 'vitest';
import { type ErrorCode, MadloopError } from '../../src/base/errors.js';

/**
 * The MadloopError that `call` rejects with. A call that throws at once instead of rejecting, resolves, or rejects with
 * anything else fails the test.
 */
export async function rejection(call: () => Promise<unknown>): Promise<MadloopError> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    expect.unreachable(`threw synchronously instead of rejecting: ${String(error)}`);
  }
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (!('error' in outcome)) expect.unreachable(`resolved to ${JSON.stringify(outcome.value)}`);
  expect(outcome.error).toBeInstanceOf(MadloopError);
  return outcome.error as MadloopError;
}

/** Expects a rejection with this code and a message with all of these pieces. */
export async function expectRejection(
  call: () => Promise<unknown>,
  code: ErrorCode,
  ...pieces: readonly string[]
): Promise<void> {
  const error = await rejection(call);
  expect(error.message).toSatisfy(
    (message: string) => pieces.every((piece) => message.includes(piece)),
    pieces.join(' | '),
  );
  expect(error.code).toBe(code);
}

/** Expects a synchronous throw with this code and a message with all of these pieces. */
export function expectThrow(call: () => unknown, code: ErrorCode, ...pieces: readonly string[]): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(MadloopError);
  const { message, code: thrownCode } = thrown as MadloopError;
  expect(message).toSatisfy(
    (text: string) => pieces.every((piece) => text.includes(piece)),
    pieces.join(' | '),
  );
  expect(thrownCode).toBe(code);
}
