// What moves in a report: values under the pointer and under the keyboard, sliders, tables that sort. The charts themselves
// are in the page already.

/** @import { StudyCell, StudyDocument } from '../../src/studies/definition/study-document.js' */

/** @typedef {readonly (readonly [axis: string, symbol: string])[]} Varying */

const mostRows = 200;
const tooltip = /** @type {HTMLElement} */ (document.getElementById('tooltip'));
/** @type {StudyDocument[]} */
const studies = JSON.parse(document.getElementById('studies')?.textContent ?? '[]');

for (const section of /** @type {NodeListOf<HTMLElement>} */ (
  document.querySelectorAll('section[data-study]')
)) {
  const study = /** @type {StudyDocument} */ (studies[Number(section.dataset.study)]);
  /** @type {Varying} */
  const varying = JSON.parse(section.dataset.varying ?? '[]');
  choosePanels(section);
  for (const chart of /** @type {NodeListOf<SVGSVGElement>} */ (section.querySelectorAll('svg[role=grid]'))) {
    enliven(chart, section, (index) => describe(study.cells[index], varying));
  }
  makeTable(section, study, varying);
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') tooltip.hidden = true;
});

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
  lines.push(`nₑ / nᵣ ${ratioText(result)}: ${verdict(result.admissible)}`);
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
  return `= ${number(ratio)} (95 %: ${number(ratioLow)} to ${number(ratioHigh)})`;
}

/** @param {boolean | 'undecided'} admissible */
function verdict(admissible) {
  if (admissible === 'undecided') return 'undecided';
  return admissible ? 'synthetic data help' : 'synthetic data hurt';
}

/** @param {number | string} value */
function valueText(value) {
  return typeof value === 'number' ? number(value, 6) : value;
}

// ---- charts

/**
 * Pointer and keyboard on the cells of a chart. One cell at a time is in the order of tabs; arrow keys move on from it.
 * @param {SVGSVGElement} chart
 * @param {HTMLElement} section
 * @param {(index: number) => string[]} words
 */
function enliven(chart, section, words) {
  const rows = [...chart.querySelectorAll('[role=row]')].map((row) => [
    .../** @type {NodeListOf<SVGGraphicsElement>} */ (row.querySelectorAll('[role=gridcell]')),
  ]);
  const values = /** @type {HTMLElement} */ (section.querySelector('.values'));
  const rings = [0, 1].map(() => {
    const ring = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    ring.classList.add('ring');
    chart.append(ring);
    return ring;
  });
  /** @type {SVGGraphicsElement | undefined} */
  let inTabOrder;

  /** @param {SVGGraphicsElement} cell */
  const linesOf = (cell) => (cell.dataset.cell === undefined ? words(-1) : words(Number(cell.dataset.cell)));
  /** @param {SVGGraphicsElement} cell */
  const putInTabOrder = (cell) => {
    inTabOrder?.setAttribute('tabindex', '-1');
    cell.setAttribute('tabindex', '0');
    inTabOrder = cell;
  };
  /** @param {SVGGraphicsElement} cell */
  const show = (cell) => {
    const lines = linesOf(cell);
    values.textContent = lines.join('\n');
    const box = cell.getBBox();
    for (const ring of rings) {
      ring.setAttribute('x', String(box.x - 1));
      ring.setAttribute('y', String(box.y - 1));
      ring.setAttribute('width', String(box.width + 2));
      ring.setAttribute('height', String(box.height + 2));
    }
    showTooltip(lines, cell.getBoundingClientRect());
  };

  rows.forEach((row, j) => {
    row.forEach((cell, i) => {
      cell.setAttribute('tabindex', '-1');
      cell.setAttribute('aria-label', linesOf(cell).join('; '));
      cell.addEventListener('pointerenter', () => show(cell));
      cell.addEventListener('focus', () => {
        putInTabOrder(cell);
        show(cell);
      });
      cell.addEventListener('keydown', (event) => {
        const next = neighbour(rows, j, i, event.key);
        if (next === undefined) return;
        event.preventDefault();
        next.focus();
      });
    });
  });
  chart.addEventListener('pointerleave', () => {
    tooltip.hidden = true;
  });
  // Not on the chart: an SVG element that listens to its focus becomes a stop of the tab key.
  chart.parentElement?.addEventListener('focusout', () => {
    tooltip.hidden = true;
  });
  const first = rows.find((row) => row.length > 0)?.[0];
  if (first !== undefined) putInTabOrder(first);
}

/**
 * The cell that a key leads to from row j, place i.
 * @param {SVGGraphicsElement[][]} rows
 * @param {number} j
 * @param {number} i
 * @param {string} key
 */
function neighbour(rows, j, i, key) {
  const row = /** @type {SVGGraphicsElement[]} */ (rows[j]);
  if (key === 'ArrowLeft') return row[i - 1];
  if (key === 'ArrowRight') return row[i + 1];
  if (key === 'Home') return row[0];
  if (key === 'End') return row.at(-1);
  const other = key === 'ArrowUp' ? rows[j - 1] : key === 'ArrowDown' ? rows[j + 1] : undefined;
  return other?.[Math.min(i, other.length - 1)];
}

/** @param {string[]} lines @param {DOMRect} beside */
function showTooltip(lines, beside) {
  tooltip.replaceChildren(
    ...lines.map((line) => {
      const element = document.createElement('div');
      element.textContent = line;
      return element;
    }),
  );
  tooltip.hidden = false;
  const { width, height } = tooltip.getBoundingClientRect();
  const left = Math.min(Math.max(8, beside.left + beside.width / 2 - width / 2), window.innerWidth - width - 8);
  const above = beside.top - height - 10;
  tooltip.style.left = `${left}px`;
  tooltip.style.top = `${above >= 8 ? above : beside.bottom + 10}px`;
}

/** Shows the one chart that the quantity and the sliders say. @param {HTMLElement} section */
function choosePanels(section) {
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
    { title: 'from', value: ({ result }) => result?.ratioLow },
    { title: 'to', value: ({ result }) => result?.ratioHigh },
    {
      title: 'synthetic data',
      value: ({ result }) =>
        result && (result.admissible === 'undecided' ? 'undecided' : result.admissible ? 'help' : 'hurt'),
    },
    { title: 'generations', value: ({ result }) => result?.generations },
    { title: 'chains', value: ({ result }) => result?.chains },
    { title: 'variance reduction', value: ({ result }) => result?.varianceReduction },
  ];
}

/**
 * @param {HTMLElement} section
 * @param {StudyDocument} study
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
