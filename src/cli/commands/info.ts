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
          `instruction set  ${variant} (${why})`,
          `installed        ${built.join(', ')}`,
          `threads          ${threads}`,
          `Eigen            ${eigen}`,
          ...Object.entries(kernels).map(([kernel, set]) => `${kernel.padEnd(16)} ${set}`),
        ].join('\n'),
      );
    });
}
