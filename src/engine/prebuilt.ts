import { installedPackage, packageManifest } from '../base/package-files.js';
import type { PrebuiltPackage } from './native-loader.js';

/** The packages with addons for a platform. Where there are two C libraries, each has its own, and one of both is installed. */
export function prebuiltNames(platform: string, arch: string): readonly string[] {
  const name = `@madloop/${platform}-${arch}`;
  return platform === 'linux' ? [name, `${name}-musl`] : [name];
}

/** Those that this version of madloop was published with: the published manifest names them, a clone's names none. */
export function findPrebuilts(platform: string, arch: string): readonly PrebuiltPackage[] {
  const published = packageManifest()?.optionalDependencies ?? {};
  return prebuiltNames(platform, arch)
    .filter((name) => name in published)
    .map((name) => ({ name, installed: installedPackage(name) }));
}
