import { AdmitProvider, useAdmit, useLastMessage } from '@admit-one/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

const server = new URLSearchParams(location.search).get('server') ?? '';

async function getToken(): Promise<string> {
  const response = await fetch(`${server}/api/v1/auth/token`, { method: 'POST' });
  const { token }: { token: string } = await response.json();
  return token;
}

function Echo() {
  const { state, ticketId, send } = useAdmit();
  const message = useLastMessage();
  return (
    <main>
      <output>{state}</output>
      <code>{ticketId}</code>
      <button type="button" onClick={() => send('hello')}>
        Send
      </button>
      <p>{message?.data}</p>
    </main>
  );
}

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <AdmitProvider url={`${server}/ws`} getToken={getToken}>
      <Echo />
    </AdmitProvider>
  </StrictMode>,
);
