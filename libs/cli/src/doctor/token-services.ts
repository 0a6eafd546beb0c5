import type { Finding } from '@admit-one/core';
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
  readonly findings: readonly Finding[];
}

/** Reads the environment as the services do. A data directory counts as it does in standalone, unless another service is named. */
export async function readTokenServices(
  service: TokenService['name'] | typeof STANDALONE | 'all',
  environment: Environment,
): Promise<TokenServices> {
  const takesAll = service === 'all' || service === STANDALONE;
  const { local, findings } = takesAll ? await readDataDirectory(environment) : NO_DIRECTORY;
  const services = [ticketTokens(environment, local), auditTokens(environment, local)];
  return { services: services.filter(({ name }) => takesAll || name === service), findings };
}

interface DataDirectory {
  readonly local: LocalIssuers | undefined;
  readonly findings: readonly Finding[];
}

const NO_DIRECTORY: DataDirectory = { local: undefined, findings: [] };

async function readDataDirectory(environment: Environment): Promise<DataDirectory> {
  const directory = environment.DATA_DIR?.trim() || '.data';
  if (!hasLocalIssuers(directory)) return NO_DIRECTORY;
  try {
    const local = await openLocalIssuers(directory);
    const what = `the issuers of ${directory} count too, as they do for npm start`;
    return { local, findings: [{ level: 'ok', what }] };
  } catch (error) {
    const what = `the issuers of ${directory} cannot be read: ${rootMessageOf(error)}`;
    return { local: undefined, findings: [{ level: 'warning', what }] };
  }
}
