import { MadloopError } from './errors.js';

/**
 * An optional package, loaded where it is used and nowhere else. `need` says what for ("charts need"), `install` is the command
 * that installs it. Errors: ERR_MISSING_PACKAGE.
 */
export async function optionalPackage<Package>(name: string, need: string, install: string): Promise<Package> {
  try {
    return (await import(name)) as Package;
  } catch (error) {
    throw new MadloopError(
      'ERR_MISSING_PACKAGE',
      `${need} the package ${name}, which could not be loaded. Install what is missing with:\n  ${install}`,
      { cause: error },
    );
  }
}
