// The arrays in a .npy or .npz file.

import type { ByteSource } from './byte-source.js';
import { type ByteStream, RangeStream } from './byte-stream.js';
import { type ElementType, elementType, elementTypes } from './elements.js';
import { malformed } from './file-errors.js';
import { featuresNeeded, kindBytes, kindOf } from './file-kinds.js';
import { beginsLikeNpy, type NpyHeader, readNpyHeader, shapeText, signatureBytes } from './npy-header.js';
import {
  beginsLikeZip,
  entryName,
  openZipEntry,
  readZipDirectory,
  type ZipDirectory,
  type ZipEntry,
} from './zip.js';

/** An array whose header has been read. */
export interface StoredArray {
  /** For messages: the file, and of an .npz file the entry. */
  readonly name: string;
  readonly header: NpyHeader;
  /** Bytes of header and elements, as the file says. */
  readonly size: number;
  /** The elements in the order of the file. */
  openElements(): Promise<ByteStream>;
  /** Whether the stream's end checks a checksum. */
  readonly hasChecksum: boolean;
  /** Fills `target` with the bytes at an offset from the first element; undefined where they are compressed. */
  readonly readAt: ((offset: number, target: Uint8Array) => Promise<void>) | undefined;
}

/** The arrays of a file by name; in a .npy file there is one, without a name. */
export interface ArrayFile {
  readonly name: string;
  /** Undefined for a .npy file. */
  readonly arrayNames: readonly string[] | undefined;
  /** Opens an array by its name; the name is undefined for that of a .npy file. */
  open(arrayName: string | undefined): Promise<StoredArray>;
  /**
   * What says how the features in the file were made, if anything does: in an .npz file the array `extractor`, in a .npy file a text
   * behind the array, which NumPy reads by another numpy.load of the open file.
   */
  openExtractor(): Promise<StoredArray | undefined>;
}

/** Errors, here and in what is returned: ERR_INVALID_INPUT for malformed files, ERR_FILE for unreadable ones. */
export async function openArrayFile(source: ByteSource): Promise<ArrayFile> {
  const beginning = Buffer.alloc(Math.min(kindBytes, source.size));
  await source.read(0, beginning);
  if (beginsLikeNpy(beginning)) {
    return {
      name: source.name,
      arrayNames: undefined,
      open: async () => (await openNpy(source)).array,
      openExtractor: async () => (await openNpy(source)).text,
    };
  }
  if (!beginsLikeZip(beginning)) {
    const kind = kindOf(beginning);
    throw malformed(
      source.name,
      `begins neither like a .npy nor like an .npz file${kind === undefined ? '' : `: it ${kind}`}`,
    );
  }
  const directory = await readZipDirectory(source);
  const entries = new Map<string, ZipEntry>();
  for (const entry of directory.entries) {
    if (entry.name.endsWith('.npy')) entries.set(entry.name.slice(0, -'.npy'.length), entry);
  }
  const arrayNames = [...entries.keys()];
  const others = directory.entries.map(({ name }) => name);
  if (arrayNames.length === 0 && others.length > 0) throw malformed(source.name, zipKind(others));
  return {
    name: source.name,
    arrayNames,
    async open(arrayName) {
      // Both ways in which NumPy knows it.
      const entry =
        arrayName === undefined
          ? undefined
          : (entries.get(arrayName) ?? entries.get(arrayName.replace(/\.npy$/, '')));
      if (entry === undefined) {
        throw malformed(
          source.name,
          `has no array ${JSON.stringify(arrayName)}; it holds ${listed(arrayNames)}`,
        );
      }
      return openNpzEntry(source, directory, entry);
    },
    async openExtractor() {
      const entry = entries.get('extractor');
      return entry && openNpzEntry(source, directory, entry);
    },
  };
}

/** What a zip file is that has entries, but no arrays. */
function zipKind(entryNames: readonly string[]): string {
  return entryNames.some((name) => /(?:^|\/)data\.pkl$/.test(name))
    ? "is a PyTorch file: save its tensor by numpy.save('x.npy', x.cpu().numpy())"
    : `is a zip file without .npy entries, expected an .npz file; it holds ${listed(entryNames)}`;
}

/** Names for messages: not more than a line of them. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no arrays';
  const shown = names
    .slice(0, 8)
    .map((name) => JSON.stringify(name.length > 40 ? `${name.slice(0, 37)}...` : name));
  return shown.join(', ') + (names.length > 8 ? `, and ${names.length - 8} more` : '');
}

export const longestText = 1000;

/** NumPy's '<U12', code points of four bytes each, or '|S12', bytes; either is filled up with zeros. */
export const textPattern = /^(?:([<>])U|\|S)(\d{1,4})$/;

/** Whether an array is one text. */
export function holdsText({ header: { descr, shape } }: StoredArray): boolean {
  const match = textPattern.exec(descr);
  return match !== null && Number(match[2]) <= longestText && shape.every((extent) => extent === 1);
}

/** Whether the elements are Python objects, which take pickle to read. */
export function isPickled({ header: { descr } }: StoredArray): boolean {
  return /^\|?O\d*$/.test(descr);
}

/**
 * The type of an array's elements, and whether there are as many as its shape says.
 * Errors: ERR_INVALID_INPUT. Nothing is to be allocated for an array that has not passed here.
 */
export function checkElements(array: StoredArray): { type: ElementType; count: number } {
  const { descr, length } = array.header;
  checkNotPickled(array);
  const type = elementType(descr);
  if (type === undefined) {
    throw malformed(array.name, `holds elements of type '${descr.slice(0, 40)}', expected ${elementTypes}`);
  }
  checkLength(array, type.bytes);
  return { type, count: (array.size - length) / type.bytes };
}

/** That an array of elements of this size is as long as its shape says. */
export function checkLength(
  { name, header: { shape, length }, size }: StoredArray,
  elementBytes: number,
): void {
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (!Number.isSafeInteger(count * elementBytes) || length + count * elementBytes !== size) {
    const elements = shape.length === 0 ? 'one element' : `${shape.join(' x ')} elements`;
    const missing = length + count * elementBytes - size;
    const rest =
      missing > 0
        ? `${Number.isSafeInteger(missing) ? `${missing} bytes` : 'all others'} are missing`
        : `${-missing} bytes follow (another array?)`;
    throw malformed(
      name,
      `says ${elements} of ${elementBytes} bytes, but holds ${size - length} bytes of them: ${rest}`,
    );
  }
}

function checkNotPickled(array: StoredArray): void {
  if (!isPickled(array)) return;
  throw malformed(
    array.name,
    `holds pickled Python objects ('${array.header.descr}'), expected ${elementTypes}: save the numbers in them by numpy.save`,
  );
}

/** "(10, 64, 64, 3) (images? ...)": a shape that is no matrix, and what it may be. */
export function describeShape(shape: readonly number[]): string {
  const text = shapeText(shape).slice(0, 200);
  return shape.length === 4 ? `${text} (images? ${featuresNeeded})` : text;
}

/** The rows and columns of an array that is a matrix. Errors: ERR_INVALID_INPUT. */
export function checkMatrixShape(array: StoredArray): { rows: number; cols: number } {
  const { name, header } = array;
  const { shape } = header;
  const [rows, cols] = shape;
  // A dictionary has no shape, which is not what is wrong with it.
  checkNotPickled(array);
  if (shape.length !== 2 || rows === undefined || cols === undefined) {
    throw malformed(
      name,
      `holds an array of shape ${describeShape(shape)}, expected two dimensions: rows and columns${howToReshape(shape)}`,
    );
  }
  if (rows === 0 || cols === 0) {
    throw malformed(name, `holds an array of shape ${shapeText(shape)}, expected at least one row and column`);
  }
  return { rows, cols };
}

/** What makes a matrix of an array of another shape; of what may be images features are needed instead. */
function howToReshape(shape: readonly number[]): string {
  const [rows] = shape;
  if (shape.length === 1) return '; numpy.save its reshape(-1, 1), where each number is a sample';
  return shape.length === 3 ? `; numpy.save its reshape(${rows}, -1), a row a sample` : '';
}

/** The array of a .npy file, and the text behind it, if there is one. */
async function openNpy(
  source: ByteSource,
): Promise<{ readonly array: StoredArray; readonly text: StoredArray | undefined }> {
  const { name, size } = source;
  const header = await readNpyHeader(new RangeStream(source, name, 0), name, size);
  const count = header.shape.reduce((product, extent) => product * extent, 1);
  const type = elementType(header.descr);
  const end = type && header.length + count * type.bytes;
  const text = end === undefined ? undefined : await textBehind(source, end);
  return { array: npyArray(source, header, text === undefined ? size : end!), text };
}

/** The array that begins at a position of a file, if it is a text. */
async function textBehind(source: ByteSource, position: number): Promise<StoredArray | undefined> {
  const { name, size } = source;
  if (position + signatureBytes > size) return undefined;
  const rest: ByteSource = {
    name,
    size: size - position,
    read: (offset, target) => source.read(position + offset, target),
  };
  const beginning = Buffer.alloc(signatureBytes);
  await rest.read(0, beginning);
  if (!beginsLikeNpy(beginning)) return undefined;
  const array = npyArray(rest, await readNpyHeader(new RangeStream(rest, name, 0), name, rest.size), rest.size);
  return holdsText(array) ? array : undefined;
}

function npyArray(source: ByteSource, header: NpyHeader, size: number): StoredArray {
  const { name } = source;
  return {
    name,
    header,
    size,
    openElements: async () => new RangeStream(source, name, header.length),
    hasChecksum: false,
    readAt: (offset, target) => source.read(header.length + offset, target),
  };
}

async function openNpzEntry(
  source: ByteSource,
  directory: ZipDirectory,
  entry: ZipEntry,
): Promise<StoredArray> {
  const name = entryName(source, entry);
  const { size } = entry;
  const { stream, position } = await openZipEntry(source, directory, entry);
  const header = await readNpyHeader(stream, name, size);
  return {
    name,
    header,
    size,
    async openElements() {
      // From the beginning: the checksum is that of the header as well.
      const { stream } = await openZipEntry(source, directory, entry);
      await stream.read(Buffer.alloc(header.length));
      return stream;
    },
    hasChecksum: true,
    readAt:
      position === undefined
        ? undefined
        : (offset, target) => source.read(position + header.length + offset, target),
  };
}
