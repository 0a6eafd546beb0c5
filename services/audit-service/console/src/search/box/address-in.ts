const V4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const WITH_PORT = /^(?:\[(.+)\]|([\d.]+)):\d{1,5}$/;

/** An address or a prefix, without the port that logs write behind it; null where a text is neither. */
export function addressIn(text: string): string | null {
  const [, six, four] = WITH_PORT.exec(text) ?? [];
  const [address = '', bits, ...more] = (six ?? four ?? text).split('/');
  if (more.length > 0 || !isAddress(address)) return null;
  if (bits === undefined) return address;
  const most = address.includes(':') ? 128 : 32;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? `${address}/${bits}` : null;
}

function isAddress(text: string): boolean {
  if (V4.test(text)) return text.split('.').every((part) => Number(part) <= 255);
  return /^[\da-f:.]{2,45}$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`);
}
