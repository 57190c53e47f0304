// From a Vega-Lite specification to SVG and PNG. The packages that do it are optional: they are loaded here, when a chart
// is made, and nowhere else.

import { fileURLToPath } from 'node:url';
import { optionalPackage } from '../base/optional-package.js';
import type { Specification } from './chart-style.js';
import { fontFamily } from './svg-text.js';

/** The chart as an SVG document. Errors: ERR_MISSING_PACKAGE, with the command that installs what is missing. */
export async function renderSvg(specification: Specification): Promise<string> {
  const vegaLite = await chartPackage<VegaLite>('vega-lite');
  const vega = await chartPackage<Vega>('vega');
  const compiled = vegaLite.compile(specification).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

// The same font file on every machine, so that a PNG does not depend on what is installed. (Without one, letters
// are left out and nothing says so.)
const fontFile = fileURLToPath(new URL('../../assets/DejaVuSans.ttf', import.meta.url));

/** An SVG document as PNG, with `scale` pixels to each of its units. Errors: ERR_MISSING_PACKAGE. */
export async function renderPng(svg: string, scale = 3): Promise<Uint8Array> {
  const { Resvg } = await chartPackage<ResvgPackage>('@resvg/resvg-js');
  const image = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: [fontFile],
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return image.render().asPng();
}

// What is used of the packages. Their own type declarations cannot be relied on where they are not installed.
interface VegaLite {
  compile(specification: object): { readonly spec: object };
}

interface Vega {
  parse(specification: object): object;
  View: new (runtime: object, options: object) => { toSVG(): Promise<string>; finalize(): void };
}

interface ResvgPackage {
  Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

const chartPackage = <Package>(name: string): Promise<Package> =>
  optionalPackage(name, 'charts need', 'npm i vega@6 vega-lite@6 @resvg/resvg-js@2');
