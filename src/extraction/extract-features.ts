import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { abortError } from '../base/abortable.js';
import { checkPath } from '../base/check.js';
import { MadloopError } from '../base/errors.js';
import { resolve } from '../base/options.js';
import { RequestProcess } from '../base/request-process.js';
import type { JobOptions } from '../engine/job.js';
import { progressOf } from '../engine/progress.js';
import { defaultThreads } from '../engine/threads.js';
import { cannotRead } from '../files/file-errors.js';
import { type ImageFile, imageFiles } from './image-files.js';
import type { NetworkInput } from './network.js';
import type { Features, NetworkRequests } from './network-requests.js';
import { extractionOptions } from './options.js';
import { PartialFeatures } from './partial-features.js';
import { protocolText } from './protocol.js';

/** What was made, or goes on. */
export interface Extraction {
  /** Names of the images, in the order of the rows. */
  readonly images: readonly string[];
  /** Files that are none by their names. */
  readonly others: readonly string[];
  readonly extractor: string;
  /** Rows that an earlier run had made. */
  readonly resumed: number;
  readonly input: NetworkInput;
}

export interface Extracted extends Extraction {
  readonly cols: number;
}

export interface ExtractionJob extends JobOptions {
  /** Told before the first image. */
  readonly onBegin?: (extraction: Extraction) => void;
}

const where = 'features';

/**
 * The features that a network makes of the images in a folder, a row each in the order of their names, into a .npy file of float32.
 * Behind the rows the file has its extractor, a text that says how they were made. What is there already of the same work goes on.
 *
 * Each process decodes, resizes and runs batches of its own on one thread, so the file is the same bytes for any `threads`, and
 * for any interruption. Memory: a network and a batch a thread.
 * Rejects with ERR_INVALID_INPUT (an option, an image, a network that takes or gives something else), ERR_FILE,
 * ERR_MISSING_PACKAGE, ERR_MODEL (the process of the network ended), ERR_ABORTED.
 */
export async function extractFeatures(
  folder: string,
  output: string,
  given: unknown,
  job: ExtractionJob = {},
): Promise<Extracted> {
  const options = resolve(where, given, extractionOptions);
  checkPath(where, 'folder', folder);
  const { images, others } = await imageFiles(where, folder);
  const sha256 = await sha256Of(options.onnx);
  const first = startNetworkProcess();
  const processes = [first];
  const { signal, onProgress } = job;
  const stop = () => {
    for (const process of processes) process.kill();
  };
  signal?.addEventListener('abort', stop);
  try {
    if (signal?.aborted) throw abortError({ where, signal });
    const open = (process: NetworkProcess) => process.request(where, 'open', where, options);
    const input = await open(first);
    const protocol = protocolText(sha256, input, options);
    const partial = await PartialFeatures.open(where, output, { protocol, batch: input.batch, images });
    const extraction = {
      images: images.map(({ name }) => name),
      others,
      extractor: protocol,
      resumed: partial.done,
      input,
    };
    job.onBegin?.(extraction);
    try {
      const batches = batchesOf(images.slice(partial.done), input.batch);
      const threads = Math.min(job.threads ?? defaultThreads(where), batches.length);
      while (processes.length < threads) processes.push(startNetworkProcess());
      const rest = processes.slice(1).map(open);
      for (const each of rest) each.catch(() => {}); // Told by who waits for it.
      await inOrder(
        batches,
        processes.map((process, i) => async (batch) => {
          if (i > 0) await rest[i - 1];
          return featuresOf(process, batch);
        }),
        async (features) => {
          await partial.append(features.data, features.cols);
          onProgress?.(progressOf(partial.done, images.length));
        },
      );
    } catch (error) {
      // Where even this fails, the first error is the one to tell.
      await partial.leave().catch(() => {});
      throw error;
    }
    await partial.finish();
    return { ...extraction, cols: partial.cols! };
  } catch (error) {
    throw signal?.aborted ? abortError({ where, signal }) : error;
  } finally {
    signal?.removeEventListener('abort', stop);
    for (const process of processes) process.end();
  }
}

type NetworkProcess = RequestProcess<NetworkRequests>;

function startNetworkProcess(): NetworkProcess {
  return new RequestProcess({
    main: 'dist/extraction/network-process.js',
    ended: (subject, how) =>
      new MadloopError('ERR_MODEL', `${subject}: the process that runs the network ended (${how})`),
  });
}

async function featuresOf(process: NetworkProcess, batch: readonly ImageFile[]): Promise<Features> {
  const [first, last] = [batch[0]!, batch.at(-1)!];
  const paths = batch.map(({ path }) => path);
  const features = await process.request(`${where}: ${first.path} to ${last.path}`, 'extract', paths);
  const strange = features.data.findIndex((value) => !Number.isFinite(value));
  if (strange >= 0) {
    const path = paths[Math.floor(strange / features.cols)];
    throw new MadloopError(
      'ERR_INVALID_INPUT',
      `${where}: the network must give finite features, got ${features.data[strange]} for ${path}`,
    );
  }
  return features;
}

function batchesOf<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/**
 * Gives items to workers in turn, and their results to `take` in the items' order. Where one fails, what comes before it is taken:
 * which that is does not hang on how many workers there are.
 */
async function inOrder<Item, Result>(
  items: readonly Item[],
  workers: readonly ((item: Item) => Promise<Result>)[],
  take: (result: Result) => Promise<void>,
): Promise<void> {
  const turns: Promise<unknown>[] = workers.map(async () => {});
  const ahead: Promise<Result>[] = [];
  let [next, failed] = [0, false];
  const start = (): void => {
    const [item, turn] = [items[next]!, next % workers.length];
    const result = turns[turn]!.then(() => {
      if (failed) throw new Error('of no use any more');
      return workers[turn]!(item);
    });
    turns[turn] = result.catch(() => {});
    ahead.push(result);
    next += 1;
  };
  // So that a worker has its next item while an earlier one is waited for.
  while (next < Math.min(items.length, 2 * workers.length)) start();
  try {
    for (let result = ahead.shift(); result !== undefined; result = ahead.shift()) {
      const done = await result;
      if (next < items.length) start();
      await take(done);
    }
  } finally {
    failed = true;
    await Promise.all(turns);
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  } catch (error) {
    throw cannotRead(path, error);
  }
  return hash.digest('hex');
}
