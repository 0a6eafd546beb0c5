import { DEFAULT_CLOCK_TOLERANCE_SECONDS } from '../issuers/types.ts';
import type { TokenError } from '../verify/token-error.ts';
import { error, ok, warning } from './diagnostics.ts';
import { howToSet } from './settings.ts';
import type { ClaimResults, TokenDiagnostic } from './types.ts';
import { fromNow, inWords, shown } from './words.ts';

const LONG_SECONDS = 86_400;
const MAX_TOLERANCE_SECONDS = 60;
/** As Unix seconds this is the year 5138, as Unix milliseconds 1973. */
const MILLISECONDS_FROM = 1e11;

type TimeClaim = 'iat' | 'nbf' | 'exp';

/** When a token was issued and until when it is valid, by this machine's clock. */
export function explainTimes(
  results: ClaimResults,
  nowSeconds: number = Date.now() / 1000,
): readonly TokenDiagnostic[] {
  const failures = results.failures.filter(({ check }) => ['times', 'expired', 'early'].includes(check));
  const { claims } = results;
  const sound = (['iat', 'nbf', 'exp'] as const)
    .filter((claim) => claims[claim] !== undefined && !failures.some((failure) => failure.claim === claim))
    .map((claim) => momentOf(claim, Number(claims[claim]), nowSeconds));
  return [
    ...(sound.length > 0 ? [ok(`it ${sound.join(', ')}`)] : []),
    ...failures.map((failure) => errorOf(failure, results, nowSeconds)),
    ...lifetimeOf(results),
  ];
}

function momentOf(claim: TimeClaim, time: number, nowSeconds: number): string {
  const when = fromNow(time, nowSeconds);
  switch (claim) {
    case 'iat':
      return `was issued ${when}`;
    case 'nbf':
      return `became valid ${when}`;
    case 'exp':
      return `expires ${when}`;
    default:
      return claim satisfies never;
  }
}

function errorOf(
  { check, claim = 'exp' }: TokenError,
  { claims, config, place }: ClaimResults,
  nowSeconds: number,
): TokenDiagnostic {
  const time: unknown = claims[claim];
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    const message = time === undefined ? `it has no ${claim}` : `its ${claim} is ${shown(time)}, not a time`;
    return error(check, message, `Have its issuer set ${claim} to Unix seconds.`);
  }
  const tolerance = inWords(config?.clockToleranceSeconds ?? DEFAULT_CLOCK_TOLERANCE_SECONDS);
  if (check === 'expired') {
    const message = `it expired ${fromNow(time, nowSeconds)}; the clock tolerance is ${tolerance}`;
    return error(check, message, 'Get a fresh one.');
  }
  const ahead = Math.ceil(time - nowSeconds);
  const cure = ahead <= MAX_TOLERANCE_SECONDS && howToSet(place, 'clockToleranceSeconds', ahead);
  const milliseconds = time > MILLISECONDS_FROM ? ' It looks like milliseconds; it must be seconds.' : '';
  return error(
    check,
    `its ${claim} is ${inWords(ahead)} ahead of this machine's clock; the clock tolerance is ${tolerance}`,
    `Synchronize the clocks${cure ? `; or ${cure}` : ''}.${milliseconds}`,
  );
}

/** A token is checked when a ticket is requested, so it can be used after a logout until it expires. */
function lifetimeOf({ claims: { iat, exp } }: ClaimResults): readonly TokenDiagnostic[] {
  if (!Number.isFinite(iat) || !Number.isFinite(exp)) return [];
  const seconds = Number(exp) - Number(iat);
  if (seconds <= 0) return [];
  const message = `its lifetime is ${inWords(seconds)}`;
  if (seconds <= LONG_SECONDS) return [ok(message)];
  return [
    warning(message, 'Have its issuer shorten the lifetime: a logout may take that long to have an effect.'),
  ];
}
