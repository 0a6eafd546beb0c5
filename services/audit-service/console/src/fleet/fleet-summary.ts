import type { Fleet, Instance } from '@admit-one/audit-service/api-types';
import { counted } from '../ui/number-text.ts';

/** What a fleet comes to, in a sentence or two. */
export function fleetSummary({ instances }: Pick<Fleet, 'instances'>): string {
  const alive = instances.filter(({ state }) => state === 'alive');
  const silent = instances.filter(({ state }) => state === 'silent');
  const versions = new Set(alive.flatMap(({ version }) => version ?? []));
  const connections = alive.reduce((sum, instance) => sum + (instance.connections ?? 0), 0);
  const sentences = [
    `${counted(alive.length, 'instance')} alive, with ${counted(connections, 'connection')}.`,
    silent.length > 0 && `${counted(silent.length, 'instance')} fell silent without saying that it stops.`,
    versions.size > 1 &&
      `They have ${versions.size} versions: ${[...versions].sort().map(short).join(', ')}.`,
  ];
  return sentences.filter((sentence) => sentence !== false).join(' ');
}

const LONGEST_VERSION = 40;

/** A version is whatever an instance says. */
function short(version: string): string {
  return version.length > LONGEST_VERSION ? `${version.slice(0, LONGEST_VERSION)}…` : version;
}

/** The dependencies that an instance does not reach; what a silent or stopped one told last says nothing. */
export function downDependencies({ state, dependencies }: Instance): Instance['dependencies'] {
  return state === 'alive' ? dependencies.filter(({ up }) => !up) : [];
}
