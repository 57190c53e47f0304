import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../peers/peer.py', import.meta.url));

/** The peer must not be measured: its BLAS is not a fair one. */
export class UnfairPeer extends Error {}

/** Where a Python with NumPy and SciPy may be: the system's (on Debian its packages) before others. PYTHON names one. */
const interpreters = [process.env.PYTHON, '/usr/bin/python3', 'python3'].filter(Boolean);

/** Starts the peer process with as many BLAS threads; undefined where there is no Python with NumPy and SciPy. */
export async function startPeer(threads) {
  const python = interpreters.find(
    (candidate) => spawnSync(candidate, ['-c', 'import numpy, scipy.linalg'], { stdio: 'ignore' }).status === 0,
  );
  if (!python) return undefined;
  const peer = new Peer(python, threads);
  try {
    peer.description = await peer.ask('describe');
  } catch (error) {
    await peer.stop();
    throw error;
  }
  return peer;
}

/** A Python process that answers one JSON command a line; it keeps its state and its warm BLAS between commands. */
class Peer {
  #child;
  #waiting = [];

  constructor(python, threads) {
    this.threads = threads;
    const count = String(threads);
    this.#child = spawn(python, [script], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, OPENBLAS_NUM_THREADS: count, PYTHONDONTWRITEBYTECODE: '1' },
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const { resolve, reject } = this.#waiting.shift();
      const answer = JSON.parse(line);
      if (answer.error)
        reject(answer.unfair ? new UnfairPeer(answer.error) : new Error(`peer: ${answer.error}`));
      else resolve(answer);
    });
    this.#child.on('close', (code) => {
      for (const { reject } of this.#waiting.splice(0))
        reject(new Error(`the peer process ended with code ${code}`));
    });
  }

  /** Sends a command and resolves with its answer. */
  ask(command, parameters = {}) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ command, ...parameters })}\n`);
    });
  }

  /** Ends the process and waits for that. */
  async stop() {
    const closed = new Promise((resolve) => this.#child.on('close', resolve));
    this.#child.stdin.end();
    await closed;
  }
}
