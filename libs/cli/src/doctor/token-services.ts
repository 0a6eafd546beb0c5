import type { Diagnostic } from '@admit-one/core';
import {
  type ExplainedTopic,
  hasLocalIssuers,
  type LocalIssuers,
  openLocalIssuers,
} from '@admit-one/identity';
import type { Environment } from '@admit-one/runtime';
import { rootMessageOf } from '../root-cause.ts';
import { STANDALONE } from './service-names.ts';
import { auditTokens } from './token-audit-service.ts';
import { ticketTokens } from './token-ticket-service.ts';
import type { TokenVerdict } from './token-verdict.ts';

/** A service that looks at tokens, with the settings that it would start with. */
export interface TokenService {
  readonly name: 'ticket-service' | 'audit-service';
  /** What keeps it from starting. */
  readonly faults: readonly string[];
  /** The issuers that it accepts; none where the settings are past telling. */
  readonly issuers: readonly string[];
  explain(token: string): Promise<readonly ExplainedTopic[]>;
  judge(token: string): Promise<TokenVerdict>;
}

export interface TokenServices {
  readonly services: readonly TokenService[];
  /** What else to know of the settings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the environment as the services do. A data directory counts as it does in standalone, unless another service is named. */
export async function readTokenServices(
  service: TokenService['name'] | typeof STANDALONE | 'all',
  environment: Environment,
): Promise<TokenServices> {
  const takesAll = service === 'all' || service === STANDALONE;
  const { local, diagnostics } = takesAll ? await readDataDirectory(environment) : NO_DIRECTORY;
  const services = [ticketTokens(environment, local), auditTokens(environment, local)];
  return { services: services.filter(({ name }) => takesAll || name === service), diagnostics };
}

interface DataDirectory {
  readonly local: LocalIssuers | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_DIRECTORY: DataDirectory = { local: undefined, diagnostics: [] };

async function readDataDirectory(environment: Environment): Promise<DataDirectory> {
  const directory = environment.DATA_DIR?.trim() || '.data';
  if (!hasLocalIssuers(directory)) return NO_DIRECTORY;
  try {
    const local = await openLocalIssuers(directory);
    const message = `the issuers of ${directory} count too, as they do for npm start`;
    return { local, diagnostics: [{ level: 'ok', message }] };
  } catch (error) {
    const message = `the issuers of ${directory} cannot be read: ${rootMessageOf(error)}`;
    return { local: undefined, diagnostics: [{ level: 'warning', message }] };
  }
}
