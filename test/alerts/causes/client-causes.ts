import { ask, open, present, repeat, times, visit } from '../traffic.ts';
import { type Cause, nothing, type Scene } from './cause.ts';

/** It is not in FRONTEND_ORIGINS. */
const FORGOTTEN = 'https://forgotten.example.com';

/** Presents so many tickets a second time. */
async function replay({ stack }: Scene, count: number): Promise<void> {
  await times(count, async () => {
    const { ticket } = await ask(stack);
    await present(stack, ticket);
    await present(stack, ticket);
  });
}

/** What clients, pages and networks do. */
export const clientCauses: readonly Cause[] = [
  {
    injects: 'six tickets are presented twice',
    fires: ['AdmitTicketsReplayed'],
    async begin(scene) {
      await replay(scene, 6);
      return nothing;
    },
  },
  {
    injects: 'a client presents all of its tickets twice',
    fires: ['AdmitClientReusesTickets', 'AdmitTicketsReplayed'],
    async begin(scene) {
      const replaying = repeat(1_000, () => replay(scene, 6));
      return replaying.stop;
    },
  },
  {
    injects: '140 upgrades without a ticket from one network',
    fires: ['AdmitPrefixRejected'],
    async begin(scene) {
      await times(140, () => present(scene.stack, null, { address: '198.51.100.7' }));
      return nothing;
    },
  },
  {
    injects: 'a page of an origin that is not listed is used from 12 networks',
    fires: ['AdmitOriginBlocked'],
    async begin(scene) {
      await times(12, (n) => present(scene.stack, null, { address: `203.0.${n}.7`, origin: FORGOTTEN }));
      return nothing;
    },
  },
  {
    injects: 'tickets are issued, and no edge sees them',
    fires: ['AdmitTicketsNotPresented'],
    async begin({ stack, traffic }) {
      await traffic.pause();
      const issuing = repeat(250, () => times(5, () => ask(stack)));
      return async () => {
        await issuing.stop();
        traffic.resume();
      };
    },
  },
];

/** After these, there was much traffic. */
export const crowdCauses: readonly Cause[] = [
  {
    injects: '320 connections break, and come back at once',
    fires: ['AdmitReconnectStorm'],
    mayFire: ['AdmitUpgradeSlow'],
    async begin({ stack }) {
      for (let round = 0; round < 2; round += 1)
        for (let part = 0; part < 8; part += 1)
          await times(20, async () => {
            const { socket } = await open(stack);
            socket.terminate();
            await open(stack).then((again) => again.socket.terminate());
          });
      return nothing;
    },
  },
  {
    injects: 'all pages are moved to an origin that is not listed',
    fires: ['AdmitNoAdmissions'],
    mayFire: ['AdmitOriginBlocked', 'AdmitUpgradeSlow'],
    async begin({ stack, traffic }) {
      await times(8, async () => {
        for (let n = 0; n < 40; n += 1) await visit(stack);
      });
      await traffic.pause();
      const coming = repeat(200, () =>
        times(2, async () => present(stack, (await ask(stack)).ticket, { origin: FORGOTTEN })),
      );
      return async () => {
        await coming.stop();
        traffic.resume();
      };
    },
  },
];
