import type { StreamReport } from '@admit-one/core';

/** Above the index of any event in its message. */
const BEHIND_ALL = 999_999_999;

/** The position behind everything that the horizon covers; undefined where the audit log has seen no stream yet. */
export function horizonPosition([newest]: readonly StreamReport[]): string | undefined {
  return newest && `${newest.generation}.${newest.horizon}.${BEHIND_ALL}`;
}

/** Whether a position is behind another one in the stream. Everything is behind undefined. */
export function isBehind(position: string, other: string | undefined): boolean {
  if (other === undefined) return true;
  const [one, two] = [position, other].map((text) => text.split('.').map(Number));
  const differing = one?.findIndex((part, index) => part !== two?.[index]) ?? -1;
  return differing >= 0 && Number(one?.[differing]) > Number(two?.[differing]);
}
