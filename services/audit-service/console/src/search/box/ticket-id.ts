/** Whether this page may hash: browsers hash on https:// and on localhost alone. */
export const canHash = (): boolean => globalThis.crypto?.subtle !== undefined;

/** The id of a ticket, as `ticketIdOf(proofOf(ticket))` of the core makes it. The ticket stays in this page. */
export async function idOfTicket(ticket: string): Promise<string> {
  const proof = await sha256(new TextEncoder().encode(ticket.toLowerCase()));
  return base64Url(await sha256(proof));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
