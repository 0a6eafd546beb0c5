import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { type Criterion, criterion } from '../criteria.ts';
import { type Note, type Understood, understand } from './understand.ts';

export interface SearchBoxProps {
  readonly onUnderstood: (understood: Understood) => void;
  readonly onReplaced: (before: Criterion, after: Criterion) => void;
}

/** One box for whatever somebody has: it understands what is pasted, and keeps nothing of it but what it understood. */
export function SearchBox({ onUnderstood, onReplaced }: SearchBoxProps) {
  const [text, setText] = useState('');
  const [understood, setUnderstood] = useState<Understood | null>(null);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (text.trim() === '') return;
    const read = await understand(text);
    setText('');
    setUnderstood(read);
    onUnderstood(read);
  }

  return (
    <form className="search-box" onSubmit={(event) => void submit(event)}>
      <label htmlFor="search">Search for whatever you have</label>
      <div className="search-line">
        <input
          id="search"
          type="search"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          value={text}
          placeholder="ticket, support code, user, session, address, origin, reason:…"
          aria-describedby="search-notes"
          onChange={(event) => setText(event.target.value)}
        />
        <Button kind="primary" type="submit">
          Search
        </Button>
      </div>
      <div id="search-notes" role="status">
        {distinct(understood?.notes ?? []).map((note) => (
          <NoteText
            key={note.kind}
            note={note}
            onTrace={(hex) => {
              const ticket = understood?.criteria.find(({ name }) => name === 'ticket');
              if (ticket) onReplaced(ticket, criterion('trace', hex));
              setUnderstood(null);
            }}
          />
        ))}
      </div>
    </form>
  );
}

function distinct(notes: readonly Note[]): readonly Note[] {
  return [...new Map(notes.map((note) => [note.kind, note])).values()];
}

function NoteText({ note, onTrace }: { readonly note: Note; readonly onTrace: (hex: string) => void }) {
  switch (note.kind) {
    case 'ticket':
      return (
        <p className="note">
          Taken for a ticket, and replaced by its id in this page: the ticket was not sent.{' '}
          <Button kind="quiet" onClick={() => onTrace(note.hex)}>
            It is a trace id
          </Button>
        </p>
      );
    case 'secret':
      return (
        <p className="note bad">A token is a secret: it was not searched. Search for its session or user.</p>
      );
    case 'cannot-hash':
      return (
        <p className="note bad">
          A ticket cannot be searched here: browsers hash on https:// and on localhost alone. Use{' '}
          <code>npx @admit-one/cli audit search q=…</code>, or search for its support code.
        </p>
      );
    default:
      throw note satisfies never;
  }
}
