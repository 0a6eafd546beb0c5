import { eventStreamContract, messagesContract, requestReplyContract } from '@admit-one/port-contracts';
import { missingEngines, type NatsEngine, startNats } from '@admit-one/testkit';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { openNatsBus } from './open-nats-bus.ts';

const missing = missingEngines('nats');

describe.skipIf(missing)(`on its own server${missing ? `, skipped: ${missing}` : ''}`, () => {
  const small: NatsEngine[] = [];
  let nats: NatsEngine;

  beforeAll(async () => {
    nats = await startNats();
  });
  afterEach(async () => {
    await Promise.all(small.splice(0).map((engine) => engine.stop()));
  });
  afterAll(() => nats?.stop());

  async function open(engine: NatsEngine, maxBytes?: number) {
    const ignore = () => {};
    return openNatsBus({
      url: engine.url,
      name: 'contract',
      stream: { maxBytes },
      onError: ignore,
      onDiagnostic: ignore,
    });
  }

  eventStreamContract('NATS', {
    async open(options) {
      if (!options) return open(nats);
      const engine = await startNats();
      small.push(engine);
      return open(engine, options.maxBytes);
    },
  });
  requestReplyContract('NATS', { open: () => open(nats) });
  messagesContract('NATS', { open: () => open(nats) });
});
