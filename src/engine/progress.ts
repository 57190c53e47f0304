/** How far a call has come: `done` of `total` units of work, and their quotient. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly fraction: number;
}
