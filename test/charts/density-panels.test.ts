import { expect, test } from 'vitest';
import { matrix } from '../../src/base/matrix.js';
import { densityPanelsSvg, densityPicture } from '../../src/charts/density-panels.js';
import { renderPng } from '../../src/charts/render.js';

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
  const svg = densityPanelsSvg({
    title: 'A < B',
    subtitle: ['of nothing'],
    columns: 2,
    panels: ['a', 'b', 'c'].map((label) => ({ label, pixels: new Uint8Array(cells * cells) })),
    side,
    cells,
    circles: { centres: matrix(Float64Array.of(0, 0, 1, 1), 2, 2), radius: 0.5 },
  });
  expect(svg).toContain('A &lt; B');
  expect(svg.match(/<image/g)).toHaveLength(3);
  expect(svg.match(/<circle/g)).toHaveLength(6);
  expect(svg.match(/>-?\d<\/text>/g)).toHaveLength(3 * 2 * 5); // ticks at -2, -1, 0, 1 and 2
  const places = [...svg.matchAll(/translate\((\S+) (\S+)\)/g)].map(([, x, y]) => [Number(x), Number(y)]);
  expect(places[1]![1]).toBe(places[0]![1]);
  expect(places[2]![0]).toBe(places[0]![0]);
  expect(places[2]![1]).toBeGreaterThan(places[0]![1]!);
  expect((await renderPng(svg)).length).toBeGreaterThan(1000);
});
