import type { Contestant, ContestantId, Setting } from './contestant.ts';
import { BRIDGE, startAdmitOne } from './start-admit-one.ts';
import { startBare, startColyseus, startHomeMade, startSocketIo, startWithJwt } from './start-simple.ts';
import { startStandalone, startWithoutAudit } from './start-standalone.ts';

const starts: Readonly<Record<ContestantId, (setting: Setting) => Promise<Contestant>>> = {
  a: startBare,
  b: startWithJwt,
  c: startHomeMade,
  'd-echo': (setting) => startAdmitOne(setting),
  'd-bridge': (setting) => startAdmitOne(setting, { id: 'd-bridge', variables: BRIDGE }),
  standalone: startStandalone,
  'no-audit': startWithoutAudit,
  colyseus: startColyseus,
  'socket.io': startSocketIo,
  'before-echo': (setting) => startAdmitOne(earlierBuildOf(setting), { id: 'before-echo' }),
  'before-bridge': (setting) =>
    startAdmitOne(earlierBuildOf(setting), { id: 'before-bridge', variables: BRIDGE }),
};

function earlierBuildOf(setting: Setting): Setting {
  const { earlierRoot } = setting;
  if (earlierRoot === undefined) throw new Error('there is no earlier build: --against names its folder');
  return { ...setting, root: earlierRoot };
}

export function startContestant(id: ContestantId, setting: Setting): Promise<Contestant> {
  return starts[id](setting);
}
