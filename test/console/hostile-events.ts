import { type EventType, type NewEvent, newId, numbered, type ReceivedEvent } from '@admit-one/core';

const SCRIPT = `<img src=x onerror="globalThis.broken = true"><script>globalThis.broken = true</script>`;
const BIDI = 'evil\u202Egnp.exe\u2066\u200F';
const LONG = `${'a'.repeat(5_000)}${'é'.repeat(2_500)}`;

/**
 * Events whose free texts are hostile, of now. What is in the envelope is checked before it is stored.
 * @param first the sequence that those of each instance begin with; there are two
 */
export function hostileEvents(first = 1): readonly ReceivedEvent[] {
  const now = Date.now();
  return [SCRIPT, BIDI, LONG].flatMap((value, place) => {
    // An event has at most 16 KiB.
    const other = value.slice(0, 500);
    const instance = `ws-edge-${place}`;
    return [
      event('admit.handshake.rejected', newId(), now, instance, first, {
        reason: 'origin_blocked',
        context: { address: '192.0.2.1', origin: value, agent: other, route: 'chat', edge: other },
        principal: { issuer: 'main', session: other, user: other },
      }),
      event('admit.service.alive', instance, now, instance, first + 1, {
        ...{ service: 'ws-edge', lastSequence: first + 1, version: value, connections: 1 },
        dependencies: [{ name: other, up: false, since: now }],
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
