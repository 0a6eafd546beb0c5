/** The part of JSON Schema 2020-12 that the schemas of this project use. */
export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  /** Set where a value says who someone is: of a string, or of an object for all strings in it. */
  readonly 'x-personal'?: true;
}

/** The type of the values that a schema describes. */
export type TypeOf<S extends JsonSchema> = S extends { readonly const: infer Value }
  ? Value
  : S extends { readonly enum: readonly (infer Value)[] }
    ? Value
    : S extends { readonly anyOf: readonly (infer Branch extends JsonSchema)[] }
      ? TypeOfEach<Branch>
      : S extends { readonly type: keyof Primitives }
        ? Primitives[S['type']]
        : S extends { readonly items: infer Item extends JsonSchema }
          ? readonly TypeOf<Item>[]
          : S extends { readonly additionalProperties: infer Value extends JsonSchema }
            ? Readonly<Record<string, TypeOf<Value>>>
            : S extends ObjectSchema<infer Required, infer Optional>
              ? TypeOfObject<Required, Optional>
              : never;

interface Primitives {
  readonly string: string;
  readonly number: number;
  readonly integer: number;
  readonly boolean: boolean;
  readonly null: null;
}

type TypeOfEach<S extends JsonSchema> = S extends unknown ? TypeOf<S> : never;

type Properties = Readonly<Record<string, JsonSchema>>;

type TypeOfObject<Required extends Properties, Optional extends Properties> = Simplified<
  { readonly [Name in keyof Required]: TypeOf<Required[Name]> } & {
    readonly [Name in keyof Optional]?: TypeOf<Optional[Name]>;
  }
>;

type Simplified<T> = { [Name in keyof T]: T[Name] };

/** An object with these members. Others may be there: a later version may add some. */
export interface ObjectSchema<Required extends Properties, Optional extends Properties = Empty>
  extends JsonSchema {
  readonly type: 'object';
  readonly properties: Required & Optional;
  readonly required: readonly (keyof Required & string)[];
  readonly description?: string;
  /** For `TypeOf` alone: it is never set. */
  readonly optional?: Optional;
}

type Empty = Readonly<Record<never, never>>;

export function objectSchema<const Required extends Properties, const Optional extends Properties = Empty>(
  required: Required,
  optional?: Optional,
): ObjectSchema<Required, Optional> {
  return {
    type: 'object',
    properties: { ...required, ...optional } as Required & Optional,
    required: Object.keys(required),
  };
}

/** Marks what `x-personal` says of values. */
export const personal = { 'x-personal': true } as const;

/** The value, or null. */
export function nullable<const S extends JsonSchema>(schema: S) {
  return { anyOf: [schema, { type: 'null' }] } as const;
}
