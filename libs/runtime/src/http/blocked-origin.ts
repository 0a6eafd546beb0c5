import type { OriginPolicy } from '../origin-policy.ts';
import { RejectionError } from './rejection-error.ts';

const MAX_SHOWN = 200;

/**
 * The refusal of a page that may not ask, or undefined where it may, and where no page asks.
 * @param origin the header as it came
 */
export function blockedOrigin(origin: string | undefined, origins: OriginPolicy): RejectionError | undefined {
  if (origin === undefined || origins(origin)) return undefined;
  const shown = JSON.stringify(origin.slice(0, MAX_SHOWN));
  const detail = `The origin ${shown} is in neither FRONTEND_ORIGINS nor FRONTEND_ORIGINS_FILE.`;
  return new RejectionError('origin_blocked', { detail });
}
