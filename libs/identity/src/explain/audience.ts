import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import { audiencesNamedIn } from '../verify/audience.ts';
import { ownAudienceOf } from './own-audience.ts';
import { howToSet, type SettingPlace } from './setting-place.ts';
import { shown, shownList } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** Whom a token is for, whom it may be for, and what would make the two meet. */
export function explainAudience(
  claims: Readonly<JWTPayload>,
  config: IssuerConfig,
  place: SettingPlace,
): readonly TokenDiagnostic[] {
  const { audiences, audienceClaim = 'aud' } = config;
  const named = audiencesNamedIn(claims, audienceClaim);
  const said = named.length > 0 ? `it is for ${shownList(named)} (${audienceClaim})` : withoutOne();
  if (audiences === null)
    return [{ level: 'ok', message: `${said}; tokens of this issuer for any audience are accepted` }];
  const accepted = audiences.length > 0 ? `accepted: ${shownList(audiences)}` : 'none is accepted yet';
  const message = `${said}; ${accepted}`;
  if (named.some((value) => audiences.includes(value))) return [{ level: 'ok', message }];
  const cure = cureOf(claims, { ...config, audiences, audienceClaim }, place);
  const wish =
    audiences.length > 0
      ? 'Ask its issuer for a token for one of those accepted'
      : 'Ask its issuer for a token for your own API';
  const remedy = cure ? `${wish}; or, if this one is meant for you, ${cure}.` : `${wish}.`;
  return [{ level: 'error', check: 'audience', message, remedy }];

  function withoutOne(): string {
    const value: unknown = Object.hasOwn(claims, audienceClaim) ? claims[audienceClaim] : undefined;
    return value === undefined ? `it has no ${audienceClaim}` : `its ${audienceClaim} is ${shown(value)}`;
  }
}

/** Some issuers name the client in another claim, and the audience nowhere. */
function cureOf(
  claims: Readonly<JWTPayload>,
  { audiences, audienceClaim }: Required<Pick<IssuerConfig, 'audiences' | 'audienceClaim'>>,
  place: SettingPlace,
): string | undefined {
  const accepted = audiences ?? [];
  const configured = ownAudienceOf(claims, [audienceClaim]);
  if (configured) return howToSet(place, 'audience', [...accepted, configured.audience]);
  const other = ownAudienceOf(claims);
  if (!other) return undefined;
  const claimCure = howToSet(place, 'audienceClaim', other.claim);
  if (accepted.includes(other.audience)) return claimCure;
  const audienceCure = howToSet(place, 'audience', [other.audience]);
  return claimCure && audienceCure && `${claimCure} and ${audienceCure.replace(/^set /, '')}`;
}
