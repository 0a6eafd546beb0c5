import { join } from 'node:path';
import { isReason, reasonRow } from '@admit-one/core';
import { generateSigningKey } from '@admit-one/identity';
import { within } from '@admit-one/testkit';
import type { ClientsSettings } from '../../reconnecting/clients.ts';
import { runProgram } from '../../stack/program.ts';
import { type Bench, shareOf } from '../bench.ts';
import { HOST } from '../client/endpoint.ts';
import { type AdmitOne, startAdmitOne } from '../contestants/start-admit-one.ts';
import { wholeStoriesIn } from '../contestants/whole-stories.ts';
import { resting } from '../processes/resting.ts';
import { type Figure, figureOf } from '../report/figures.ts';

/** 5,000 where 10,000 admissions are asked for. */
const CLIENTS_SHARE = 0.5;

const BACK_WITHIN_MS = 300_000;

/** A late copy of a message about a ticket whose holder is in: nobody is rejected. */
const HARMLESS = 'ticket_duplicate';

interface Round {
  readonly seconds: number;
  readonly rejections: number;
  readonly wrong: number;
}

/**
 * How long it takes until each of many clients is back whose edge was killed. They are clients of `@admit-one/client`, with
 * its delays. A rejection is wrong unless it says that the infrastructure is busy or away.
 */
export async function measureReconnect(bench: Bench): Promise<readonly Figure[]> {
  const clients = shareOf(CLIENTS_SHARE, bench);
  const rounds: Round[] = [];
  for (let round = 0; round < bench.options.rounds; round += 1) {
    const result = await loseTheEdge(clients, bench);
    const { seconds, rejections, wrong } = result;
    bench.reportProgress(
      `round ${round + 1}: ${clients} clients back after ${seconds.toFixed(1)} s; ${rejections} rejections, ${wrong} wrong`,
    );
    rounds.push(result);
  }
  const figure = (what: string, unit: Figure['unit'], value: (round: Round) => number) =>
    figureOf({ measure: 'reconnect', what, of: 'all', unit }, rounds.map(value));
  return [
    figure('clients', 'count', () => clients),
    figure('last one back after', 's', ({ seconds }) => seconds),
    figure('rejections', 'count', ({ rejections }) => rejections),
    figure('wrong rejections', 'count', ({ wrong }) => wrong),
  ];
}

async function loseTheEdge(clients: number, { setting }: Bench): Promise<Round> {
  const variables = {
    ANONYMOUS_SESSIONS: 'true',
    ANONYMOUS_SIGNING_KEY: JSON.stringify(await generateSigningKey()),
    ANONYMOUS_SESSIONS_PER_MINUTE: '0',
  };
  const stack = await startAdmitOne(setting, { variables, instances: 2 });
  try {
    const [lost, other] = stack.edges;
    const [tickets] = stack.ticketServices;
    if (!lost || !other || !tickets) throw new Error('there are no two edges');
    const settings: ClientsSettings = {
      clients,
      tickets: `http://${HOST}:${tickets.port}`,
      edge: `ws://${HOST}:${lost.port}`,
      otherEdge: `ws://${HOST}:${other.port}`,
      hasJitter: true,
    };
    const seconds = await secondsUntilBack(stack, settings, setting.programs);
    return { seconds, ...(await rejectionsOf(stack)) };
  } finally {
    await stack.stop();
  }
}

/** Kills an edge once all clients are admitted, and waits until the last is back. @throws {Error} where one does not come */
async function secondsUntilBack(
  { edges: [edge], audit }: AdmitOne,
  settings: ClientsSettings,
  programs: string,
): Promise<number> {
  // A client is connected with the 101, and admitted a moment later.
  const admitted = (count: number) => wholeStoriesIn(audit.metricsUrl, count, ['admit.ticket.consumed']);
  const running = runProgram(join(programs, 'reconnecting-clients.js'), [JSON.stringify(settings)], {});
  try {
    await running.printed(/all open/);
    await admitted(settings.clients);
    const lostAt = performance.now();
    await edge?.kill();
    await within(running.printed(/all back/), 'the return of all clients', BACK_WITHIN_MS);
    const seconds = (performance.now() - lostAt) / 1000;
    await admitted(2 * settings.clients);
    return seconds;
  } finally {
    running.process.kill('SIGKILL');
    await running.ended;
  }
}

/** Stops edges and ticket-services, which report what they have counted. Gives all rejections, and those that are wrong. */
async function rejectionsOf(stack: AdmitOne): Promise<Pick<Round, 'rejections' | 'wrong'>> {
  const { audit, edges, ticketServices } = stack;
  for (const service of [...edges, ...ticketServices]) await service.stop();
  await resting([audit.pid]);
  const metrics = await (await fetch(audit.metricsUrl)).text();
  const counted = [...metrics.matchAll(/^admit_rejections_total\{reason="(\w+)",fault="\w+"\} (\d+)/gm)];
  const sum = (wanted: (reason: string) => boolean) =>
    counted.reduce((total, [, reason = '', count]) => total + (wanted(reason) ? Number(count) : 0), 0);
  return {
    rejections: sum(() => true),
    wrong: sum((reason) => reason !== HARMLESS && isReason(reason) && !isInfrastructure(reason)),
  };
}

function isInfrastructure(reason: Parameters<typeof reasonRow>[0]): boolean {
  return reasonRow(reason).fault === 'infrastructure';
}
