import { readFileSync } from 'node:fs';

declare const ADMIT_ONE_VERSION: string | undefined;

/** The release: set by the bundler, whose file needs no other; else that of this package. */
export function ownVersion(): string {
  if (typeof ADMIT_ONE_VERSION === 'string') return ADMIT_ONE_VERSION;
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  return manifest.version;
}
