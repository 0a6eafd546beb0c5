import type { StoredEvent } from '@admit-one/core';
import { useRef, useState } from 'react';
import { useApi } from '../../app/session.tsx';
import { Button } from '../../ui/button.tsx';
import { countText } from '../../ui/number-text.ts';
import { Failure } from '../../ui/states.tsx';
import { eventsMarkdown } from './markdown.ts';
import { saveFile } from './save-file.ts';

export interface ExportMenuProps {
  /** All of the search, in the parameters of the audit API. */
  readonly query: URLSearchParams;
  /** What is listed: Markdown has these. */
  readonly events: readonly StoredEvent[];
}

const formats = [
  { name: 'NDJSON', accept: 'application/x-ndjson', extension: 'ndjson', more: {} },
  { name: 'CSV', accept: 'text/csv', extension: 'csv', more: {} },
  { name: 'OCSF', accept: 'application/x-ndjson', extension: 'ocsf.ndjson', more: { format: 'ocsf' } },
] as const;

/** Saves what is searched, as the audit API exports it, and what is listed as Markdown. */
export function ExportMenu({ query, events }: ExportMenuProps) {
  const api = useApi();
  const menu = useRef<HTMLDetailsElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function save({ accept, extension, more }: (typeof formats)[number]): Promise<void> {
    setBusy(true);
    setError(undefined);
    try {
      const parameters = new URLSearchParams([...query, ...Object.entries(more)]);
      const response = await api.open('/events', parameters, { accept });
      saveFile(await response.blob(), `admit-events-${stamp()}.${extension}`);
      close();
    } catch (thrown) {
      setError(thrown);
    }
    setBusy(false);
  }
  function saveMarkdown(): void {
    const text = eventsMarkdown(events, `Events, ${new Date().toISOString()}`);
    saveFile(new Blob([text], { type: 'text/markdown' }), `admit-events-${stamp()}.md`);
    close();
  }
  function close(): void {
    if (menu.current) menu.current.open = false;
    menu.current?.querySelector('summary')?.focus();
  }

  return (
    <details
      className="menu"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && menu.current?.open) close();
      }}
    >
      <summary className="button quiet">Export</summary>
      <div className="menu-content">
        <p className="note">All events of this search, at most 100,000; times in UTC.</p>
        {formats.map((format) => (
          <Button key={format.name} disabled={busy} onClick={() => void save(format)}>
            {format.name}
          </Button>
        ))}
        <p className="note">The {countText(events.length)} events listed here:</p>
        <Button onClick={saveMarkdown}>Markdown</Button>
        {error !== undefined && <Failure error={error} />}
      </div>
    </details>
  );
}

const stamp = () => new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
