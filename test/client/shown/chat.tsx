import { AdmitProvider, useAdmit } from '@admit-one/client/react';
import { useState } from 'react';

interface User {
  readonly id: string;
  readonly getToken: (options: { readonly fresh: boolean }) => Promise<string>;
}

export function App({ url, user }: { readonly url: string; readonly user: User }) {
  return (
    <AdmitProvider key={user.id} url={url} getToken={({ fresh }) => user.getToken({ fresh })}>
      <Chat />
    </AdmitProvider>
  );
}

function Chat() {
  const [lines, setLines] = useState<string[]>([]);
  const { state, reason, ticketId, send, resume } = useAdmit({
    onMessage: ({ data }) => setLines((before) => [...before, data]),
  });

  if (state === 'stopped')
    return (
      <p>
        Disconnected ({reason}).{' '}
        <button type="button" onClick={resume}>
          Connect
        </button>{' '}
        Support code: {ticketId}
      </p>
    );
  return (
    <>
      <p>{state === 'open' ? 'Connected' : 'Connecting…'}</p>
      <button type="button" disabled={state !== 'open'} onClick={() => send('hello')}>
        Say hello
      </button>
      <pre>{lines.join('\n')}</pre>
    </>
  );
}
