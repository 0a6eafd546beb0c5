import { audiencesNamedIn } from '../verify/claim-rules.ts';
import { error, failureOf, ok } from './diagnostics.ts';
import { howToSet, ownAudienceOf } from './settings.ts';
import type { ClaimResults, TokenDiagnostic } from './types.ts';
import { shown, shownList } from './words.ts';

/** The audiences of a token, those that are accepted, and how to make them match. */
export function explainAudience(results: ClaimResults): readonly TokenDiagnostic[] {
  const { claims, config } = results;
  if (!config) return [];
  const { audiences, audienceClaim = 'aud' } = config;
  const named = audiencesNamedIn(claims, audienceClaim);
  const value: unknown = Object.hasOwn(claims, audienceClaim) ? claims[audienceClaim] : undefined;
  const unnamed =
    value === undefined ? `it has no ${audienceClaim}` : `its ${audienceClaim} is ${shown(value)}`;
  const found = named.length > 0 ? `its audience (${audienceClaim}) is ${shownList(named)}` : unnamed;
  if (audiences === null) return [ok(`${found}; any audience is accepted from this issuer`)];
  const accepted = audiences.length > 0 ? `accepted: ${shownList(audiences)}` : 'no audience is accepted yet';
  const message = `${found}; ${accepted}`;
  if (!failureOf(results, 'audience')) return [ok(message)];
  const cure = cureOf(results, audiences, audienceClaim);
  const request = `Request a token for ${audiences.length > 0 ? 'an accepted audience' : 'your own API'}`;
  const remedy = cure ? `${request}; or, if this one is meant for you, ${cure}.` : `${request}.`;
  return [error('audience', message, remedy)];
}

/** Some issuers name the client in another claim, and no audience. */
function cureOf(
  { claims, place }: ClaimResults,
  accepted: readonly string[],
  audienceClaim: 'aud' | 'azp' | 'client_id',
): string | undefined {
  const configured = ownAudienceOf(claims, [audienceClaim]);
  if (configured) return howToSet(place, 'audience', [...accepted, configured.audience]);
  const other = ownAudienceOf(claims);
  if (!other) return undefined;
  const claimCure = howToSet(place, 'audienceClaim', other.claim);
  if (accepted.includes(other.audience)) return claimCure;
  const audienceCure = howToSet(place, 'audience', [other.audience]);
  return claimCure && audienceCure && `${claimCure} and ${audienceCure.replace(/^set /, '')}`;
}
