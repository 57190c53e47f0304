import { Command } from 'commander';
import { info } from '../../engine/info.js';
import { print, printJson } from '../terminal/output.js';

export function infoCommand(): Command {
  return new Command('info')
    .description('say what is installed: version, instruction set and why, threads, kernels')
    .option('--json', 'print one JSON document')
    .action((flags: { json?: true }) => {
      const found = info();
      if (flags.json) {
        printJson(found);
        return;
      }
      const { version, variant, why, built, threads, eigen, kernels, node, platform } = found;
      print(
        [
          `madloop ${version} on Node ${node}, ${platform}`,
          ...lined([
            ['instruction set', `${variant} (${why})`],
            ['installed', built.join(', ')],
            ['threads', String(threads)],
            ['Eigen', eigen],
            ...Object.entries(kernels),
          ]),
        ].join('\n'),
      );
    });
}

/** Names and values, the values below each other. */
function lined(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}
