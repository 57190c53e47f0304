// Zip and .npy files with any lie in their headers, made independently of the package's own writer.

import { crc32, deflateRawSync } from 'node:zlib';

export interface TestEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflated?: boolean;
  /** Method of `bytes` that are compressed already. */
  readonly method?: number;
  /** With 64-bit sizes in the directory. */
  readonly large?: boolean;
  readonly flags?: number;
  readonly crc32?: number;
  readonly size?: number;
  readonly compressedSize?: number;
  readonly headerPosition?: number;
}

export function zipBytes(entries: readonly TestEntry[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const entry of entries) {
    const content = entry.deflated ? deflateRawSync(entry.bytes) : Buffer.from(entry.bytes);
    const { size = entry.bytes.length, compressedSize = content.length, headerPosition = position } = entry;
    const name = Buffer.from(entry.name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(entry.flags ?? 0, 8);
    central.writeUInt16LE(entry.method ?? (entry.deflated ? 8 : 0), 10);
    central.writeUInt32LE(entry.crc32 ?? crc32(entry.bytes), 16);
    central.writeUInt32LE(entry.large ? 0xffff_ffff : compressedSize, 20);
    central.writeUInt32LE(entry.large ? 0xffff_ffff : size, 24);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt16LE(entry.large ? 20 : 0, 30);
    central.writeUInt32LE(headerPosition, 42);
    const extra = Buffer.alloc(entry.large ? 20 : 0);
    if (entry.large) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(16, 2);
      extra.writeBigUInt64LE(BigInt(size), 4);
      extra.writeBigUInt64LE(BigInt(compressedSize), 12);
    }
    pieces.push(local, name, content);
    directory.push(central, name, extra);
    position += local.length + name.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...pieces, ...directory, end]);
}

/** A .npy file, version 1.0, with this header and these bytes of elements, whether they agree or not. */
export function npyBytes(
  descr: string,
  shape: readonly number[],
  elements: Uint8Array,
  fortranOrder = false,
): Buffer {
  const order = fortranOrder ? 'True' : 'False';
  const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.map((extent) => `${extent},`).join(' ')}), }\n`;
  const prefix = Buffer.from('\x93NUMPY\x01\x00  ', 'latin1');
  prefix.writeUInt16LE(text.length, 8);
  return Buffer.concat([prefix, Buffer.from(text, 'latin1'), elements]);
}
