/** The version in package.json, as a test makes sure: compiled in, since a bundle has no package.json, or another's. */
export const version = '0.1.0';
