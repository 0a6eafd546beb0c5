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

/** The options of `connect`, for all sockets of the components inside. */
export type AdmitProviderProps = ConnectOptions & {
  /** `false` closes all sockets and sets their state to `idle`, for example while nobody is logged in. Default true. */
  readonly enabled?: boolean;
  readonly children?: ReactNode;
};

/** The plain options. A socket cannot change them, so other values open another socket. */
export type SocketOptions = Omit<ConnectOptions, keyof Callbacks>;

/** The options that may be new objects at every render. */
type Callbacks = Pick<ConnectOptions, 'getToken' | 'getTicket' | 'debug' | 'environment'>;

interface AdmitContextValue {
  readonly sockets: SharedSockets<SocketOptions>;
  /** Undefined if disabled. */
  readonly options: SocketOptions | undefined;
}

const AdmitContext = createContext<AdmitContextValue | null>(null);

/**
 * Provides connections to the components inside: one per set of options, opened by the first component that uses it and
 * closed after the last. A change of `url` or another plain option reconnects. A new function does not reconnect and is
 * used from the next call on. Set `key` to the user's id, so that no state is kept when another user logs in.
 *
 * @example
 * <AdmitProvider key={user.id} url="wss://api.example.com/ws" getToken={({ fresh }) => auth.token({ fresh })}>
 *   <Chat />
 * </AdmitProvider>
 */
export function AdmitProvider(props: AdmitProviderProps): ReactElement {
  const { children, enabled = true, getToken, getTicket, debug, environment, ...data } = props;
  const callbacks: Callbacks = { getToken, getTicket, debug, environment } as Callbacks;
  const [latest] = useState(() => ({ callbacks }));
  const [sockets] = useState(() =>
    createSharedSockets((options: SocketOptions) =>
      connect({ ...options, ...latestCallbacks(latest) } as ConnectOptions),
    ),
  );
  // Runs before the effects of the components inside, which open sockets.
  useInsertionEffect(() => {
    latest.callbacks = callbacks;
  });

  const key = socketKey(data);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the data, which are new at every render
  const context = useMemo(() => ({ sockets, options: enabled ? data : undefined }), [sockets, key, enabled]);
  return createElement(AdmitContext.Provider, { value: context }, children);
}

/** @throws {Error} outside of a provider */
export function useAdmitContext(): AdmitContextValue {
  const context = useContext(AdmitContext);
  if (context === null)
    throw new Error('useAdmit and useLastMessage need an <AdmitProvider> above the component');
  return context;
}

/** Equal for equal options. */
export function socketKey(options: SocketOptions): string {
  const { url, ticketUrl } = options;
  return JSON.stringify({ ...options, url: `${url}`, ticketUrl: ticketUrl && `${ticketUrl}` });
}

/** Callbacks that delegate to those of the latest render. */
function latestCallbacks(latest: { readonly callbacks: Callbacks }): Callbacks {
  const { getToken, getTicket, debug, environment } = latest.callbacks;
  return {
    ...(getToken && { getToken: (context) => latest.callbacks.getToken?.(context) ?? null }),
    ...(getTicket && { getTicket: (context) => latest.callbacks.getTicket?.(context) ?? null }),
    ...(debug && { debug }),
    ...(environment && { environment }),
  } as Callbacks;
}
