import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { densityPanels, densityPicture } from '../../src/charts/density-panels.js';
import { elementsOf, textsOf } from '../support/svg.js';

const cells = 5;
const side = 2.5; // pixels of side 1, centres at -2, -1, 0, 1, 2
const decades = 2;

test('a picture is the logarithm of the density, smoothed over a pixel, with y upwards', async () => {
  const components = [{ weight: 1, mean: [1, 2] as const, covariance: [3, 0, 1] as const }];
  const pixels = await densityPicture(components, { side, cells, decades }, {});
  const expected = Array.from({ length: cells * cells }, (_, i) => {
    const [x, y] = [(i % cells) - 2, 2 - Math.floor(i / cells)];
    const exponent = (x - 1) ** 2 / (2 * (3 + 1)) + (y - 2) ** 2 / (2 * (1 + 1));
    return Math.round(255 * Math.min(1, exponent / (decades * Math.log(10))));
  });
  expect([...pixels]).toEqual(expected);
  expect(pixels[3]).toBe(0); // black at the mean, in the top row
});

test('a component of no width and little weight still shows', async () => {
  const components = [
    { weight: 0.9, mean: [-2, 0] as const, covariance: [0, 0, 0] as const },
    { weight: 0.1, mean: [2, 0] as const, covariance: [0, 0, 0] as const },
  ];
  const pixels = await densityPicture(components, { side, cells, decades }, {});
  expect([pixels[10], pixels[14]]).toEqual([0, Math.round((255 * Math.log10(9)) / decades)]);
});

test('panels stand in rows, each with its label, its pixels, the circles and axes', async () => {
  const chart = densityPanels({
    title: 'A < B',
    subtitle: ['of nothing'],
    columns: 2,
    panels: ['a', 'b', 'c'].map((label) => ({ label, pixels: new Uint8Array(cells * cells) })),
    side,
    cells,
    circles: { centres: matrix(Float64Array.of(0, 0, 1, 1), 2, 2), radius: 0.5 },
  });
  const { svg } = chart;
  expect(textsOf(svg)).toEqual(expect.arrayContaining(['A &lt; B', 'of nothing', 'a', 'b', 'c']));
  expect(elementsOf(svg, 'circle')).toHaveLength(6);
  expect(textsOf(svg).filter((text) => /^-?\d$/.test(text))).toHaveLength(3 * 2 * 5); // ticks at -2, -1, 0, 1 and 2
  const images = elementsOf(svg, 'image');
  expect(images).toHaveLength(3);
  // A centre in the middle of its picture, the other one a unit to the right and above.
  const [image] = images;
  const [origin, other] = elementsOf(svg, 'circle');
  const unit = Number(image!.width) / (2 * side);
  expect(Number(origin!.cx)).toBeCloseTo(Number(image!.x) + Number(image!.width) / 2, 1);
  expect(Number(other!.cx) - Number(origin!.cx)).toBeCloseTo(unit, 1);
  expect(Number(origin!.cy) - Number(other!.cy)).toBeCloseTo(unit, 1);
  expect(Number(origin!.r)).toBeCloseTo(unit / 2, 1);
  // Two in the first row, the third below the first: the places of the panels, added up over the groups they are in.
  const places = placesOf(svg);
  expect(places[1]![1]).toBe(places[0]![1]);
  expect(places[1]![0]).toBeGreaterThan(places[0]![0] + 200);
  expect(places[2]![0]).toBe(places[0]![0]);
  expect(places[2]![1]).toBeGreaterThan(places[0]![1] + 200);
  expect((await chart.png()).length).toBeGreaterThan(1000);
});

/** Where the groups are in which the images stand. */
function placesOf(svg: string): [x: number, y: number][] {
  const open: [number, number][] = [];
  const places: [number, number][] = [];
  for (const [tag, x, y] of svg.matchAll(/<g(?: transform="translate\((\S+) (\S+)\)")?[^>]*>|<\/g>|<image/g)) {
    if (tag === '</g>') open.pop();
    else if (tag === '<image')
      places.push([open.reduce((sum, [dx]) => sum + dx, 0), open.reduce((sum, [, dy]) => sum + dy, 0)]);
    else open.push([Number(x ?? 0), Number(y ?? 0)]);
  }
  return places;
}
