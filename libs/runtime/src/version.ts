declare const ADMIT_ONE_VERSION: string | undefined;

/** The release that this process runs; the bundler sets it, so sources that run as they are have none. */
export const version: string = typeof ADMIT_ONE_VERSION === 'string' ? ADMIT_ONE_VERSION : '0.0.0-source';
