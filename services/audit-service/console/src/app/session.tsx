import type { OperatorView } from '@admit-one/audit-service/api-types';
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Api } from '../api/api.ts';
import { endSessionUrl } from '../sign-in/code-flow.ts';
import { forgetIssuer, openSession, type SessionState, type SignedIn } from '../sign-in/open-session.ts';
import { renewInMs, renewSession } from '../sign-in/renew-session.ts';
import { SignIn } from '../sign-in/sign-in.tsx';

/** Who has signed in. The token is in memory alone. */
export interface Session {
  readonly api: Api;
  readonly operator: OperatorView;
  /** Null behind a proxy, which signs people in and out. */
  readonly signOut: (() => void) | null;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of a session');
  return session;
}

export const useApi = (): Api => useSession().api;

export interface SessionProviderProps {
  readonly checking: ReactNode;
  readonly children: ReactNode;
}

/** Shows the console to who may read the audit log, and the sign-in to others. */
export function SessionProvider({ checking, children }: SessionProviderProps) {
  const [state, setState] = useState<SessionState>({ status: 'checking' });
  const token = useRef<string | null>(null);

  const become = useCallback((next: SessionState) => {
    const credential = next.status === 'signed-in' ? next.credential : null;
    token.current = credential === null || credential.kind === 'proxy' ? null : credential.token;
    setState(next);
  }, []);

  useEffect(() => {
    openSession(new URL(location.href)).then(become);
  }, [become]);

  const api = useMemo(() => {
    const rejected = async () => {
      forgetIssuer();
      const { session } = new Api({ token: () => null });
      const ways = await session().catch(() => null);
      become({ status: 'signed-out', why: 'The token is not accepted any more.', ways });
    };
    return new Api({ token: () => token.current, onRejected: rejected });
  }, [become]);

  useEffect(() => {
    if (state.status !== 'signed-in' || state.lifetimeMs === null) return;
    const [inMs, leftMs] = [renewInMs(state.lifetimeMs), state.lifetimeMs - renewInMs(state.lifetimeMs)];
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const next = await renewSession(state, leftMs);
      if (isCurrent) become(next);
    }, inMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [state, become]);

  if (state.status === 'signed-out') return <SignIn state={state} onState={become} />;
  if (state.status !== 'signed-in') return checking;
  const { operator, credential } = state;
  const signOut = credential.kind === 'proxy' ? null : () => become(signedOutOf(state));
  return <SessionContext value={{ api, operator, signOut }}>{children}</SessionContext>;
}

/** Forgets the token, and ends the session at the issuer too where that can be done. */
function signedOutOf({ credential }: SignedIn): SessionState {
  forgetIssuer();
  const url = credential.kind === 'issued' ? endSessionUrl(credential.way) : null;
  if (!url) return { status: 'signed-out', why: null, ways: null };
  location.assign(url);
  return { status: 'leaving' };
}
