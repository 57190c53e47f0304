// A registry of npm packages on loopback: the tarballs that it is given, and for the rest what is installed in node_modules here.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

interface Manifest {
  readonly name: string;
  readonly version: string;
}

/** A version of a package: its manifest, and whatever makes its tarball. */
interface Published {
  readonly manifest: Manifest;
  tarball(): Promise<Buffer>;
}

export interface Registry {
  /** With a slash at the end. */
  readonly url: string;
  /** Publishes a tarball. */
  publish(path: string): Promise<void>;
  close(): void;
}

/** `root` is the folder whose node_modules and lock file there are. */
export async function startRegistry(root: string): Promise<Registry> {
  const published = new Map<string, Published[]>();
  const tarballs = new Map<string, Promise<Buffer>>();
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: object;
  };
  const installed = Object.keys(packages).filter((path) => path !== '' && existsSync(join(root, path)));
  const versionsOf = (name: string) =>
    published.get(name) ??
    installed
      .filter((path) => path.endsWith(`node_modules/${name}`))
      .map((path) => ({
        manifest: JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Manifest,
        tarball: () =>
          tar(['-cz', '-C', join(root, path), '--transform=s,^[.],package,', '--exclude=./node_modules', '.']),
      }));

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  /** `/name` is the document about a package, `/name/-/version.tgz` its tarball. */
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [name, version] = decodeURIComponent(request.url ?? '')
      .slice(1)
      .split('/-/') as [string, string?];
    const versions = versionsOf(name);
    if (version === undefined) {
      if (versions.length === 0) response.writeHead(404).end('{}');
      else response.end(JSON.stringify(await documentOf(name, versions)));
      return;
    }
    const wanted = versions.find(({ manifest }) => `${manifest.version}.tgz` === version);
    if (wanted === undefined) response.writeHead(404).end();
    else response.end(await tarballOf(name, wanted));
  }

  /** Each is made once. */
  function tarballOf(name: string, { manifest, tarball }: Published): Promise<Buffer> {
    const key = `${name}@${manifest.version}`;
    const made = tarballs.get(key) ?? tarball();
    tarballs.set(key, made);
    return made;
  }

  async function documentOf(name: string, versions: readonly Published[]): Promise<object> {
    const entries = versions.map(async ({ manifest, tarball }) => {
      const dist: Record<string, string> = { tarball: `${url}${name}/-/${manifest.version}.tgz` };
      // Of what is published here; the others' tarballs would have to be made for it.
      if (published.has(name))
        dist.integrity = `sha512-${createHash('sha512')
          .update(await tarball())
          .digest('base64')}`;
      return [manifest.version, { ...manifest, dist }] as const;
    });
    const all = Object.fromEntries(await Promise.all(entries));
    // Some package managers refuse what is new.
    const time = Object.fromEntries(Object.keys(all).map((version) => [version, '2020-01-01T00:00:00.000Z']));
    return { name, 'dist-tags': { latest: versions[0]!.manifest.version }, versions: all, time };
  }

  return {
    url,
    async publish(path) {
      const manifest = JSON.parse((await tar(['-xzOf', path, 'package/package.json'])).toString()) as Manifest;
      published.set(manifest.name, [{ manifest, tarball: async () => readFileSync(path) }]);
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function tar(options: readonly string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)('tar', [...options], {
    encoding: 'buffer',
    maxBuffer: 1 << 28,
    env: { ...process.env, GZIP: '-1' },
  });
  return stdout;
}
