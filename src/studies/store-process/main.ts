// The process of a store. SQLite is in here, and not in the caller's process, because a library in Rust that panics, or whose
// thread's worker is terminated in mid-call, ends the whole process it is in.

import { MadloopError } from '../../base/errors.js';
import { mergeStores } from '../store/merge-stores.js';
import { readStatus, readStore } from '../store/read-store.js';
import { StudyStore } from '../store/study-store.js';
import type { Answer, Request, StoreRequests } from './requests.js';

let store: StudyStore | undefined;

const requests: StoreRequests = {
  read: readStore,
  status: readStatus,
  merge: mergeStores,
  open: async (...parameters) => {
    const opened = await StudyStore.open(...parameters);
    store = opened.store;
    return opened.content;
  },
  commit: async (changes) => store!.commit(changes),
  close: async (ended) => store!.close(ended),
};

async function answer({ name, parameters, folder }: Request): Promise<Answer> {
  try {
    if (folder !== undefined) process.chdir(folder);
    const work = requests[name] as (...parameters: unknown[]) => Promise<unknown>;
    return { value: await work(...parameters) };
  } catch (error) {
    const { message, cause } = error as Error;
    const code = error instanceof MadloopError ? error.code : undefined;
    return { code, message, cause: cause instanceof Error ? cause : undefined };
  }
}

// Nobody takes the answer where the caller is gone.
process.on('message', async (request: Request) => process.send!(await answer(request), () => {}));
// However it went: what was committed is in the store.
process.on('disconnect', () => process.exit());
// A signal to the whole group is the caller's affair, who then closes the store.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
