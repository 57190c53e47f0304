// Small networks as ONNX files, written by hand: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

type Field = readonly [number: number, content: number | string | Buffer];

/** A message of protocol buffers. */
function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, content]) => {
      if (typeof content === 'number') return Buffer.from([number << 3, ...varint(content)]);
      const bytes = Buffer.from(content as Buffer);
      return Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(bytes.length)]), bytes]);
    }),
  );
}

function varint(value: number): number[] {
  return value > 127 ? [(value & 127) | 128, ...varint(value >>> 7)] : [value];
}

const types = { float32: 1, uint8: 2 } as const;

export interface Value {
  readonly name: string;
  readonly type?: keyof typeof types;
  /** Numbers, and names of extents that may be any. */
  readonly shape: readonly (number | string)[];
}

function value({ name, type = 'float32', shape }: Value): Buffer {
  const dims = shape.map((extent): Field => [1, message([typeof extent === 'number' ? 1 : 2, extent])]);
  const tensor = message([1, types[type]], [2, message(...dims)]);
  return message([1, name], [2, message([1, tensor])]);
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

/** A network of these nodes. */
export function onnxModel(inputs: readonly Value[], nodes: readonly Node[], outputs: readonly Value[]): Buffer {
  const graph = message(
    ...nodes.map((node): Field => {
      const names = node.inputs.map((name): Field => [1, name]);
      return [1, message(...names, [2, node.output], [4, node.op])];
    }),
    [2, 'graph'],
    ...inputs.map((input): Field => [11, value(input)]),
    ...outputs.map((output): Field => [12, value(output)]),
  );
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}

/** A network whose features are the numbers that it takes, image by image. */
export function echo(shape: Value['shape']): Buffer {
  return onnxModel(
    [{ name: 'pixels', shape }],
    [{ op: 'Flatten', inputs: ['pixels'], output: 'features' }],
    [{ name: 'features', shape: ['n', 'd'] }],
  );
}
