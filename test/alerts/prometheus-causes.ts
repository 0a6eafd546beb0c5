import { eventually } from '@admit-one/testkit';
import { admit } from '../stack/admit.ts';
import { type ServiceName, type ServiceProcess, startService } from '../stack/service-process.ts';
import { askJetStream } from '../stack/services.ts';
import { FRONTEND, type Variables } from '../stack/stack.ts';
import { issueTicket } from '../stack/visitor.ts';
import type { Cause, Scene } from './causes.ts';
import { open } from './traffic.ts';

/** Whose metrics Prometheus scrapes beside those of the stack. */
export type Scraped = Set<{ readonly metricsUrl: string }>;

/** A module that Node loads before the program. */
function preloaded(source: string): Variables {
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` };
}

/** What only processes know of themselves, and the audit log does not. @param scraped gets what the causes start */
export function prometheusCauses(scraped: Scraped): readonly Cause[] {
  async function another({ stack }: Scene, name: ServiceName, more: Variables): Promise<ServiceProcess> {
    const service = await startService(name, { ...stack.variables[name], ...more });
    scraped.add(service);
    return service;
  }
  async function goes(service: ServiceProcess): Promise<void> {
    await service.kill();
    scraped.delete(service);
  }

  return [
    {
      injects: 'the issuer is down when its keys have changed',
      fires: ['AdmitIssuerKeysStale'],
      mayFire: [
        'AdmitIssuerKeysUnusable',
        'AdmitAdmissionsFailing',
        'AdmitAvailabilityBurn',
        'AdmitAvailabilitySlowBurn',
        'AdmitFailureTrickle',
      ],
      async begin({ stack }) {
        await stack.users.rotate({ keepOld: true });
        stack.users.behave('down');
        await issueTicket(stack).catch(() => {});
        return async () => {
          stack.users.behave('up');
          await eventually(() => issueTicket(stack), { what: 'the keys', everyMs: 500 });
        };
      },
    },
    {
      injects: 'the clock of a machine is 30 s ahead',
      fires: ['AdmitClockOff'],
      async begin(scene) {
        const ahead = 'const now = Date.now; Date.now = () => now() + 30_000;';
        const service = await another(scene, 'ticket-service', preloaded(ahead));
        return () => goes(service);
      },
    },
    {
      injects: 'a process computes without a pause',
      fires: ['AdmitEventLoopBusy'],
      async begin(scene) {
        const busy =
          'setInterval(() => { const end = Date.now() + 400; while (Date.now() < end); }, 410).unref();';
        const service = await another(scene, 'ws-edge', preloaded(busy));
        return () => goes(service);
      },
    },
    {
      injects: 'an edge drains for an hour',
      fires: ['AdmitDrainStuck'],
      async begin(scene) {
        const edge = await another(scene, 'ws-edge', { DRAIN_SECONDS: '3000', SHUTDOWN_SECONDS: '3600' });
        const { stack } = scene;
        const itself = { ...stack, edges: [edge.url.replace('http:', 'ws:')] };
        // They are closed one by one over that time: the second one after half of it. An upgrade that is not confirmed yet is not.
        const first = await open(itself);
        const second = await open(itself);
        void edge.stop();
        return async () => {
          for (const { socket } of [first, second]) socket.terminate();
          await goes(edge);
        };
      },
    },
    {
      injects: 'the event stream may hold only a little more than it has, and nobody reads it',
      fires: ['AdmitEventStreamFilling'],
      mayFire: ['AdmitAuditLogStalled', 'AdmitLogFreshnessBurn', 'AdmitNoAdmissions'],
      async begin({ stack: { jetStreamApi, auditService } }) {
        interface Info {
          readonly config: { readonly max_bytes: number };
          readonly state: { readonly bytes: number };
        }
        const { config, state } = await askJetStream<Info>(jetStreamApi, 'STREAM.INFO.ADMIT');
        const resize = (max_bytes: number) =>
          askJetStream(jetStreamApi, 'STREAM.UPDATE.ADMIT', { ...config, max_bytes });
        // It would trim what it has stored.
        auditService.pause();
        await resize(Math.ceil(state.bytes / 0.8));
        return async () => {
          auditService.resume();
          await resize(config.max_bytes);
        };
      },
    },
    {
      injects: 'a probe finds nobody at its edge',
      fires: ['AdmitProbeFailing'],
      mayFire: ['AdmitEdgeLost'],
      async begin(scene) {
        const { stack } = scene;
        const edge = await another(scene, 'ws-edge', {});
        const { printed, interrupt, ended } = admit(stack, [
          ...['probe', '--url', stack.tickets, '--ws-url', edge.url, '--route', 'echo'],
          ...['--origin', FRONTEND, '--interval', '1', '--metrics-port', '0'],
        ]);
        const metricsUrl = await eventually(
          async () => {
            const [, url] = /metrics at (\S+)/.exec(printed.stderr + printed.stdout) ?? [];
            if (url === undefined || !/ ok in /.test(printed.stdout)) throw new Error(printed.stderr);
            return url;
          },
          { what: 'the first success of the probe' },
        );
        const probe = { metricsUrl };
        scraped.add(probe);
        await edge.kill();
        return async () => {
          scraped.delete(probe);
          interrupt();
          await ended;
          scraped.delete(edge);
        };
      },
    },
  ];
}
