import { createRedact, type EnvironmentVariables, type Redact } from '@admit-one/config';
import { type Diagnostic, problemOf } from '@admit-one/core';
import {
  type Authentication,
  hasLocalIssuers,
  type LocalIssuers,
  openLocalIssuers,
  rootMessageOf,
  unverifiedIssuerOf,
} from '@admit-one/identity';
import { type GroupedDiagnostic, grouped } from './report.ts';
import { type ServiceName, STANDALONE } from './services.ts';
import { settingsError } from './settings.ts';
import { auditTokens, type TokenService, ticketTokens } from './token-services.ts';

export interface TokenExplanation {
  /** The verdict comes last. */
  readonly diagnostics: readonly GroupedDiagnostic[];
  readonly accepted: boolean;
}

type TokenServiceName = Exclude<ServiceName, 'ws-edge'> | 'all';

/**
 * Explains a token against the settings in the environment, by the checks of the services themselves: what each check
 * finds, and what the service answers. With `all` and `standalone`, the issuers of the data directory are accepted too.
 */
export async function explainToken(
  token: string,
  service: TokenServiceName,
  environment: EnvironmentVariables,
): Promise<TokenExplanation> {
  const takesAll = service === 'all' || service === STANDALONE;
  const { local, diagnostics } = takesAll ? await readDataDirectory(environment) : NO_DIRECTORY;
  const services = [ticketTokens(environment, local), auditTokens(environment, local)];
  const candidates = services.filter(({ name }) => takesAll || name === service);
  const verified = await Promise.all(
    servicesFor(token, candidates).map(async (each) => ({ service: each, result: await each.verify(token) })),
  );
  return explain(token, verified, diagnostics, createRedact(environment));
}

/** The services that accept the token's issuer; else the first one that has issuers. */
function servicesFor(token: string, services: readonly TokenService[]): readonly TokenService[] {
  const issuer = unverifiedIssuerOf(token);
  const accepting = services.filter(({ issuers }) => issuer !== undefined && issuers.includes(issuer));
  if (accepting.length > 0) return accepting;
  const configured = services.find(({ issuers, issues }) => issuers.length > 0 || issues.length > 0);
  return [configured ?? services[0]].filter((one) => one !== undefined);
}

interface Verified {
  readonly service: TokenService;
  readonly result: Authentication<string> | null;
}

/** A token is meant for one service: the others' answers take one line each, unless no service accepts the token. */
async function explain(
  token: string,
  verified: readonly Verified[],
  known: readonly Diagnostic[],
  redact: Redact,
): Promise<TokenExplanation> {
  const accepting = verified.filter(({ result }) => result?.kind === 'authenticated');
  const shown = accepting.length > 0 ? accepting : verified;
  const others = verified.filter((one) => !shown.includes(one));
  const issues = shown.flatMap(({ service: { name, issues } }) =>
    issues.map((issue) => settingsError(issue, [name])),
  );
  const explanations = await Promise.all(
    shown.map(async ({ service }) =>
      (await service.explain(token)).flatMap(({ topic, diagnostics }) =>
        grouped(shown.length > 1 ? `${service.name}: ${topic}` : topic, diagnostics, redact),
      ),
    ),
  );
  const verdicts = [
    ...others.map((one): Diagnostic => ({ level: 'ok', message: `also ${verdictOf(one).message}` })),
    ...shown.map(verdictOf),
  ];
  return {
    diagnostics: [
      ...grouped('settings', [...known, ...issues], redact),
      ...explanations.flat(),
      ...grouped('verdict', verdicts, redact),
    ],
    accepted: accepting.length > 0,
  };
}

function verdictOf({ service: { name }, result }: Verified): Diagnostic {
  if (result === null)
    return {
      level: 'error',
      message: `no verdict: the ${name} does not start with these settings`,
      remedy: 'Fix the settings first.',
    };
  if (result.kind === 'authenticated')
    return { level: 'ok', message: `accepted by the ${name} as ${result.who}` };
  const { status, code, detail } = problemOf(result.rejection.reason, '', result.rejection);
  return { level: 'error', message: `rejected by the ${name}: ${status} ${code}: ${detail}` };
}

interface DataDirectory {
  readonly local: LocalIssuers | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_DIRECTORY: DataDirectory = { local: undefined, diagnostics: [] };

async function readDataDirectory(environment: EnvironmentVariables): Promise<DataDirectory> {
  const directory = environment.DATA_DIR?.trim() || '.data';
  if (!hasLocalIssuers(directory)) return NO_DIRECTORY;
  try {
    const local = await openLocalIssuers(directory);
    const message = `the issuers of ${directory} are accepted too, as by npm start`;
    return { local, diagnostics: [{ level: 'ok', message }] };
  } catch (error) {
    const message = `the issuers of ${directory} cannot be read: ${rootMessageOf(error)}`;
    return { local: undefined, diagnostics: [{ level: 'warning', message }] };
  }
}
