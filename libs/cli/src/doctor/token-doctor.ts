import type { Diagnostic } from '@admit-one/core';
import { unverifiedIssuerOf } from '@admit-one/identity';
import { CommandError, type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { rejectionBy } from './rejection-by.ts';
import { createReport, type Report } from './report.ts';
import type { ServiceName } from './service-names.ts';
import { readTokenInput } from './token-input.ts';
import { readTokenServices, type TokenService } from './token-services.ts';
import { asideDiagnostic, type TokenVerdict, verdictDiagnostic } from './token-verdict.ts';

export interface ExplainTokenOptions {
  readonly service: ServiceName | 'all';
  readonly json: boolean;
}

interface Judged {
  readonly service: TokenService;
  readonly verdict: TokenVerdict;
}

/** Explains the token on standard input by the settings in the environment. The verdict comes last, and is the exit code. */
export async function explainToken(
  { service, json }: ExplainTokenOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (service === 'ws-edge')
    throw new CommandError(
      'The ws-edge looks at tickets, not at tokens: name the ticket-service or the audit-service.',
      exitCodes.usage,
    );
  const { services, diagnostics } = await readTokenServices(service, terminal.env);
  const token = await readTokenInput(terminal);
  const report = createReport(terminal.stdout, { json });
  const judging = Promise.all(
    servicesFor(token, services).map(async (each) => ({ service: each, verdict: await each.judge(token) })),
  );
  const told = judging.then((judged) => tell(token, judged, diagnostics, report));
  return Promise.race([told, rejectionBy(terminal.interrupted)]).catch((error: unknown) => {
    throw terminal.interrupted.aborted ? new CommandError('This was interrupted.', exitCodes.refused) : error;
  });
}

/** Those that accept its issuer; else the one that has issuers, where only one has. */
function servicesFor(token: string, services: readonly TokenService[]): readonly TokenService[] {
  const issuer = unverifiedIssuerOf(token);
  const named = services.filter(({ issuers }) => issuer !== undefined && issuers.includes(issuer));
  if (named.length > 0) return named;
  const configured = services.find(({ issuers, faults }) => issuers.length > 0 || faults.length > 0);
  return [configured ?? services[0]].filter((one) => one !== undefined);
}

/** A token is for one service: what others make of it is told in a line, unless none accepts it. */
async function tell(
  token: string,
  judged: readonly Judged[],
  known: readonly Diagnostic[],
  report: Report,
): Promise<ExitCode> {
  const accepting = judged.filter(({ verdict }) => verdict.kind === 'accepted');
  const told = accepting.length > 0 ? accepting : judged;
  const settings = [...known, ...told.flatMap(({ service }) => settingFaults(service))];
  if (settings.length > 0) report.add('settings', settings);
  for (const { service } of told)
    for (const { topic, diagnostics } of await service.explain(token))
      report.add(told.length > 1 ? `${service.name}: ${topic}` : topic, diagnostics);
  const asides = judged.filter((one) => !told.includes(one));
  report.add('verdict', [
    ...asides.map(({ service, verdict }) => asideDiagnostic(service.name, verdict)),
    ...told.map(({ service, verdict }) => verdictDiagnostic(service.name, verdict)),
  ]);
  report.end();
  return accepting.length > 0 ? exitCodes.clean : exitCodes.refused;
}

function settingFaults({ name, faults }: TokenService): readonly Diagnostic[] {
  return faults.map((message) => ({
    level: 'error',
    message,
    remedy: `Mend it in the environment of ${name}.`,
  }));
}
