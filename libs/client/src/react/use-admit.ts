import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { AdmitCloseEvent, AdmitSocket, ClientStatus, RejectedMessage } from '../admit-socket.ts';
import type { ConnectOptions } from '../options.ts';
import { socketKey, useAdmitContext } from './provider.ts';
import { idleStatus } from './shared-sockets.ts';

/** Options that differ from the provider's, and event handlers. A handler may change at every render. */
export interface UseAdmitOptions extends Partial<Pick<ConnectOptions, 'url' | 'route' | 'protocols'>> {
  /** Called for each message. Does not render. */
  readonly onMessage?: (event: MessageEvent) => void;
  /** Called at each connection, the first and every later one. */
  readonly onOpen?: (event: Event) => void;
  readonly onClose?: (event: AdmitCloseEvent) => void;
  readonly onRejected?: (event: CustomEvent<RejectedMessage>) => void;
}

/** A connection for a component. Its functions stay the same until the options change. */
export interface Admit extends ClientStatus {
  /** @throws {DOMException} `InvalidStateError` if there is no connection and the message does not fit the buffer */
  readonly send: AdmitSocket['send'];
  /** Closes the connection for all components that use it, until `resume()`. */
  readonly close: AdmitSocket['close'];
  /** Starts an attempt now: after a stop, after a log-in, or instead of waiting. */
  readonly resume: AdmitSocket['resume'];
}

/**
 * Uses the provider's connection, or another one if `url`, `route` or `protocols` are given. Components with the same
 * options share a connection. Renders at changes of the status, not at messages. On a server, and before the component
 * is mounted, the state is `idle`.
 *
 * @throws {Error} outside of an `AdmitProvider`
 * @example
 * const { state, reason, send } = useAdmit({ onMessage: ({ data }) => add(JSON.parse(data)) });
 */
export function useAdmit(options: UseAdmitOptions = {}): Admit {
  const { url, route, protocols, ...handlers } = options;
  const { sockets, options: inherited } = useAdmitContext();
  const own = inherited && {
    ...inherited,
    ...(url && { url }),
    ...(route && { route }),
    ...(protocols && { protocols }),
  };
  const key = own && socketKey(own);

  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the options, which are new at every render
  const subscribe = useCallback(
    (onChange: () => void) => (key ? sockets.use(key, own, onChange) : () => {}),
    [sockets, key],
  );
  const status = useSyncExternalStore(
    subscribe,
    () => (key ? sockets.statusOf(key) : idleStatus),
    () => idleStatus,
  );

  useEffect(() => {
    const socket = key ? sockets.find(key) : undefined;
    if (!socket) return;
    const listening = new AbortController();
    const { signal } = listening;
    socket.addEventListener('message', (event) => latest.current.onMessage?.(event), { signal });
    socket.addEventListener('open', (event) => latest.current.onOpen?.(event), { signal });
    socket.addEventListener('close', (event) => latest.current.onClose?.(event), { signal });
    socket.addEventListener('rejected', (event) => latest.current.onRejected?.(event), { signal });
    return () => listening.abort();
  }, [sockets, key]);

  const find = useCallback(() => (key ? sockets.find(key) : undefined), [sockets, key]);
  const send = useCallback<AdmitSocket['send']>(
    (data) => {
      const socket = find();
      if (!socket) throw new DOMException('There is no connection', 'InvalidStateError');
      socket.send(data);
    },
    [find],
  );
  const close = useCallback<AdmitSocket['close']>((code, text) => find()?.close(code, text), [find]);
  const resume = useCallback(() => find()?.resume(), [find]);
  return { ...status, send, close, resume };
}

/**
 * The last message received while the component is mounted, or null. Renders at every message. Of several messages in
 * quick succession a component may see only the last, so use `onMessage` of `useAdmit` to process all of them.
 *
 * @throws {Error} outside of an `AdmitProvider`
 * @example
 * const text = useLastMessage()?.data;
 */
export function useLastMessage(
  options: Pick<UseAdmitOptions, 'url' | 'route' | 'protocols'> = {},
): MessageEvent | null {
  const [message, setMessage] = useState<MessageEvent | null>(null);
  useAdmit({ ...options, onMessage: setMessage });
  return message;
}
