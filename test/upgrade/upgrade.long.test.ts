import { eventually, missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectAdmissions, expectSound } from '../faults/soundness.ts';
import { keepVisiting, type Visit } from '../faults/visits.ts';
import { ask, expectNothingMissing } from '../stack/audit-log.ts';
import { runProgram } from '../stack/program.ts';
import { type ServiceName, type ServiceProcess, startService } from '../stack/service-process.ts';
import { type ServicesStack, startServices } from '../stack/services.ts';
import { type BaseVersion, baseReference, bundleVersion } from './base-version.ts';

const reference = baseReference();
const missing =
  reference === undefined ? 'no version is tagged yet' : missingEngines('redis', 'nats', 'postgres');
const name = missing === undefined ? `an upgrade from ${reference}` : `an upgrade (skipped: ${missing})`;

/** How long it may take to bundle the earlier version and to start it. */
const BUNDLE_MS = 300_000;

/** How many visits each step sees. */
const VISITS = 40;

/** What the audit log lacks or keeps aside. */
interface Completeness {
  readonly conflicts: number;
  readonly deadLetters: number;
  readonly deadLetterSubjects: readonly string[];
}

describe.skipIf(missing !== undefined)(name, { timeout: 300_000 }, () => {
  let base: BaseVersion;
  let stack: ServicesStack;
  const upgraded: ServiceProcess[] = [];

  beforeAll(async () => {
    base = await bundleVersion(reference ?? '');
    stack = await startServices({ start: startBase });
  }, BUNDLE_MS);
  afterAll(async () => {
    for (const service of upgraded) await service.stop();
    await stack?.stop();
    await base?.remove();
  });

  function startBase(service: ServiceName, variables: Readonly<Record<string, string>>) {
    return startService(service, variables, (env) => runProgram(base.program(service), [], env));
  }

  async function startNew(service: ServiceName): Promise<ServiceProcess> {
    const started = await startService(service, stack.variables[service]);
    upgraded.push(started);
    await started.ready();
    return started;
  }

  /** The stack by those of its services that users reach. */
  function reached(tickets: ServiceProcess, edges: readonly ServiceProcess[]): ServicesStack {
    const { audit, edges: _, ...rest } = stack;
    return {
      ...rest,
      audit,
      tickets: tickets.url,
      edges: edges.map(({ url }) => url.replace('http:', 'ws:')),
    };
  }

  /** Visits until somebody was admitted at each edge. */
  async function visit(tickets: ServiceProcess, edges: readonly ServiceProcess[]): Promise<readonly Visit[]> {
    const visits = keepVisiting(reached(tickets, edges), { atATime: 4 });
    await expectAdmissions(visits, { withinMs: 20_000 });
    await eventually(() => expect(visits.made.length).toBeGreaterThan(VISITS), {
      what: 'visits',
      timeoutMs: 60_000,
    });
    return visits.stop();
  }

  test('service by service admits everybody all the time, and no event is lost', async () => {
    const [oldTickets] = stack.ticketServices as [ServiceProcess];
    const oldEdges = stack.edgeServices;
    const made: Visit[] = [];
    made.push(...(await visit(oldTickets, oldEdges)));

    const audit = await startNew('audit-service');
    made.push(...(await visit(oldTickets, oldEdges)));
    expect(await stack.auditService.stop()).toBe(0);
    const tickets = await startNew('ticket-service');
    made.push(...(await visit(tickets, oldEdges)));
    const edge = await startNew('ws-edge');
    made.push(...(await visit(oldTickets, [edge, ...oldEdges])));
    for (const service of stack.ticketServices) expect(await service.stop()).toBe(0);
    made.push(...(await visit(tickets, [edge, ...oldEdges])));

    expect(made.filter(({ kind }) => kind !== 'admitted')).toEqual([]);
    const seen = { ...reached(tickets, [edge, ...oldEdges]), audit: audit.url };
    await expectSound(seen, made);
    await expectNothingMissing(seen);
    const { conflicts, deadLetters, deadLetterSubjects } = await ask<Completeness>(seen, 'completeness');
    expect({ conflicts, deadLetters, deadLetterSubjects }).toEqual({
      ...{ conflicts: 0, deadLetters: 0, deadLetterSubjects: [] },
    });
  });
});
