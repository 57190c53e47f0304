// No address is invented: whoever publishes fills publisher.json in, and no release goes without.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

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
