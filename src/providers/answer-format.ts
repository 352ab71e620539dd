/** How a model server can be told to answer in JSON, from the strictest on; text is no more than the prompt's words. */
export type OutputFormat = 'json_schema' | 'json_object' | 'text';

/** A JSON schema for a model's answer, with the name that it has on the wire. */
export interface AnswerSchema {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}
