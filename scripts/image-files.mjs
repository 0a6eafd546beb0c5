// Copies what the image of a process has into a folder: `node scripts/image-files.mjs ws-edge /image`. The bundles must
// be there.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { services } from './bundle.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [service = '', image = ''] = process.argv.slice(2);
if (!services.includes(`services/${service}`) || image === '')
  throw new Error(`usage: image-files.mjs <${services.map((folder) => folder.slice(9)).join('|')}> <folder>`);

const copy = (from, to) => cpSync(join(root, from), join(image, to), { recursive: true, dereference: true });

mkdirSync(image, { recursive: true });
writeFileSync(join(image, 'package.json'), '{"type":"module"}\n');
copy('LICENSE', 'LICENSE');
for (const file of ['main.js', 'THIRD-PARTY-NOTICES.txt']) copy(`services/${service}/dist/${file}`, file);
// `node admit.js doctor` checks the installation from where the process runs.
copy('libs/cli/dist/main.js', 'admit.js');
if (service === 'standalone') copy('node_modules/@electric-sql/pglite', 'node_modules/@electric-sql/pglite');
