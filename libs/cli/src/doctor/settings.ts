import {
  type AuditProcessVariables,
  auditProcessVariables,
  readAuditProcessVariables,
} from '@admit-one/audit-service';
import type { Diagnostic } from '@admit-one/core';
import { ConfigError, type Environment, readVariables } from '@admit-one/runtime';
import {
  readStandaloneVariables,
  type StandaloneVariables,
  standaloneVariables,
} from '@admit-one/standalone';
import {
  readTicketProcessVariables,
  type TicketProcessVariables,
  ticketProcessVariables,
} from '@admit-one/ticket-service';
import {
  type EdgeProcessVariables,
  edgeProcessVariables,
  readEdgeProcessVariables,
} from '@admit-one/ws-edge';
import { Type } from 'typebox';
import { adviceOn } from './advice.ts';
import type { ServiceName } from './service-names.ts';

/** The variables of several services that are good by themselves; the others are missing. */
export type SoundVariables = Partial<
  TicketProcessVariables & EdgeProcessVariables & AuditProcessVariables & StandaloneVariables
>;

const services = {
  'ticket-service': { schema: Type.Object(ticketProcessVariables), read: readTicketProcessVariables },
  'ws-edge': { schema: Type.Object(edgeProcessVariables), read: readEdgeProcessVariables },
  'audit-service': { schema: Type.Object(auditProcessVariables), read: readAuditProcessVariables },
  standalone: { schema: Type.Object(standaloneVariables), read: readStandaloneVariables },
} as const;

export interface Settings {
  readonly diagnostics: readonly Diagnostic[];
  readonly sound: SoundVariables;
}

/** Reads the environment as the services do, and goes on with what is sound where they would not start. */
export function readSettings(names: readonly ServiceName[], environment: Environment): Settings {
  const sound: SoundVariables = Object.assign({}, ...names.map((name) => soundOf(name, environment)));
  return { diagnostics: [...readingsOf(names, environment), ...adviceOn(sound, names)], sound };
}

/** Several services share variables: a fault in one of these is told once. */
function readingsOf(names: readonly ServiceName[], environment: Environment): readonly Diagnostic[] {
  const faults = names.map((name) => [name, faultsOf(name, environment)] as const);
  const distinct = new Set(faults.flatMap(([, ofService]) => ofService));
  return [
    ...faults
      .filter(([, ofService]) => ofService.length === 0)
      .map(([name]) => ({ level: 'ok', message: `${name} finds its settings usable` }) as const),
    ...[...distinct].map((message) => {
      const where = faults.filter(([, ofService]) => ofService.includes(message)).map(([name]) => name);
      return {
        level: 'error',
        message,
        remedy: `Mend it in the environment of ${where.join(', ')}.`,
      } as const;
    }),
  ];
}

function faultsOf(name: ServiceName, environment: Environment): readonly string[] {
  try {
    services[name].read(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
}

function soundOf(name: ServiceName, environment: Environment): SoundVariables {
  let sound = {};
  try {
    readVariables(services[name].schema, environment, (variables) => {
      sound = variables;
      return [];
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
  return sound;
}
