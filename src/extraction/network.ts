// A network in an ONNX file, run by onnxruntime on one thread: so its results do not hang on how many there are.

import { readFile } from 'node:fs/promises';
import { invalid, mustError } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { optionalPackage } from '../base/optional-package.js';
import type { Size } from '../images/image.js';
import { packages } from './packages.js';

/** What is used of onnxruntime. */
interface Onnxruntime {
  readonly InferenceSession: {
    create(model: string | Uint8Array, options: object): Promise<Session>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

interface Session {
  readonly inputMetadata: readonly ValueMetadata[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, Tensor>>, fetches: readonly string[]): Promise<Record<string, Tensor>>;
}

interface ValueMetadata {
  readonly name: string;
  readonly isTensor: boolean;
  readonly type?: string;
  /** Numbers, and names of those that may be any. */
  readonly shape?: readonly (number | string)[];
}

interface Tensor {
  readonly type: string;
  readonly data: ArrayLike<unknown>;
  readonly dims: readonly number[];
}

/** What the network takes. */
export interface NetworkInput extends Size {
  readonly channels: 1 | 3;
  /** Whether the channels of a pixel lie side by side, or each channel is an image of its own. */
  readonly interleaved: boolean;
  readonly batch: number;
}

/** What is asked of the network. */
export interface Wanted {
  readonly onnx: string;
  readonly tensor?: string | undefined;
  readonly size?: Size | undefined;
  /** Images at once, where it takes any number. */
  readonly batch: number;
}

export interface Network {
  readonly input: NetworkInput;
  /** The tensor of a batch, of `input.batch` images. */
  run(pixels: Float32Array): Promise<{ readonly data: Float32Array; readonly dims: readonly number[] }>;
}

/** Errors: ERR_MISSING_PACKAGE; ERR_FILE; ERR_INVALID_INPUT where the network is none, or takes or gives something else. */
export async function openNetwork(where: string, { onnx, tensor, size, batch }: Wanted): Promise<Network> {
  const loaded = await optionalPackage<Onnxruntime & { default?: Onnxruntime }>(
    'onnxruntime-node',
    ...packages,
  );
  const { InferenceSession, Tensor } = loaded.default ?? loaded;
  const create = (model: string | Uint8Array) =>
    InferenceSession.create(model, {
      executionProviders: ['cpu'],
      executionMode: 'sequential',
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4, // What fails is thrown.
    });
  let session = await create(onnx).catch((error: Error) => {
    throw mustError(where, 'onnx', 'be an ONNX network that onnxruntime can run', `${onnx}: ${error.message}`);
  });
  if (tensor !== undefined && !session.outputNames.includes(tensor)) {
    session = await create(withOutput(await readFile(onnx), tensor)).catch((error: Error) => {
      throw mustError(
        where,
        'tensor',
        `name a tensor of ${onnx}`,
        `${JSON.stringify(tensor)}: ${error.message}`,
      );
    });
  }
  const output = tensor ?? session.outputNames[0];
  if (output === undefined || (tensor === undefined && session.outputNames.length > 1)) {
    throw mustError(
      where,
      'tensor',
      `be one of ${session.outputNames.join(', ')}, the outputs of ${onnx}`,
      'undefined',
    );
  }
  const [metadata, another] = session.inputMetadata;
  if (metadata === undefined || another !== undefined) {
    const names = session.inputMetadata.map(({ name }) => name).join(', ');
    throw mustError(
      where,
      'onnx',
      'be a network of one input',
      `${session.inputMetadata.length} of ${onnx} (${names})`,
    );
  }
  const input = inputOf(where, onnx, metadata, { size, batch });
  const { channels, width, height, interleaved } = input;
  const dims = interleaved ? [input.batch, height, width, channels] : [input.batch, channels, height, width];
  return {
    input,
    async run(pixels) {
      const feeds = { [metadata.name]: new Tensor('float32', pixels, dims) };
      const results = await session.run(feeds, [output]).catch((error: Error) => {
        const message = `${where}: ${onnx} must take images of ${width}x${height}, got an error: ${error.message}`;
        throw new MadloopError('ERR_INVALID_INPUT', message, { cause: error });
      });
      const { type, data, dims: shape } = results[output]!;
      if (type !== 'float32') throw invalid(where, `tensor ${output} of ${onnx}`, 'be of float32', type);
      return { data: data as Float32Array, dims: shape };
    },
  };
}

/** How images are to be laid out for an input. */
function inputOf(
  where: string,
  onnx: string,
  { type, shape = [] }: ValueMetadata,
  { size, batch }: Pick<Wanted, 'size' | 'batch'>,
): NetworkInput {
  const text = `${type} of shape (${shape.join(', ')})`;
  const [count, second, third, last] = shape;
  const isChannels = (extent: unknown): extent is 1 | 3 => extent === 1 || extent === 3;
  const interleaved = !isChannels(second) && isChannels(last);
  const channels = interleaved
    ? last
    : isChannels(second)
      ? second
      : typeof second === 'string'
        ? 3
        : undefined;
  if (type !== 'float32' || shape.length !== 4 || channels === undefined) {
    const images = '(images, 3, height, width) or (images, height, width, 3), or with 1 for grey ones';
    throw mustError(
      where,
      'onnx',
      `be a network that takes float32 of shape ${images}`,
      `${onnx}, which takes ${text}`,
    );
  }
  const side = (name: 'width' | 'height', extent: number | string | undefined): number => {
    const asked = size?.[name];
    if (typeof extent !== 'number') {
      if (asked !== undefined) return asked;
      throw mustError(
        where,
        'size',
        `be WIDTHxHEIGHT in pixels, as ${onnx} takes any ${name}: ${text}`,
        'undefined',
      );
    }
    if (asked === undefined || asked === extent) return extent;
    throw mustError(where, 'size', `be that of ${onnx}, which takes ${text}`, `${size!.width}x${size!.height}`);
  };
  const [height, width] = interleaved ? [second, third] : [third, last];
  return {
    channels,
    interleaved,
    height: side('height', height),
    width: side('width', width),
    batch: typeof count === 'number' && count > 0 ? count : batch,
  };
}

/**
 * The bytes of a model that has one more output, a tensor inside: protocol buffers join a message that comes twice, so
 * ModelProto.graph (field 7) with GraphProto.output (12), ValueInfoProto.name (1) behind the rest adds it.
 * Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
function withOutput(model: Uint8Array, tensor: string): Uint8Array {
  const message = (number: number, content: Uint8Array): Uint8Array =>
    Buffer.concat([Buffer.from([(number << 3) | 2]), lengthOf(content), content]);
  return Buffer.concat([model, message(7, message(12, message(1, Buffer.from(tensor))))]);
}

/** A length as protocol buffers write it: seven bits a byte. */
function lengthOf({ length }: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Uint8Array.from([...bytes, rest]);
}
