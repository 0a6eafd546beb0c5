import { type EventType, eventRow } from './catalogue.ts';

const text = { type: 'string' } as const;

/** The members of every event except `type` and `data`. */
export const envelopeSchema = {
  type: 'object',
  properties: {
    specversion: { ...text, const: '1.0', description: 'The version of CloudEvents.' },
    id: { ...text, description: 'The place of the event, `<partitionkey>.<sequence>`: what identifies it.' },
    source: { ...text, description: 'The instance that published it.' },
    subject: { ...text, description: 'The ticket id, connection, session or instance that it is about.' },
    time: { ...text, format: 'date-time', description: 'Store time, RFC 3339 in UTC.' },
    partitionkey: {
      ...text,
      description: 'Who numbered it: `pNN.<epoch>` of the ticket store, or an instance.',
    },
    sequence: {
      ...text,
      pattern: '^[0-9]{16}$',
      description: 'Its number under the partition key, from 1. A missing number is a lost event.',
    },
    traceparent: { ...text, description: 'The W3C trace context of the request. Optional.' },
  },
  required: ['specversion', 'id', 'source', 'subject', 'time', 'partitionkey', 'sequence'],
} as const;

/** The JSON Schema of an event of a type, as it is on the bus and in the audit log. */
export function eventSchema(type: EventType) {
  const { data, description } = eventRow(type);
  return {
    type: 'object',
    description,
    properties: { ...envelopeSchema.properties, type: { ...text, const: type }, data },
    required: [...envelopeSchema.required, 'type', 'data'],
  } as const;
}
