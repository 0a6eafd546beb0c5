import type { Setting } from '@admit-one/config';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { problems } from '../api/problems.ts';
import { commonSchema } from '../api/routes/route-context.ts';
import { SettingsReply } from './settings-schemas.ts';

/** What a process tells of itself and its configuration. */
export interface ProcessSettings {
  readonly service: string;
  readonly instance: string;
  readonly version: string;
  readonly settings: readonly Setting[];
}

/** `GET /api/v1/audit/settings`: the effective configuration of the process that answers. */
export function addSettingsRoute(app: FastifyInstance, process: ProcessSettings): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v1/audit/settings',
    {
      schema: {
        ...commonSchema,
        summary: 'List the effective settings of this process, without secrets',
        response: { 200: SettingsReply, ...problems },
      },
    },
    () => ({ ...process, settings: [...process.settings] }),
  );
}
