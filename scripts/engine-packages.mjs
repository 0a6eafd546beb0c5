// What `install-engines.mjs` decides, apart from what it does.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The engines of the table of which a program is missing. @param long whether those of the long tests count */
export function missingEngines(
  { folders, versionedFolders: { parent, child }, engines },
  path = '',
  { long = false } = {},
) {
  const versions = existsSync(parent) ? readdirSync(parent) : [];
  const all = [...path.split(delimiter), ...folders, ...versions.map((name) => join(parent, name, child))];
  const isThere = (program) => all.some((folder) => folder !== '' && isExecutable(join(folder, program)));
  const wanted = Object.keys(engines).filter((name) => long || !engines[name].long);
  return wanted.filter((name) => !engines[name].programs.every(isThere));
}

/** What to do on this machine: `nothing`, `install`, or `skip` what needs the engines. */
export function decide({ missing, osRelease, isRoot }) {
  if (missing.length === 0) return { do: 'nothing', engines: missing };
  const isDebian = /^ID(_LIKE)?=.*\bdebian\b/m.test(osRelease);
  return { do: isDebian && isRoot ? 'install' : 'skip', engines: missing };
}

/**
 * The packages of engines. One that stands for its newest version is replaced by that version's, for it brings nothing
 * else; `dependsOf` is what `apt-cache depends` prints of it.
 */
export function packagesToInstall(engines, table, dependsOf) {
  return engines
    .flatMap((name) => table.engines[name].packages)
    .map((name) => {
      if (name !== 'postgresql') return name;
      return /^ *Depends: (postgresql-\d+)$/m.exec(dependsOf(name))?.[1] ?? name;
    });
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
