// No address is invented: whoever publishes fills publisher.json in, and no release goes without.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Publisher {
  publisherFields(text?: string): { members: object; missing: string[] };
}
const { publisherFields } = (await import(
  new URL('../../scripts/publisher.mjs', import.meta.url).href
)) as Publisher;
const fields = (given: object) => publisherFields(JSON.stringify(given));

it('what is filled in becomes the members of package.json that npm knows', () => {
  const repository = 'https://example.org/someone/madloop';
  const filled = { repository, homepage: `${repository}#readme`, bugs: `${repository}/issues` };
  expect(fields(filled)).toEqual({
    members: {
      repository: { type: 'git', url: `git+${repository}.git` },
      homepage: `${repository}#readme`,
      bugs: { url: `${repository}/issues` },
    },
    missing: [],
  });
});

it('the README that is published installs from the registry, and has the rest as it is', async () => {
  const { publishedReadme } = (await import(
    new URL('../../scripts/published-readme.mjs', import.meta.url).href
  )) as {
    publishedReadme(text: string): string;
  };
  const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  const published = publishedReadme(readme);
  expect(readme).toContain('git clone THIS-REPOSITORY');
  expect(published).toContain('```sh\nnpm install madloop\n');
  expect(published).not.toMatch(/THIS-REPOSITORY|npm ci|npm start|[Ii]n the clone/);
  expect(published.length).toBeGreaterThan(0.9 * readme.length);
  expect(() => publishedReadme('# madloop')).toThrow('there is no section');
});

it('what is not filled in is left out, and named', () => {
  expect(fields({ repository: null, homepage: null, bugs: null })).toEqual({
    members: {},
    missing: ['repository', 'homepage', 'bugs'],
  });
  expect(fields({ repository: 'https://example.org/a/b' }).missing).toEqual(['homepage', 'bugs']);
});

it.each([
  [{ repository: 'git@example.org:a/b' }, 'repository must be an https address, got "git@example.org:a/b"'],
  [{ homepage: '' }, 'homepage must be an https address, got ""'],
  [{ bugs: 7 }, 'bugs must be an https address, got 7'],
  [{ adress: null }, 'adress must be one of repository, homepage, bugs'],
])('%j is refused', (given, message) => {
  expect(() => fields(given)).toThrow(`publisher.json: ${message}`);
});

it.runIf(publisherFields().missing.length > 0)('the check of a release refuses to go without', () => {
  const script = fileURLToPath(new URL('../../scripts/check-package.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, '--release'], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain(`a release needs ${publisherFields().missing.join(', ')} in publisher.json`);
});

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('the release workflow packs, checks and publishes in this order, by scripts that there are', () => {
  const workflow = parse(read('.github/workflows/release.yml')) as {
    jobs: Record<string, { needs?: string; permissions?: object; steps: { run?: string }[] }>;
  };
  const { packages, publish } = workflow.jobs;
  const commands = (job: typeof packages) => job!.steps.map(({ run }) => run ?? '').join('\n');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const called = [...commands(packages).matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!);
  expect(called).toEqual(['pack:prebuilt', 'check:package']);
  expect(called.filter((name) => !(name in scripts))).toEqual([]);
  expect(commands(packages)).toContain('.ci/run full');
  expect(publish).toMatchObject({ needs: 'packages', permissions: { 'id-token': 'write' } });
  // madloop's own tarball comes after those that its manifest names.
  const names = ['madloop-0.1.0.tgz', 'madloop-linux-arm64-0.1.0.tgz', 'madloop-linux-x64-0.1.0-rc.1.tgz'];
  const [loop] = /for tarball in .*; do/.exec(commands(publish))!;
  const script = `mkdir packages && touch ${names.map((name) => `packages/${name}`).join(' ')}; ${loop} echo $tarball; done`;
  const folder = mkdtempSync(join(tmpdir(), 'madloop-release-'));
  const { stdout } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(stdout.trim().split('\n')).toEqual([names[1], names[2], names[0]].map((name) => `packages/${name}`));
  expect(commands(publish)).toContain('--provenance');
});
