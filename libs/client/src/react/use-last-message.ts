import { useState } from 'react';
import { type UseAdmitOptions, useAdmit } from './use-admit.ts';

/**
 * The last message that came while the component was mounted, or null. Renders at every message; where several come at
 * once, the component may see the last of them only, so what must not miss one uses `onMessage` of `useAdmit`.
 *
 * @throws {Error} outside of an `AdmitProvider`
 */
export function useLastMessage(
  options: Pick<UseAdmitOptions, 'url' | 'route' | 'protocols'> = {},
): MessageEvent | null {
  const [message, setMessage] = useState<MessageEvent | null>(null);
  useAdmit({ ...options, onMessage: setMessage });
  return message;
}
