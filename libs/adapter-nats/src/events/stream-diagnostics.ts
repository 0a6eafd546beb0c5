import type { Diagnostic } from '@admit-one/core';
import type { StreamConfig } from '@nats-io/jetstream';
import { STREAM, type WantedStream } from './stream-config.ts';

type Member = Exclude<keyof WantedStream, 'name'>;

/** How bad it is that a member differs, and what comes of it. */
interface Judgement {
  readonly level: 'warning' | 'error';
  readonly because: string;
}

type Judges = {
  readonly [M in Member]: (theirs: NonNullable<StreamConfig[M]>, ours: WantedStream[M]) => Judgement;
};

const JUDGES: Judges = {
  subjects: () => fault('events of other subjects are refused'),
  retention: () => fault('it drops events that have been delivered'),
  storage: () => fault('its events end with the server'),
  discard: () => fault('it drops its oldest events when it is full'),
  max_bytes: (theirs) =>
    theirs < 0 ? warning('it may fill the disk') : warning('it is full at another size than is watched for'),
  max_age: (theirs, ours) =>
    theirs > 0 && theirs < ours ? fault('it drops events sooner') : warning('it keeps events longer'),
  max_msgs: () => warning('it is full after so many batches'),
  max_msgs_per_subject: () => fault('it drops the oldest events of a type'),
  max_msg_size: () => fault('it refuses larger batches'),
  num_replicas: (theirs, ours) =>
    theirs < ours ? fault('fewer servers may be lost with it') : warning('it writes to more servers'),
  no_ack: () => fault('nobody can know what it has stored'),
  sealed: () => fault('it refuses every event'),
  deny_delete: () => warning('its events can be deleted'),
  deny_purge: () => warning('its events can be purged'),
};

/** Holds the stream there is against the stream that is asked for: a diagnostic for each member that differs. */
export function streamDiagnostics(theirs: StreamConfig, ours: WantedStream): readonly Diagnostic[] {
  return (Object.keys(JUDGES) as Member[]).flatMap((member) => {
    const [has, wanted] = [theirs[member] ?? false, ours[member]];
    if (JSON.stringify(has) === JSON.stringify(wanted)) return [];
    const judge = JUDGES[member] as (theirs: unknown, ours: unknown) => Judgement;
    const { level, because } = judge(has, wanted);
    return {
      level,
      message: `stream ${STREAM} has ${member} ${text(has)} in place of ${text(wanted)}: ${because}`,
      remedy: `Run nats stream edit ${STREAM}, or change the setting.`,
    };
  });
}

function fault(because: string): Judgement {
  return { level: 'error', because };
}

function warning(because: string): Judgement {
  return { level: 'warning', because };
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
