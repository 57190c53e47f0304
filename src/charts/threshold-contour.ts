// Where a quantity on a grid is zero: marching squares (Lorensen & Cline 1987, in two dimensions), linear between grid points.

export type Point = readonly [x: number, y: number];

/**
 * The lines along which `values` (a row for each of `ys`, ascending like `xs`) is zero. A square with a missing corner (NaN)
 * has none. A line that closes ends with its first point.
 */
export function zeroContour(
  xs: readonly number[],
  ys: readonly number[],
  values: readonly (readonly number[])[],
): Point[][] {
  // An end of a segment lies on an edge of the grid, named by the index of its first corner and its direction: exact, so
  // that segments meet whatever the rounding of coordinates.
  const segments: [string, string][] = [];
  const points = new Map<string, Point>();

  const crossing = (j: number, i: number, direction: 'x' | 'y'): string => {
    const name = `${j} ${i} ${direction}`;
    const [j2, i2] = direction === 'x' ? [j, i + 1] : [j + 1, i];
    const [from, to] = [values[j]![i]!, values[j2]![i2]!];
    const share = from / (from - to);
    points.set(name, [xs[i]! + share * (xs[i2]! - xs[i]!), ys[j]! + share * (ys[j2]! - ys[j]!)]);
    return name;
  };

  for (let j = 0; j + 1 < ys.length; ++j) {
    for (let i = 0; i + 1 < xs.length; ++i) {
      const corners = [values[j]![i]!, values[j]![i + 1]!, values[j + 1]![i + 1]!, values[j + 1]![i]!];
      if (corners.some(Number.isNaN)) continue;
      const above = corners.map((value) => value >= 0);
      const edges = [
        () => crossing(j, i, 'x'),
        () => crossing(j, i + 1, 'y'),
        () => crossing(j + 1, i, 'x'),
        () => crossing(j, i, 'y'),
      ];
      const crossed = [0, 1, 2, 3].filter((k) => above[k] !== above[(k + 1) % 4]).map((k) => edges[k]!());
      if (crossed.length === 2) segments.push([crossed[0]!, crossed[1]!]);
      if (crossed.length === 4) {
        // A saddle: the mean in the middle says which two corners hang together.
        const middle = corners.reduce((sum, value) => sum + value, 0) >= 0;
        const cutsOffFirst = middle !== above[0];
        segments.push(
          ...(cutsOffFirst
            ? ([
                [crossed[3]!, crossed[0]!],
                [crossed[1]!, crossed[2]!],
              ] as [string, string][])
            : ([
                [crossed[0]!, crossed[1]!],
                [crossed[2]!, crossed[3]!],
              ] as [string, string][])),
        );
      }
    }
  }
  return chains(segments).map((names) => names.map((name) => points.get(name)!));
}

/** Segments joined at their common ends. */
function chains(segments: readonly (readonly [string, string])[]): string[][] {
  const at = new Map<string, number[]>();
  segments.forEach((segment, index) => {
    for (const end of segment) at.set(end, [...(at.get(end) ?? []), index]);
  });
  const used = new Set<number>();
  const follow = (start: string): string[] => {
    const chain: string[] = [];
    for (let end = start; ; ) {
      const index = at.get(end)!.find((candidate) => !used.has(candidate));
      if (index === undefined) return chain;
      used.add(index);
      const [a, b] = segments[index]!;
      end = a === end ? b : a;
      chain.push(end);
    }
  };
  const result: string[][] = [];
  segments.forEach(([a], index) => {
    if (used.has(index)) return;
    const forwards = follow(a);
    result.push([...follow(a).reverse(), a, ...forwards]);
  });
  return result;
}
