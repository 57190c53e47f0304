import { MadloopError } from '../../base/errors.js';
import { RequestProcess } from '../../base/request-process.js';
import type { StoreRequests } from './requests.js';

/** A process that answers requests about stores, one at a time. */
export type StoreProcess = RequestProcess<StoreRequests>;

export function startStoreProcess(): StoreProcess {
  return new RequestProcess({
    main: 'dist/studies/store-process/main.js',
    // The collector ends connections that have been closed (study-store.ts).
    options: ['--expose-gc'],
    ended: (subject, how) =>
      new MadloopError('ERR_STORE', `${subject}: the process that holds the store ended (${how})`),
  });
}
