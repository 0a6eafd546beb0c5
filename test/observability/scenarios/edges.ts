import { does, MINUTE, type Scenario } from './scenario.ts';

/** The edges, and the processes themselves. */
export const edges: readonly Scenario[] = [
  {
    title: 'two edges start every two minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_service_starts_total', {}, [0, 30], [1])],
    checks: [
      [32, []],
      [36, ['AdmitEdgeCrashLoop']],
    ],
  },
  {
    title: 'ten edges are updated one after the other',
    intervalSeconds: MINUTE,
    changes: [
      does('admit_service_starts_total', {}, [0, 30], [1, 40], [0]),
      does('admit_service_instances', {}, [10]),
    ],
    checks: [[40, []]],
  },
  {
    title: 'an edge is killed with its connections',
    intervalSeconds: MINUTE,
    changes: [does('admit_edge_lost_connections_total', {}, [0, 30], [120, 31], [0])],
    checks: [
      [29, []],
      [33, ['AdmitEdgeLost']],
      [60, []],
    ],
  },
  {
    title: 'an edge does not confirm a revocation',
    intervalSeconds: MINUTE,
    changes: [does('admit_events_total', { type: 'admit.control.unconfirmed' }, [0, 30], [1, 31], [0])],
    checks: [
      [29, []],
      [33, ['AdmitControlUnconfirmed']],
      [60, []],
    ],
  },
  {
    title: 'an edge drains for eight minutes',
    intervalSeconds: MINUTE,
    changes: [does('admit_draining', { instance: 'edge-1' }, [0, 30], [1, 38], [0])],
    checks: [
      [37, []],
      [45, []],
    ],
  },
  {
    title: 'an edge does not finish draining',
    intervalSeconds: MINUTE,
    changes: [does('admit_draining', { instance: 'edge-1' }, [0, 30], [1])],
    checks: [[41, ['AdmitDrainStuck']]],
  },
  {
    title: 'a process is busy',
    intervalSeconds: MINUTE,
    changes: [does('nodejs_eventloop_utilization_ratio', { instance: 'edge-1' }, [0.85, 30], [0.95])],
    checks: [
      [30, []],
      [36, ['AdmitEventLoopBusy']],
    ],
  },
  {
    title: 'the event loop of a process stands still again and again',
    intervalSeconds: MINUTE,
    changes: [does('nodejs_eventloop_delay_seconds', { instance: 'ticket-1' }, [0.2, 30], [0.4])],
    checks: [
      [30, []],
      [36, ['AdmitEventLoopBusy']],
    ],
  },
];
