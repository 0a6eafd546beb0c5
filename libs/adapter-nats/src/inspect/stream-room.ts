import type { Diagnostic, EventType } from '@admit-one/core';
import { subjectOf } from '@admit-one/core';
import type { StreamAPI, StreamInfo } from '@nats-io/jetstream';
import { readBody } from '../events/body-encoding.ts';
import { STREAM } from '../events/stream-config.ts';

/** The events of one admission. */
const ADMISSION: readonly EventType[] = [
  'admit.ticket.issued',
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.connection.closed',
];
/** What an admission takes where the stream holds none to measure: events that each came alone. */
const USUAL_BYTES = 2_000;
const WEEK_SECONDS = 7 * 86_400;
/** A rate that is measured over less says little. */
const MEASURED_SECONDS = 60;
const FEW_HOURS = 4;
const RAISE = 'Raise the limit with npx @admit-one/cli stream resize, and NATS_STREAM_MAX_BYTES with it.';

/** How many admissions fit into a stream, and for how long the audit-service may be away. */
export async function roomDiagnostics(streams: StreamAPI, info: StreamInfo): Promise<readonly Diagnostic[]> {
  const { max_bytes } = info.config;
  if (max_bytes <= 0) return [];
  const measured = await admissionBytes(streams, info);
  const bytes = measured ?? USUAL_BYTES;
  const fitting = Math.floor(max_bytes / bytes);
  const perSecond = rounded(fitting / WEEK_SECONDS);
  const how = measured === undefined ? 'usually takes' : 'takes';
  return [
    {
      level: 'ok',
      message: `an admission ${how} ${bytes} bytes of ${STREAM}: ${fitting} fit while the audit-service is away, a week at ${perSecond} per second`,
    },
    ...outageDiagnostics(info),
  ];
}

function outageDiagnostics({ state, config }: StreamInfo): readonly Diagnostic[] {
  const seconds = (Date.parse(state.last_ts) - Date.parse(state.first_ts)) / 1_000;
  if (state.messages < 2 || seconds < MEASURED_SECONDS) return [];
  const rate = state.bytes / seconds;
  const hours = (config.max_bytes - state.bytes) / rate / 3_600;
  const message = `at the ${Math.ceil(rate)} bytes per second that ${STREAM} gets, an outage of the audit-service of ${rounded(hours)} hours fits`;
  return [hours < FEW_HOURS ? { level: 'warning', message, remedy: RAISE } : { level: 'ok', message }];
}

/** Two digits that matter, or all of a whole number. */
function rounded(value: number): string {
  return value >= 10 ? Math.round(value).toString() : Number(value.toPrecision(2)).toString();
}

/** Bytes per admission as of the latest message of each type; undefined where one is missing. */
async function admissionBytes(streams: StreamAPI, { state }: StreamInfo): Promise<number | undefined> {
  if (state.messages === 0) return undefined;
  const samples = await Promise.all(ADMISSION.map((type) => bytesPerEvent(streams, subjectOf(type))));
  const known = samples.filter((bytes) => bytes !== undefined);
  if (known.length < ADMISSION.length) return undefined;
  return Math.round(known.reduce((sum, bytes) => sum + bytes, 0));
}

/** What the file store adds to each message. */
const RECORD_BYTES = 30;
const HEADER_BYTES = 100;

async function bytesPerEvent(streams: StreamAPI, subject: string): Promise<number | undefined> {
  // Most users may not read the stream.
  const message = await streams.getMessage(STREAM, { last_by_subj: subject }).catch(() => null);
  if (!message) return undefined;
  const events: unknown = JSON.parse(Buffer.from(readBody(message.data, message.header)).toString());
  const count = Array.isArray(events) ? Math.max(1, events.length) : 1;
  return (message.data.byteLength + subject.length + HEADER_BYTES + RECORD_BYTES) / count;
}
