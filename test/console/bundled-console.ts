import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConsoleFiles } from '@admit-one/audit-service';

interface Bundler {
  bundleConsole(): Promise<{ readonly console: ConsoleFiles }>;
}

/** The console as it is now. */
export async function bundledConsole(): Promise<ConsoleFiles> {
  const script = join(import.meta.dirname, '..', '..', 'scripts', 'bundle-console.mjs');
  const { bundleConsole }: Bundler = await import(pathToFileURL(script).href);
  return (await bundleConsole()).console;
}
