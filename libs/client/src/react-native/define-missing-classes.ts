/**
 * React Native has no `EventTarget`, and none of the events that the client fires. This defines those of them that are
 * missing, as far as the client and its listeners use them. A polyfill that was loaded before stays.
 */

type Listener = ((event: BasicEvent) => void) | { handleEvent(event: BasicEvent): void };

interface ListenerOptions {
  readonly once?: boolean;
  readonly signal?: AbortSignal;
}

class BasicEvent {
  readonly type: string;
  target: unknown = null;

  constructor(type: string, init?: object) {
    this.type = type;
    Object.assign(this, init);
  }
}

class BasicEventTarget {
  readonly #listeners = new Map<string, Map<Listener, ListenerOptions>>();

  addEventListener(type: string, listener: Listener | null, options: ListenerOptions | boolean = {}): void {
    const { once, signal }: ListenerOptions = typeof options === 'boolean' ? {} : options;
    if (!listener || signal?.aborted) return;
    const listeners = this.#listeners.get(type) ?? new Map<Listener, ListenerOptions>();
    this.#listeners.set(type, listeners);
    if (!listeners.has(listener)) listeners.set(listener, { once: once ?? false });
    signal?.addEventListener('abort', () => this.removeEventListener(type, listener));
  }

  removeEventListener(type: string, listener: Listener | null): void {
    if (listener) this.#listeners.get(type)?.delete(listener);
  }

  /** As in a browser, a listener that throws does not keep the others from being called. */
  dispatchEvent(event: BasicEvent): boolean {
    event.target = this;
    for (const [listener, { once }] of [...(this.#listeners.get(event.type) ?? [])]) {
      if (once) this.removeEventListener(event.type, listener);
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        setTimeout(() => {
          throw error;
        });
      }
    }
    return true;
  }
}

class BasicDomException extends Error {
  constructor(message: string, name: string) {
    super(message);
    this.name = name;
  }
}

const classes = {
  EventTarget: BasicEventTarget,
  Event: BasicEvent,
  CustomEvent: BasicEvent,
  MessageEvent: BasicEvent,
  DOMException: BasicDomException,
};

for (const [name, value] of Object.entries(classes))
  if (!(name in globalThis))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
