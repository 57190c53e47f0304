import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What a measurement must carry to be comparable: processor, system, engine, peers. */
export function describeMachine(info, threads, peer) {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processorFamily: processorFamily(),
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release().split('-')[0]}`,
    node: process.version,
    madloop: info.version,
    commit: commit(),
    variant: info.variant,
    eigen: info.eigen,
    threads,
    peer: peer?.description ?? null,
  };
}

/** Virtual machines often hide the model's name but not its family and model numbers. */
function processorFamily() {
  try {
    const text = readFileSync('/proc/cpuinfo', 'utf8');
    const field = (name) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(text)?.[1];
    return `family ${field('cpu family')}, model ${field('model')}`;
  } catch {
    return null;
  }
}

function commit() {
  try {
    const git = (...args) =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = git('status', '--porcelain', '--', 'native', 'src').trim() !== '';
    return git('rev-parse', '--short', 'HEAD').trim() + (changed ? ' with changes' : '');
  } catch {
    return null;
  }
}

/** The same in a few lines of Markdown. */
export function machineMarkdown(machine, date) {
  const lines = [
    `${machine.processor}${machine.processorFamily ? ` (${machine.processorFamily})` : ''}, ` +
      `${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`,
    `madloop ${machine.madloop}${machine.commit ? ` (commit ${machine.commit})` : ''}, variant ${machine.variant}, ` +
      `Eigen ${machine.eigen}, Node ${machine.node}`,
    machine.peer
      ? `NumPy ${machine.peer.numpy}, SciPy ${machine.peer.scipy}, Python ${machine.peer.python}; ${machine.peer.blas}`
      : 'without NumPy and SciPy: one side only',
    `${machine.threads} threads on either side unless a table says otherwise; ${date}`,
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}
