import { type IssuerPrefix, variableOf } from '../issuers/entries.ts';
import type { IssuerSetting } from '../issuers/settings.ts';
import type { IssuerConfig } from '../issuers/types.ts';
import { shellQuoted } from './shell-quoted.ts';

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
  /** An issuer of our own has none. */
  | { readonly kind: 'ours' };

type Value = string | number | readonly string[];

const MAX_ITEMS = 16;
const MAX_LENGTH = 256;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const OURS = 'urn:admit-one:';

export function placeOf({ issuer, alias }: IssuerConfig, { prefix, listed }: IssuerPlaces): SettingPlace {
  if (issuer.startsWith(OURS)) return { kind: 'ours' };
  return listed ? { kind: 'entry', prefix, alias } : { kind: 'variables', prefix };
}

/**
 * What to write to give a setting a value: `set JWT_AUDIENCE=app`; undefined where there is nothing to write, or where it
 * is nothing to show.
 */
export function howToSet(place: SettingPlace, setting: IssuerSetting, value: Value): string | undefined {
  if (!isShowable(value)) return undefined;
  switch (place.kind) {
    case 'variables':
      return isWritable(value)
        ? `set ${assignmentOf(place.prefix, setting, value)}`
        : `set ${memberOf(setting, value)} in an entry of ${place.prefix}_ISSUERS, as a variable's items have no commas`;
    case 'entry':
      return `set ${memberOf(setting, value)} in the entry ${place.alias} of ${place.prefix}_ISSUERS`;
    case 'ours':
      return undefined;
    default:
      return place satisfies never;
  }
}

/** Whether a variable can hold it: commas separate the items of a list, and spaces around them are lost. */
export function isWritable(value: Value): boolean {
  return [value].flat().every((item) => typeof item === 'number' || /^[^\s,]+$/.test(item));
}

/** Whether it is short, and looks like what it is. */
export function isShowable(value: Value): boolean {
  const items = [value].flat();
  return (
    items.length <= MAX_ITEMS &&
    items.every((item) => typeof item === 'number' || (item.length <= MAX_LENGTH && !INVISIBLE.test(item)))
  );
}

/** A line for a shell. */
export function assignmentOf(prefix: IssuerPrefix, setting: IssuerSetting, value: Value): string {
  return `${variableOf(prefix, setting)}=${shellQuoted([value].flat().join(','))}`;
}

/** A member of an entry in a list of issuers. */
export function memberOf(setting: IssuerSetting, value: Value): string {
  const json = Array.isArray(value)
    ? `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
    : JSON.stringify(value);
  return `"${setting}": ${json}`;
}
