import type { Diagnostic } from '@admit-one/core';
import type { StreamConfig } from '@nats-io/jetstream';
import { STREAM, type WantedStream } from './stream-config.ts';

type Member = Exclude<keyof WantedStream, 'name'>;

/** The severity of a difference in a member, and its consequence. */
interface Judgement {
  readonly level: 'warning' | 'error';
  readonly because: string;
}

type Judges = {
  readonly [M in Member]: (theirs: NonNullable<StreamConfig[M]>, ours: WantedStream[M]) => Judgement;
};

const JUDGES: Judges = {
  subjects: () => error('events of other subjects are rejected'),
  retention: () => error('it drops events that have been delivered'),
  storage: () => error('its events end with the server'),
  discard: () => error('it drops its oldest events when it is full'),
  max_bytes: (theirs) =>
    theirs < 0
      ? warning('it may fill the disk')
      : warning('it is full at a different size than is monitored'),
  max_age: (theirs, ours) =>
    theirs > 0 && theirs < ours ? error('it drops events sooner') : warning('it keeps events longer'),
  max_msgs: () => warning('it is full after so many batches'),
  max_msgs_per_subject: () => error('it drops the oldest events of a type'),
  max_msg_size: () => error('it rejects larger batches'),
  num_replicas: (theirs, ours) =>
    theirs < ours ? error('fewer servers may be lost with it') : warning('it writes to more servers'),
  no_ack: () => error('publishers cannot know what it has stored'),
  sealed: () => error('it rejects every event'),
  deny_delete: () => warning('its events can be deleted'),
  deny_purge: () => error('committed events cannot be trimmed, so it fills'),
};

/** A stream can't take back these settings. */
const REMEDIES: Partial<Record<Member, string>> = {
  deny_purge: 'Run npx @admit-one/cli stream recreate.',
  sealed: 'Run npx @admit-one/cli stream recreate.',
};

/** Compares the existing stream with the wanted one: a diagnostic for each member that differs. */
export function streamDiagnostics(theirs: StreamConfig, ours: WantedStream): readonly Diagnostic[] {
  return (Object.keys(JUDGES) as Member[]).flatMap((member) => {
    const [has, wanted] = [theirs[member] ?? false, ours[member]];
    if (JSON.stringify(has) === JSON.stringify(wanted)) return [];
    const judge = JUDGES[member] as (theirs: unknown, ours: unknown) => Judgement;
    const { level, because } = judge(has, wanted);
    return {
      level,
      message: `stream ${STREAM} has ${member} ${text(has)} in place of ${text(wanted)}: ${because}`,
      remedy: REMEDIES[member] ?? `Run nats stream edit ${STREAM}, or change the setting.`,
    };
  });
}

function error(because: string): Judgement {
  return { level: 'error', because };
}

function warning(because: string): Judgement {
  return { level: 'warning', because };
}

function text(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
