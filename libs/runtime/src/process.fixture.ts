import { once } from 'node:events';
import { ConfigError } from '@admit-one/config';
import { runProcess, type Started } from './lifecycle.ts';
import { createLogger } from './logging.ts';

const log = createLogger({ level: 'info', service: 'fixture', instance: 'fixture-1' });
/** Writes a line that no service logs. */
const write = log.info.bind(log) as (name: string) => void;

/** Keeps the process running, as an open service does. */
function hold(): () => void {
  const held = setInterval(() => {}, 60_000);
  return () => clearInterval(held);
}

function started(stop: Started['stop'], shutdownMs = 60_000): Started {
  log.info('ready');
  return { log, shutdownMs, stop };
}

/** Processes by name. */
const lives: Readonly<Record<string, () => Promise<Started>>> = {
  async misconfigured() {
    throw new ConfigError(['PORT: must be integer, not "http"', 'NAME: is not set.']);
  },
  async buggy() {
    throw new TypeError('undefined is not a function');
  },
  async good() {
    const letGo = hold();
    return started(async () => {
      for (let n = 0; n < 5_000; n += 1) write('line');
      letGo();
    });
  },
  async slow() {
    const letGo = hold();
    write('starting');
    await once(process, 'SIGTERM');
    return started(async () => letGo());
  },
  async leaky() {
    hold();
    return started(async () => {});
  },
  async broken() {
    hold();
    return started(async () => {
      throw new Error('the store did not close');
    });
  },
  async hanging() {
    const letGo = hold();
    return started(() => {
      letGo();
      return new Promise(() => {});
    }, 50);
  },
  async patient() {
    hold();
    return started(async (signal) => {
      await once(signal ?? new EventTarget(), 'abort');
      write('gave_up');
    }, 3_000);
  },
  async draining() {
    hold();
    return started(() => new Promise(() => {}));
  },
  async reloading() {
    const letGo = hold();
    return { ...started(async () => letGo()), reload: async () => write('reloaded') };
  },
  async throwing() {
    hold();
    setImmediate(() => {
      throw new Error('nobody expected this');
    });
    return started(async () => {});
  },
  async rejecting() {
    hold();
    setImmediate(() => Promise.reject(new Error('nobody expected this')));
    return started(async () => {});
  },
};

const [, , name = '', misspelled] = process.argv;
const life = lives[name];
if (!life) throw new Error('which life?');
await runProcess(life, misspelled === undefined ? {} : { [misspelled]: 'x' });
