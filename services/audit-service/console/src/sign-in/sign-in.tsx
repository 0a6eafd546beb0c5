import { type FormEvent, useEffect, useState } from 'react';
import { Api } from '../api/api.ts';
import { Button } from '../ui/button.tsx';
import {
  checkCredential,
  leaveFor,
  messageOf,
  openSession,
  type SessionState,
  type SignedOut,
} from './open-session.ts';

export interface SignInProps {
  readonly state: SignedOut;
  readonly onState: (state: SessionState) => void;
}

const ASK_AGAIN_MS = 5_000;

/** Signs in at the operators' issuer, or with a token that the operator has, such as a break-glass token. */
export function SignIn({ state, onState }: SignInProps) {
  const { why, ways, isWrongOperator = false } = state;
  const way = ways?.signIn ?? null;

  useEffect(() => {
    document.title = 'Sign in · Admit One console';
  }, []);

  // After a log-out, and while the audit-service or the issuer does not answer.
  const isKnown = ways !== null && way?.server !== null;
  useEffect(() => {
    if (isKnown) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    let timer = setTimeout(ask, ways === null ? 0 : ASK_AGAIN_MS);
    async function ask(): Promise<void> {
      const found = await new Api({ token: () => null }).session(signal).catch(() => null);
      if (signal.aborted) return;
      if (found?.operator) onState(await openSession(new URL(location.href)));
      else if (found) onState({ ...state, ways: found });
      else timer = setTimeout(ask, ASK_AGAIN_MS);
    }
    return () => {
      stopping.abort();
      clearTimeout(timer);
    };
  }, [isKnown, ways, state, onState]);

  return (
    <main className="sign-in">
      <h1>Admit One console</h1>
      {why !== null && (
        <p className="failure" role="alert">
          {why}
        </p>
      )}
      {way !== null && way.server !== null && (
        <Button
          kind="primary"
          className="way"
          onClick={() =>
            leaveFor(way, isWrongOperator ? 'login' : undefined)
              .catch((error: unknown) => ({ ...state, why: messageOf(error) }))
              .then(onState)
          }
        >
          Sign in at {new URL(way.issuer).host}
        </Button>
      )}
      {way !== null && way.server === null && (
        <p role="status">{way.issuer} does not answer. Try again, or use a break-glass token meanwhile.</p>
      )}
      {ways?.proxy && <p>Come through the proxy that signs operators in, or send a token.</p>}
      <TokenForm
        kind={way?.server ? 'plain' : 'primary'}
        onToken={(token) => checkCredential({ kind: 'typed', token }, ways).then(onState)}
      />
    </main>
  );
}

interface TokenFormProps {
  readonly kind: 'primary' | 'plain';
  readonly onToken: (token: string) => void;
}

function TokenForm({ kind, onToken }: TokenFormProps) {
  const [token, setToken] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  return (
    <form onSubmit={submit}>
      <label htmlFor="token">Token of an operator</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        spellCheck={false}
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <p className="note">
        It is kept in the memory of this page alone. <code>npx @admit-one/cli token --operator</code> prints
        one for standalone, <code>npx @admit-one/cli token --break-glass</code> one for an emergency.
      </p>
      <Button kind={kind} type="submit">
        Sign in with the token
      </Button>
    </form>
  );
}
