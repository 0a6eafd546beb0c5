import type { Settings } from '@admit-one/audit-service/api-types';
import { useAnswer } from '../api/use-answer.ts';
import { navigate, urlOf, usePlace } from '../app/router.tsx';
import { useApi } from '../app/session.tsx';
import { Code } from '../ui/code.tsx';
import { Answer, Empty } from '../ui/states.tsx';
import { Table } from '../ui/table.tsx';

/** The effective configuration of the process that serves the console. */
export function SettingsPage() {
  const api = useApi();
  const answer = useAnswer('settings', (signal) => api.settings(signal));
  return <Answer of={answer}>{(settings) => <SettingsView {...settings} />}</Answer>;
}

function SettingsView({ service, instance, version, settings }: Settings) {
  const all = usePlace().query.get('show') === 'all';
  const shown = settings.filter(({ isDefault }) => all || !isDefault);
  return (
    <>
      <p className="lead">
        {service} {version}, <Code>{instance}</Code>
      </p>
      <section className="panel" aria-labelledby="settings">
        <div className="panel-head">
          <h2 id="settings">{all ? 'All settings' : 'What differs from the defaults'}</h2>
          <button
            type="button"
            className="button quiet"
            aria-pressed={all}
            onClick={() => navigate(urlOf('/settings', all ? {} : { show: 'all' }), { replace: true })}
          >
            Show all {settings.length}
          </button>
        </div>
        {shown.length === 0 ? (
          <Empty>Every setting has its default.</Empty>
        ) : (
          <Table
            caption="Each setting"
            rows={shown}
            keyOf={({ name }) => name}
            columns={[
              { head: 'Variable', cell: ({ name }) => <code>{name}</code> },
              { head: 'Value', cell: (setting) => <Value {...setting} /> },
              { head: 'What it is', cell: ({ description }) => <Description>{description}</Description> },
            ]}
          />
        )}
        <p className="note">
          Secrets are masked. Settings change with the environment of the process, and a restart.
        </p>
      </section>
    </>
  );
}

/** What is between backticks is code. */
function Description({ children }: { readonly children: string }) {
  const parts = children.split('`');
  return (
    <span className="note">
      {parts.map((part, place) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: a description does not change
        place % 2 === 1 ? <code key={place}>{part}</code> : part,
      )}
    </span>
  );
}

function Value({ value, isSecret }: Settings['settings'][number]) {
  if (isSecret && value !== null) return <span className="note">secret, set</span>;
  if (value === null || value === '') return <span className="note">not set</span>;
  return <Code whole>{value}</Code>;
}
