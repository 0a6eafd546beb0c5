import type { Instance } from '@admit-one/audit-service/api-types';
import { REFRESH_MS, useAnswer } from '../api/use-answer.ts';
import { Link, urlOf } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { Chip } from '../ui/chip.tsx';
import { Code } from '../ui/code.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { downDependencies, fleetSummary } from './fleet-summary.ts';

/** The instances of all services, as their own events tell. */
export function FleetPage() {
  const api = useApi();
  const answer = useAnswer('fleet', (signal) => api.fleet(signal), { everyMs: REFRESH_MS });
  return (
    <Answer of={answer}>
      {({ at, instances }) => (
        <>
          <p className="lead">{fleetSummary({ instances })}</p>
          <section className="panel" aria-label="Instances">
            {instances.length === 0 ? (
              <Empty>No instance was heard of within the last hour.</Empty>
            ) : (
              <Table
                caption="Each instance"
                rows={instances}
                keyOf={({ service, instance }) => `${service} ${instance}`}
                columns={[
                  { head: 'Service', cell: ({ service }) => <bdi>{service}</bdi> },
                  { head: 'State', cell: (instance) => <State {...instance} /> },
                  { head: 'Instance', cell: (instance) => <Name {...instance} /> },
                  {
                    head: 'Version',
                    cell: ({ version }) => (version === null ? '–' : <Code>{version}</Code>),
                  },
                  {
                    head: 'Started',
                    cell: ({ startedAt }) => (startedAt === null ? '–' : <Time at={startedAt} />),
                  },
                  { head: 'Last heard', cell: ({ heardAt }) => <Time at={heardAt} /> },
                  { head: 'Connections', numeric: true, cell: ({ connections }) => connections ?? '–' },
                  { head: 'Depends on', cell: (instance) => <Dependencies {...instance} /> },
                ]}
              />
            )}
            <p className="note">
              As the audit log has it at <Time at={at} />.
            </p>
          </section>
        </>
      )}
    </Answer>
  );
}

const tones = { alive: 'good', silent: 'bad', stopped: 'plain' } as const satisfies Record<
  Instance['state'],
  string
>;

function State({ state }: Instance) {
  return <Chip tone={tones[state]}>{state}</Chip>;
}

function Name({ instance }: Instance) {
  return (
    <Link href={urlOf('/search', { source: instance, from: '-1h' })}>
      <Code>{instance}</Code>
    </Link>
  );
}

function Dependencies(instance: Instance) {
  const down = downDependencies(instance);
  const up = instance.dependencies.filter(({ name }) => !down.some((one) => one.name === name));
  return (
    <span className="dependencies">
      {down.map(({ name, since }) => (
        <Chip key={name} tone="bad">
          {name} down since <Time at={since} style="minute" />
        </Chip>
      ))}
      {up.map(({ name }) => (
        <bdi key={name}>{name}</bdi>
      ))}
    </span>
  );
}
