import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../src/report/report-page.js';
import { type Browser, browserPath, startBrowser } from '../support/chromium.js';
import { linesStudy, mapStudy } from '../support/studies.js';

describe.skipIf(browserPath === undefined)('a report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'madloop-report-'));
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  const requests: string[] = [];
  const address = pathToFileURL(join(folder, 'report.html')).href;
  // Distances of many sizes in one study, a short second axis in the other.
  const [maps, lines] = [mapStudy(), linesStudy()];

  const study = (index: number): Locator => page.locator(`section[data-study="${index}"]`);
  const chart = (index: number): Locator => study(index).locator('figure:not([hidden]) svg[role=grid]');
  /** Points at the middle of a cell: of a map, which is a picture, or of a point, which is an element. */
  const pointAt = async (index: number, of: number): Promise<void> => {
    const place = await chart(index).evaluate((svg: SVGSVGElement, of) => {
      const { cells, x, y } = svg.dataset;
      if (cells === undefined) {
        const { left, top, width, height } = svg.querySelector(`[data-cell="${of}"]`)!.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
      }
      const [across, up]: number[][] = [x, y].map((edges) => JSON.parse(edges!));
      const [first, along, toNext] = JSON.parse(cells);
      const columns = across!.length - 1;
      const which = Array.from(
        { length: columns * (up!.length - 1) },
        (_, k) => [k % columns, Math.floor(k / columns)] as const,
      );
      const [i, j] = which.find(([i, j]) => first + along * i + toNext * j === of)!;
      const middle = new DOMPoint((across![i]! + across![i + 1]!) / 2, (up![j]! + up![j + 1]!) / 2);
      const { x: left, y: top } = middle.matrixTransform(svg.getScreenCTM()!);
      return { x: left, y: top };
    }, of);
    await page.mouse.move(place.x, place.y);
  };
  const values = (index: number): Locator => study(index).locator('.values');

  beforeAll(async () => {
    writeFileSync(join(folder, 'report.html'), reportPage([maps, lines]));
    browser = await startBrowser();
    page = await browser.context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(address);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  test('shows one chart a study, and the values of the cell under the pointer', async () => {
    expect(await page.locator('figure:visible').count()).toBe(2);
    // n_r = 113, n_s = 10,000, lambda 0.7.
    const index = maps.cells.findIndex(
      ({ at }) => at.lambda === 0.7 && at.real === 113 && at.synthetic === 10000,
    );
    await pointAt(0, index);
    const { ratio, ratioLow, ratioHigh } = maps.cells[index]!.result!;
    const text = await values(0).innerText();
    expect(text).toContain('λ = 0.7, nᵣ = 113, nₛ = 10,000');
    expect(text).toContain(
      `nₑ / nᵣ = ${Number(ratio!.toPrecision(4))} (95 %: ${Number(ratioLow!.toPrecision(4))} to ${Number(ratioHigh!.toPrecision(4))}): synthetic data hurt`,
    );
    // Nothing covers the chart: neither what stands for the cell that the keyboard is at, nor the values.
    expect(
      await chart(0)
        .locator('.stop')
        .evaluate((stop) => getComputedStyle(stop).fill),
    ).toBe('none');
    const [words, picture] = [(await values(0).boundingBox())!, (await chart(0).boundingBox())!];
    const apart =
      words.y + words.height <= picture.y ||
      words.y >= picture.y + picture.height ||
      words.x >= picture.x + picture.width;
    expect(apart).toBe(true);
  });

  test('says what cells without a number are', async () => {
    for (const [index, words] of [
      [1, 'no answer: ERR_NO_VARIANCE: no variance <here>'],
      [2, 'not finished'],
      [3, 'nₑ is below 2'],
    ] as const) {
      await pointAt(0, index);
      expect(await values(0).innerText()).toContain(words);
    }
  });

  test('takes the keyboard: one stop for the chart, arrows within it', async () => {
    // From the slider, the next stop is the chart.
    await study(0).locator('input[type=range]').focus();
    await page.keyboard.press('Tab');
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
    expect(await focused()).toContain('nᵣ = 100, nₛ = 10,000');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toContain('nᵣ = 113, nₛ = 10,000');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('nᵣ = 113, nₛ = 7,848');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft'); // beyond the edge: stays
    expect(await focused()).toContain('nᵣ = 100, nₛ = 7,848');
    await page.keyboard.press('End');
    expect(await focused()).toContain('nᵣ = 1,000, nₛ = 7,848');
    expect(await values(0).innerText()).toContain('nᵣ = 1,000, nₛ = 7,848');
    // One tab further the chart is left; back, it is entered where it was left.
    await page.keyboard.press('Tab');
    expect(await focused()).not.toContain('nᵣ');
    await page.keyboard.press('Shift+Tab');
    expect(await focused()).toContain('nᵣ = 1,000, nₛ = 7,848');
  });

  test('has a slider for the third axis and a choice of the quantity', async () => {
    const slider = study(0).locator('input[type=range]');
    const caption = study(0).locator('figure:not([hidden]) figcaption');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    expect(await caption.innerText()).toBe('nₑ / nᵣ over nᵣ and nₛ, λ = 0.85');
    expect(await slider.getAttribute('aria-valuetext')).toBe('λ = 0.85');
    expect(await study(0).locator('output').innerText()).toBe('λ = 0.85');
    await study(0).locator('input[value=distance]').check();
    expect(await caption.innerText()).toBe('limit point over nᵣ and nₛ, λ = 0.85');
    await page.keyboard.press('ArrowLeft');
    await study(0).locator('input[value=ratio]').check();
    // The threshold: a line where there is one, none at lambda = 1.
    expect(await chart(0).locator('.threshold').getAttribute('d')).toMatch(/^M.*L/);
    await slider.fill('2');
    expect(await chart(0).locator('.threshold').getAttribute('d')).toBe('');
    await slider.fill('0');
  });

  test('has a table that sorts, with what is missing last', async () => {
    await study(0).getByText('Table of 1,200 cells').click();
    const rows = study(0).locator('tbody tr');
    expect(await rows.count()).toBe(200);
    await study(0).getByRole('button', { name: 'Show all 1,200 rows' }).click();
    expect(await rows.count()).toBe(1200);
    const column = async (index: number) =>
      (await study(0).locator(`tbody tr td:nth-child(${index})`).allInnerTexts()).map((text) =>
        Number(text.replaceAll(',', '')),
      );
    const head = study(0).getByRole('columnheader', { name: 'nₑ / nᵣ' });
    for (const [direction, sign] of [
      ['ascending', 1],
      ['descending', -1],
    ] as const) {
      await head.getByRole('button').click();
      expect(await head.getAttribute('aria-sort')).toBe(direction);
      const ratios = (await column(6)).slice(0, 1197);
      expect(ratios).toEqual([...ratios].sort((a, b) => sign * (a - b)));
      expect(new Set(ratios).size).toBeGreaterThan(500);
      const last = (await rows.allInnerTexts()).slice(-3).join(' ');
      expect(last).toContain('not finished');
      expect(last).toContain('ERR_NO_VARIANCE');
    }
  });

  test('draws curves whose points have values and error bars', async () => {
    const index = lines.cells.findIndex(({ at }) => at.realFraction === 0.01 && at.total === 3000);
    await study(1).locator('input[value=distance]').check();
    await chart(1).scrollIntoViewIfNeeded();
    await pointAt(1, index);
    const text = await values(1).innerText();
    expect(text).toContain('n = 3,000, p = 0.01, nᵣ = 30, nₛ = 2,970');
    const { distance, standardError } = lines.cells[index]!.result!;
    expect(text).toContain(`limit point ${distance.toFixed(3)} ± ${standardError!.toFixed(3)}`);
    // Five curves, a bar for every point.
    const bars = await chart(1)
      .locator('path.curve:nth-child(2)')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('d') ?? ''));
    expect(bars.map((d) => d.match(/M/g)?.length)).toEqual([5, 5, 5, 5, 5]);
  });

  test('is dark where the reader wants it dark, fits a phone, and prints every chart', async () => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await ground()).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await ground()).toBe('rgb(22, 24, 27)');
    await page.setViewportSize({ width: 360, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await page.emulateMedia({ media: 'print', colorScheme: 'light' });
    expect(await page.locator('figure:visible').count()).toBe(2 * 3 + 2);
    await page.emulateMedia({ media: 'screen' });
  });

  test('asks for nothing but itself, and nothing goes wrong in it', () => {
    expect(requests).toEqual([address]);
    expect(complaints).toEqual([]);
  });
});
