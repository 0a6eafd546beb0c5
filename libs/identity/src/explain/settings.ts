import { isOwnIssuer } from '../issuers/own-issuers.ts';
import { type IssuerPrefix, type IssuerSetting, variableOf } from '../issuers/settings.ts';
import { type AudienceClaim, audienceClaims, type IssuerConfig } from '../issuers/types.ts';
import { audiencesNamedIn } from '../verify/claim-rules.ts';
import type { Claims } from '../verify/types.ts';

/** Where issuers are configured. */
export interface IssuerPlaces {
  readonly prefix: IssuerPrefix;
  /** Whether they are in the list `<PREFIX>_ISSUERS`. */
  readonly listed: boolean;
}

/** Where the settings of one issuer are. */
export type SettingPlace =
  | { readonly kind: 'variables'; readonly prefix: IssuerPrefix }
  | { readonly kind: 'entry'; readonly prefix: IssuerPrefix; readonly alias: string }
  /** The product's own issuers have no settings. */
  | { readonly kind: 'own' };

type Value = string | number | readonly string[];

const MAX_ITEMS = 16;
const MAX_LENGTH = 256;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

export function placeOf({ issuer, alias }: IssuerConfig, { prefix, listed }: IssuerPlaces): SettingPlace {
  if (isOwnIssuer(issuer)) return { kind: 'own' };
  return listed ? { kind: 'entry', prefix, alias } : { kind: 'variables', prefix };
}

/**
 * How to give a setting a value: `set JWT_AUDIENCE=app`; undefined if it cannot be set or its value cannot be shown.
 */
export function howToSet(place: SettingPlace, setting: IssuerSetting, value: Value): string | undefined {
  if (!isShowable(value)) return undefined;
  switch (place.kind) {
    case 'variables':
      return isWritable(value)
        ? `set ${assignmentOf(place.prefix, setting, value)}`
        : `set ${memberOf(setting, value)} in an entry of ${place.prefix}_ISSUERS, as the items of a variable cannot contain commas`;
    case 'entry':
      return `set ${memberOf(setting, value)} in the entry ${place.alias} of ${place.prefix}_ISSUERS`;
    case 'own':
      return undefined;
    default:
      return place satisfies never;
  }
}

/** Whether a variable can hold a value: commas separate the items of a list, and spaces around items are lost. */
export function isWritable(value: Value): boolean {
  return [value].flat().every((item) => typeof item === 'number' || /^[^\s,]+$/.test(item));
}

/** Whether a value is short and has no invisible characters. */
export function isShowable(value: Value): boolean {
  const items = [value].flat();
  return (
    items.length <= MAX_ITEMS &&
    items.every((item) => typeof item === 'number' || (item.length <= MAX_LENGTH && !INVISIBLE.test(item)))
  );
}

/** `JWT_AUDIENCE=app`, quoted for a shell. */
export function assignmentOf(prefix: IssuerPrefix, setting: IssuerSetting, value: Value): string {
  return `${variableOf(prefix, setting)}=${shellQuoted([value].flat().join(','))}`;
}

/** `"audience": ["app"]`, for an entry in a list of issuers. */
export function memberOf(setting: IssuerSetting, value: Value): string {
  const json = Array.isArray(value)
    ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
    : JSON.stringify(value);
  return `"${setting}": ${json}`;
}

const NEEDS_NO_QUOTES = /^[\w@%+=:,./-]+$/;

/** Quotes a text as one word of a POSIX shell. */
export function shellQuoted(text: string): string {
  return NEEDS_NO_QUOTES.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One audience of a token, and the claim that names it. */
export interface OwnAudience {
  readonly claim: AudienceClaim;
  readonly audience: string;
}

/** Audiences in tokens for any application, and the wildcard of the settings: never suggested. */
const SHARED_AUDIENCE =
  /^\*$|\/userinfo$|^account$|^https:\/\/graph\.microsoft\.com$|^00000003-0000-0000-c000-000000000000$|^https:\/\/identitytoolkit\.googleapis\.com\//;

/** The first audience of a token that is specific to an application; `aud` comes before other claims. */
export function ownAudienceOf(
  claims: Claims,
  among: readonly AudienceClaim[] = audienceClaims,
): OwnAudience | undefined {
  const [found] = among.flatMap((claim) =>
    audiencesNamedIn(claims, claim)
      .filter((audience) => /\S/.test(audience) && !SHARED_AUDIENCE.test(audience.trim()))
      .map((audience) => ({ claim, audience })),
  );
  return found;
}
