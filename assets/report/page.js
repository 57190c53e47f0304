// What moves in a report: values under the pointer and under the keyboard, sliders, tables that sort. The charts themselves
// are in the page already.

/** @import { ReportedStudy, StudyColumns } from '../../src/report/study-columns.js' */

/** @typedef {ReportedStudy['cells'][number]} StudyCell */

/** @typedef {readonly (readonly [axis: string, symbol: string])[]} Varying */

const mostRows = 200;
/** @type {ReportedStudy[]} */
const studies = JSON.parse(document.getElementById('studies')?.textContent ?? '[]').map(
  (/** @type {StudyColumns} */ columns) => studyOfColumns(columns),
);

for (const section of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll('section[data-study]')
)) {
  const study = /** @type {ReportedStudy} */ (studies[Number(section.dataset.study)]);
  /** @type {Varying} */
  const varying = JSON.parse(section.dataset.varying ?? '[]');
  choosePanels(section, (chart) => enliven(chart, section, (index) => describe(study.cells[index], varying)));
  makeTable(section, study, varying);
}

// ---- numbers in words

/** @param {number | null | undefined} value */
function number(value, digits = 4) {
  return value === null || value === undefined || !Number.isFinite(value) ? 'none' : numberText(value, digits);
}

/** @param {StudyCell} cell @param {string} axis @returns {number | string} */
function coordinate(cell, axis) {
  const { at, parameters } = /** @type {Record<string, Record<string, number | string>>} */ (
    /** @type {unknown} */ (cell)
  );
  return at?.[axis] ?? parameters?.[axis] ?? '';
}

/**
 * Lines of text about a cell, the first one saying which it is.
 * @param {StudyCell | undefined} cell
 * @param {Varying} varying
 */
function describe(cell, varying) {
  if (cell === undefined) return ['not part of the study'];
  const place = varying.map(([axis, symbol]) => `${symbol} = ${valueText(coordinate(cell, axis))}`);
  const { real, synthetic } = cell.parameters;
  if (varying.some(([axis]) => axis === 'total' || axis === 'realFraction')) {
    place.push(`nᵣ = ${number(real, 9)}`, `nₛ = ${number(synthetic, 9)}`);
  }
  const lines = [place.join(', ')];
  if (cell.error !== undefined) return [...lines, `no answer: ${cell.error}`];
  const { result } = cell;
  if (result === null) return [...lines, 'not finished'];
  lines.push(`nₑ / nᵣ ${ratioText(result)}: ${verdict(cell, result.admissible)}`);
  if (result.bounded === 'yes') lines.push(`nₑ = ${number(result.effectiveSampleSize, 5)}`);
  lines.push(`limit point ${withError(result.distance, result.standardError ?? 0)}`);
  if (result.chains > 0)
    lines.push(`${number(result.generations, 9)} generations in ${number(result.chains, 9)} chains`);
  return lines;
}

/** @param {NonNullable<StudyCell['result']>} result */
function ratioText({ bounded, ratio, ratioLow, ratioHigh }) {
  if (bounded === 'below-2') return 'has no value (nₑ is below 2)';
  if (bounded === 'unbounded') return 'has no bound';
  if (ratioLow === null || ratioHigh === null) return `= ${number(ratio)}`;
  return `= ${number(ratio)} (95 %: ${rangeEnds([ratioLow, ratioHigh], 4, number).join(' to ')})`;
}

/** @param {StudyCell} cell @returns {readonly [low: string, high: string]} */
function ratioEnds({ result }) {
  const { ratioLow = null, ratioHigh = null } = result ?? {};
  return ratioLow === null || ratioHigh === null ? ['', ''] : rangeEnds([ratioLow, ratioHigh], 5, number);
}

/** @param {StudyCell} cell @param {boolean | 'undecided'} admissible */
function verdict(cell, admissible) {
  if (admissible !== false && isCollapsed(cell.parameters))
    return 'the model has nearly shrunk to its mean, and so few real samples alone are no better';
  if (admissible === 'undecided') return 'undecided';
  return admissible ? 'synthetic data help' : 'synthetic data hurt';
}

/** @param {number | string} value */
function valueText(value) {
  return typeof value === 'number' ? number(value, 6) : value;
}

// ---- charts

/**
 * What pointer and keyboard reach in a chart: in rows from top to bottom, cells from left to right.
 * @typedef {object} Cells
 * @property {readonly number[]} lengths How many cells each row has.
 * @property {(j: number, i: number) => number} index The place of a cell in its study; -1: it is no part of it.
 * @property {(j: number, i: number) => Box} box
 * @property {(event: Event) => [j: number, i: number] | undefined} find The cell that an event is about.
 * @property {(j: number, i: number, label: string) => SVGElement} stop The element that stands for a cell when the chart has the focus: the only one in the order of tabs.
 */

/** @typedef {Record<'x' | 'y' | 'width' | 'height', number>} Box */

/**
 * Pointer and keyboard on the cells of a chart. One cell at a time is in the order of tabs; arrow keys move on from it.
 * @param {SVGSVGElement} chart
 * @param {HTMLElement} section
 * @param {(index: number) => string[]} words
 */
function enliven(chart, section, words) {
  const cells = chart.dataset.cells === undefined ? pointsOf(chart) : cellsOf(chart);
  const values = /** @type {HTMLElement} */ (section.querySelector('.values'));
  const rings = [0, 1].map(() => {
    const ring = element('rect', { class: 'ring' });
    chart.append(ring);
    return ring;
  });
  /** @param {number} j @param {number} i */
  const stop = (j, i) => cells.stop(j, i, words(cells.index(j, i)).join('; '));
  /** @param {Event} event */
  const show = (event) => {
    const place = cells.find(event);
    if (place === undefined) return;
    values.textContent = words(cells.index(...place)).join('\n');
    const { x, y, width, height } = cells.box(...place);
    for (const ring of rings) set(ring, { x: x - 1, y: y - 1, width: width + 2, height: height + 2 });
  };

  chart.addEventListener('pointermove', show);
  // Not on the chart: an SVG element that listens to its focus or to keys becomes a stop of the tab key.
  const around = /** @type {HTMLElement} */ (chart.parentElement);
  around.addEventListener('focusin', (event) => {
    const place = cells.find(event);
    if (place === undefined) return;
    stop(...place);
    show(event);
  });
  around.addEventListener('keydown', (event) => {
    const place = cells.find(event);
    const next = place && neighbour(cells.lengths, ...place, event.key);
    if (next === undefined) return;
    event.preventDefault();
    stop(...next).focus();
  });
  const first = cells.lengths.findIndex((length) => length > 0);
  if (first >= 0) stop(first, 0);
}

/**
 * The points of a line chart, which are elements.
 * @param {SVGSVGElement} chart
 * @returns {Cells}
 */
function pointsOf(chart) {
  const rows = [...chart.querySelectorAll('[role=row]')].map((row) => [
    .../** @type {NodeListOf<SVGGraphicsElement>} */ (row.querySelectorAll('[role=gridcell]')),
  ]);
  /** @param {number} j @param {number} i */
  const at = (j, i) => /** @type {SVGGraphicsElement} */ (rows[j]?.[i]);
  /** @type {Element | undefined} */
  let inTabOrder;
  return {
    lengths: rows.map((row) => row.length),
    index: (j, i) => Number(at(j, i).dataset.cell),
    box: (j, i) => at(j, i).getBBox(),
    find({ target }) {
      const cell = /** @type {SVGGraphicsElement | null} */ (
        /** @type {Element} */ (target).closest('[role=gridcell]')
      );
      const j = rows.findIndex((row) => cell !== null && row.includes(cell));
      return cell === null || j < 0
        ? undefined
        : [j, /** @type {SVGGraphicsElement[]} */ (rows[j]).indexOf(cell)];
    },
    stop(j, i, label) {
      inTabOrder?.setAttribute('tabindex', '-1');
      inTabOrder = at(j, i);
      set(inTabOrder, { tabindex: 0, 'aria-label': label });
      return at(j, i);
    },
  };
}

/**
 * The cells of a map, which is one picture. Two elements take turns in standing for the cell that has the focus, so that it is told.
 * @param {SVGSVGElement} chart
 * @returns {Cells}
 */
function cellsOf(chart) {
  const across = between(chart.dataset.x);
  const down = between(chart.dataset.y).reverse();
  const indices = JSON.parse(chart.dataset.cells ?? '[]');
  const row = element('g', { role: 'row' });
  chart.append(row);
  set(chart, { 'aria-rowcount': down.length, 'aria-colcount': across.length });
  /** @type {SVGElement | undefined} */
  let current;
  /** @type {[number, number]} */
  let place = [0, 0];
  /** @param {[begin: number, size: number][]} parts @param {number} at */
  const within = (parts, at) => parts.findIndex(([begin, size]) => at >= begin && at < begin + size);
  return {
    lengths: down.map(() => across.length),
    index(j, i) {
      const up = down.length - 1 - j;
      if (typeof indices[0] === 'number') return indices[0] + indices[1] * i + indices[2] * up;
      return indices[up][i] ?? -1;
    },
    box(j, i) {
      const [[x, width] = [0, 0], [y, height] = [0, 0]] = [across[i], down[j]];
      return { x, y, width, height };
    },
    find(event) {
      if (!(event instanceof MouseEvent))
        return current?.contains(/** @type {Node} */ (event.target)) ? place : undefined;
      const matrix = chart.getScreenCTM()?.inverse();
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
      const [j, i] = [within(down, y), within(across, x)];
      return j < 0 || i < 0 ? undefined : [j, i];
    },
    stop(j, i, label) {
      if (current !== undefined && j === place[0] && i === place[1]) return current;
      const before = current;
      place = [j, i];
      current = element('rect', { role: 'gridcell', class: 'stop', tabindex: 0, ...this.box(j, i) });
      set(current, { 'aria-label': label, 'aria-colindex': i + 1 });
      set(row, { 'aria-rowindex': j + 1 });
      row.append(current);
      // It may have the focus, until the other one gets it.
      if (before !== undefined) setTimeout(() => before.remove());
      return current;
    },
  };
}

/**
 * Where each cell begins, and how large it is, between the edges of an attribute.
 * @param {string | undefined} attribute
 * @returns {[begin: number, size: number][]}
 */
function between(attribute) {
  /** @type {number[]} */
  const edges = JSON.parse(attribute ?? '[]');
  return edges.slice(1).map((edge, i) => {
    const before = /** @type {number} */ (edges[i]);
    return [Math.min(edge, before), Math.abs(edge - before)];
  });
}

/** @param {string} name @param {Record<string, string | number>} attributes */
function element(name, attributes) {
  return set(
    /** @type {SVGElement} */ (document.createElementNS('http://www.w3.org/2000/svg', name)),
    attributes,
  );
}

/** @template {Element} Of @param {Of} element @param {Record<string, string | number>} attributes */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}

/**
 * The cell that a key leads to from row j, place i.
 * @param {readonly number[]} lengths
 * @param {number} j
 * @param {number} i
 * @param {string} key
 * @returns {[number, number] | undefined}
 */
function neighbour(lengths, j, i, key) {
  /** @param {number} row @param {number} place @returns {[number, number] | undefined} */
  const at = (row, place) => {
    const length = lengths[row] ?? 0;
    return place >= 0 && place < length ? [row, place] : undefined;
  };
  /** @param {number} row */
  const inOther = (row) => at(row, Math.min(i, (lengths[row] ?? 0) - 1));
  if (key === 'ArrowLeft') return at(j, i - 1);
  if (key === 'ArrowRight') return at(j, i + 1);
  if (key === 'Home') return at(j, 0);
  if (key === 'End') return at(j, (lengths[j] ?? 0) - 1);
  if (key === 'ArrowUp') return inOther(j - 1);
  return key === 'ArrowDown' ? inOther(j + 1) : undefined;
}

/**
 * Shows the one chart that the quantity and the sliders say. A chart is enlivened when it is first shown: a study may have many.
 * @param {HTMLElement} section
 * @param {(chart: SVGSVGElement) => void} enlivenChart
 */
function choosePanels(section, enlivenChart) {
  /** @type {Set<Element>} */
  const shown = new Set();
  const sliders = /** @type {HTMLInputElement[]} */ ([...section.querySelectorAll('input[type=range]')]);
  const choose = () => {
    const chosen = /** @type {HTMLInputElement | null} */ (section.querySelector('input[type=radio]:checked'));
    for (const slider of sliders) {
      const label = JSON.parse(slider.dataset.labels ?? '[]')[Number(slider.value)];
      slider.setAttribute('aria-valuetext', label);
      const output = /** @type {HTMLElement} */ (slider.nextElementSibling);
      output.textContent = label;
    }
    const key = [chosen?.value, ...sliders.map((slider) => slider.value)].join(' ');
    for (const panel of /** @type {NodeListOf<HTMLElement>} */ (section.querySelectorAll('[data-panel]'))) {
      panel.hidden = panel.dataset.panel !== key;
      const chart = /** @type {SVGSVGElement | null} */ (panel.querySelector('svg[role=grid]'));
      if (panel.hidden || chart === null || shown.has(chart)) continue;
      shown.add(chart);
      enlivenChart(chart);
    }
  };
  section.querySelector('.controls')?.addEventListener('input', choose);
  choose();
}

// ---- tables

/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(cell: StudyCell) => number | string | null | undefined} value What the table is sorted by.
 * @property {(cell: StudyCell) => string} [text] What is shown, where it is more than the value.
 */

/** @param {Varying} varying @returns {Column[]} */
function columnsOf(varying) {
  return [
    ...varying.map(([axis, symbol]) => ({
      title: symbol,
      value: (/** @type {StudyCell} */ cell) => coordinate(cell, axis),
    })),
    {
      title: 'limit point',
      value: ({ result }) => result?.distance,
      text: ({ result }) => (result === null ? '' : withError(result.distance, result.standardError ?? 0)),
    },
    { title: 'nₑ', value: ({ result }) => result?.effectiveSampleSize },
    { title: 'nₑ / nᵣ', value: ({ result }) => result?.ratio },
    { title: 'from', value: ({ result }) => result?.ratioLow, text: (cell) => ratioEnds(cell)[0] },
    { title: 'to', value: ({ result }) => result?.ratioHigh, text: (cell) => ratioEnds(cell)[1] },
    {
      title: 'synthetic data',
      value: ({ result, parameters }) => {
        if (result === null) return null;
        if (result.admissible === false) return 'hurt';
        if (isCollapsed(parameters)) return 'collapsed';
        return result.admissible === 'undecided' ? 'undecided' : 'help';
      },
    },
    { title: 'generations', value: ({ result }) => result?.generations },
    { title: 'chains', value: ({ result }) => result?.chains },
    { title: 'variance reduction', value: ({ result }) => result?.varianceReduction },
  ];
}

/**
 * @param {HTMLElement} section
 * @param {ReportedStudy} study
 * @param {Varying} varying
 */
function makeTable(section, study, varying) {
  const place = /** @type {HTMLElement} */ (section.querySelector('.table'));
  const columns = columnsOf(varying);
  const body = document.createElement('tbody');
  const more = document.createElement('button');
  more.className = 'more';
  more.type = 'button';
  let cells = [...study.cells];
  let shown = mostRows;

  const fill = () => {
    body.replaceChildren(...cells.slice(0, shown).map((cell) => tableRow(cell, columns, varying.length)));
    more.hidden = shown >= cells.length;
    more.textContent = `Show all ${number(cells.length, 9)} rows`;
  };
  more.addEventListener('click', () => {
    shown = cells.length;
    fill();
  });

  const heads = columns.map(({ title, value }) => {
    const head = document.createElement('th');
    head.scope = 'col';
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = title;
    button.addEventListener('click', () => {
      const ascending = head.getAttribute('aria-sort') !== 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', ascending ? 'ascending' : 'descending');
      cells = [...study.cells].sort((a, b) => compare(value(a), value(b), ascending ? 1 : -1));
      fill();
    });
    head.append(button);
    return head;
  });
  const table = document.createElement('table');
  const headRow = table.createTHead().insertRow();
  headRow.append(...heads);
  table.append(body);
  place.append(table, more);
  fill();
}

/** @param {StudyCell} cell @param {Column[]} columns @param {number} coordinates how many columns say which cell it is */
function tableRow(cell, columns, coordinates) {
  const row = document.createElement('tr');
  const unfinished = cell.error ?? (cell.result === null ? 'not finished' : undefined);
  for (const { value, text } of unfinished === undefined ? columns : columns.slice(0, coordinates)) {
    const what = value(cell);
    row.insertCell().textContent =
      text?.(cell) ??
      (what === null || what === undefined ? '' : typeof what === 'number' ? number(what, 5) : what);
  }
  if (unfinished !== undefined) {
    const rest = row.insertCell();
    rest.className = 'error';
    rest.colSpan = columns.length - coordinates;
    rest.textContent = unfinished;
  }
  return row;
}

/**
 * Numbers by size, text by letters; what has no value comes last in either direction.
 * @param {number | string | null | undefined} a
 * @param {number | string | null | undefined} b
 * @param {1 | -1} direction
 */
function compare(a, b, direction) {
  const missing = [a, b].map((value) => value === null || value === undefined || Number.isNaN(value));
  if (missing[0] || missing[1]) return Number(missing[0]) - Number(missing[1]);
  if (typeof a === 'number' && typeof b === 'number') return direction * (a - b);
  return direction * String(a).localeCompare(String(b));
}
