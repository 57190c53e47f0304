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

/** Where a table is in a file, and how large. */
interface Table {
  readonly offset: number;
  readonly entryBytes: number;
  readonly count: number;
}

/** What the header of a file says; undefined where it is no ELF file of 64 bits, little-endian. */
export function elfHeader(bytes: Uint8Array): { segments: Table; sections: Table; names: number } | undefined {
  const view = viewOf(bytes);
  const isElf64 =
    bytes.length >= headerBytes && view.getUint32(0) === 0x7f454c46 && view.getUint16(4) === 0x0201;
  if (!isElf64) return undefined;
  const table = (offset: number, sizes: number): Table => ({
    offset: Number(view.getBigUint64(offset, true)),
    entryBytes: view.getUint16(sizes, true),
    count: view.getUint16(sizes + 2, true),
  });
  return { segments: table(0x20, 0x36), sections: table(0x28, 0x3a), names: view.getUint16(0x3e, true) };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Bytes that the library's own tables say it has, where the file is shorter. */
export function bytesOfCutLibrary({ bytes, size }: Beginning): number | undefined {
  const header = elfHeader(bytes);
  if (header === undefined) return undefined;
  const { segments, sections } = header;
  const view = viewOf(bytes);
  // The table of sections comes last.
  let end = sections.offset + sections.entryBytes * sections.count;
  for (let i = 0; i < segments.count; i += 1) {
    const at = segments.offset + i * segments.entryBytes;
    if (at + 0x28 > bytes.length) break;
    const [begin, length] = [view.getBigUint64(at + 0x08, true), view.getBigUint64(at + 0x20, true)];
    end = Math.max(end, Number(begin) + Number(length));
  }
  return end > size ? end : undefined;
}

const stringTable = 3;

/**
 * Whether the end of a whole library is not what its header says, as where a file system lost it and has zeros there: the
 * section that holds the names of sections must be a table of strings. Loaded, such a library ends the process by a signal.
 */
export function hasLostItsEnd({ bytes, end, size }: Beginning): boolean {
  const header = elfHeader(bytes);
  if (header === undefined || end === undefined || header.sections.count === 0) return false;
  const { sections, names } = header;
  const at = sections.offset + sections.entryBytes * names - (size - end.length);
  if (at < 0 || at + 8 > end.length) return false;
  return viewOf(end).getUint32(at + 4, true) !== stringTable;
}
