// What a shared library asks of the system that loads it: libraries, and versions of their symbols (GLIBC_2.34).
// Format: System V ABI, sections and the dynamic section; Linux Standard Base, symbol versioning (64 bits, little-endian).
import { readFileSync } from 'node:fs';
import { elfHeader } from '../dist/engine/elf.js';

const dynamicSection = 6; // SHT_DYNAMIC
const versionNeedsSection = 0x6ffffffe; // SHT_GNU_verneed
const neededTag = 1n; // DT_NEEDED

/** The newest version of glibc's symbols that a prebuilt addon may ask for: that of RHEL 9 and its kin, Ubuntu 22.04, Debian 12. */
export const newestGlibc = '2.34';

/** The libraries that a file needs, and the versions of symbols, each in order and once. Throws where it is no such file. */
export function elfNeeds(path) {
  const bytes = readFileSync(path);
  const header = elfHeader(bytes);
  if (header === undefined) throw new Error(`${path} must be an ELF file of 64 bits, little-endian`);
  const long = (at) => Number(bytes.readBigUInt64LE(at));
  const { offset: table, entryBytes, count } = header.sections;
  const sections = Array.from({ length: count }, (_, i) => {
    const at = table + i * entryBytes;
    const [offset, size, link] = [long(at + 0x18), long(at + 0x20), bytes.readUInt32LE(at + 0x28)];
    return { type: bytes.readUInt32LE(at + 4), offset, size, link, entries: bytes.readUInt32LE(at + 0x2c) };
  });
  const text = (section, at) => {
    const start = sections[section.link].offset + at;
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  };

  const libraries = [];
  const versions = [];
  for (const section of sections) {
    if (section.type === dynamicSection) {
      for (let at = section.offset; at < section.offset + section.size; at += 16) {
        if (bytes.readBigUInt64LE(at) === neededTag) libraries.push(text(section, long(at + 8)));
      }
    }
    if (section.type === versionNeedsSection) {
      // A library's entry is followed by those of its versions; each entry knows how far the next of its kind is.
      for (let i = 0, need = section.offset; i < section.entries; i += 1) {
        let version = need + bytes.readUInt32LE(need + 8);
        for (let left = bytes.readUInt16LE(need + 2); left > 0; left -= 1) {
          versions.push(text(section, bytes.readUInt32LE(version + 8)));
          version += bytes.readUInt32LE(version + 12);
        }
        need += bytes.readUInt32LE(need + 12);
      }
    }
  }
  return { libraries: [...new Set(libraries)].sort(), versions: [...new Set(versions)].sort() };
}

/** Of these needs what not every system has whose glibc is 2.34 or newer: in words, none where all is well. */
export function needsTooMuch({ libraries, versions }) {
  const [major, minor] = newestGlibc.split('.').map(Number);
  const everywhere = /^(libc|libm|libpthread|ld-linux[\w-]*)\.so\.\d+$/;
  const isOlder = (version) => {
    const [, ofMajor, ofMinor] = /^GLIBC_(\d+)\.(\d+)/.exec(version) ?? [];
    return (
      ofMajor !== undefined &&
      (Number(ofMajor) < major || (Number(ofMajor) === major && Number(ofMinor) <= minor))
    );
  };
  return [...libraries.filter((name) => !everywhere.test(name)), ...versions.filter((name) => !isOlder(name))];
}
