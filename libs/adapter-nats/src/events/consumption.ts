import { setTimeout as pause } from 'node:timers/promises';
import { type Delivery, type Running, startPump } from '@admit-one/core';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Link } from '../connection/link.ts';
import { toBusError } from '../errors.ts';
import { batched } from './batched.ts';
import { ACK_WAIT_MS } from './durable.ts';

export interface ConsumptionOptions {
  readonly link: Link;
  /** Finds or makes what is consumed. */
  readonly open: () => Promise<Consumer>;
  readonly handler: (deliveries: readonly Delivery[]) => Promise<void>;
  readonly onFault: (error: unknown) => void;
}

/** How many messages the handler gets at most at once, and about as many wait behind it. */
const AT_MOST = 64;
const LINGER_MS = 5;
/** A pull that the server has forgotten is missed after two heartbeats, each half of this. */
const PULL_EXPIRES_MS = 3_000;
const LOOK_AGAIN_MS = 1_000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5_000;

/**
 * Hands the messages of a durable consumer to a handler until it is stopped: acknowledged when the handler has resolved,
 * delivered again after a pause when it has rejected. Whatever ends the consuming, it begins anew.
 */
export function startConsumption({ link, open, handler, onFault }: ConsumptionOptions): Running {
  const stopping = new AbortController();
  let messages: ConsumerMessages | undefined;
  let retryMs = FIRST_RETRY_MS;
  let stopped: Promise<void> | undefined;

  const pump = startPump({ work: consume, idleMs: LOOK_AGAIN_MS, onFault });
  const leave = link.attach(() => pump.wake());

  async function consume(): Promise<boolean> {
    if (stopping.signal.aborted || !link.connected) return false;
    const consumer = await open();
    messages = await consumer.consume({
      max_messages: AT_MOST,
      expires: PULL_EXPIRES_MS,
      abort_on_missing_resource: true,
    });
    if (stopping.signal.aborted) messages.stop();
    const error = await deliverAll(messages).catch((fault: unknown) => toBusError(fault, 'consuming'));
    if (!stopping.signal.aborted) onFault(error ?? new Error('consuming ended by itself'));
    return false;
  }

  async function deliverAll(source: ConsumerMessages): Promise<void> {
    try {
      for await (const batch of batched(source, { atMost: AT_MOST, lingerMs: LINGER_MS }))
        await deliver(batch);
    } finally {
      source.stop();
    }
  }

  async function deliver(batch: readonly JsMsg[]): Promise<void> {
    if (stopping.signal.aborted) return giveBack(batch, 0);
    if (await handled(batch)) {
      for (const message of batch) message.ack();
      retryMs = FIRST_RETRY_MS;
    } else {
      giveBack(batch, retryMs);
      await pause(retryMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
      retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
    }
  }

  async function handled(batch: readonly JsMsg[]): Promise<boolean> {
    const signOfLife = setInterval(() => {
      for (const message of batch) message.working();
    }, ACK_WAIT_MS / 3).unref();
    try {
      await handler(batch.map(({ subject, data }) => ({ subject, body: data })));
      return true;
    } catch (error) {
      onFault(error);
      return false;
    } finally {
      clearInterval(signOfLife);
    }
  }

  async function stop(): Promise<void> {
    leave();
    stopping.abort();
    messages?.stop();
    await pump.stop();
  }

  return {
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** Lets somebody else have the messages, after a while. */
function giveBack(batch: readonly JsMsg[], delayMs: number): void {
  for (const message of batch) message.nak(delayMs);
}
