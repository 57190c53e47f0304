/** Pixels of 8 bits a channel, grey (1) or red, green and blue (3): row by row from the top, the channels of a pixel side by side. */
export interface Image {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}
