import { BusError, type Messages } from '@admit-one/core';

/** Why a message from a backend is not delivered, with the sentence for its sender. */
export const bridgeErrors = {
  id_not_encoded:
    'Write an id that is not plain A-Z, a-z, 0-9, _ and - as = followed by its base64url: see docs/bridge.md.',
  close_invalid:
    'Admit-Close-Code must be 1000, 1008, 1011, 1012, 1013 or 3000 to 4999, and Admit-Close-Reason at most 123 bytes of UTF-8.',
} as const;

export type BridgeError = keyof typeof bridgeErrors;

export function errorReply(error: BridgeError): object {
  return { error: { code: error.toUpperCase(), detail: bridgeErrors[error] } };
}

/** Answers a message that has a reply subject; without the bus, its sender hears nothing. */
export function answer(messages: Messages, subject: string, value: object): void {
  try {
    messages.publish({ subject, body: Buffer.from(JSON.stringify(value)), headers: {}, reply: null });
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
  }
}
