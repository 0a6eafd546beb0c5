import { describe, expect, it } from 'vitest';
import { readOrigin } from './read-origin.ts';

describe('an entry of the allow-list', () => {
  it.each([
    ['https://app.example.com', 'https://app.example.com'],
    ['http://app.example.com', 'http://app.example.com'],
    ['https://app.example.com:8443', 'https://app.example.com:8443'],
    ['http://app.example.com:443', 'http://app.example.com:443'],
    ['https://my_app.example.com', 'https://my_app.example.com'],
    ['https://127.0.0.1:3000', 'https://127.0.0.1:3000'],
    ['http://[::1]:3000', 'http://[::1]:3000'],
    ['https://xn--bcher-kva.example', 'https://xn--bcher-kva.example'],
    ['https://*.preview.example.com', 'https://*.preview.example.com'],
    ['https://*.preview.example.com:8443', 'https://*.preview.example.com:8443'],
    ['http://*.localhost:5173', 'http://*.localhost:5173'],
  ])('%s is %s', (entry, origin) => {
    expect(readOrigin(entry)).toEqual({ kind: 'origin', origin });
  });

  it.each([
    ['https://App.Example.COM', 'https://app.example.com'],
    ['HTTPS://app.example.com', 'https://app.example.com'],
    ['https://app.example.com/', 'https://app.example.com'],
    ['https://app.example.com:443', 'https://app.example.com'],
    ['http://app.example.com:80/', 'http://app.example.com'],
    ['https://app.example.com:08443', 'https://app.example.com:8443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://BÜCHER.example:443', 'https://xn--bcher-kva.example'],
    ['https://*.bücher.example', 'https://*.xn--bcher-kva.example'],
    ['https://*.Preview.example.com:443/', 'https://*.preview.example.com'],
    ['http://[::FFFF]', 'http://[::ffff]'],
  ])('%s is put as browsers put it: %s', (entry, origin) => {
    expect(readOrigin(entry)).toEqual({ kind: 'origin', origin });
  });

  it.each([
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'app://localhost:3000',
    'constructor://localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0f52c3a5-7b0f-4a26-8a7a-5a2f4ea9cd2b',
  ])('may be that of an app: %s', (origin) => {
    expect(readOrigin(origin)).toEqual({ kind: 'origin', origin });
    expect(readOrigin(`${origin}/`)).toEqual({ kind: 'origin', origin });
  });

  it.each(['moz-extension://*', 'safari-web-extension://*'])('may be every host of %s', (origin) => {
    expect(readOrigin(origin)).toEqual({ kind: 'origin', origin });
    expect(readOrigin(origin.toUpperCase())).toEqual({ kind: 'origin', origin });
  });

  it.each([
    ['*', /every page in the world/],
    ['null', /identifies no page/],
    ['', /is not an origin/],
    ['app.example.com', /is not an origin .* such as https:/],
    ['app.example.com:8443', /is not an origin/],
    ['//app.example.com', /is not an origin/],
    ['https:app.example.com', /is not an origin/],
    ['https://a.example https://b.example', /separate origins with commas/],
    ['https://app.exam\tple.com', /white space/],
    ['https://app.example.com\u00a0', /white space/],
    ['ftp://app.example.com', /not an origin that pages have/],
    ['wss://edge.example.com', /WebSocket URL.*of the page/],
    ['file:///index.html', /every file on every machine/],
    ['https://', /invalid host/],
    ['https://app.example.com:99999', /invalid host/],
    ['https://app.example.com:port', /invalid host/],
    ['https://app example.com', /white space/],
    ['https://app.example.com/path', /has a path, query/],
    ['https://app.example.com?query', /has a path, query/],
    ['https://app.example.com#fragment', /has a path, query/],
    ['https://app.example.com\\', /has a path, query/],
    ['https://app.example.com//', /has a path, query/],
    ['https://user@app.example.com', /contains a user/],
    ['https://app.example.com.', /ends with a dot/],
    ['https://*.example.com.', /ends with a dot/],
    ['https://app..example.com', /empty label/],
    ['https://*..example.com', /empty label/],
    ['https://127.1', /by browsers: https:\/\/127\.0\.0\.1$/],
    ['https://0x7f000001', /by browsers/],
    ['https://010.0.0.1', /by browsers: https:\/\/8\.0\.0\.1$/],
    ['https://[0:0:0:0:0:0:0:1]', /by browsers: https:\/\/\[::1\]$/],
    ['https://%61pp.example.com', /by browsers: https:\/\/app\.example\.com$/],
    ['https://*', /not the whole first label/],
    ['https://*.*.example.com', /not the whole first label/],
    ['https://app.*.example.com', /not the whole first label/],
    ['https://app-*.example.com', /not the whole first label/],
    ['https://*app.example.com', /not the whole first label/],
    ['https://app.example.com:*', /not the whole first label/],
    ['https://*.', /invalid host|ends with a dot|empty label/],
    ['https://*.com', /every site under \.com/],
    ['https://*.com:8443', /every site under \.com/],
    ['https://*.127.0.0.1', /invalid host/],
    ['https://*.[::1]', /invalid host/],
    ['*://app.example.com', /is not an origin/],
    ['capacitor://*.localhost', /only supported for http and https/],
    ['chrome-extension://*', /only supported for http and https/],
    ['moz-extension://a*', /only supported for http and https/],
    ['moz-extension://*:80', /only supported for http and https/],
    ['capacitor://', /no host/],
    ['app://a,b', /no host/],
  ])('may not be %j', (entry, issue) => {
    const reading = readOrigin(entry);
    expect(reading).toEqual({ kind: 'error', issue: expect.stringMatching(issue) });
    if (!entry.includes('@'))
      expect(reading).toMatchObject({ issue: expect.stringContaining(JSON.stringify(entry)) });
  });

  it('with a password is reported without it', () => {
    expect(readOrigin('https://user:hunter2@app.example.com')).toEqual({
      kind: 'error',
      issue: '"https://…@app.example.com" contains a user; remove it',
    });
  });
});
