// Packages of this name that take files of 12 bytes for images of 2 x 2 and give them back as features, one by one up to as many as the file TEST_ROWS says.

const sharp = `
import { readFile } from 'node:fs/promises';
const sharp = (path) => ({
  metadata: async () => ({}),
  removeAlpha() { return this; },
  toColourspace() { return this; },
  raw() { return this; },
  toBuffer: async () => ({ data: (await readFile(path)).subarray(0, 12), info: { width: 2, height: 2, channels: 3 } }),
});
export default Object.assign(sharp, { concurrency() {}, cache() {} });`;

const onnxruntime = `
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const { TEST_ROWS } = process.env;
let rows = 0;
const session = {
  inputMetadata: [{ name: 'x', isTensor: true, type: 'float32', shape: ['n', 3, 2, 2] }],
  outputNames: ['y'],
  async run({ x }) {
    rows += 1;
    while (TEST_ROWS !== undefined && rows > Number(readFileSync(TEST_ROWS, 'utf8'))) await delay(10);
    return { y: { type: 'float32', data: Float32Array.from(x.data), dims: [x.dims[0], 12] } };
  },
};
export default {
  InferenceSession: { create: async () => session },
  Tensor: class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }); } },
};`;

const module = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;

/** The environment in which `madloop features` finds them. */
export function fakePackages(): { NODE_OPTIONS: string } {
  const hooks = module(`
    const fakes = ${JSON.stringify({ sharp: module(sharp), 'onnxruntime-node': module(onnxruntime) })};
    export async function resolve(specifier, context, next) {
      return specifier in fakes ? { url: fakes[specifier], shortCircuit: true } : next(specifier, context);
    }`);
  const registration = `import { register } from 'node:module'; register(${JSON.stringify(hooks)});`;
  return { NODE_OPTIONS: `--import ${module(registration)}` };
}
