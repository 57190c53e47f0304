/** How long some work will still take, from how it has come along: by its speed in the later half of the time so far. */
export class TimeLeft {
  readonly #begun: number;
  /** How far it was when: the first in the later half, or the last before it, and all since. */
  #marks: { readonly at: number; readonly fraction: number }[];

  /** `now` is in milliseconds, as `performance.now()` has it. */
  constructor(now: number) {
    this.#begun = now;
    this.#marks = [{ at: now, fraction: 0 }];
  }

  report(fraction: number, now: number): void {
    if (!(fraction > this.#marks.at(-1)!.fraction)) return;
    this.#marks.push({ at: now, fraction });
    // How fast it begins tells little: no part of the beginning is looked at alone.
    if (fraction < beginning) return;
    const half = (this.#begun + now) / 2;
    const later = this.#marks.findIndex(({ at }) => at >= half);
    this.#marks = this.#marks.slice(Math.max(0, later - 1));
  }

  /** Seconds; undefined as long as nobody can tell. */
  seconds(now: number): number | undefined {
    const [first, last] = [this.#marks[0]!, this.#marks.at(-1)!];
    if (last.fraction < leastFraction || last.at - this.#begun < leastMs) return undefined;
    const speed = (from: number) => (last.fraction - first.fraction) / (from - first.at);
    // Between two reports time goes by; where the next one is late, the work is slower than it was thought to be.
    const left = (1 - last.fraction) / speed(last.at) - (now - last.at);
    return (left > 0 ? left : (1 - last.fraction) / speed(now)) / 1_000;
  }
}

// The first steps of any work tell nothing.
const leastFraction = 0.01;
const leastMs = 1_000;
const beginning = 0.05;

/** "12 s", "3 min 20 s", "2 h 5 min". */
export function shortTime(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
