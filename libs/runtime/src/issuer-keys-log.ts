import type { Logger } from './logging.ts';

/** Hears of issuers, by their aliases, whose keys cannot be fetched. */
export interface IssuerKeysLog {
  onKeysFault(issuer: string, error: unknown): void;
  onKeysBack(issuer: string): void;
}

/** What a verifier of tokens tells of its issuers' keys, as log lines. */
export function issuerKeysLog(log: Logger): IssuerKeysLog {
  return {
    onKeysFault: (issuer, error) => log.error({ issuer, err: error }, 'issuer_keys_unreachable'),
    onKeysBack: (issuer) => log.info({ issuer }, 'issuer_keys_reachable'),
  };
}
