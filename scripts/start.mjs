// `npm start`: installs and bundles what standalone and `npx @admit-one/cli` need, and becomes the server. No other process
// stands between npm and the server, so a signal to npm reaches it.
import { installPackages } from './install-packages.mjs';
import { step } from './step.mjs';

await installPackages({ dev: false });
const bundled = await step('Bundling', async () => {
  const { bundle, standaloneAndCli } = await import('./bundle.mjs');
  await bundle(standaloneAndCli);
});
if (!bundled) process.exit(1);
await import('../services/standalone/dist/main.js');
