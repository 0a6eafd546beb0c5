import { BlockList, isIP } from 'node:net';

/** A check of addresses against one prefix. @param prefix as `canonicalPrefix` writes it */
export function prefixMatcher(prefix: string): (address: string) => boolean {
  const [network = '', bits = ''] = prefix.split('/');
  const list = new BlockList();
  list.addSubnet(network, Number(bits), familyOf(network));
  return (address) => {
    const [bare = ''] = address.split('%', 1);
    return isIP(bare) !== 0 && list.check(bare, familyOf(bare));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
