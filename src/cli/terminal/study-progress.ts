import cliProgress from 'cli-progress';
import type { StudyProgress } from '../../studies/run/study-progress.js';
import { say } from './output.js';

// In a log, a line now and then.
const logIntervalMs = 10_000;

/** Shows on standard error how a study comes along: a bar on a terminal, else a line every 10 seconds. */
export function studyProgress(): { update: (progress: StudyProgress) => void; stop: () => void } {
  const bar = new cliProgress.SingleBar({
    stream: process.stderr,
    format: 'study {bar} {percent} %, {cells} cells, {precision}{left}',
    hideCursor: true,
    clearOnComplete: true,
    // Nothing but what update() is given changes: no timer.
    synchronousUpdate: true,
  });
  const terminal = process.stderr.isTTY === true;
  let lastLine = performance.now();
  if (terminal) bar.start(1, 0, { percent: '0', cells: '', precision: '', left: '' });
  return {
    update(progress) {
      const { done, total, fraction } = progress;
      const shown = {
        percent: (100 * fraction).toFixed(fraction < 0.1 ? 1 : 0),
        cells: `${done} of ${total}`,
        precision: precisionReached(progress),
        left: timeLeft(progress),
      };
      if (terminal) {
        bar.update(fraction, shown);
        return;
      }
      if (performance.now() - lastLine < logIntervalMs) return;
      lastLine = performance.now();
      say(`study: ${shown.percent} %, ${shown.cells} cells, ${shown.precision}${shown.left}`);
    },
    stop() {
      if (terminal) bar.stop();
    },
  };
}

function precisionReached({ relativeError }: StudyProgress): string {
  return relativeError === null ? '' : `relative error ${relativeError.toPrecision(2)}, `;
}

function timeLeft({ secondsLeft }: StudyProgress): string {
  return secondsLeft === null ? 'time left unknown' : `${shortTime(secondsLeft)} left`;
}

/** "12 s", "3 min 20 s", "2 h 5 min". */
export function shortTime(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
