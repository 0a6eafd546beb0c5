/** Whether documents can be fetched from a URL: http(s), and without user and password, which would end in messages. */
export function isFetchableUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** Whether what is fetched from a URL can be changed on its way: plain http, and not from this machine. */
export function isTamperable(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
