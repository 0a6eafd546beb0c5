import type { OriginPolicy } from '@admit-one/runtime';

export interface OriginRule {
  readonly origins: OriginPolicy;
  /** Whether a request must have an `Origin`; browsers always send one. */
  readonly requireOrigin: boolean;
}

/**
 * Whether a request of this origin may go on.
 * @param origin the header as it came; several are joined by commas, and so are no origin
 */
export function originPasses(origin: string | undefined, { origins, requireOrigin }: OriginRule): boolean {
  return origin === undefined ? !requireOrigin : origins(origin);
}

/** The host of an origin, for logs; null where there is none. */
export function originHostOf(origin: string | null): string | null {
  return origin !== null && URL.canParse(origin) ? new URL(origin).host : null;
}
