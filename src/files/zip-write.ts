// Zip files of stored entries, always with 64-bit sizes: one form for all lengths, which NumPy and every reader since
// 2001 takes. No times: the same content gives the same bytes.

import { crc32 } from 'node:zlib';

export interface StoredFile {
  readonly name: string;
  readonly parts: readonly Uint8Array[];
}

// Version 4.5 of the format brought 64-bit sizes.
const version = 45;
const in64Bits = 0xffff_ffff;
// 1 January 1980, the earliest date there is.
const date = 0x21;
const directory64Bytes = 56;

/** The pieces of a zip file; the parts of its entries are among them uncopied. Names are ASCII. */
export function storedZip(files: readonly StoredFile[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, parts } of files) {
    const checksum = parts.reduce((sum, part) => crc32(part, sum), 0);
    const size = total(parts);
    const header = localHeader(name, checksum, size);
    pieces.push(header, ...parts);
    directory.push(directoryEntry(name, checksum, size, position));
    position += header.length + size;
  }
  return [...pieces, ...directory, directoryEnd(files.length, total(directory), position)];
}

function localHeader(name: string, checksum: number, size: number): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  writeCommon(header.subarray(4), name, checksum, 20);
  const sizes = Buffer.alloc(20);
  sizes.writeUInt16LE(1, 0);
  sizes.writeUInt16LE(16, 2);
  sizes.writeBigUInt64LE(BigInt(size), 4);
  sizes.writeBigUInt64LE(BigInt(size), 12);
  return Buffer.concat([header, Buffer.from(name, 'latin1'), sizes]);
}

function directoryEntry(name: string, checksum: number, size: number, position: number): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(version, 4);
  writeCommon(header.subarray(6), name, checksum, 28);
  header.writeUInt32LE(in64Bits, 42);
  const sizes = Buffer.alloc(28);
  sizes.writeUInt16LE(1, 0);
  sizes.writeUInt16LE(24, 2);
  sizes.writeBigUInt64LE(BigInt(size), 4);
  sizes.writeBigUInt64LE(BigInt(size), 12);
  sizes.writeBigUInt64LE(BigInt(position), 20);
  return Buffer.concat([header, Buffer.from(name, 'latin1'), sizes]);
}

/** What both headers have, from the version needed on: sizes are in the extra field of `extraBytes`. */
function writeCommon(fields: Buffer, name: string, checksum: number, extraBytes: number): void {
  fields.writeUInt16LE(version, 0);
  fields.writeUInt16LE(date, 8);
  fields.writeUInt32LE(checksum, 10);
  fields.writeUInt32LE(in64Bits, 14);
  fields.writeUInt32LE(in64Bits, 18);
  fields.writeUInt16LE(name.length, 22);
  fields.writeUInt16LE(extraBytes, 24);
}

/** The 64-bit record of the directory, its locator, and the old record that sends readers there. */
function directoryEnd(count: number, size: number, position: number): Buffer {
  const end = Buffer.alloc(directory64Bytes + 20 + 22);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(BigInt(directory64Bytes - 12), 4);
  end.writeUInt16LE(version, 12);
  end.writeUInt16LE(version, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(position), 48);
  const locator = end.subarray(directory64Bytes);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(position + size), 8);
  locator.writeUInt32LE(1, 16);
  const old = locator.subarray(20);
  old.writeUInt32LE(0x06054b50, 0);
  old.writeUInt16LE(0xffff, 8);
  old.writeUInt16LE(0xffff, 10);
  old.writeUInt32LE(in64Bits, 12);
  old.writeUInt32LE(in64Bits, 16);
  return end;
}

function total(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
