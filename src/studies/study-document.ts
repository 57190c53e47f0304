export type StudyAxis = 'dim' | 'real' | 'synthetic' | 'lambda' | 'memory' | 'total' | 'realFraction';
export interface StudyCellResult {
  readonly distance: number;
  readonly standardError: number;
  readonly effectiveSampleSize: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly ratio: number | null;
  readonly ratioLow: number | null;
  readonly ratioHigh: number | null;
  readonly admissible: boolean | 'undecided';
  readonly generations: number;
  readonly chains: number;
  readonly varianceReduction: number | null;
}
export interface StudyCell {
  readonly parameters: {
    readonly dim: number;
    readonly real: number;
    readonly synthetic: number;
    readonly lambda: number;
    readonly memory: number;
    readonly variant: string;
    readonly divisor: string;
  };
  /** Where the cell stands on the study's axes (a number for every axis, total and realFraction included where they are axes). */
  readonly at: Readonly<Partial<Record<StudyAxis, number>>>;
  readonly result: StudyCellResult | null; // null: not finished
  readonly error?: string; // the cell is refused (no variance, say): code and message
}
export interface StudyDocument {
  readonly name: string;
  readonly title: string;
  readonly axes: readonly { readonly axis: StudyAxis; readonly values: readonly number[] }[]; // of a grid; [] for a list
  readonly fixed: Readonly<Record<string, unknown>>; // parameters that do not vary
  readonly relativeError: number;
  readonly seed: string;
  readonly method: string;
  readonly provenance: { readonly madloop: string; readonly instructionSet: string; readonly created: string };
  readonly cells: readonly StudyCell[];
}
