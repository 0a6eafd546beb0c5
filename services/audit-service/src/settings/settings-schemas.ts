import { Type } from 'typebox';

/** What `GET /api/v1/audit/settings` answers. */
export const SettingsReply = Type.Object({
  service: Type.String({ description: 'The service that answers.' }),
  instance: Type.String(),
  version: Type.String(),
  settings: Type.Array(
    Type.Object({
      name: Type.String(),
      description: Type.String(),
      value: Type.Union([Type.String(), Type.Null()], {
        description: 'The effective value; null where it is not set, `***` for a secret.',
      }),
      isDefault: Type.Boolean(),
      isSecret: Type.Boolean(),
    }),
  ),
});
