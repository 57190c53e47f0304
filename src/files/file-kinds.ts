// What a file is that is no file of arrays, by its first bytes: for messages that lead on.

/** What to do about images in the place of features. */
export const featuresNeeded =
  'features are needed, a row a sample: madloop features makes them of images, or Python as in docs/features.md';

/** What to do about a folder in the place of features. */
export const folderOfImages = `; if it holds images, ${featuresNeeded}`;

/** Bytes to look at. */
export const kindBytes = 512;

/** What begins so, and what to do about it. */
const signatures: readonly [beginning: string, kind: string][] = [
  ['\x1f\x8b', 'is compressed by gzip: decompress it'],
  ['BZh', 'is compressed by bzip2: decompress it'],
  ['\xfd7zXZ\0', 'is compressed by xz: decompress it'],
  ['\x28\xb5\x2f\xfd', 'is compressed by Zstandard: decompress it'],
  ['7z\xbc\xaf\x27\x1c', 'is a 7-Zip archive: unpack it'],
  ['\x89HDF\r\n\x1a\n', 'is an HDF5 file: numpy.save its data set'],
  ['MATLAB 5.0 MAT-file', 'is a MATLAB file: numpy.save its matrix'],
  ['PAR1', 'is a Parquet file: numpy.save its columns'],
  ['ARROW1', 'is an Arrow file: numpy.save its columns'],
  ['SQLite format 3\0', 'is an SQLite database'],
  ['\x89PNG', `is an image: ${featuresNeeded}`],
  ['\xff\xd8\xff', `is an image: ${featuresNeeded}`],
  ['GIF8', `is an image: ${featuresNeeded}`],
  ['version https://git-lfs', 'is a Git LFS pointer, not the file itself: git lfs pull'],
];

const others: readonly [is: (bytes: Buffer, text: string) => boolean, kind: string][] = [
  // Protocols 2 to 5.
  [
    ([first, protocol]) => first === 0x80 && protocol! >= 2 && protocol! <= 5,
    'is a Python pickle: numpy.save its array',
  ],
  [
    (bytes, text) => bytes.length > 8 && bytes.readUInt32LE(4) === 0 && text[8] === '{',
    'is a safetensors file: numpy.save its tensor',
  ],
  [(_, text) => /^\s*<(?:!doctype\s+html|html)\b/i.test(text), 'is an HTML page, as failed downloads leave'],
  [(bytes, text) => isText(bytes) && /^\s*[[{]/.test(text), 'looks like JSON: numpy.save the numbers in it'],
  [isText, "looks like text: numpy.save what numpy.loadtxt(..., delimiter=',') reads of it"],
];

/** Whether there is no control character but white space. */
function isText(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
}

/** What a file that begins with these bytes looks like, as "is a Python pickle: ..."; undefined where they do not show it. */
export function kindOf(bytes: Buffer): string | undefined {
  if (bytes.length === 0) return 'is empty';
  const text = bytes.toString('latin1');
  return (
    signatures.find(([beginning]) => text.startsWith(beginning))?.[1] ??
    others.find(([is]) => is(bytes, text))?.[1]
  );
}
