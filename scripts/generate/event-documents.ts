import {
  EVENT_VERSION_RULE,
  type EventType,
  envelopeSchema,
  eventContextSchema,
  eventRow,
  eventSchema,
  eventTypes,
  type JsonSchema,
  lastFailureSchema,
  type NewEvent,
  numbered,
  principalSchema,
  reasonSchema,
  subjectOf,
} from '@admit-one/core';
import { table } from './table.ts';

/** Schemas that many types use: described once. */
const shared: ReadonlyMap<JsonSchema, string> = new Map<JsonSchema, string>([
  [principalSchema, 'principal'],
  [eventContextSchema, 'context'],
  [lastFailureSchema, 'lastFailure'],
  [reasonSchema, 'reason'],
]);

const CONTENT_ENCODING = {
  type: 'object',
  properties: {
    'content-encoding': {
      type: 'string',
      const: 'deflate',
      description: 'Where it is there, the message is compressed: docs/protocol.md has the dictionary.',
    },
  },
} as const;

/** `docs/events.md`, from the event catalogue. */
export function renderEventsPage(): string {
  const rows = eventTypes.map((type) => {
    const { publishers, description } = eventRow(type);
    return [`[\`${type}\`](#${type.replaceAll('.', '')})`, publishers.join(', '), description];
  });
  const sections = [
    '# Events',
    'For people who read the audit log or consume events from the bus. This page and [asyncapi.json](asyncapi.json) are generated from the catalogue in `libs/core/src/events/catalogue.ts`.',
    'Events are CloudEvents 1.0 in JSON. On the bus, one message is a CloudEvents batch (`application/cloudevents-batch+json`): an array of events of one type, at most 256 KiB; one event has at most 16 KiB. In the stream it is compressed and has the header `content-encoding: deflate` ([protocol.md](protocol.md#events)). `admit.ticket.issued` is published to the subject `admit.event.ticket.issued`, and so on. Delivery is at least once, and order across types is not promised: sort by `time`, `partitionkey` and `sequence`.',
    table(
      ['member', 'what it is'],
      Object.entries(envelopeSchema.properties).map(([name, { description }]) => [
        `\`${name}\``,
        description,
      ]),
    ),
    EVENT_VERSION_RULE,
    'What is marked *personal* is removed when a user is [forgotten](audit.md#forget-a-user); `forgotten:` and a digest stand in its place then.',
    '## Types',
    table(['type', 'published by', 'when'], rows),
    ...eventTypes.flatMap(sectionOf),
    '## Shared members',
    ...[...shared]
      .filter(([{ properties }]) => properties)
      .flatMap(([schema, name]) => [`### ${name}`, membersTable(name, schema)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function membersTable(of: string, schema: JsonSchema): string {
  return table([`member of \`${of}\``, 'type', 'what it is'], membersOf(schema));
}

function sectionOf(type: EventType): readonly string[] {
  const { data, description, subject } = eventRow(type);
  const shapes = data.anyOf ?? [data];
  return [
    `### ${type}`,
    `${description} The \`subject\` is ${SUBJECTS[subject]}.`,
    ...shapes.flatMap((shape, n) => [
      ...(shapes.length > 1 ? [n === 0 ? '`data` has one of these shapes:' : 'or'] : []),
      membersTable('data', shape),
    ]),
    `\`\`\`json\n${JSON.stringify(exampleOf(type), null, 2)}\n\`\`\``,
  ];
}

const SUBJECTS = {
  ticket: 'the ticket id',
  handshake: 'the ticket id where it is known, otherwise the handshake key',
  connection: 'the connection',
  control: 'the id of the control entry',
  instance: 'the instance',
} as const;

/** A row for each member of an object, with those of nested objects under their path. */
function membersOf({ properties = {}, required = [] }: JsonSchema, path = ''): readonly string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const optional = required.includes(name) ? '' : ', optional';
    const personal = schema['x-personal'] ? ', personal' : '';
    const row = [`\`${path}${name}\``, typeText(schema) + optional + personal, schema.description ?? ''];
    return shared.has(schema) ? [row] : [row, ...membersOf(schema, `${path}${name}.`)];
  });
}

function typeText(schema: JsonSchema): string {
  const { type = '', const: value, enum: values, anyOf, pattern } = schema;
  const name = shared.get(schema);
  if (name) return name === 'reason' ? '[reason](reasons.md)' : `[${name}](#${name.toLowerCase()})`;
  if (anyOf) return anyOf.map(typeText).join(' or ');
  if (value !== undefined) return `\`${value}\``;
  if (values) return values.map((word) => `\`${word}\``).join(', ');
  return pattern?.includes('{43}') ? 'string, 43 characters' : type;
}

function exampleOf(type: EventType) {
  const { numberedBy, example } = eventRow(type);
  const event = {
    type,
    source: 'Rmr4wbIpQoG9sXhN1kzDkA',
    subject: SAMPLE_SUBJECTS[eventRow(type).subject],
    time: Date.UTC(2026, 0, 31, 12),
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: example,
  } as NewEvent;
  return numbered(event, numberedBy === 'store' ? 'p11.9aXb2cYd3eZf4gAh5iBj6k' : event.source, 42);
}

const SAMPLE_SUBJECTS = {
  ticket: 'u7lqBqkCwDpJb5yL2vQf0mXh3rTnZ8sEo1KdGiA4cWg',
  handshake: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
  connection: 'c3VwcG9ydC1jb2RlLTAwMQ',
  control: 'fBqDLmXvGzW0HqTnY2RkSg',
  instance: 'Rmr4wbIpQoG9sXhN1kzDkA',
} as const;

/** `docs/asyncapi.json`: AsyncAPI 3, from the event catalogue. */
export function renderAsyncApi(): string {
  const entries = eventTypes.map((type) => [type, subjectOf(type)] as const);
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Admit One events',
      version: '1',
      description: `Events on the bus (NATS JetStream, stream ADMIT). ${EVENT_VERSION_RULE}`,
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents-batch+json',
    channels: Object.fromEntries(
      entries.map(([type, subject]) => [
        type,
        { address: subject, messages: { batch: { $ref: `#/components/messages/${type}` } } },
      ]),
    ),
    operations: Object.fromEntries(
      entries.map(([type]) => [
        `receive-${type}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${type}` },
          summary: eventRow(type).description,
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        entries.map(([type]) => [
          type,
          {
            name: type,
            summary: eventRow(type).description,
            contentType: 'application/cloudevents-batch+json',
            headers: CONTENT_ENCODING,
            payload: { type: 'array', minItems: 1, items: { $ref: `#/components/schemas/${type}` } },
            examples: [{ payload: [exampleOf(type)] }],
          },
        ]),
      ),
      schemas: {
        ...Object.fromEntries([...shared].map(([schema, name]) => [name, { ...schema }])),
        ...Object.fromEntries(entries.map(([type]) => [type, eventSchema(type)])),
      },
    },
  };
  return `${JSON.stringify(document, (_name, value) => referenceTo(value) ?? value, 2)}\n`;
}

function referenceTo(value: JsonSchema): object | undefined {
  const name = shared.get(value);
  return name === undefined ? undefined : { $ref: `#/components/schemas/${name}` };
}
