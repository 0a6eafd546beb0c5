import { relative } from 'node:path';
import { readStandaloneVariables } from '@admit-one/config';
import { runProcess } from '@admit-one/runtime';
import { startStandalone } from './app.ts';
import { readyMessage } from './demo/ready-message.ts';

// The embedded PostgreSQL creates its files with the default mode.
process.umask(0o077);

await runProcess(async () => {
  const variables = readStandaloneVariables(process.env);
  const standalone = await startStandalone(variables, { forPeople: process.stdout.isTTY });
  const { url, metricsUrl, page } = standalone;
  const dataDir = relative(process.cwd(), standalone.dataDir) || '.';
  void standalone.ready.then(() => process.stdout.write(readyMessage({ url, metricsUrl, page, dataDir })));
  return standalone;
}, process.env);
