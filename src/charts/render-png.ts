// From an SVG document to PNG. The package that does it is optional: it is loaded here, when a picture is made.

import { fileURLToPath } from 'node:url';
import { checkNumber, checkOptions } from '../base/check.js';
import { optionalPackage } from '../base/optional-package.js';

/** The font that comes with madloop. */
export const fontFamily = 'DejaVu Sans';

// The same font file on every machine, so that a PNG does not depend on what is installed. (Without one, letters
// are left out and nothing says so.)
const fontFile = fileURLToPath(new URL('../../assets/DejaVuSans.ttf', import.meta.url));

/** An SVG document as PNG: see `Chart`. */
export async function renderPng(
  svg: string,
  options?: { readonly scale?: number | undefined },
): Promise<Uint8Array> {
  const { scale = 3 } = checkOptions('png', 'options', options, ['scale']);
  const zoom = checkNumber('png', 'scale', scale, 0.1, 20);
  const { Resvg } = await optionalPackage<ResvgPackage>(
    '@resvg/resvg-js',
    'PNG pictures need',
    'npm i @resvg/resvg-js@2',
  );
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile],
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
