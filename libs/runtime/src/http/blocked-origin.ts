import type { OriginPolicy } from '../origin-policy.ts';
import { RejectionError } from './rejection-error.ts';

const MAX_SHOWN = 200;

/**
 * The rejection of a page whose origin is blocked, or undefined where it is allowed or absent.
 * @param origin the header as it came
 */
export function blockedOrigin(origin: string | undefined, origins: OriginPolicy): RejectionError | undefined {
  if (origin === undefined || origins(origin)) return undefined;
  return new RejectionError('origin_blocked', { detail: blockedOriginDetail(origin) });
}

/** The text for a client whose origin is blocked. */
export function blockedOriginDetail(origin: string): string {
  const shown = JSON.stringify(origin.slice(0, MAX_SHOWN));
  return `The origin ${shown} is in neither FRONTEND_ORIGINS nor FRONTEND_ORIGINS_FILE.`;
}
