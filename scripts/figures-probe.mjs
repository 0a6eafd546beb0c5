// Loaded into the process that scripts/figures.mjs watches: counts calls of functions and what happens to one event's JSON.
import { Session } from 'node:inspector/promises';

const session = new Session();
session.connect();
await session.post('Profiler.enable');

let counting = false;
const texts = { encoded: [], decoded: [] };
const { stringify, parse } = JSON;
JSON.stringify = (...args) => {
  const text = stringify(...args);
  if (counting && text?.includes('admit.ticket.consumed')) texts.encoded.push(text);
  return text;
};
JSON.parse = (text, reviver) => {
  if (counting && String(text).includes('admit.ticket.consumed')) texts.decoded.push(String(text));
  return parse(text, reviver);
};

const countOf = (list, ticketId) => list.filter((text) => text.includes(ticketId)).length;

process.on('message', async ({ question, ticketId }) => {
  if (question === 'start') {
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    await session.post('Profiler.takePreciseCoverage');
    counting = true;
    process.send({});
    return;
  }
  counting = false;
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const script = result.find(({ url }) => url.endsWith('/standalone/dist/main.js'));
  const functions = script.functions
    .map(({ functionName: name, ranges: [{ startOffset: offset, count }] }) => ({ name, offset, count }))
    .filter(({ count, offset }) => count > 0 && offset > 0);
  const [encodings, decodings] = [countOf(texts.encoded, ticketId), countOf(texts.decoded, ticketId)];
  process.send({ functions, encodings, decodings });
});
