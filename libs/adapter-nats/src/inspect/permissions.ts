import {
  type Diagnostic,
  EVENT_SUBJECT_PREFIX,
  type EventType,
  eventCatalogue,
  eventRow,
  subjectOf,
} from '@admit-one/core';
import { errors, headers, type NatsConnection } from '@nats-io/nats-core';

/** The services that connect to NATS, as their events name them. */
export type BusService = 'ticket-service' | 'ws-edge' | 'audit-service';

/** Something that a user of NATS can be permitted, and the services that need it. */
interface Probe {
  readonly operation: 'publish' | 'subscribe';
  readonly subject: string;
  readonly neededBy: readonly BusService[];
}

/** The last token of subjects that nobody subscribes to. */
const UNUSED = 'doctor-probe';

const PROBES: readonly Probe[] = [
  { operation: 'subscribe', subject: '_INBOX.>', neededBy: [] },
  { operation: 'subscribe', subject: `${EVENT_SUBJECT_PREFIX}>`, neededBy: [] },
  { operation: 'subscribe', subject: 'admit.ticket.*', neededBy: ['ticket-service'] },
  { operation: 'subscribe', subject: 'admit.ws.in.>', neededBy: [] },
  { operation: 'subscribe', subject: 'admit.ws.out.>', neededBy: ['ws-edge'] },
  { operation: 'publish', subject: `admit.ticket.${UNUSED}`, neededBy: ['ws-edge'] },
  { operation: 'publish', subject: `admit.ws.in.${UNUSED}`, neededBy: ['ws-edge'] },
  { operation: 'publish', subject: `admit.ws.out.route.${UNUSED}`, neededBy: [] },
  { operation: 'publish', subject: 'admit.control.state', neededBy: ['ticket-service'] },
  { operation: 'publish', subject: 'admit.control.edge', neededBy: ['ws-edge'] },
  { operation: 'publish', subject: `$JS.API.STREAM.DELETE.${UNUSED}`, neededBy: [] },
  ...eventProbes(),
];

/** One for the events of each noun, such as `admit.event.ticket.*`. */
function eventProbes(): readonly Probe[] {
  const neededBy = new Map<string, Set<BusService>>();
  for (const type of Object.keys(eventCatalogue) as EventType[]) {
    const subject = subjectOf(type).replace(/[^.]+$/, UNUSED);
    const services = neededBy.get(subject) ?? new Set();
    for (const publisher of eventRow(type).publishers) services.add(publisher);
    neededBy.set(subject, services);
  }
  return [...neededBy].map(([subject, services]) => ({
    operation: 'publish',
    subject,
    neededBy: [...services],
  }));
}

/** Tells what the user of a connection may do and the services that connect as this user do not need. */
export async function permissionDiagnostic(
  nc: NatsConnection,
  services: readonly BusService[],
): Promise<Diagnostic> {
  const allowed: string[] = [];
  for (const { operation, subject, neededBy } of PROBES) {
    if (services.some((service) => neededBy.includes(service))) continue;
    const may = operation === 'publish' ? mayPublish : maySubscribe;
    if (await may(nc, subject)) allowed.push(`${operation} ${subject.replace(UNUSED, '*')}`);
  }
  const users = services.join(', ');
  if (allowed.length === 0)
    return { level: 'ok', message: `the user of NATS may do nothing that ${users} does not need` };
  return {
    level: 'warning',
    message: `the user of NATS may do more than ${users} needs: ${allowed.join(', ')}`,
    remedy: 'Give each role its own user with the permissions in deploy/nats/nats.conf.',
  };
}

/** Whether the server accepts a subscription. It ends at once. */
export async function maySubscribe(nc: NatsConnection, subject: string): Promise<boolean> {
  let denied = false;
  const subscription = nc.subscribe(subject, {
    callback(error) {
      denied ||= error instanceof errors.PermissionViolationError;
    },
  });
  await nc.flush();
  subscription.unsubscribe();
  return !denied;
}

/** Whether the server accepts a message. JetStream does not store it: it is meant for a stream that does not exist. */
export async function mayPublish(nc: NatsConnection, subject: string): Promise<boolean> {
  const nowhere = headers();
  nowhere.set('Nats-Expected-Stream', UNUSED);
  const statuses = nc.status();
  const denial = firstDenial(statuses, subject);
  nc.publish(subject, '{', { headers: nowhere });
  await nc.flush();
  // The violation is handed on before the flush ends, but to an iterator.
  return Promise.race([denial, new Promise<boolean>((resolve) => setImmediate(resolve, true))]);
}

async function firstDenial(
  statuses: ReturnType<NatsConnection['status']>,
  subject: string,
): Promise<boolean> {
  for await (const status of statuses)
    if (status.type === 'error' && isDenial(status.error, subject)) return false;
  return true;
}

function isDenial(error: Error, subject: string): boolean {
  return (
    error instanceof errors.PermissionViolationError &&
    error.operation === 'publish' &&
    error.subject === subject
  );
}
