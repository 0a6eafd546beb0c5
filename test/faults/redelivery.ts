import { AUDIT_CONSUMER, type RequestReply } from '@admit-one/core';
import { askJetStream } from '../stack/services.ts';

const REDELIVERED_AFTER_NS = 1_000_000_000;

/**
 * Makes NATS deliver again after a second, instead of ten, what a killed audit-service had not acknowledged. For the
 * audit-services that start after this.
 */
export async function shortenRedelivery(jetStreamApi: RequestReply): Promise<void> {
  await askJetStream(jetStreamApi, `CONSUMER.DURABLE.CREATE.ADMIT.${AUDIT_CONSUMER}`, {
    stream_name: 'ADMIT',
    config: {
      durable_name: AUDIT_CONSUMER,
      deliver_policy: 'all',
      ack_policy: 'explicit',
      ack_wait: REDELIVERED_AFTER_NS,
      max_ack_pending: 256,
      max_deliver: -1,
    },
  });
}
