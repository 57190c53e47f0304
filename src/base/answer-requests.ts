import { MadloopError } from './errors.js';
import type { Answer, Request, Requests } from './request-process.js';

/** Answers what a RequestProcess is asked, until its caller is gone. */
export function answerRequests<All extends Requests<All>>(requests: All): void {
  const answer = async ({ name, parameters, folder }: Request<All>): Promise<Answer> => {
    try {
      if (folder !== undefined) process.chdir(folder);
      return { value: await requests[name](...parameters) };
    } catch (error) {
      const { message, cause } = error as Error;
      const code = error instanceof MadloopError ? error.code : undefined;
      return { code, message, cause: cause instanceof Error ? cause : undefined };
    }
  };
  // Nobody takes the answer where the caller is gone.
  process.on('message', async (request: Request<All>) => process.send!(await answer(request), () => {}));
  // However it went: what was committed, or handed over, is kept.
  process.on('disconnect', () => process.exit());
  // A signal to the whole group is the caller's affair, who then ends this process.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}
