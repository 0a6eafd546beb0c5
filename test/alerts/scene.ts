import { BREAK_GLASS, createTokenIssuer, generateSigningKey } from '@admit-one/identity';
import { createClosers } from '@admit-one/runtime';
import { type FaultProxy, startFaultProxy } from '@admit-one/testkit';
import { type ServicesOptions, startServices } from '../stack/services.ts';
import type { Scene } from './causes.ts';
import { repeat, visit } from './traffic.ts';

export interface SceneOptions extends Pick<ServicesOptions, 'start'> {
  /** The pause between two visits. */
  readonly everyMs: number;
}

export interface RunningScene extends Scene {
  stop(): Promise<void>;
}

/** Starts the services, and visits that go on all the time. */
export async function startScene({ everyMs, ...options }: SceneOptions): Promise<RunningScene> {
  const closers = createClosers();
  const breakGlassKey = generateSigningKey();
  const { issuer, audience } = BREAK_GLASS;
  let edgeLink: FaultProxy | undefined;
  const stack = await startServices({
    ...options,
    variables: {
      ...{ TICKET_TTL_SECONDS: '5', SEQUENCE_GAP_GRACE_SECONDS: '1' },
      BREAK_GLASS_JWKS: JSON.stringify(createTokenIssuer({ issuer, audience, key: breakGlassKey }).jwks()),
    },
    async otherEdgeNatsUrl(nats) {
      edgeLink = await startFaultProxy(nats);
      return edgeLink.url(nats.url);
    },
  });
  if (!edgeLink) throw new Error('the stack has no link for its second edge');
  closers.add('link', edgeLink.close);
  closers.add('stack', stack.stop);
  let visits = repeat(everyMs, () => visit(stack));
  const traffic = {
    pause: () => visits.stop(),
    resume() {
      visits = repeat(everyMs, () => visit(stack));
    },
  };
  closers.add('visits', traffic.pause);
  return { stack, edgeLink, breakGlassKey, traffic, stop: closers.close };
}
