import type { Diagnostic } from '@admit-one/core';

type Version = readonly [major: number, minor: number, patch: number];

/** The first patch release of each minor version in which queue-group permissions hold. */
const SOUND: readonly Version[] = [
  [2, 11, 16],
  [2, 12, 7],
];
const SOUND_SINCE: Version = [2, 14, 0];
const REJECTS_WHEN_FULL: Version = [2, 10, 5];

/** Judges a server by its version. */
export function versionDiagnostic(text: string): Diagnostic {
  const version = parse(text);
  if (isSound(version)) return { level: 'ok', message: `nats-server ${text}` };
  const flaws = ['queue groups bypass the permissions of responders'];
  if (compare(version, REJECTS_WHEN_FULL) < 0)
    flaws.push('a full stream may drop its oldest events, although it is configured to reject new ones');
  return {
    level: 'warning',
    message: `nats-server ${text}: ${flaws.join('; ')}`,
    remedy: 'Use nats-server 2.11.16, 2.12.7, 2.14 or later in production.',
  };
}

function isSound(version: Version): boolean {
  const [major, minor] = version;
  if (compare(version, SOUND_SINCE) >= 0) return true;
  return SOUND.some((sound) => sound[0] === major && sound[1] === minor && compare(version, sound) >= 0);
}

function parse(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
}

function compare(one: Version, other: Version): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}
