// The process of a store. SQLite is in here, and not in the caller's process, because a library in Rust that panics, or whose
// thread's worker is terminated in mid-call, ends the whole process it is in.

import { answerRequests } from '../../base/answer-requests.js';
import { LoopStore } from '../store/loop-store.js';
import { mergeStores } from '../store/merge-stores.js';
import { readStatus, readStore } from '../store/read-store.js';
import { StudyStore } from '../store/study-store.js';
import type { StoreRequests } from './requests.js';

let store: StudyStore | undefined;
let loops: LoopStore | undefined;

/**
 * A request that reads, and answers when it holds no store any more: connections that read end only when their statements are
 * collected, and until then the log of a store that is being written stays beside it, also when its run has ended.
 */
function reading<Parameters extends unknown[], Result>(
  request: (...parameters: Parameters) => Promise<Result>,
) {
  return async (...parameters: Parameters): Promise<Result> => {
    try {
      return await request(...parameters);
    } finally {
      globalThis.gc?.();
    }
  };
}

const requests: StoreRequests = {
  read: reading(readStore),
  status: reading(readStatus),
  merge: reading(mergeStores),
  open: async (...parameters) => {
    const opened = await StudyStore.open(...parameters);
    store = opened.store;
    return opened.content;
  },
  commit: async (changes) => store!.commit(changes),
  openLoops: async (...parameters) => {
    const opened = await LoopStore.open(...parameters);
    loops = opened.store;
    return opened.content;
  },
  commitLoops: async (changes) => loops!.commit(changes),
  close: async (ended) => {
    (store ?? loops)!.close(ended);
    store = undefined;
    loops = undefined;
  },
};

answerRequests(requests);
