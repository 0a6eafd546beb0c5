import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react';
import type { AdmitCloseEvent, AdmitSocket, ClientStatus, RejectedMessage } from '../admit-socket.ts';
import type { ConnectOptions } from '../options.ts';
import { socketKey, useAdmitContext } from './provider.ts';
import { idleStatus } from './shared-sockets.ts';

/** What differs from the provider's options, and what to do about events. */
export interface UseAdmitOptions extends Partial<Pick<ConnectOptions, 'url' | 'route' | 'protocols'>> {
  /** Called for each message; no render comes of it. */
  readonly onMessage?: (event: MessageEvent) => void;
  /** Called at every connection, first or not. */
  readonly onOpen?: (event: Event) => void;
  readonly onClose?: (event: AdmitCloseEvent) => void;
  readonly onRejected?: (event: CustomEvent<RejectedMessage>) => void;
}

/** A connection, as a component sees it. Its functions stay the same for as long as the address does. */
export interface Admit extends ClientStatus {
  /** @throws {DOMException} `InvalidStateError` where there is no connection and the message does not fit the buffer */
  readonly send: AdmitSocket['send'];
  /** Closes the connection for all components that use it, until `resume()`. */
  readonly close: AdmitSocket['close'];
  /** Begins an attempt now: out of a stop, after a log-in, or instead of waiting. */
  readonly resume: AdmitSocket['resume'];
}

/**
 * Uses the provider's connection, or another one below the same provider where `url`, `route` or `protocols` say so.
 * All components that name the same share one. Renders at changes of the status, not at messages. On a server, and
 * before the component is mounted, it is `idle`.
 *
 * @throws {Error} outside of an `AdmitProvider`
 * @example
 * const { state, reason, send } = useAdmit({ onMessage: ({ data }) => add(JSON.parse(data)) });
 */
export function useAdmit(options: UseAdmitOptions = {}): Admit {
  const { url, route, protocols, ...handlers } = options;
  const { sockets, target } = useAdmitContext();
  const own = target && {
    ...target,
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
    (changed: () => void) => (key ? sockets.use(key, own, changed) : () => {}),
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
