// The directory of a zip file, with 64-bit sizes, and its entries: stored or deflated.
// Format: PKWARE's APPNOTE.TXT 6.3.10. Sizes and checksums come from the directory at the end, so entries whose own
// headers leave them open (data descriptors) are like any other.

import { turn } from '../base/abortable.js';
import type { ByteSource } from './byte-source.js';
import { type ByteStream, RangeStream } from './byte-stream.js';
import { malformed } from './file-errors.js';
import { greatestExpansion, InflatingStream } from './inflating-stream.js';

export interface ZipEntry {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Where its own header begins, from the beginning of the file. */
  readonly headerPosition: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Where the entries end. */
  readonly position: number;
}

/** An entry's content, ready to be read. */
export interface OpenEntry {
  readonly stream: ByteStream;
  /** Where the content lies in the file as it is; undefined where it is compressed. */
  readonly position: number | undefined;
}

const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
};
const endBytes = 22;
const longestComment = 0xffff;
// An entry has a name, extra fields and a comment.
const longestDirectoryEntry = 46 + 3 * 0xffff;
// Of a million entries with short names.
const longestDirectory = 64 * 2 ** 20;
// A millisecond's work.
const entriesPerTurn = 1024;
const in64Bits = 0xffff_ffff;

/** Whether a file that begins with these bytes is a zip file: with an entry, or the directory of none. */
export function beginsLikeZip(bytes: Buffer): boolean {
  if (bytes.length < 4) return false;
  const signature = bytes.readUInt32LE(0);
  return signature === signatures.local || signature === signatures.end;
}

/** Errors: ERR_INVALID_INPUT for a directory that is absent, damaged, or says what the file's length contradicts. */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectory> {
  const { count, position, size, end } = await readEnd(source);
  if (position + size > end) {
    throw malformed(
      source.name,
      `has a zip directory of ${size} bytes at ${position}, beyond its end at ${end}`,
    );
  }
  const longest = Math.min(count * longestDirectoryEntry, longestDirectory);
  if (size > longest) {
    throw malformed(
      source.name,
      `has a zip directory of ${size} bytes, expected at most ${longest} for ${count} entries`,
    );
  }
  const bytes = await readBytes(source, position, size);
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let offset = 0;
  while (offset < size) {
    if (entries.length % entriesPerTurn === entriesPerTurn - 1) await turn();
    const { entry, length } = parseEntry(source.name, bytes.subarray(offset));
    if (names.has(entry.name)) throw malformed(source.name, `has two entries named ${quoted(entry.name)}`);
    names.add(entry.name);
    entries.push(entry);
    offset += length;
  }
  if (entries.length !== count) {
    throw malformed(source.name, `says it has ${count} zip entries, but lists ${entries.length}`);
  }
  return { entries, position };
}

/**
 * Errors: ERR_INVALID_INPUT for an entry that is encrypted, compressed by another method, or says it is longer than
 * the file or than deflated bytes can become. Nothing is allocated for it before.
 */
export async function openZipEntry(
  source: ByteSource,
  directory: ZipDirectory,
  entry: ZipEntry,
): Promise<OpenEntry> {
  const name = entryName(source, entry);
  const { method, compressedSize, size, crc32 } = entry;
  if (entry.encrypted) throw malformed(name, 'is encrypted');
  if (method !== 0 && method !== 8) {
    throw malformed(name, `has compression method ${method}, expected 0 (stored) or 8 (deflated)`);
  }
  const header = await readBytes(source, entry.headerPosition, 30, directory.position);
  if (header.length < 30 || header.readUInt32LE(0) !== signatures.local) {
    throw malformed(name, `has no zip header at ${entry.headerPosition}`);
  }
  const position = entry.headerPosition + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (position + compressedSize > directory.position) {
    throw malformed(
      name,
      `has ${compressedSize} bytes at ${position}, beyond where entries end, ${directory.position}`,
    );
  }
  if (method === 0) {
    if (size !== compressedSize) {
      throw malformed(name, `is stored, but says ${compressedSize} bytes hold ${size}`);
    }
    return { stream: new RangeStream(source, name, position, crc32), position };
  }
  if (size > compressedSize * greatestExpansion) {
    throw malformed(
      name,
      `says ${compressedSize} deflated bytes hold ${size}, more than ${greatestExpansion} each`,
    );
  }
  const range = { position, compressedSize, size, crc32 };
  return { stream: new InflatingStream(source, name, range), position: undefined };
}

/** "x.npz: mu.npy", for messages. */
export function entryName(source: ByteSource, entry: ZipEntry): string {
  return `${source.name}: ${shown(entry.name)}`;
}

interface End {
  readonly count: number;
  readonly position: number;
  readonly size: number;
  /** Where this record itself begins. */
  readonly end: number;
}

async function readEnd(source: ByteSource): Promise<End> {
  const tailPosition = Math.max(0, source.size - endBytes - longestComment);
  const tail = await readBytes(source, tailPosition, source.size - tailPosition);
  for (let i = tail.length - endBytes; i >= 0; i -= 1) {
    // The comment behind the record ends the file; the signature inside a comment does not fit that.
    if (tail.readUInt32LE(i) !== signatures.end || i + endBytes + tail.readUInt16LE(i + 20) !== tail.length)
      continue;
    const end = {
      count: tail.readUInt16LE(i + 10),
      size: tail.readUInt32LE(i + 12),
      position: tail.readUInt32LE(i + 16),
      end: tailPosition + i,
    };
    const small = end.count !== 0xffff && end.size !== in64Bits && end.position !== in64Bits;
    return small ? end : readEnd64(source, end);
  }
  throw malformed(source.name, 'ends without a zip directory (cut short?)');
}

async function readEnd64(source: ByteSource, small: End): Promise<End> {
  const locator = await readBytes(source, small.end - 20, 20);
  if (locator.length < 20 || locator.readUInt32LE(0) !== signatures.locator64) return small;
  const end = integer64(source.name, locator, 8);
  const record = await readBytes(source, end, 56, small.end - 20);
  if (record.length < 56 || record.readUInt32LE(0) !== signatures.end64) {
    throw malformed(source.name, `has no 64-bit zip directory record at ${end}`);
  }
  return {
    count: integer64(source.name, record, 32),
    size: integer64(source.name, record, 40),
    position: integer64(source.name, record, 48),
    end,
  };
}

/** The entry at the beginning of `bytes`, and how many of them it takes. */
function parseEntry(file: string, bytes: Buffer): { entry: ZipEntry; length: number } {
  const damaged = () => malformed(file, 'has a damaged zip directory');
  if (bytes.length < 46 || bytes.readUInt32LE(0) !== signatures.central) throw damaged();
  const nameEnd = 46 + bytes.readUInt16LE(28);
  const extraEnd = nameEnd + bytes.readUInt16LE(30);
  const length = extraEnd + bytes.readUInt16LE(32);
  if (length > bytes.length) throw damaged();
  const flags = bytes.readUInt16LE(8);
  const name = bytes.toString((flags & 0x800) === 0 ? 'latin1' : 'utf8', 46, nameEnd);
  const sizes = [bytes.readUInt32LE(24), bytes.readUInt32LE(20), bytes.readUInt32LE(42)];
  const large = extraField(bytes.subarray(nameEnd, extraEnd), 1);
  let offset = 0;
  const [size, compressedSize, headerPosition] = sizes.map((value) => {
    // Field 1 holds, in this order, those that did not fit.
    if (value !== in64Bits || large === undefined) return value;
    if (offset + 8 > large.length) throw damaged();
    offset += 8;
    return integer64(`${file}: ${shown(name)}`, large, offset - 8);
  }) as [number, number, number];
  const entry = {
    name,
    method: bytes.readUInt16LE(10),
    encrypted: (flags & 1) === 1,
    compressedSize,
    size,
    crc32: bytes.readUInt32LE(16),
    headerPosition,
  };
  return { entry, length };
}

/** The content of the extra field with this identifier. */
function extraField(extra: Buffer, identifier: number): Buffer | undefined {
  let offset = 0;
  while (offset + 4 <= extra.length) {
    const end = offset + 4 + extra.readUInt16LE(offset + 2);
    if (extra.readUInt16LE(offset) === identifier) return extra.subarray(offset + 4, end);
    offset = end;
  }
  return undefined;
}

function integer64(name: string, bytes: Buffer, offset: number): number {
  const value = bytes.readBigUInt64LE(offset);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw malformed(name, `has a zip directory that says ${value} bytes, expected a size below 2^53`);
  }
  return Number(value);
}

/** The bytes at a position, as many as there are before `limit`: none where the position is wrong. */
async function readBytes(
  source: ByteSource,
  position: number,
  length: number,
  limit = source.size,
): Promise<Buffer> {
  const available = position < 0 ? 0 : Math.max(0, Math.min(length, limit - position));
  const bytes = Buffer.alloc(available);
  await source.read(position, bytes);
  return bytes;
}

function quoted(name: string): string {
  return JSON.stringify(shown(name));
}

/** A name from a file is not trusted to be short or printable. */
function shown(name: string): string {
  const printable = name.replace(/[^\x20-\x7e\xa1-\uffff]/g, '?');
  return printable.length > 60 ? `${printable.slice(0, 57)}...` : printable;
}
