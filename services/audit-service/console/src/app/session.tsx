import {
  type ComponentType,
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { Api } from '../api/api.ts';
import { ApiError } from '../api/api-error.ts';

/** Who has signed in. The token is in memory alone: a reload signs in again. */
export interface Session {
  readonly api: Api;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useSession outside of a session');
  return session;
}

export const useApi = (): Api => useSession().api;

type State =
  | { readonly status: 'checking' }
  | { readonly status: 'signed-out'; readonly why: string | null }
  | { readonly status: 'signed-in'; readonly token: string | null };

export interface SignInProps {
  /** Why the operator has to sign in again; null at first. */
  readonly why: string | null;
  readonly onToken: (token: string) => void;
}

export interface SessionProviderProps {
  readonly signIn: ComponentType<SignInProps>;
  readonly checking: ReactNode;
  readonly children: ReactNode;
}

/** Shows the console to who may read the audit log, and the sign-in to others. */
export function SessionProvider({ signIn: SignIn, checking, children }: SessionProviderProps) {
  const [state, setState] = useState<State>({ status: 'checking' });
  const token = state.status === 'signed-in' ? state.token : null;

  // Behind a proxy that vouches for the operator, nobody needs to sign in.
  useEffect(() => {
    const stopping = new AbortController();
    new Api({ token: null }).alerts(stopping.signal).then(
      () => setState({ status: 'signed-in', token: null }),
      (error: unknown) => {
        if (stopping.signal.aborted) return;
        const rejected = error instanceof ApiError && error.status === 401;
        setState({ status: 'signed-out', why: rejected ? null : 'The audit-service does not answer.' });
      },
    );
    return () => stopping.abort();
  }, []);

  const session = useMemo<Session>(
    () => ({
      api: new Api({
        token,
        onRejected: () => setState({ status: 'signed-out', why: 'The token is not accepted any more.' }),
      }),
      signOut: () => setState({ status: 'signed-out', why: null }),
    }),
    [token],
  );

  if (state.status === 'checking') return checking;
  if (state.status === 'signed-out')
    return <SignIn why={state.why} onToken={(given) => setState({ status: 'signed-in', token: given })} />;
  return <SessionContext value={session}>{children}</SessionContext>;
}
