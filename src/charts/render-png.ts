// From an SVG document to PNG. The package that does it is optional: it is loaded here, when a picture is made.

import { optionalPackage } from '../base/optional-package.js';
import { number, resolve, type TableOf } from '../base/options.js';
import { packageFile } from '../base/package-files.js';

/** The font that comes with madloop. */
export const fontFamily = 'DejaVu Sans';

// The same font file on every machine, so that a PNG does not depend on what is installed. (Without one, letters
// are left out and nothing says so.)
const font = 'assets/DejaVuSans.ttf';

export interface PngOptions {
  /** Pixels to each unit of the SVG document, 0.1 to 20. Default 3. */
  readonly scale?: number | undefined;
}

const pngOptions = {
  scale: number(0.1, 20).or(3).doc('pixels to each unit of the SVG document'),
} satisfies TableOf<PngOptions>;

/** An SVG document as PNG: see `Chart`. */
export async function renderPng(svg: string, options?: PngOptions): Promise<Uint8Array> {
  const { scale } = resolve('png', options, pngOptions);
  const { Resvg } = await optionalPackage<ResvgPackage>(
    '@resvg/resvg-js',
    'PNG pictures need',
    'npm i @resvg/resvg-js@2',
  );
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [packageFile(font)],
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return image.render().asPng();
}

// What is used of the package. Its own type declarations cannot be relied on where it is not installed.
interface ResvgPackage {
  Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}
