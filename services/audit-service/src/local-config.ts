import { type LocalIssuers, trustedIssuerOf } from '@admit-one/identity';
import type { AuditConfig } from './config.ts';

/** The configuration where there is a data directory: its operators count besides those that are configured. */
export function withLocalOperators(
  config: AuditConfig,
  { operators: local }: Pick<LocalIssuers, 'operators'>,
): AuditConfig {
  const { operators } = config;
  return { ...config, operators: { ...operators, issuers: [...operators.issuers, trustedIssuerOf(local)] } };
}
