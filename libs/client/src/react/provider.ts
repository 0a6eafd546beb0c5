import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useInsertionEffect,
  useMemo,
  useState,
} from 'react';
import { connect } from '../connect.ts';
import type { ConnectOptions } from '../options.ts';
import { createSharedSockets, type SharedSockets } from './shared-sockets.ts';

/** The options of `connect`, for all sockets below. */
export type AdmitProviderProps = ConnectOptions & {
  /** `false` keeps everything closed and `idle`, such as while nobody is logged in. */
  readonly enabled?: boolean;
  readonly children?: ReactNode;
};

/** The options that a socket cannot change while it lives: all that are plain data. */
export type SocketOptions = Omit<ConnectOptions, keyof Callbacks>;

/** Those that may be new at every render. */
type Callbacks = Pick<ConnectOptions, 'getToken' | 'getTicket' | 'debug' | 'environment'>;

interface AdmitContextValue {
  readonly sockets: SharedSockets<SocketOptions>;
  /** Undefined where nothing shall be open. */
  readonly target: SocketOptions | undefined;
}

const AdmitContext = createContext<AdmitContextValue | null>(null);

/**
 * Gives the components below their connections: one per address, opened by the first component that uses it and closed
 * after the last. Another `url`, or any other plain value, reconnects; a new function does not: it is the one that is
 * called next. Where another user logs in, give the provider another `key`, so that nothing of the first remains.
 *
 * @example
 * <AdmitProvider key={user.id} url="wss://api.example.com/ws" getToken={({ fresh }) => auth.token({ fresh })}>
 *   <Chat />
 * </AdmitProvider>
 */
export function AdmitProvider(props: AdmitProviderProps): ReactElement {
  const { children, enabled = true, getToken, getTicket, debug, environment, ...data } = props;
  const attendants: Callbacks = { getToken, getTicket, debug, environment } as Callbacks;
  const [latest] = useState(() => ({ attendants }));
  const [sockets] = useState(() =>
    createSharedSockets((target: SocketOptions) =>
      connect({ ...target, ...latestCallbacks(latest) } as ConnectOptions),
    ),
  );
  // Before any component below opens its socket.
  useInsertionEffect(() => {
    latest.attendants = attendants;
  });

  const key = socketKey(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the data, which are new at every render
  const provided = useMemo(() => ({ sockets, target: enabled ? data : undefined }), [sockets, key, enabled]);
  return createElement(AdmitContext.Provider, { value: provided }, children);
}

/** @throws {Error} outside of a provider */
export function useAdmitContext(): AdmitContextValue {
  const provided = useContext(AdmitContext);
  if (provided === null) throw new Error('There is no <AdmitProvider> around this component');
  return provided;
}

/** What tells one socket from another. */
export function socketKey(target: SocketOptions): string {
  const { url, ticketUrl } = target;
  return JSON.stringify({ ...target, url: `${url}`, ticketUrl: ticketUrl && `${ticketUrl}` });
}

/** Functions that call those of the latest render. */
function latestCallbacks(latest: { readonly attendants: Callbacks }): Callbacks {
  const { getToken, getTicket, debug, environment } = latest.attendants;
  return {
    ...(getToken && { getToken: (need) => latest.attendants.getToken?.(need) ?? null }),
    ...(getTicket && { getTicket: (need) => latest.attendants.getTicket?.(need) ?? null }),
    ...(debug && { debug }),
    ...(environment && { environment }),
  } as Callbacks;
}
