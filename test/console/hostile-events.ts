import { type EventType, type NewEvent, newId, numbered, type ReceivedEvent } from '@admit-one/core';

const SCRIPT = `<img src=x onerror="globalThis.broken = true"><script>globalThis.broken = true</script>`;
const BIDI = 'evil\u202Egnp.exe\u2066\u200F';
const LONG = `${'a'.repeat(5_000)} ${'é'.repeat(2_500)}`;

/** What a client can write into what is stored of it. */
export const hostileValues = [SCRIPT, BIDI, LONG] as const;

/** Events whose every free text is hostile, of now. */
export function hostileEvents(now = Date.now()): readonly ReceivedEvent[] {
  return hostileValues.flatMap((value, place) => {
    const context = {
      address: '192.0.2.1',
      origin: value,
      agent: value,
      route: 'chat',
      carrier: null,
      edge: value,
    };
    const principal = { issuer: 'main', session: value, user: value };
    const instance = `${value.slice(0, 200)}${place}`;
    return [
      event('admit.handshake.rejected', newId(), now, instance, 1, {
        reason: 'origin_blocked',
        ...{ context, principal },
      }),
      event('admit.service.alive', instance, now, instance, 2, {
        ...{ service: 'ws-edge', lastSequence: 2, version: value, connections: 1 },
        dependencies: [{ name: value, up: false, since: now }],
      }),
    ];
  });
}

function event(
  type: EventType,
  subject: string,
  time: number,
  partitionkey: string,
  sequence: number,
  data: Readonly<Record<string, unknown>>,
): ReceivedEvent {
  const made = { type, source: 'ws-edge', subject, time, traceparent: null, data };
  return numbered(made as unknown as NewEvent, partitionkey, sequence);
}
