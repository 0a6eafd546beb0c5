import type { IssuerConfig } from '../issuers/types.ts';
import type { Claims } from '../verify/types.ts';
import { error, failureOf, ok } from './diagnostics.ts';
import { differenceOf, type IssuerDifference } from './issuer-likeness.ts';
import { providerPageOf } from './known-providers.ts';
import { howToSet, type IssuerPlaces, placeOf } from './settings.ts';
import { settingsFor } from './settings-for-token.ts';
import type { ClaimResults, TokenDiagnostic } from './types.ts';
import { shown } from './words.ts';

/** The issuers that a service accepts, and where they are configured. */
export interface AcceptedIssuers<Config extends IssuerConfig> extends IssuerPlaces {
  readonly issuers: readonly Config[];
  /** `DEFAULT_MAX_TOKEN_BYTES` by default. */
  readonly maxTokenBytes?: number;
}

interface Likeness<Config> {
  readonly config: Config;
  readonly difference: IssuerDifference;
}

/** The issuer whose settings apply to a token: the one with its `iss`, or one that is only spelled differently. */
export function applicableIssuer<Config extends IssuerConfig>(
  iss: unknown,
  issuers: readonly Config[],
): Config | undefined {
  const exact = issuers.find(({ issuer }) => issuer === iss);
  if (exact || typeof iss !== 'string') return exact;
  const nearest = nearestOf(iss, issuers);
  return nearest?.difference.isSpelling ? nearest.config : undefined;
}

/** The issuer of a token, the nearest accepted one, and how to have it accepted. */
export function explainIssuer(
  results: ClaimResults,
  accepted: AcceptedIssuers<IssuerConfig>,
): readonly TokenDiagnostic[] {
  const { claims, config, header } = results;
  const iss: unknown = claims.iss;
  if (config && !failureOf(results, 'issuer'))
    return [ok(`its issuer ${shown(iss)} is accepted, under the alias ${config.alias}`)];
  if (typeof iss !== 'string' || iss === '') return [unnamed(iss)];
  const nearest = nearestOf(iss, accepted.issuers);
  const rejection = nearest
    ? differing(iss, nearest, accepted)
    : unknown({ ...claims, iss }, header?.alg, accepted);
  return [rejection, ...pageOf(iss)];
}

function unnamed(iss: unknown): TokenDiagnostic {
  const message =
    iss === undefined ? 'it names no issuer (iss)' : `its issuer (iss) is ${shown(iss)}, not a name`;
  return error('issuer', message, 'Get a token from an issuer that names itself.');
}

/** Prefers an issuer that is only spelled differently. */
function nearestOf<Config extends IssuerConfig>(
  iss: string,
  issuers: readonly Config[],
): Likeness<Config> | undefined {
  const like = issuers.flatMap((config) => {
    const difference = differenceOf(iss, config.issuer);
    return difference ? [{ config, difference }] : [];
  });
  return like.find(({ difference }) => difference.isSpelling) ?? like[0];
}

function differing<Config extends IssuerConfig>(
  iss: string,
  { config, difference }: Likeness<Config>,
  places: IssuerPlaces,
): TokenDiagnostic {
  const message = `its issuer ${shown(iss)} is not accepted; the nearest accepted issuer, ${shown(config.issuer)} (${config.alias}), differs in ${difference.message}`;
  const cure = howToSet(placeOf(config, places), 'issuer', iss);
  const remedy = difference.isSpelling
    ? `The issuer must match exactly: ${cure ?? 'request another token'}.`
    : `Get a token from the accepted issuer; or, if this one is meant, ${cure ?? 'configure it'}, with its audience and keys.`;
  return error('issuer', message, remedy);
}

function unknown(
  claims: Claims & { readonly iss: string },
  alg: string | undefined,
  { issuers, ...places }: AcceptedIssuers<IssuerConfig>,
): TokenDiagnostic {
  const iss = shown(claims.iss);
  const others = issuers.map(({ alias, issuer }) => `${shown(issuer)} (${alias})`);
  const message =
    others.length === 0
      ? `its issuer ${iss} is not accepted: no issuer is configured`
      : `its issuer ${iss} is not accepted; accepted: ${others.slice(0, 12).join(', ')}`;
  const isFirst = issuers.every((config) => placeOf(config, places).kind === 'own');
  const block = settingsFor(claims, alg, { ...places, isFirst });
  const remedy =
    block.length > 0
      ? `If it is your issuer, set:\n${block.join('\n')}`
      : 'Get a token from an accepted issuer.';
  return error('issuer', message, remedy);
}

function pageOf(iss: string): readonly TokenDiagnostic[] {
  const page = providerPageOf(iss);
  return page ? [ok(`docs/identity/${page}.md is about this provider`)] : [];
}
