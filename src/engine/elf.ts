// Whether a shared library is all there. One that ends too early (an interrupted copy, a full disk) is loaded by mapping it, and ends
// the process by SIGBUS where the missing part is first touched.
// Format: System V ABI, ELF header and program header (64 bits, little-endian); others are taken as whole.

/** The beginning and the end of a file, of 4 KiB at the most, and its length. */
export interface Beginning {
  readonly bytes: Uint8Array;
  readonly end?: Uint8Array;
  readonly size: number;
}

const headerBytes = 64;

/** Bytes that the library's own tables say it has, where the file is shorter. */
export function bytesOfCutLibrary({ bytes, size }: Beginning): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isElf64 =
    bytes.length >= headerBytes && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf64) return undefined;
  const offset = (at: number) => Number(view.getBigUint64(at, true));
  const short = (at: number) => view.getUint16(at, true);
  // The table of sections comes last.
  let end = offset(0x28) + short(0x3a) * short(0x3c);
  const [segments, segmentBytes, count] = [offset(0x20), short(0x36), short(0x38)];
  for (let i = 0; i < count; i += 1) {
    const at = segments + i * segmentBytes;
    if (at + 0x28 > bytes.length) break;
    end = Math.max(end, offset(at + 0x08) + offset(at + 0x20));
  }
  return end > size ? end : undefined;
}

const stringTable = 3;

/**
 * Whether the end of a whole library is not what its header says, as where a file system lost it and has zeros there: the
 * section that holds the names of sections must be a table of strings. Loaded, such a library ends the process by a signal.
 */
export function hasLostItsEnd({ bytes, end, size }: Beginning): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isElf64 =
    bytes.length >= headerBytes && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf64 || end === undefined || view.getUint16(0x3c, true) === 0) return false;
  const names = Number(view.getBigUint64(0x28, true)) + view.getUint16(0x3a, true) * view.getUint16(0x3e, true);
  const at = names - (size - end.length);
  if (at < 0 || at + 8 > end.length) return false;
  return new DataView(end.buffer, end.byteOffset, end.byteLength).getUint32(at + 4, true) !== stringTable;
}
