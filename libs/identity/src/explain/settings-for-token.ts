import type { IssuerSetting } from '../issuers/settings.ts';
import { isAcceptedAlgorithm, isSignatureAlgorithm } from '../issuers/signature-algorithms.ts';
import { discoveryUrlOf } from '../issuers/types.ts';
import { isFetchableUrl } from '../keys/fetch-json.ts';
import type { Claims } from '../verify/types.ts';
import { providerPageOf } from './known-providers.ts';
import {
  assignmentOf,
  type IssuerPlaces,
  isShowable,
  isWritable,
  memberOf,
  ownAudienceOf,
  shellQuoted,
} from './settings.ts';

type Settings = readonly (readonly [setting: IssuerSetting, value: string | readonly string[]])[];

interface NewIssuerPlaces extends IssuerPlaces {
  /** Whether no other issuer is configured. */
  readonly isFirst: boolean;
}

/**
 * Lines to paste that make a token's issuer accepted, with the audience and algorithm of the token. Empty if a value cannot
 * be shown.
 */
export function settingsFor(
  claims: Claims & { readonly iss: string },
  alg: string | undefined,
  { prefix, listed, isFirst }: NewIssuerPlaces,
): readonly string[] {
  const settings = [['issuer', claims.iss] as const, ...audienceOf(claims), ...algorithmsOf(alg)];
  if (!settings.every(([, value]) => isShowable(value))) return [];
  const comment = commentOf(claims.iss, prefix);
  if (isFirst && !listed && settings.every(([, value]) => isWritable(value)))
    return [...settings.map(([setting, value]) => assignmentOf(prefix, setting, value)), comment];
  const alias = providerPageOf(claims.iss) ?? 'new';
  const members = [['alias', alias] as const, ...settings].map(([name, value]) => memberOf(name, value));
  const entry = `{ ${members.join(', ')} }`;
  if (isFirst) return [`${prefix}_ISSUERS=${shellQuoted(`[${entry}]`)}`, comment];
  const move = listed ? '' : `, and ${prefix}_ISSUER with the variables beside it as another entry`;
  return [entry, `# an entry of the list ${prefix}_ISSUERS='[…]'${move}`, comment];
}

/** A placeholder if the token names no audience that is specific to an application. */
function audienceOf(claims: Claims): Settings {
  const own = ownAudienceOf(claims);
  if (!own) return [['audience', ['your-api']]];
  const audience = ['audience', [own.audience]] as const;
  return own.claim === 'aud' ? [audience] : [audience, ['audienceClaim', own.claim]];
}

function algorithmsOf(alg: string | undefined): Settings {
  if (alg === undefined || !isSignatureAlgorithm(alg) || isAcceptedAlgorithm(alg)) return [];
  return [['algorithms', [alg]]];
}

function commentOf(issuer: string, prefix: IssuerPlaces['prefix']): string {
  return isFetchableUrl(issuer)
    ? `# keys: discovered at ${discoveryUrlOf(issuer)}`
    : `# keys: set ${prefix}_JWKS_URL or ${prefix}_JWKS (jwksUrl or jwks in a list) too; this issuer is not a URL, so its keys cannot be discovered`;
}
