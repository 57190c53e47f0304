// What is kept of a result: a hash of all its bits, and a few numbers by which a difference can be measured.

import { createHash } from 'node:crypto';

/** The hash of a result (16 hexadecimal digits of its SHA-256) with its first two numbers and the norm of all. */
export function record(result) {
  const hash = createHash('sha256');
  const numbers = [];
  addValue(hash, numbers, result);
  const finite = numbers.filter(Number.isFinite);
  // Counts come first in many results and tell little.
  const leading = finite.filter((value) => !Number.isInteger(value)).slice(0, 2);
  const norm = Math.sqrt(finite.reduce((sum, value) => sum + value * value, 0));
  return { hash: hash.digest('hex').slice(0, 16), leading, norm };
}

/**
 * Canonical and unambiguous: a tag, a length where there can be several, then bytes. Members of objects are in the order of
 * their names, and those that are undefined or functions are left out. All NaN are one.
 */
function addValue(hash, numbers, value) {
  if (typeof value === 'number') {
    numbers.push(value);
    hash.update('number').update(Buffer.from(Float64Array.of(Number.isNaN(value) ? Number.NaN : value).buffer));
  } else if (typeof value === 'string') {
    // Numbers in text (CSV) can be measured, too.
    for (const [text] of value.matchAll(/-?\d+\.\d+(e[+-]?\d+)?/g)) numbers.push(Number(text));
    hash.update(`string ${Buffer.byteLength(value)} `).update(value);
  } else if (ArrayBuffer.isView(value)) {
    addArray(hash, numbers, value);
  } else if (Array.isArray(value)) {
    hash.update(`array ${value.length} `);
    for (const element of value) addValue(hash, numbers, element);
  } else if (typeof value === 'object' && value !== null) {
    const names = Object.keys(value).filter((name) => !['undefined', 'function'].includes(typeof value[name]));
    for (const name of names)
      if (leftOut.has(name)) throw new Error(`a result has ${name}, which is not deterministic`);
    hash.update(`object ${names.length} `);
    for (const name of names.sort()) {
      addValue(hash, [], name);
      addValue(hash, numbers, value[name]);
    }
  } else {
    // null, boolean, bigint, undefined in a list
    hash.update(`${typeof value} ${value} `);
  }
}

function addArray(hash, numbers, array) {
  if (!(array instanceof Float64Array || array instanceof Float32Array)) {
    hash.update(`bytes ${array.byteLength} `).update(bytesOf(array));
    return;
  }
  const plain = array.slice(); // also out of a SharedArrayBuffer
  for (const [i, value] of plain.entries()) {
    if (Number.isNaN(value)) plain[i] = Number.NaN;
    numbers.push(value);
  }
  hash.update(`${plain.constructor.name} ${plain.length} `).update(bytesOf(plain));
}

function bytesOf({ buffer, byteOffset, byteLength }) {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Members that name a version, an instruction set, a time or a place: calls strip them with `deterministic`. */
const leftOut = new Set([
  'madloop',
  'instructionSet',
  'provenance',
  'created',
  'store',
  'file',
  'files',
  'features',
  'output',
]);

/** The result without such members, at any depth. */
export function deterministic(result) {
  if (Array.isArray(result)) return result.map(deterministic);
  if (typeof result !== 'object' || result === null || ArrayBuffer.isView(result)) return result;
  const kept = Object.entries(result).filter(([name]) => !leftOut.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, deterministic(value)]));
}

/** The code and the message of the error that a call must end with. */
export async function failure(call) {
  try {
    await call();
  } catch (error) {
    return { code: error.code, message: error.message };
  }
  throw new Error('there was no error');
}
