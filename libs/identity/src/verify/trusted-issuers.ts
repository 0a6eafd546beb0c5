import type { IssuerConfig } from '../issuers/types.ts';
import { createIssuerKeys } from '../keys/issuer-keys.ts';
import type { TrustedIssuer } from './check-token.ts';

/** Issuers by their `iss`. What verifies tokens of the same issuers shares them, so that keys are fetched once. */
export type TrustedIssuers<Config extends IssuerConfig = IssuerConfig> = ReadonlyMap<
  unknown,
  TrustedIssuer<Config>
>;

export interface IssuerKeysListener {
  /** Called once when an outage of an issuer's keys begins. The error's message shows no URL. */
  readonly onKeysUnreachable?: (alias: string, error: unknown) => void;
  /** Called when its keys are fetched for the first time, and once when an outage ends. */
  readonly onKeysReachable?: (alias: string) => void;
  /** Called with a clause for each key of an issuer that is ignored, when it is first seen: `keys[1] (kid "a") is …`. */
  readonly onKeysIgnored?: (alias: string, ignored: readonly string[]) => void;
}

/**
 * Issuers with their keys, which are fetched when the first token comes.
 * @throws {TypeError} if two issuers have the same `iss`
 */
export function trustIssuers<Config extends IssuerConfig>(
  configs: readonly Config[],
  { onKeysUnreachable, onKeysReachable, onKeysIgnored }: IssuerKeysListener = {},
): TrustedIssuers<Config> {
  const trusted = new Map<unknown, TrustedIssuer<Config>>();
  for (const config of configs) {
    const keys = createIssuerKeys(config, {
      onError: (error) => onKeysUnreachable?.(config.alias, error),
      onReachable: () => onKeysReachable?.(config.alias),
      onIgnored: (ignored) => onKeysIgnored?.(config.alias, ignored),
    });
    trusted.set(config.issuer, { config, keys });
  }
  if (trusted.size < configs.length) throw new TypeError('Two issuers have the same iss');
  return trusted;
}
