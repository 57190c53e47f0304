import { Command, Option } from 'commander';
import { writeFileAtomically } from '../../files/atomic-write.js';
import { reportPage } from '../../report/report-page.js';
import type { AnyStudyDocument } from '../../studies/definition/any-study.js';
import { readStudy } from '../../studies/index.js';
import { checkOutput } from '../terminal/check-output.js';
import { checkStores } from '../terminal/check-stores.js';
import { say } from '../terminal/output.js';

export function reportCommand(): Command {
  return new Command('report')
    .description('studies as one self-contained HTML page, finished or not')
    .argument('<stores...>', 'stores of studies, in the order of the page')
    .addOption(new Option('-o, --output <file>', 'the page').default('report.html'))
    .addHelpText('after', '\nExample:\n  madloop report madloop-results/figure-11.sqlite -o figure-11.html')
    .action(async (stores: string[], { output }: { output: string }) => {
      await checkOutput('report', output, { inputs: stores, ending: /\.html?$/i, inWords: '.html' });
      await checkStores(stores);
      const studies: AnyStudyDocument[] = [];
      for (const store of stores) studies.push(await readStudy(store));
      await writeFileAtomically(output, reportPage(studies));
      say(`wrote ${output}`);
    });
}
