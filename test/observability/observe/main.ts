import { join } from 'node:path';
import { observe } from './observe.ts';
import { previewStory } from './preview-story.ts';

const HELP = `npm run observe [-- --preview [folder]]

Runs Admit One with Prometheus and Alertmanager, sends visitors, and plays incidents until Ctrl-C.

  --preview [folder]   plays incidents on real engines for three minutes, draws the dashboards of that time
                       and the console into the folder (docs/images by default), and ends
`;

/** Gives the exit code. @param programs the folder of the bundled page */
export async function main(
  [option, folder, ...more]: readonly string[],
  { root, programs }: { readonly root: string; readonly programs: string },
): Promise<number> {
  if (option === undefined) return observe(root);
  if (option === '--preview' && more.length === 0)
    return previewStory({
      script: join(programs, 'page.js'),
      styles: [join(programs, 'page.css'), join(root, 'node_modules/uplot/dist/uPlot.min.css')],
      folder: folder ?? join(root, 'docs/images'),
    });
  const isAsked = option === '--help';
  (isAsked ? process.stdout : process.stderr).write(HELP);
  return isAsked ? 0 : 2;
}
