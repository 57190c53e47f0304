// Where the packages say they come from: what whoever publishes them fills into publisher.json, as addresses of pages (the
// repository's without .git). Nothing else names an address of ours.
import { readFileSync } from 'node:fs';

const file = new URL('../publisher.json', import.meta.url);
const fields = ['repository', 'homepage', 'bugs'];

/** The members of package.json that publisher.json gives, and the names of those that are not filled in. Throws on wrong ones. */
export function publisherFields(text = readFileSync(file, 'utf8')) {
  const given = JSON.parse(text);
  const unknown = Object.keys(given).find((name) => !fields.includes(name));
  if (unknown !== undefined) throw new Error(`publisher.json: ${unknown} must be one of ${fields.join(', ')}`);
  const missing = fields.filter((name) => (given[name] ?? null) === null);
  for (const name of fields.filter((field) => !missing.includes(field))) {
    const isAddress = typeof given[name] === 'string' && /^https:\/\/[^\s/]+\/\S+$/.test(given[name]);
    if (!isAddress)
      throw new Error(`publisher.json: ${name} must be an https address, got ${JSON.stringify(given[name])}`);
  }
  const { repository, homepage, bugs } = given;
  const members = {
    ...(repository && { repository: { type: 'git', url: `git+${repository}.git` } }),
    ...(homepage && { homepage }),
    ...(bugs && { bugs: { url: bugs } }),
  };
  return { members, missing };
}
