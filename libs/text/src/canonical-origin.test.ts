import { expect, test } from 'vitest';
import { canonicalOrigin } from './canonical-origin.ts';

test.each([
  ['https://api.example.com', 'https://api.example.com'],
  ['https://api.example.com:443', 'https://api.example.com'],
  ['http://api.example.com:80', 'http://api.example.com'],
  ['HTTPS://API.Example.com:443', 'https://api.example.com'],
  ['https://[2001:DB8::1]:443', 'https://[2001:db8::1]'],
  ['https://api.example.com:80', 'https://api.example.com:80'],
  ['http://api.example.com:443', 'http://api.example.com:443'],
  ['https://api.example.com:0443', 'https://api.example.com:0443'],
  ['https://api.example.com.', 'https://api.example.com.'],
  ['capacitor://Localhost:443', 'capacitor://Localhost:443'],
  ['https://API.example.com/', 'https://API.example.com/'],
  ['https://API.example.com@evil.com', 'https://API.example.com@evil.com'],
  ['https://\u212Aelvin.example', 'https://\u212Aelvin.example'],
  ['https://A.example, https://B.example', 'https://A.example, https://B.example'],
  ['null', 'null'],
  ['', ''],
])('%s is compared as %s', (origin, canonical) => {
  expect(canonicalOrigin(origin)).toBe(canonical);
});
