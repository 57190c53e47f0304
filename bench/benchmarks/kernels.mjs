import { number } from '../lib/report.mjs';

export const title = 'Kernels on one core';

const programs = ['random_bench', 'gemm_bench'];

/** The C++ programs in bench/native: random variates, and the rate of matrix products. */
export async function run({ native }) {
  const data = native ? Object.assign({}, ...programs.map((program) => native.run(program))) : {};
  const rows = Object.entries(data).map(([what, { value, unit }]) => {
    const throughput = unit === 'ns' ? `${number(1e3 / value)} million/s` : '';
    return [what, `${number(value)} ${unit}`, throughput];
  });
  return {
    columns: ['kernel', 'best', 'throughput'],
    rows,
    notes: native ? [] : ['Not measured: the C++ programs were not built.'],
    disagreements: [],
    data,
  };
}
