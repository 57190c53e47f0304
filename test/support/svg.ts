// Reading drawn charts: what is where in an SVG document.

/** The attributes of every element `name`, in the order of the document. */
export function elementsOf(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name}((?: [\\w:-]+="[^"]*")*)>`, 'g'))].map(([, attributes]) =>
    Object.fromEntries(
      [...attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    ),
  );
}

/** The paths of a class. */
export function pathsOf(svg: string, className: string): Record<string, string>[] {
  return elementsOf(svg, 'path').filter((path) => path.class === className);
}

/** The points "x,y" of a path, as numbers. */
export function pointsOf({ d }: Record<string, string>): [x: number, y: number][] {
  return [...d!.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

/** The content of every text. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, content]) => content!);
}
