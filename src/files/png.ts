// Images as PNG (ISO/IEC 15948): what sheets of samples and maps need of the format, and no more.

import { crc32, deflateSync } from 'node:zlib';

/** Rows of 8-bit grey values, 0 black, as a PNG file. `pixels` holds height x width values. */
export function greyscalePng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  return png(pixels, width, height, { colourType: 0, channels: 1 });
}

/** Rows of 8-bit red, green, blue and opacity (0: nothing to be seen) as a PNG file. `pixels` holds height x width x 4 values. */
export function colourPng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  return png(pixels, width, height, { colourType: 6, channels: 4 });
}

/** A PNG file as an address that holds it. */
export function dataUrl(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

function png(
  pixels: Uint8Array,
  width: number,
  height: number,
  { colourType, channels }: { readonly colourType: number; readonly channels: number },
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a sample; compression, filter and interlace methods are all 0
  header[9] = colourType;
  const length = channels * width;
  const filtered = Buffer.alloc(height * (length + 1)); // each row behind its filter type, 0: none
  for (let y = 0; y < height; y += 1) {
    filtered.set(pixels.subarray(y * length, (y + 1) * length), y * (length + 1) + 1);
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filtered)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(4 + body.length + 4);
  frame.writeUInt32BE(data.length, 0);
  frame.set(body, 4);
  frame.writeUInt32BE(crc32(body), 4 + body.length);
  return frame;
}
