import { isIP } from 'node:net';
import {
  type EventFacts,
  type EventType,
  eventRow,
  factsOf,
  isReason,
  reasonRow,
  type Severity,
  type StoredEvent,
} from '@admit-one/core';

/** The version of the schema that events are mapped to. */
export const OCSF_VERSION = '1.3.0';

interface EventClass {
  readonly category_uid: number;
  readonly class_uid: number;
  readonly class_name: string;
}

const authentication: EventClass = { category_uid: 3, class_uid: 3002, class_name: 'Authentication' };
const baseEvent: EventClass = { category_uid: 0, class_uid: 0, class_name: 'Base Event' };

const logon = { class: authentication, activity_id: 1, activity_name: 'Logon' } as const;
const logoff = { class: authentication, activity_id: 2, activity_name: 'Logoff' } as const;
const other = (activity_name: string) => ({ class: authentication, activity_id: 99, activity_name }) as const;

const success = { status_id: 1, status: 'Success' } as const;
const failure = { status_id: 2, status: 'Failure' } as const;

interface TypeRow {
  readonly class: EventClass;
  readonly activity_id: number;
  readonly activity_name: string;
  readonly status_id: number;
  readonly status: string;
}

const notAuthentication: TypeRow = { class: baseEvent, activity_id: 99, activity_name: 'Other', ...success };

/** The class, activity and status of each type that is about an authentication. */
const ocsfTypes: Readonly<Partial<Record<EventType, TypeRow>>> = {
  'admit.ticket.issued': { ...other('Ticket issued'), ...success },
  'admit.ticket.reserved': { ...other('Ticket reserved'), ...success },
  'admit.ticket.consumed': { ...logon, ...success },
  'admit.ticket.released': { ...other('Ticket released'), ...success },
  'admit.ticket.rejected': { ...logon, ...failure },
  'admit.ticket.revoked': { ...other('Ticket revoked'), ...success },
  'admit.session.revoked': { ...logoff, ...success },
  'admit.issuance.rejected': { ...other('Ticket request'), ...failure },
  'admit.handshake.rejected': { ...logon, ...failure },
  'admit.connection.renewed': { ...other('Connection renewed'), ...success },
  'admit.connection.closed': { ...logoff, ...success },
};

export function ocsfTypeOf(type: EventType): TypeRow {
  return ocsfTypes[type] ?? notAuthentication;
}

const severities = {
  INFO: { severity_id: 1, severity: 'Informational' },
  WARNING: { severity_id: 3, severity: 'Medium' },
  CRITICAL: { severity_id: 5, severity: 'Critical' },
} as const satisfies Record<Severity, object>;

/** An event with what its attributes are made of. */
interface Source {
  readonly event: StoredEvent;
  readonly facts: EventFacts;
  readonly isAuthentication: boolean;
}

type Value = string | number | boolean | object | null;

/** An attribute that both classes have, or `Authentication` alone. */
interface Attribute {
  readonly path: string;
  /** Where its value comes from, for the documentation. */
  readonly from: string;
  readonly of: (source: Source) => Value | undefined;
}

const ifAuthentication = (attributes: readonly Attribute[]): readonly Attribute[] =>
  attributes.map(({ of, ...attribute }) => ({
    ...attribute,
    of: (source) => (source.isAuthentication ? of(source) : undefined),
  }));

const isFolded = ({ facts: { count } }: Source) => count > 1;

/** Every attribute. One without a value is left out. */
export const ocsfAttributes: readonly Attribute[] = [
  { path: 'time', from: '`time`, in Unix milliseconds', of: ({ event }) => Date.parse(event.time) },
  {
    path: 'message',
    from: 'the description of the type',
    of: ({ event }) => eventRow(event.type).description.split(/(?<=\.) /, 1)[0] ?? '',
  },
  { path: 'status_code', from: '`data.reason`', of: ({ facts }) => facts.reason },
  {
    path: 'status_detail',
    from: 'the meaning of the reason',
    of: ({ facts }) => (isReason(facts.reason) ? reasonRow(facts.reason).meaning : undefined),
  },
  { path: 'metadata.version', from: `${OCSF_VERSION}`, of: () => OCSF_VERSION },
  { path: 'metadata.product.name', from: 'Admit One', of: () => 'Admit One' },
  { path: 'metadata.product.vendor_name', from: 'Admit One', of: () => 'Admit One' },
  { path: 'metadata.uid', from: '`id`', of: ({ event }) => event.id },
  { path: 'metadata.event_code', from: '`type`', of: ({ event }) => event.type },
  { path: 'metadata.original_time', from: '`time`', of: ({ event }) => event.time },
  {
    path: 'metadata.correlation_uid',
    from: 'the ticket id, where there is no ticket the trace id',
    of: ({ facts }) => facts.ticket ?? facts.trace,
  },
  ...ifAuthentication([
    { path: 'user.uid', from: '`data.principal.user`', of: ({ facts }) => facts.user },
    {
      path: 'user.name',
      from: '`unknown` where no user is known',
      of: ({ facts }) => (facts.user === null ? 'unknown' : undefined),
    },
    { path: 'session.uid', from: '`data.principal.session`', of: ({ facts }) => facts.session },
    { path: 'session.issuer', from: '`data.principal.issuer`', of: ({ facts }) => facts.issuer },
    { path: 'service.name', from: 'Admit One', of: () => 'Admit One' },
    { path: 'dst_endpoint.instance_uid', from: '`data.context.edge`', of: ({ facts }) => facts.edge },
    {
      path: 'src_endpoint.ip',
      from: '`data.context.address`',
      of: ({ facts: { address } }) => (address !== null && isIP(address) !== 0 ? address : undefined),
    },
    { path: 'http_request.user_agent', from: '`data.context.agent`', of: ({ facts }) => facts.agent },
    {
      path: 'http_request.http_headers',
      from: '`data.context.origin`, as the header `Origin`',
      of: ({ facts: { origin } }) => (origin === null ? undefined : [{ name: 'Origin', value: origin }]),
    },
    { path: 'auth_protocol_id', from: '99 (Other)', of: () => 99 },
    { path: 'auth_protocol', from: 'Admit One ticket', of: () => 'Admit One ticket' },
    { path: 'logon_type_id', from: '3 (Network)', of: () => 3 },
    { path: 'is_remote', from: 'true', of: () => true },
  ]),
  {
    path: 'count',
    from: '`data.count` of a folded event',
    of: (source) => (isFolded(source) ? source.facts.count : undefined),
  },
  { path: 'start_time', from: '`data.firstAt`', of: ({ event }) => timeOf(event.data.firstAt) },
  { path: 'end_time', from: '`data.lastAt`', of: ({ event }) => timeOf(event.data.lastAt) },
  {
    path: 'unmapped',
    from: 'the rest of the event: `position`, `source`, `subject`, `partitionkey`, `sequence`, `traceparent`, `data`',
    of: ({ event }) => {
      const { position, source, subject, partitionkey, sequence, traceparent, data } = event;
      return { position, source, subject, partitionkey, sequence, traceparent, data };
    },
  },
];

/** An event as an event of OCSF. */
export function ocsfEvent(event: StoredEvent): Readonly<Record<string, unknown>> {
  const { class: eventClass, activity_id, activity_name, ...status } = ocsfTypeOf(event.type);
  const facts = factsOf(event);
  const { severity } = isReason(facts.reason) ? reasonRow(facts.reason) : { severity: 'INFO' as const };
  const mapped: Record<string, unknown> = {
    ...eventClass,
    activity_id,
    activity_name,
    type_uid: eventClass.class_uid * 100 + activity_id,
    ...severities[severity],
    ...status,
  };
  const source = { event, facts, isAuthentication: eventClass === authentication };
  for (const { path, of } of ocsfAttributes) {
    const value = of(source);
    if (value !== undefined && value !== null) setAt(mapped, path.split('.'), value);
  }
  return mapped;
}

function setAt(object: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: Value): void {
  if (rest.length === 0) {
    object[name] = value;
    return;
  }
  object[name] ??= {};
  setAt(object[name] as Record<string, unknown>, rest, value);
}

/** An event may be of another version: what is not a time is left out. */
function timeOf(value: unknown): number | undefined {
  return Number.isSafeInteger(value) ? (value as number) : undefined;
}
