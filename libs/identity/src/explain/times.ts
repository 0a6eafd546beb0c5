import type { JWTPayload } from 'jose';
import { DEFAULT_CLOCK_TOLERANCE_SECONDS, type IssuerConfig } from '../issuers/types.ts';
import { type TimeIssue, timeIssuesOf } from '../verify/times.ts';
import { fromNow, inWords } from './durations.ts';
import { howToSet, type SettingPlace } from './setting-place.ts';
import { shown } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

const LONG_SECONDS = 86_400;
const MAX_TOLERANCE_SECONDS = 60;
/** Unix seconds come to this in the year 5138, Unix milliseconds came to it in 1973. */
const MILLISECONDS_FROM = 1e11;

/**
 * When a token was issued and until when it is good, by this machine's clock.
 * @param config undefined where no issuer's settings count
 */
export function explainTimes(
  claims: Readonly<JWTPayload>,
  config: IssuerConfig | undefined,
  place: SettingPlace,
  nowSeconds: number = Date.now() / 1000,
): readonly TokenDiagnostic[] {
  const tolerance = config?.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS;
  const faults = timeIssuesOf(claims, tolerance, nowSeconds);
  const diagnostics = faults.map((fault) => faultDiagnostic(fault, claims, { tolerance, place, nowSeconds }));
  return [...soundTimes(claims, faults, nowSeconds), ...diagnostics, ...lifetime(claims)];
}

function soundTimes(
  claims: Readonly<JWTPayload>,
  faults: readonly TimeIssue[],
  nowSeconds: number,
): readonly TokenDiagnostic[] {
  const told = (['iat', 'nbf', 'exp'] as const)
    .filter((claim) => claims[claim] !== undefined && !faults.some((fault) => fault.claim === claim))
    .map((claim) => momentOf(claim, Number(claims[claim]), nowSeconds));
  return told.length > 0 ? [{ level: 'ok', message: `it ${told.join(', ')}` }] : [];
}

function momentOf(claim: 'iat' | 'nbf' | 'exp', time: number, nowSeconds: number): string {
  const when = fromNow(time, nowSeconds);
  switch (claim) {
    case 'iat':
      return `was issued ${when}`;
    case 'nbf':
      return `became good ${when}`;
    case 'exp':
      return `expires ${when}`;
    default:
      return claim satisfies never;
  }
}

interface Circumstances {
  readonly tolerance: number;
  readonly place: SettingPlace;
  readonly nowSeconds: number;
}

function faultDiagnostic(
  { claim, check }: TimeIssue,
  claims: Readonly<JWTPayload>,
  { tolerance, place, nowSeconds }: Circumstances,
): TokenDiagnostic {
  const time = claims[claim];
  if (typeof time !== 'number' || check === 'times') {
    const message = time === undefined ? `it has no ${claim}` : `its ${claim} is ${shown(time)}, no time`;
    return {
      level: 'error',
      check,
      message,
      remedy: `Let its issuer set ${claim}, a number of seconds.`,
    };
  }
  if (check === 'expired') {
    const message = `it expired ${fromNow(time, nowSeconds)}, and clocks may differ by ${inWords(tolerance)}`;
    return { level: 'error', check, message, remedy: 'Get a fresh one.' };
  }
  const ahead = Math.ceil(time - nowSeconds);
  const cure = ahead <= MAX_TOLERANCE_SECONDS && howToSet(place, 'clockToleranceSeconds', ahead);
  const milliseconds = time > MILLISECONDS_FROM ? ' It looks like milliseconds, and has to be seconds.' : '';
  return {
    level: 'error',
    check,
    message: `its ${claim} is ${inWords(ahead)} ahead of this machine's clock, and clocks may differ by ${inWords(tolerance)}`,
    remedy: `Set the clocks right${cure ? `; or ${cure}` : ''}.${milliseconds}`,
  };
}

/** A token is looked at when it asks for a ticket: so it works for so long after a log-out. */
function lifetime({ iat, exp }: Readonly<JWTPayload>): readonly TokenDiagnostic[] {
  if (!Number.isFinite(iat) || !Number.isFinite(exp)) return [];
  const seconds = Number(exp) - Number(iat);
  if (seconds <= 0) return [];
  const message = `it is good for ${inWords(seconds)} in all`;
  if (seconds <= LONG_SECONDS) return [{ level: 'ok', message }];
  const remedy = 'A log-out may take that long to have effect: let its issuer make tokens shorter-lived.';
  return [{ level: 'warning', message, remedy }];
}
