declare const ADMIT_ONE_VERSION: string | undefined;

/** The release, set by the bundler; sources that run unbundled have none. */
export const version: string = typeof ADMIT_ONE_VERSION === 'string' ? ADMIT_ONE_VERSION : '0.0.0-source';
