import { describe, expect, it } from 'vitest';
import { ANSWER_SCHEMAS } from './answer-schemas.ts';

describe('ANSWER_SCHEMAS', () => {
  it.each(Object.values(ANSWER_SCHEMAS))(
    '$name keeps to what strict mode takes, and needs one of its fields',
    ({ schema, form }) => {
      const { properties, required, additionalProperties } = schema as Record<string, object>;
      expect(required).toEqual(Object.keys(properties!));
      expect(additionalProperties).toBe(false);
      expect(form.fields).toEqual(required);
      expect(form.fields).toContain(form.needs);
    },
  );
});
