import type { JWTPayload } from 'jose';
import type { IssuerConfig } from '../issuers/types.ts';
import { differenceOf, type IssuerDifference } from './issuer-likeness.ts';
import { providerPageOf } from './known-providers.ts';
import { howToSet, type IssuerPlaces, placeOf } from './setting-place.ts';
import { settingsFor } from './settings-for-token.ts';
import { shown } from './shown.ts';
import type { TokenDiagnostic } from './token-diagnostic.ts';

/** The issuers that a service accepts, and where they are configured. */
export interface AcceptedIssuers<Config extends IssuerConfig> extends IssuerPlaces {
  readonly issuers: readonly Config[];
}

export interface ExplainedIssuer<Config> {
  /** The issuer whose settings count for the token, or would if its `iss` were spelled as it is configured. */
  readonly config: Config | undefined;
  readonly diagnostics: readonly TokenDiagnostic[];
}

interface Likeness<Config> {
  readonly config: Config;
  readonly difference: IssuerDifference;
}

/** Which issuer a token is of, or which it is nearly of, and what would make it one that is accepted. */
export function explainIssuer<Config extends IssuerConfig>(
  claims: Readonly<JWTPayload>,
  alg: string | undefined,
  accepted: AcceptedIssuers<Config>,
): ExplainedIssuer<Config> {
  const { iss } = claims;
  const config = accepted.issuers.find(({ issuer }) => issuer === iss);
  if (config) {
    const message = `its issuer ${shown(iss)} is accepted, under the alias ${config.alias}`;
    return { config, diagnostics: [{ level: 'ok', message }] };
  }
  if (typeof iss !== 'string' || iss === '') return { config, diagnostics: [unnamed(iss)] };
  const nearest = nearestOf(iss, accepted.issuers);
  const fault = nearest ? differing(iss, nearest, accepted) : unknown(claims, iss, alg, accepted);
  return {
    config: nearest?.difference.isSpelling ? nearest.config : undefined,
    diagnostics: [fault, ...pageOf(iss)],
  };
}

function unnamed(iss: unknown): TokenDiagnostic {
  const message =
    iss === undefined ? 'it names no issuer (iss)' : `its issuer (iss) is ${shown(iss)}, no name`;
  return {
    level: 'error',
    check: 'issuer',
    message,
    remedy: 'Get a token from an issuer that names itself.',
  };
}

/** Of several that it is like, one in another spelling, if there is one. */
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
  const message = `its issuer ${shown(iss)} is not accepted; the nearest that is, ${shown(config.issuer)} (${config.alias}), differs in ${difference.message}`;
  const cure = howToSet(placeOf(config, places), 'issuer', iss);
  const remedy = difference.isSpelling
    ? `It counts letter by letter: ${cure ?? 'make another token'}.`
    : `Get a token from the accepted one; or, if this one is meant, ${cure ?? 'name it'}, with the audience and keys that belong to it.`;
  return { level: 'error', check: 'issuer', message, remedy };
}

function unknown(
  claims: Readonly<JWTPayload>,
  iss: string,
  alg: string | undefined,
  { issuers, ...places }: AcceptedIssuers<IssuerConfig>,
): TokenDiagnostic {
  const others = issuers.map(({ alias, issuer }) => `${shown(issuer)} (${alias})`);
  const message =
    others.length === 0
      ? `its issuer ${shown(iss)} is not accepted: no issuer is configured`
      : `its issuer ${shown(iss)} is not accepted; those that are: ${others.slice(0, 12).join(', ')}`;
  const isFirst = issuers.every((config) => placeOf(config, places).kind === 'ours');
  const block = settingsFor({ ...claims, iss }, alg, { ...places, isFirst });
  const remedy =
    block.length > 0 ? `If it is yours, set:\n${block.join('\n')}` : 'Get a token from one that is.';
  return { level: 'error', check: 'issuer', message, remedy };
}

function pageOf(iss: string): readonly TokenDiagnostic[] {
  const page = providerPageOf(iss);
  return page ? [{ level: 'ok', message: `docs/identity/${page}.md is about this provider` }] : [];
}
